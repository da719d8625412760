/**
 * DTLS handshakes that threads of the relay core drive over its ports (`ffi/include/rtpe_dtls.h`).
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { type AddrBuffer, LITTLE_ENDIAN } from "./abi_addr.ts";
import type { StructLayout } from "./abi_layout.ts";
import type {
  DtlsLink,
  DtlsLinkNews,
  DtlsLinks,
  DtlsLinkState,
  DtlsLinkTerms,
} from "./dtls_links.ts";
import type { FfiCore } from "./ffi_core.ts";
import { cString } from "./ffi.ts";
import type { Slot } from "./types.ts";

const RESULT_FIELDS = {
  state: 4,
  profile: 2,
  key_len: 1,
  salt_len: 1,
  local_key: 32,
  local_salt: 14,
  remote_key: 32,
  remote_salt: 14,
  mismatch: 1,
  error: 120,
} as const;

const NEWS_FIELDS = { token: 4, result: 0 } as const;

/** `enum rtpe_dtls_state`, but for the first. */
const STATES: Readonly<Record<number, DtlsLinkState>> = {
  1: "connected",
  2: "failed",
  3: "closed",
};
/** Records taken at a time. */
const BATCH = 16;
/** As often in one turn of the event loop. */
const MAX_BATCHES = 4;
/** `RTPE_DTLS_DIGEST_MAX`. */
const DIGEST_BYTES = 64;
/** `RTPE_DTLS_FINGERPRINTS_MAX`: what is beyond is not looked at. */
const FINGERPRINTS = 32;

/** A handshake. */
class FfiDtlsLink implements DtlsLink {
  readonly #owner: FfiDtls;
  readonly #token: number;
  #handle: Deno.PointerObject | undefined;

  constructor(owner: FfiDtls, token: number, handle: Deno.PointerObject) {
    this.#owner = owner;
    this.#token = token;
    this.#handle = handle;
  }

  feed(datagram?: Uint8Array): void {
    const { core } = this.#owner;
    if (this.#handle === undefined || core.closed) return;
    const bytes = (datagram ?? null) as Uint8Array<ArrayBuffer> | null;
    core.library.rtpe_dtls_link_feed(this.#handle, bytes, bytes?.length ?? 0);
  }

  get heard(): boolean {
    const { core } = this.#owner;
    if (this.#handle === undefined || core.closed) return false;
    return core.library.rtpe_dtls_link_heard(this.#handle) !== 0;
  }

  aim(slot: Slot, destination: Endpoint): void {
    const { core, address } = this.#owner;
    if (this.#handle === undefined || core.closed) return;
    core.library.rtpe_dtls_link_aim(this.#handle, slot, core.addr.fill(address, destination));
  }

  accept(): void {
    const { core } = this.#owner;
    if (this.#handle === undefined || core.closed) return;
    core.library.rtpe_dtls_link_accept(this.#handle);
  }

  free(): void {
    const handle = this.#handle;
    if (handle === undefined) return;
    this.#handle = undefined;
    this.#owner.forget(this.#token);
    // with the core its handshakes are gone
    if (!this.#owner.core.closed) this.#owner.core.library.rtpe_dtls_link_free(handle);
  }
}

/** All handshakes over the ports of a core. */
export class FfiDtls implements DtlsLinks {
  /** Whose ports they are. */
  readonly core: FfiCore;
  /** For an address that is read at once. */
  readonly address: AddrBuffer;
  readonly #layout: StructLayout<keyof typeof RESULT_FIELDS>;
  readonly #news: StructLayout<keyof typeof NEWS_FIELDS>;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView<ArrayBuffer>;
  readonly #told = new Map<number, (news: DtlsLinkNews) => void>();
  #token = 0;

  /** @throws AbiMismatch when the library is of another version */
  constructor(core: FfiCore) {
    this.core = core;
    this.address = core.addr.buffer();
    this.#layout = core.layout.require("rtpe_dtls_result", RESULT_FIELDS);
    this.#news = core.layout.require("rtpe_dtls_news", NEWS_FIELDS);
    this.#bytes = new Uint8Array(BATCH * this.#news.size);
    this.#view = new DataView(this.#bytes.buffer);
    core.onTurn(() => this.#take());
  }

  open(terms: DtlsLinkTerms, told: (news: DtlsLinkNews) => void): DtlsLink {
    const { library, handle, addr } = this.core;
    const { context, active, mtu, digests, slot, destination } = terms;
    const count = Math.min(digests.length, FINGERPRINTS);
    const fingerprints = new Uint8Array(count * (1 + DIGEST_BYTES));
    for (const [i, digest] of digests.slice(0, count).entries()) {
      fingerprints[i * (1 + DIGEST_BYTES)] = digest.length;
      fingerprints.set(digest, i * (1 + DIGEST_BYTES) + 1);
    }
    const token = this.#newToken();
    const link = library.rtpe_dtls_link_new(
      handle,
      context,
      active ? 1 : 0,
      mtu,
      fingerprints,
      count,
      slot,
      addr.fill(this.address, destination),
      token,
    );
    if (link === null) throw new Error("no memory for a DTLS handshake");
    this.#told.set(token, told);
    return new FfiDtlsLink(this, token, link);
  }

  /** Nothing is told of a handshake any more. */
  forget(token: number): void {
    this.#told.delete(token);
  }

  #newToken(): number {
    do this.#token = (this.#token + 1) >>> 0; while (this.#told.has(this.#token));
    return this.#token;
  }

  /**
   * Takes news until there are none, which arms the bell, or enough for one turn.
   *
   * @returns whether there may be more
   */
  #take(): boolean {
    for (let batches = 0; batches < MAX_BATCHES; batches++) {
      if (this.core.closed) return false;
      const count = this.core.library.rtpe_dtls_take_news(this.core.handle, this.#bytes, BATCH);
      if (count === 0) return false;
      this.#tell(count);
    }
    return true;
  }

  #tell(count: number): void {
    const { size, offset } = this.#news;
    const news: [number, DtlsLinkNews][] = [];
    for (let i = 0; i < count; i++) {
      const token = this.#view.getUint32(i * size + offset.token, LITTLE_ENDIAN);
      news.push([token, this.#read(i * size + offset.result)]);
    }
    this.#bytes.fill(0, 0, count * size);
    for (const [token, one] of news) this.core.guard(() => this.#told.get(token)?.(one));
  }

  #read(at: number): DtlsLinkNews {
    const { offset } = this.#layout;
    const bytes = this.#bytes;
    const state = STATES[this.#view.getUint32(at + offset.state, LITTLE_ENDIAN)] ?? "failed";
    const key = bytes[at + offset.key_len]!;
    const salt = bytes[at + offset.salt_len]!;
    const take = (from: number, length: number) => bytes.slice(at + from, at + from + length);
    const error = at + offset.error;
    return {
      state,
      mismatch: bytes[at + offset.mismatch] !== 0,
      error: state === "failed" ? cString(bytes.subarray(error, error + RESULT_FIELDS.error)) : "",
      profile: this.#view.getUint16(at + offset.profile, LITTLE_ENDIAN),
      localKey: take(offset.local_key, key),
      localSalt: take(offset.local_salt, salt),
      remoteKey: take(offset.remote_key, key),
      remoteSalt: take(offset.remote_salt, salt),
    };
  }
}
