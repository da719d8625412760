/**
 * Endpoints as `struct rtpe_addr`.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { formatIp, type Ip, parseIp } from "../core/ip.ts";
import type { AbiLayout, StructLayout } from "./abi_layout.ts";

/** Byte order of this machine, for DataView. */
export const LITTLE_ENDIAN: boolean = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** Addresses whose bytes are remembered: those of calls come again and again. */
const MAX_KNOWN = 4096;

/** Room for one struct, to be filled again and again: memory outside the heap is dear. */
export interface AddrBuffer {
  /** To pass to the library. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same memory. */
  readonly view: DataView<ArrayBuffer>;
}

/** Reads and writes `struct rtpe_addr`. */
export class AddrCodec {
  readonly #known = new Map<string, Ip>();
  /** Texts of IPv4 addresses by their 32 bits. */
  readonly #texts = new Map<number, string>();
  /** Size of the struct in bytes. */
  readonly size: number;
  readonly #at: StructLayout<"family" | "port" | "scope" | "ip">["offset"];

  /** @throws AbiMismatch */
  constructor(layout: AbiLayout) {
    const struct = layout.require("rtpe_addr", { family: 1, port: 2, scope: 4, ip: 16 });
    this.size = struct.size;
    this.#at = struct.offset;
  }

  /** A new struct holding `endpoint`, or none (family 0). */
  encode(endpoint: Endpoint | undefined): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    if (endpoint !== undefined) this.write(new DataView(bytes.buffer), 0, endpoint);
    return bytes;
  }

  /** Room for one struct. */
  buffer(): AddrBuffer {
    const bytes = new Uint8Array(this.size);
    return { bytes, view: new DataView(bytes.buffer) };
  }

  /** Puts `endpoint` into a buffer. @returns its bytes */
  fill({ bytes, view }: AddrBuffer, endpoint: Endpoint): Uint8Array<ArrayBuffer> {
    bytes.fill(0);
    this.write(view, 0, endpoint);
    return bytes;
  }

  /**
   * Writes `endpoint` at `offset`, where all bytes are zero.
   *
   * @throws RangeError when its address is not an address of its family, or its port is out of range
   */
  write(view: DataView, offset: number, { family, address, port }: Endpoint): void {
    const ip = this.#parse(address);
    if (ip === undefined || ip.family !== family) {
      throw new RangeError(`${address} is not an IPv${family} address`);
    }
    if (!Number.isInteger(port) || port < 0 || port > 65535) {
      throw new RangeError(`${port} is not a port`);
    }
    view.setUint8(offset + this.#at.family, family);
    view.setUint16(offset + this.#at.port, port, LITTLE_ENDIAN);
    for (let i = 0; i < ip.bytes.length; i++) {
      view.setUint8(offset + this.#at.ip + i, ip.bytes[i]!);
    }
  }

  #parse(address: string): Ip | undefined {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const ip = parseIp(address);
    if (ip === undefined) return undefined;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(address, ip);
    return ip;
  }

  /** The endpoint at `offset`, undefined for family 0. */
  read(view: DataView, offset: number): Endpoint | undefined {
    const family = view.getUint8(offset + this.#at.family);
    if (family !== 4 && family !== 6) return undefined;
    return {
      family,
      address: family === 4 ? this.#quad(view, offset) : formatIp(6, this.#bytes(view, offset)),
      port: view.getUint16(offset + this.#at.port, LITTLE_ENDIAN),
    };
  }

  #quad(view: DataView, offset: number): string {
    const word = view.getUint32(offset + this.#at.ip);
    const known = this.#texts.get(word);
    if (known !== undefined) return known;
    const text = formatIp(4, this.#bytes(view, offset));
    if (this.#texts.size >= MAX_KNOWN) this.#texts.clear();
    this.#texts.set(word, text);
    return text;
  }

  #bytes(view: DataView, offset: number): Uint8Array {
    return new Uint8Array(view.buffer, view.byteOffset + offset + this.#at.ip, 16);
  }
}
