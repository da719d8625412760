/**
 * Handshakes computed by OpenSSL in the relay core's library, on threads of the core
 * (`ffi/include/rtpe_dtls.h`).
 *
 * @module
 */

import { X509Certificate } from "node:crypto";
import { cString, loadRelayLibrary } from "../relay/ffi.ts";
import type { DtlsLinkNews, DtlsLinks } from "../relay/mod.ts";
import { suiteOfProfile } from "../srtp/mod.ts";
import { digestBytes } from "./fingerprint.ts";
import type { DtlsEngine, DtlsHandshake, DtlsNews, DtlsTerms } from "./types.ts";

const PROFILES =
  "SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32";

/** What {@link nativeDtls} is made of. */
export interface NativeDtlsOptions {
  /** Path of the library. */
  readonly library: string;
  /** Asked for with the first handshake: whose ports they go over. */
  readonly links: () => DtlsLinks;
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** OpenSSL cipher list; absent = AES-128-GCM first, then what else there is. */
  readonly ciphers?: string;
  /** Largest UDP payload, 576..65507 (1200). */
  readonly mtu?: number;
}

/** Makes an engine. @throws Error when the certificate, the key or the ciphers cannot be used */
export function nativeDtls(options: NativeDtlsOptions): DtlsEngine {
  const library = loadRelayLibrary(options.library);
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
    handshake({ role, fingerprints, slot, destination, told }: DtlsTerms): DtlsHandshake {
      const digests = fingerprints.map(digestBytes);
      const link = options.links().open(
        { context, active: role === "active", mtu, digests, slot, destination },
        (news) => told(newsOf(news)),
      );
      return {
        get heard() {
          return link.heard;
        },
        begin: () => link.feed(),
        receive: (datagram) => link.feed(datagram),
        aim: ({ slot, destination }) => link.aim(slot, destination),
        accept: () => link.accept(),
        free: () => link.free(),
      };
    },
    free: () => library.rtpe_dtls_ctx_free(context),
  };
}

function newsOf(news: DtlsLinkNews): DtlsNews {
  const { state, error, mismatch } = news;
  if (state === "closed") return { state };
  if (state === "failed") return { state, error, mismatch };
  const suite = suiteOfProfile(news.profile);
  if (suite === undefined) return { state: "failed", error: "no keys were agreed", mismatch };
  return {
    state,
    keys: {
      suite,
      local: { key: news.localKey, salt: news.localSalt },
      remote: { key: news.remoteKey, salt: news.remoteSalt },
    },
  };
}

function cText(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
