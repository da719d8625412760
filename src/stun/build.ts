/**
 * STUN messages to bytes.
 *
 * @module
 */

import { toBytes } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { parseIp } from "../core/ip.ts";
import { fingerprintOf, INTEGRITY_BYTES, integrityOf } from "./integrity.ts";
import {
  ATTRIBUTE,
  HEADER_BYTES,
  MAGIC_COOKIE,
  MAX_BYTES,
  type StunClass,
  type StunMessage,
} from "./types.ts";

/** Message types of the method Binding. */
const TYPES: Readonly<Record<StunClass, number>> = {
  request: 0x0001,
  indication: 0x0011,
  success: 0x0101,
  error: 0x0111,
};

/**
 * Writes a Binding message, with `FINGERPRINT` and, with a key, `MESSAGE-INTEGRITY`.
 *
 * @throws RangeError when it does not fit into {@link MAX_BYTES}
 */
export function buildStun(message: StunMessage, key?: string): Uint8Array<ArrayBuffer> {
  const writer = new Writer(message);
  if (message.software !== undefined) writer.text(ATTRIBUTE.software, message.software);
  if (message.username !== undefined) writer.text(ATTRIBUTE.username, message.username);
  if (message.priority !== undefined) writer.u32(ATTRIBUTE.priority, message.priority);
  if (message.useCandidate) writer.put(ATTRIBUTE.useCandidate, new Uint8Array());
  if (message.controlling !== undefined) {
    writer.u64(ATTRIBUTE.iceControlling, message.controlling);
  }
  if (message.controlled !== undefined) writer.u64(ATTRIBUTE.iceControlled, message.controlled);
  if (message.mapped !== undefined) writer.xorAddress(message.mapped);
  if (message.error !== undefined) writer.error(message.error);
  if (message.unknownAttributes !== undefined) writer.types(message.unknownAttributes);
  return writer.finish(key);
}

class Writer {
  readonly #bytes = new Uint8Array(MAX_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #end = HEADER_BYTES;

  constructor({ class: kind, transaction }: StunMessage) {
    this.#view.setUint16(0, TYPES[kind]);
    this.#view.setUint32(4, MAGIC_COOKIE);
    this.#bytes.set(toBytes(transaction).subarray(0, 12), 8);
  }

  put(type: number, value: Uint8Array): void {
    const next = this.#end + 4 + value.length + (-value.length & 3);
    if (next > MAX_BYTES) throw new RangeError("STUN message does not fit");
    this.#view.setUint16(this.#end, type);
    this.#view.setUint16(this.#end + 2, value.length);
    this.#bytes.set(value, this.#end + 4);
    this.#end = next;
  }

  text(type: number, text: string): void {
    this.put(type, toBytes(text));
  }

  u32(type: number, value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value);
    this.put(type, bytes);
  }

  u64(type: number, value: bigint): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value);
    this.put(type, bytes);
  }

  xorAddress({ family, address, port }: Endpoint): void {
    const ip = parseIp(address)?.bytes ?? new Uint8Array(family === 4 ? 4 : 16);
    const value = new Uint8Array(4 + ip.length);
    value[1] = family === 4 ? 1 : 2;
    value[2] = port >> 8 ^ this.#bytes[4]!;
    value[3] = port & 0xff ^ this.#bytes[5]!;
    for (const [i, byte] of ip.entries()) value[4 + i] = byte ^ this.#bytes[4 + i]!;
    this.put(ATTRIBUTE.xorMappedAddress, value);
  }

  error({ code, reason }: { readonly code: number; readonly reason: string }): void {
    const head = Uint8Array.of(0, 0, Math.floor(code / 100), code % 100);
    this.put(ATTRIBUTE.errorCode, Uint8Array.from([...head, ...toBytes(reason)]));
  }

  types(types: readonly number[]): void {
    const value = new Uint8Array(types.length * 2);
    const view = new DataView(value.buffer);
    for (const [i, type] of types.entries()) view.setUint16(i * 2, type);
    this.put(ATTRIBUTE.unknownAttributes, value);
  }

  finish(key: string | undefined): Uint8Array<ArrayBuffer> {
    if (key !== undefined) {
      const at = this.#end;
      this.put(ATTRIBUTE.messageIntegrity, new Uint8Array(INTEGRITY_BYTES));
      this.#bytes.set(integrityOf(this.#bytes, at, key), at + 4);
    }
    const at = this.#end;
    this.u32(ATTRIBUTE.fingerprint, 0);
    this.#view.setUint16(2, this.#end - HEADER_BYTES);
    this.#view.setUint32(at + 4, fingerprintOf(this.#bytes, at));
    return this.#bytes.slice(0, this.#end);
  }
}
