/**
 * SDES (RFC 4568) in offers and answers. Where both sides speak it, keys of one are told the other as they
 * are, so that packets need not be encrypted anew.
 *
 * @module
 */

import type { NgRequest } from "../ng/request.ts";
import type { SdpMedia } from "../sdp/mod.ts";
import {
  type CryptoAttribute,
  newKeySalt,
  NO_PARAMETERS,
  parseCrypto,
  type SessionParameters,
} from "../srtp/sdes.ts";
import { SUITE_NAMES, type SuiteName, suiteNamed, SUITES } from "../srtp/suites.ts";
import type { Keying, SecureState } from "./secure_state.ts";

/** Lines that are looked at. */
const MAX_CRYPTO = 32;
/** RFC 4568 section 6.1. */
const LIFETIME = "2^31";

type Random = (length: number) => Uint8Array;
/** Keys of both directions. */
export type SdesKeys = Extract<Keying, { readonly type: "sdes" }>;

/** The `a=crypto` of a section that can be used, each tag once. */
export function readCryptos({ lines }: SdpMedia): CryptoAttribute[] {
  const found: CryptoAttribute[] = [];
  let left = MAX_CRYPTO;
  for (const { name, param } of lines) {
    if (name !== "crypto" || left-- <= 0) continue;
    const crypto = parseCrypto(param ?? "");
    if (typeof crypto === "string" || found.some(({ tag }) => tag === crypto.tag)) continue;
    found.push(crypto);
  }
  return found;
}

/**
 * What is offered: keys of the other side, the key in use, and the remaining suites with keys of our own. While
 * there is no answer ours stay, since it may be one to any of the offers.
 *
 * @param copied keys of the one whose offer it is
 * @param before towards the one it goes to
 * @param former keys of the offer before, if there was no answer to it
 */
export function offeredCryptos(
  { sdes }: NgRequest,
  copied: readonly CryptoAttribute[],
  before: SecureState,
  random: Random,
  former?: readonly CryptoAttribute[],
): CryptoAttribute[] {
  if (sdes.has("off")) return [];
  const wanted = suiteFilter(sdes);
  const lifetime = sdes.has("lifetime") ? LIFETIME : undefined;
  const order = suiteOrder(sdes, "order:");
  const offered: CryptoAttribute[] = [];
  const has = (suite: SuiteName) => offered.some((one) => one.suite === suite);
  const add = (crypto: CryptoAttribute) => {
    const taken = offered.some(({ tag }) => tag === crypto.tag);
    const tag = taken ? 1 + Math.max(...offered.map(({ tag }) => tag)) : crypto.tag;
    offered.push({ ...crypto, ...parameters(sdes, crypto), tag, lifetime });
  };
  if (before.keying.type === "dtls") {
    // DTLS is what counts with this party, and what is not used need not change
    for (const crypto of before.told) if (wanted(crypto.suite)) add(crypto);
    return inOrder(offered, order);
  }
  for (const crypto of copied) if (wanted(crypto.suite)) add(crypto);
  const { keying } = before;
  if (keying.type === "sdes" && wanted(keying.send.suite) && !has(keying.send.suite)) {
    add(keying.send);
  }
  const own = former === undefined
    ? []
    : before.told.filter(({ keySalt }) => !former.some((one) => one.keySalt === keySalt));
  if (!sdes.has("nonew")) {
    for (const suite of SUITE_NAMES) {
      if (!wanted(suite) || has(suite)) continue;
      const tag = 1 + Math.max(0, ...offered.map(({ tag }) => tag));
      add({
        ...NO_PARAMETERS,
        tag,
        suite,
        keySalt: own.find((one) => one.suite === suite)?.keySalt ?? newKeySalt(suite, random),
        lifetime,
        mki: undefined,
      });
    }
  }
  return inOrder(offered, order);
}

/**
 * Keys an answer has settled on: one of those offered, by its tag (RFC 4568 section 5.1.2). Some phones count
 * their tags from 1 whatever was offered; what they name by its suite is taken too, when it was offered once.
 */
