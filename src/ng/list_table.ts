/**
 * The lists a request can carry next to its flags, and the words each may hold.
 *
 * @module
 */

import { fold, Vocabulary } from "./vocabulary.ts";
import { later, type Word, type WordTable, works } from "./word.ts";

/** Members of `NgRequest` that are sets of words. */
export type ListName =
  | "replace"
  | "rtcpMux"
  | "ice"
  | "dtls"
  | "sdes"
  | "osrtp"
  | "t38"
  | "bundle";

/** One of the lists. */
export interface WordList {
  /** Key of the dictionary that carries it. */
  readonly key: string;
  /** Words it may hold. */
  readonly words: WordTable;
  /** Other words for them. */
  readonly aliases: Readonly<Record<string, string>>;
}

const SUITES = [
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
];

const OFF = { no: "off", disable: "off" };

function fax(help: string) {
  return later("codecs and transcoding", help);
}

const SDES: WordTable = {
  "off": works("No SDES keys are offered or accepted"),
  "unencrypted_srtp": works("SRTP that is not encrypted is offered"),
  "unencrypted_srtcp": works("SRTCP that is not encrypted is offered"),
  "unauthenticated_srtp": works("SRTP that is not authenticated is offered"),
  "encrypted_srtp": works("SRTP that is not encrypted is refused"),
  "encrypted_srtcp": works("SRTCP that is not encrypted is refused"),
  "authenticated_srtp": works("SRTP that is not authenticated is refused"),
  "pad": works("Keys in `a=crypto` are padded to whole base 64 groups"),
  "lifetime": works("A key lifetime of 2^31 is written"),
  "static": works("The suite does not change in a re-offer"),
  "nonew": works("No suite of our own is offered"),
  "prefer": works("SDES is preferred to DTLS"),
  ...Object.fromEntries(
    SUITES.map((suite) => [`no-${suite}`, works(`The suite is not offered`)]),
  ),
  ...Object.fromEntries(
    SUITES.map((suite) => [`only-${suite}`, works(`No other suite is offered`)]),
  ),
};

/** Beginnings of SDES words that end in a list of suites. */
export const SDES_ORDERS: WordTable = {
  "order:": works("Suites offered come in this order"),
  "offerer_pref:": works("Suites of the offer are looked at in this order"),
};

/** All lists by the member they fill. */
export const LISTS: Readonly<Record<ListName, WordList>> = {
  replace: {
    key: "replace",
    aliases: {},
    words: {
      "origin": works("The address of `o=` is ours"),
      "origin-full": works("All of `o=` stays what the party has seen first"),
      "session connection": works("Nothing: every section has a `c=` of its own"),
      "SDP version": works("The version of `o=` grows when the description changes"),
      "username": works("The user of `o=` stays what the party has seen first"),
      "session name": works("`s=` stays what the party has seen first"),
      "zero address": works("A section that is on hold has our address, not the zero one"),
      "force-increment-sdp-ver": works("The version of `o=` grows with each description"),
    },
  },
  rtcpMux: {
    key: "rtcp-mux",
    aliases: {},
    words: {
      "offer": works("rtcp-mux is offered"),
      "require": works("rtcp-mux is offered without a port for RTCP alone"),
      "demux": works("rtcp-mux is accepted, and the other side has a port for RTCP"),
      "accept": works("rtcp-mux is accepted when it is offered"),
      "reject": works("rtcp-mux is not accepted"),
    },
  },
  ice: {
    key: "ICE",
    aliases: {},
    words: {
      "remove": works("ICE attributes are taken out"),
      "force": works("ICE is offered and only our candidates"),
      "default": works("ICE is offered if it was offered"),
      "optional": works(
        "ICE is offered; candidates of a party that has it are handed on, and ours is one more",
      ),
      "force-relay": works("The same for a party that has ICE, ours being a relay"),
      "trickle": works("Candidates may come one by one (RFC 8840)"),
      "ice2": works("`a=ice-options:ice2` is written"),
      "lite": works("We are an ICE-lite agent towards both"),
      "lite-forward": works("We are an ICE-lite agent towards the called side"),
      "lite-backward": works("We are an ICE-lite agent towards the caller"),
      "lite-both": works("We are an ICE-lite agent towards both"),
      "lite-off": works("We are a full agent again"),
    },
  },
  dtls: {
    key: "DTLS",
    aliases: OFF,
    words: {
      "off": works("No DTLS is offered or accepted"),
      "passive": works("We wait for the other side's handshake"),
      "active": works("We begin the handshake"),
    },
  },
  sdes: { key: "SDES", words: SDES, aliases: { ...OFF, priority: "prefer" } },
  osrtp: {
    key: "OSRTP",
    aliases: { "offer-rfc": "offer" },
    words: {
      "offer": works("RTP is offered with keys for SRTP (RFC 8643)"),
      "offer-legacy": works("The same, whatever the profile asked for"),
      "accept": works("An offer of either kind is accepted"),
      "accept-rfc": works("An offer after RFC 8643 is accepted"),
      "accept-legacy": works("An offer with two sections is accepted"),
    },
  },
  t38: {
    key: "T.38",
    aliases: {
      "no-v17": "no-v.17",
      "no-v27ter": "no-v.27ter",
      "no-v29": "no-v.29",
      "no-v34": "no-v.34",
    },
    words: {
      "decode": fax("T.38 is translated to audio"),
      "force": fax("Audio is translated to T.38"),
      "stop": fax("The translation ends"),
      "no-ecm": fax("No error correction mode"),
      "no-v.17": fax("No V.17"),
      "no-v.27ter": fax("No V.27ter"),
      "no-v.29": fax("No V.29"),
      "no-v.34": fax("No V.34"),
      "no-iaf": fax("Not an internet-aware fax device"),
      "fec": fax("Forward error correction instead of redundancy"),
    },
  },
  bundle: {
    key: "bundle",
    aliases: {},
    words: {
      "accept": works("A bundle that is offered is accepted"),
      "offer": works("Sections are offered as one bundle"),
      "require": works("The bundle is offered with one port for all"),
      "strict": works("The same, all sections but the first written with port 0"),
      "reject": works("A bundle in the answer is not taken up"),
    },
  },
};

const VOCABULARIES = new Map<string, Vocabulary>(
  Object.entries(LISTS).map(([name, { words, aliases }]) => [
    name,
    new Vocabulary(Object.keys(words), aliases),
  ]),
);

/** What is known of a canonical item of a list. */
export function listWord(list: ListName, item: string): Word | undefined {
  if (Object.hasOwn(LISTS[list].words, item)) return LISTS[list].words[item];
  const order = Object.keys(SDES_ORDERS).find((start) => list === "sdes" && item.startsWith(start));
  return order === undefined ? undefined : SDES_ORDERS[order];
}

/**
 * The canonical form of one list item. `order:A;B;` and `offerer_pref:A;B;` of SDES keep what follows the
 * colon.
 *
 * @returns undefined when the list does not know the word
 */
export function findListItem(list: ListName, text: string): string | undefined {
  const word = VOCABULARIES.get(list)?.find(text);
  if (word !== undefined || list !== "sdes") return word;
  const folded = fold(text);
  for (const order of Object.keys(SDES_ORDERS)) {
    if (folded.startsWith(fold(order))) return order + text.slice(order.length);
  }
  return undefined;
}
