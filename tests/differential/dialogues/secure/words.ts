/**
 * Words the tables about secure media are written in.
 *
 * @module
 */

import {
  A,
  answer,
  answerFromA,
  AUDIO_A,
  AUDIO_B,
  B,
  type Extra,
  offer,
  offerFromB,
  session,
  type Step,
} from "../../dialogue.ts";

/** An interface with one address, so that there is one candidate. */
const OUTSIDE = { direction: ["outside", "outside"] };

/** Keys for messages inside the dialogue. */
export const INSIDE = { "to-tag": "b" };

/** Profiles. */
export const [AVP, AVPF, SAVP, SAVPF, TLS, TLSF] = [
  "RTP/AVP",
  "RTP/AVPF",
  "RTP/SAVP",
  "RTP/SAVPF",
  "UDP/TLS/RTP/SAVP",
  "UDP/TLS/RTP/SAVPF",
] as const;

/** Suites in the order they are preferred. */
export const SUITES = [
  "AEAD_AES_256_GCM",
  "AEAD_AES_128_GCM",
  "AES_256_CM_HMAC_SHA1_80",
  "AES_256_CM_HMAC_SHA1_32",
  "AES_192_CM_HMAC_SHA1_80",
  "AES_192_CM_HMAC_SHA1_32",
  "AES_CM_128_HMAC_SHA1_80",
  "AES_CM_128_HMAC_SHA1_32",
  "F8_128_HMAC_SHA1_80",
  "F8_128_HMAC_SHA1_32",
  "NULL_HMAC_SHA1_80",
  "NULL_HMAC_SHA1_32",
] as const;

/** The suite phones have. */
export const COMMON = "AES_CM_128_HMAC_SHA1_80";

function keyLength(suite: string): number {
  if (suite.includes("AEAD")) return suite.includes("256") ? 44 : 28;
  return suite.includes("256") ? 46 : suite.includes("192") ? 38 : 30;
}

/** `a=crypto` with a key of this letter. */
export function crypto(
  tag: number,
  letter: string,
  suite: string = COMMON,
  rest = "",
): string {
  const key = btoa(letter.repeat(keyLength(suite))).replace(/=+$/, "");
  return `a=crypto:${tag} ${suite} inline:${key}${rest}`;
}

/** `a=fingerprint` of this byte. */
export function fingerprint(byte: string, hash = "sha-256", length = 32): string {
  return `a=fingerprint:${hash} ${Array(length).fill(byte).join(":")}`;
}

/** `a=ice-ufrag` and `a=ice-pwd`. */
export function credentials(ufrag: string): string[] {
  return [`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${ufrag.repeat(6)}`];
}

/** Host candidates for RTP and RTCP. */
export function candidates(address: string, port: number, components = 2): string[] {
  return Array.from(
    { length: components },
    (_, i) => `a=candidate:1 ${i + 1} UDP ${2130706431 - i} ${address} ${port + i} typ host`,
  );
}

/** Lines of DTLS of phone A. */
export const DTLS_A = [fingerprint("AA"), "a=setup:actpass"];
/** Lines of DTLS of phone B, as a client. */
export const DTLS_B = [fingerprint("BB"), "a=setup:active"];
/** ICE of phone A. */
export const ICE_A = [...credentials("aaaa"), ...candidates(A, 2000)];
/** ICE of phone B. */
export const ICE_B = [...credentials("bbbb"), ...candidates(B, 4000)];

/** A description of phone A with one audio section. */
export function phoneA(profile: string, ...lines: string[]): string {
  return session(A, `m=audio 2000 ${profile} 8`, ...lines);
}

/** A description of phone B. */
export function phoneB(profile: string, ...lines: string[]): string {
  return session(B, `m=audio 4000 ${profile} 8`, ...lines);
}

/** A plain one of A. */
export const PLAIN_A = AUDIO_A;
/** A plain one of B. */
export const PLAIN_B = AUDIO_B;

/** An offer of A. */
export function offers(sdp: string, extra: Extra = {}): Step {
  return offer(sdp, { ...OUTSIDE, ...extra });
}

/** An answer of B. */
export function answers(sdp: string, extra: Extra = {}): Step {
  return answer(sdp, { ...OUTSIDE, ...extra });
}

/** Another offer of A. */
export function offersAgain(sdp: string, extra: Extra = {}): Step {
  return offers(sdp, { ...INSIDE, ...extra });
}

/** An offer of B. */
export function offersBack(sdp: string, extra: Extra = {}): Step {
  return offerFromB(sdp, { ...OUTSIDE, ...extra });
}

/** An answer of A. */
export function answersBack(sdp: string, extra: Extra = {}): Step {
  return answerFromA(sdp, { ...OUTSIDE, ...extra });
}
