/**
 * What was agreed with the other end of a media transport, as plain data: it is written into the journal, so
 * that a call goes on after a restart without another handshake.
 *
 * @module
 */

import type { Endpoint } from "../../core/endpoint.ts";
import type { DtlsKeys, KeySalt } from "../../dtls/mod.ts";
import type { SrtpKeys } from "../../relay/types.ts";
import { type CryptoAttribute, keysOf, type SuiteName } from "../../srtp/mod.ts";

/** SRTP keys of one direction; bytes as base64. */
export interface StoredKeys {
  readonly suite: SuiteName;
  readonly key: string;
  readonly salt: string;
  readonly mki?: string;
  readonly plainRtp?: boolean;
  readonly plainRtcp?: boolean;
  readonly noRtpAuth?: boolean;
}

/** Keys of both directions. */
export interface KeyPair {
  /** Of what we send. */
  readonly send: StoredKeys;
  /** Of what the other end sends. */
  readonly receive: StoredKeys;
}

/** One component, RTP or RTCP. */
export interface Path {
  /** Where it goes: what ICE has selected or at least validated, or whoever made the handshake. */
  readonly remote?: Endpoint;
  /** Which of our candidates it leaves from, 0 for the first; absent = that one. */
  readonly local?: number;
  /** Our user name fragment under which ICE has selected it; absent = it has not. */
  readonly ufrag?: string;
  /** What DTLS has agreed on. */
  readonly keys?: KeyPair;
  /** Stands for the descriptions the handshake was made for. */
  readonly association?: string;
}

/** A media transport. */
export interface Agreement {
  rtp: Path;
  rtcp: Path;
  /** Our role in ICE after a conflict (RFC 8445 section 7.3.1.1); absent = as negotiated. */
  role?: IceRole;
}

/** A role that is not the negotiated one. */
export interface IceRole {
  readonly controlling: boolean;
  /** Our user name fragment in the session it belongs to. */
  readonly ufrag: string;
}

/** Nothing agreed yet. */
export function noAgreement(): Agreement {
  return { rtp: {}, rtcp: {} };
}

/** What {@link ruleKeys} has made, so that nothing is computed twice. */
const RULE_KEYS = new WeakMap<StoredKeys, SrtpKeys>();

/** Keys of a handshake. */
export function keysOfDtls({ suite, local, remote }: DtlsKeys): KeyPair {
  return { send: stored(suite, local), receive: stored(suite, remote) };
}

/** Keys of an `a=crypto`. */
export function keysOfCrypto(crypto: CryptoAttribute): StoredKeys {
  const { key, salt, mki } = keysOf(crypto);
  return {
    suite: crypto.suite,
    key: encode(key),
    salt: encode(salt),
    ...(mki === undefined ? {} : { mki: encode(mki) }),
    ...(crypto.plainRtp ? { plainRtp: true } : {}),
    ...(crypto.plainRtcp ? { plainRtcp: true } : {}),
    ...(crypto.noRtpAuth ? { noRtpAuth: true } : {}),
  };
}

/** Keys as rules want them. */
export function ruleKeys(stored: StoredKeys): SrtpKeys {
  let known = RULE_KEYS.get(stored);
  if (known === undefined) RULE_KEYS.set(stored, known = decoded(stored));
  return known;
}

function decoded({ key, salt, mki, ...rest }: StoredKeys): SrtpKeys {
  return {
    ...rest,
    key: decode(key),
    salt: decode(salt),
    ...(mki === undefined ? {} : { mki: decode(mki) }),
  };
}

/** Whether there is one master key under both, whatever else differs. */
export function sameSecret(a: StoredKeys, b: StoredKeys): boolean {
  return a.key === b.key && a.salt === b.salt;
}

/** Whether packets under the one are what the other would make of them. */
export function sameKeys(a: StoredKeys, b: StoredKeys): boolean {
  return a.suite === b.suite && a.key === b.key && a.salt === b.salt && a.mki === b.mki &&
    (a.plainRtp ?? false) === (b.plainRtp ?? false) &&
    (a.plainRtcp ?? false) === (b.plainRtcp ?? false) &&
    (a.noRtpAuth ?? false) === (b.noRtpAuth ?? false);
}

/** For the log, when that was asked for. */
export function keyText({ send, receive }: KeyPair): string {
  const text = ({ suite, key, salt }: StoredKeys) => `${suite} ${key} ${salt}`;
  return `sent under ${text(send)}, received under ${text(receive)}`;
}

function stored(suite: SuiteName, { key, salt }: KeySalt): StoredKeys {
  const keys = { suite, key: encode(key), salt: encode(salt) };
  RULE_KEYS.set(keys, { suite, key, salt });
  return keys;
}

function encode(bytes: Uint8Array): string {
  return bytes.toBase64();
}

function decode(text: string): Uint8Array {
  return Uint8Array.fromBase64(text);
}