export function answeredKeys(
  told: readonly CryptoAttribute[],
  heard: readonly CryptoAttribute[],
): SdesKeys | undefined {
  for (const receive of heard) {
    const send = told.find(({ tag, suite }) => tag === receive.tag && suite === receive.suite);
    if (send !== undefined) return { type: "sdes", receive, send };
  }
  for (const receive of heard) {
    const [send, other] = told.filter(({ suite }) => suite === receive.suite);
    if (send !== undefined && other === undefined) return { type: "sdes", receive, send };
  }
  return undefined;
}

/**
 * Chooses from an offer, and the key to answer with: the one in use if the suite stays, else that of the
 * other side if it has the same suite, else one of our own.
 *
 * @param before towards the one who offered; `heard` is the offer
 * @param other keys with the other side, if it speaks SDES too
 */
export function chosenKeys(
  { sdes }: NgRequest,
  { heard, keying }: SecureState,
  other: SdesKeys | undefined,
  random: Random,
): SdesKeys | undefined {
  const lifetime = sdes.has("lifetime") ? LIFETIME : undefined;
  if (keying.type === "sdes" && sdes.has("static")) {
    const receive = heard.find(({ suite }) => suite === keying.send.suite);
    if (receive !== undefined) return reply(receive, { ...keying.send, lifetime });
  }
  const shared = other && heard.find(({ suite }) => suite === other.receive.suite);
  const receive = shared ?? inOrder(heard, suiteOrder(sdes, "offerer_pref:"))[0];
  if (receive === undefined) return undefined;
  const { suite } = receive;
  if (keying.type === "sdes" && keying.send.suite === suite) {
    return reply(receive, { ...keying.send, lifetime });
  }
  if (shared !== undefined) {
    return reply(receive, { ...other!.receive, lifetime });
  }
  const { plainRtp, plainRtcp, noRtpAuth } = receive;
  const keySalt = newKeySalt(suite, random);
  const own = { suite, keySalt, lifetime, mki: undefined, plainRtp, plainRtcp, noRtpAuth };
  return reply(receive, { ...own, tag: receive.tag });
}

function reply(receive: CryptoAttribute, send: CryptoAttribute): SdesKeys {
  return { type: "sdes", receive, send: { ...send, tag: receive.tag } };
}

/** Session parameters as the request wants them, and the suite can do. */
function parameters(sdes: ReadonlySet<string>, crypto: CryptoAttribute): SessionParameters {
  const choose = (word: string, before: boolean) =>
    sdes.has(`un${word}`) ? true : sdes.has(word) ? false : before;
  const aead = SUITES[crypto.suite].cipher === "aes-gcm";
  return {
    plainRtp: !aead && choose("encrypted_srtp", crypto.plainRtp),
    plainRtcp: choose("encrypted_srtcp", crypto.plainRtcp),
    noRtpAuth: !aead && choose("authenticated_srtp", crypto.noRtpAuth),
  };
}

/** Suites that may be offered: `no-SUITE` and `only-SUITE`. */
function suiteFilter(sdes: ReadonlySet<string>): (suite: SuiteName) => boolean {
  const only = SUITE_NAMES.filter((suite) => sdes.has(`only-${suite}`));
  return (suite) => !sdes.has(`no-${suite}`) && (only.length === 0 || only.includes(suite));
}

/** Suites in a word like `order:A;B;`. */
function suiteOrder(sdes: ReadonlySet<string>, start: string): SuiteName[] {
  for (const word of sdes) {
    if (!word.startsWith(start)) continue;
    return word.slice(start.length).split(";").map(suiteNamed)
      .filter((suite) => suite !== undefined);
  }
  return [];
}

/** Those named first come first; the others stay as they are. */
function inOrder(
  cryptos: readonly CryptoAttribute[],
  order: readonly SuiteName[],
): CryptoAttribute[] {
  const rank = ({ suite }: CryptoAttribute): number => {
    const at = order.indexOf(suite);
    return at < 0 ? order.length : at;
  };
  return cryptos.toSorted((a, b) => rank(a) - rank(b));
}
