/**
 * Handshakes computed by OpenSSL in the relay core's library (`ffi/include/rtpe_dtls.h`).
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { AbiLayout, type StructLayout } from "../relay/abi_layout.ts";
import { cString, loadRelayLibrary, readText, type RelayLibrary } from "../relay/ffi.ts";
import { suiteOfProfile } from "../srtp/mod.ts";
import type {
  DtlsEngine,
  DtlsHandshake,
  DtlsKeys,
  DtlsRole,
  DtlsState,
  DtlsStep,
} from "./types.ts";

const RESULT_FIELDS = {
  state: 4,
  out_len: 4,
  timeout_ms: 4,
  profile: 2,
  key_len: 1,
  salt_len: 1,
  local_key: 32,
  local_salt: 14,
  remote_key: 32,
  remote_salt: 14,
  error: 120,
} as const;

type Layout = StructLayout<keyof typeof RESULT_FIELDS>;

const STATES: readonly DtlsState[] = ["handshake", "connected", "failed", "closed"];
/** Room for the datagrams of one step: the longest flight has a certificate of 4 kB in it. */
const OUT_BYTES = 16_384;
const CERTIFICATE_BYTES = 16_384;
const PROFILES =
  "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32";

/** What {@link nativeDtls} is made of. */
export interface NativeDtlsOptions {
  /** Path of the library. */
  readonly library: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** OpenSSL cipher list; absent = its default. */
  readonly ciphers?: string;
  /** Largest UDP payload, 576..65507 (1200). */
  readonly mtu?: number;
}

/** Makes an engine. @throws Error when the certificate, the key or the ciphers cannot be used */
export function nativeDtls(options: NativeDtlsOptions): DtlsEngine {
  const library = loadRelayLibrary(options.library);
  const layout = new AbiLayout(readText((buffer, size) => library.rtpe_abi_describe(buffer, size)))
    .require("rtpe_dtls_result", RESULT_FIELDS);
  const error = new Uint8Array(256);
  const context = library.rtpe_dtls_ctx_new(
    cText(options.certificate),
    cText(options.key),
    cText(PROFILES),
    options.ciphers === undefined ? null : cText(options.ciphers),
    error,
    error.length,
  );
  if (context === null) throw new Error(`DTLS cannot be used: ${cString(error)}`);
  const mtu = options.mtu ?? 1200;
  return {
    certificate: new Uint8Array(new X509Certificate(options.certificate).raw),
    handshake(role: DtlsRole) {
      const handle = library.rtpe_dtls_new(context, role === "active" ? 1 : 0, mtu);
      if (handle === null) throw new Error("no memory for a DTLS handshake");
      return new NativeHandshake(library, layout, handle);
    },
    free: () => library.rtpe_dtls_ctx_free(context),
  };
}

/** What a step writes to: large, and wanted only while it lasts. */
interface Desk {
  readonly out: Uint8Array<ArrayBuffer>;
  readonly result: Uint8Array<ArrayBuffer>;
}

/** Desks nobody sits at; at most as many as there were steps at once. */
const desks: Desk[] = [];
const certificate = new Uint8Array(CERTIFICATE_BYTES);

function takeDesk(resultBytes: number): Desk {
  const desk = desks.pop();
  if (desk?.result.length === resultBytes) return desk;
  return { out: new Uint8Array(OUT_BYTES), result: new Uint8Array(resultBytes) };
}

class NativeHandshake implements DtlsHandshake {
  readonly #library: RelayLibrary;
  readonly #layout: Layout;
  #handle: Deno.PointerObject | undefined;
  #busy = false;
  /** To be freed when the step under way has ended. */
  #doomed = false;

  constructor(library: RelayLibrary, layout: Layout, handle: Deno.PointerObject) {
    this.#library = library;
    this.#layout = layout;
    this.#handle = handle;
  }

  async step(datagram?: Uint8Array): Promise<DtlsStep> {
    if (this.#busy) throw new Error("a DTLS step is under way already");
    const handle = this.#live();
    const desk = takeDesk(this.#layout.size);
    this.#busy = true;
    try {
      const input = datagram?.slice() ?? null;
      const status = await this.#library.rtpe_dtls_step(
        handle,
        input,
        input?.length ?? 0,
        desk.out,
        OUT_BYTES,
        desk.result,
      );
      if (status < 0) throw new Error(`DTLS step: errno ${-status}`);
      return this.#read(desk);
    } finally {
      desk.result.fill(0);
      desks.push(desk);
      this.#busy = false;
      if (this.#doomed) this.free();
    }
  }

  peerCertificate(): Uint8Array | undefined {
    const room = certificate.length;
    const length = this.#library.rtpe_dtls_peer_certificate(this.#live(), certificate, room);
    return length < 0 || length > room ? undefined : certificate.slice(0, length);
  }

  close(): readonly Uint8Array<ArrayBuffer>[] {
    if (this.#busy || this.#handle === undefined) return [];
    const desk = takeDesk(this.#layout.size);
    const length = this.#library.rtpe_dtls_close(this.#handle, desk.out, OUT_BYTES);
    desks.push(desk);
    return datagramsIn(desk.out, length);
  }

  free(): void {
    if (this.#busy) {
      this.#doomed = true;
      return;
    }
    if (this.#handle === undefined) return;
    this.#library.rtpe_dtls_free(this.#handle);
    this.#handle = undefined;
  }

  #live(): Deno.PointerObject {
    if (this.#handle === undefined) throw new Error("the DTLS handshake is gone");
    return this.#handle;
  }

  #read({ out, result }: Desk): DtlsStep {
    const { offset } = this.#layout;
    const view = new DataView(result.buffer);
    const state = STATES[view.getUint32(offset.state, true)] ?? "failed";
    const timeout = view.getInt32(offset.timeout_ms, true);
    return {
      state,
      datagrams: datagramsIn(out, view.getUint32(offset.out_len, true)),
      timeout: timeout < 0 ? undefined : timeout,
      keys: state === "connected" ? this.#keys(view) : undefined,
      error: cString(result.subarray(offset.error, offset.error + RESULT_FIELDS.error)),
    };
  }

  #keys(view: DataView<ArrayBuffer>): DtlsKeys | undefined {
    const { offset } = this.#layout;
    const suite = suiteOfProfile(view.getUint16(offset.profile, true));
    if (suite === undefined) return undefined;
    const take = (at: number, length: number) => new Uint8Array(view.buffer.slice(at, at + length));
    const key = view.getUint8(offset.key_len);
    const salt = view.getUint8(offset.salt_len);
    return {
      suite,
      local: { key: take(offset.local_key, key), salt: take(offset.local_salt, salt) },
      remote: { key: take(offset.remote_key, key), salt: take(offset.remote_salt, salt) },
    };
  }
}

/** Each has its length in front, two bytes in host order. */
function datagramsIn(out: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer>[] {
  const view = new DataView(out.buffer);
  const datagrams: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at + 2 <= length;) {
    const size = view.getUint16(at, true);
    datagrams.push(out.slice(at + 2, at + 2 + size));
    at += 2 + size;
  }
  return datagrams;
}

function cText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
