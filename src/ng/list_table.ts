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

function secure(help: string) {
  return later("secure media", help);
}

function fax(help: string) {
  return later("codecs and transcoding", help);
}

const SDES: WordTable = {
  "off": secure("No SDES keys are offered or accepted"),
  "unencrypted_srtp": secure("SRTP that is not encrypted is offered"),
  "unencrypted_srtcp": secure("SRTCP that is not encrypted is offered"),
  "unauthenticated_srtp": secure("SRTP that is not authenticated is offered"),
  "encrypted_srtp": secure("SRTP that is not encrypted is refused"),
  "encrypted_srtcp": secure("SRTCP that is not encrypted is refused"),
  "authenticated_srtp": secure("SRTP that is not authenticated is refused"),
  "pad": secure("Keys in `a=crypto` are padded to whole base 64 groups"),
  "lifetime": secure("A key lifetime of 2^31 is written"),
  "static": secure("The suite does not change in a re-offer"),
  "nonew": secure("No suite of our own is offered"),
  "prefer": secure("SDES is preferred to DTLS"),
  ...Object.fromEntries(
    SUITES.map((suite) => [`no-${suite}`, secure(`The suite is not offered`)]),
  ),
  ...Object.fromEntries(
    SUITES.map((suite) => [`only-${suite}`, secure(`No other suite is offered`)]),
  ),
};

/** Beginnings of SDES words that end in a list of suites. */
export const SDES_ORDERS: WordTable = {
  "order:": secure("Suites offered come in this order"),
  "offerer_pref:": secure("Suites of the offer are looked at in this order"),
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
      "force": secure("ICE is offered and only our candidates"),
      "default": secure("ICE is offered if it was offered"),
      "optional": secure("Our candidates are added to those that are there"),
      "force-relay": secure("Only relayed candidates are left beside ours"),
      "trickle": secure("Candidates are sent one by one"),
      "ice2": secure("`a=ice-options:ice2` is written"),
      "lite": secure("We are an ICE-lite agent towards both"),
      "lite-forward": secure("We are an ICE-lite agent towards the called side"),
      "lite-backward": secure("We are an ICE-lite agent towards the caller"),
      "lite-both": secure("We are an ICE-lite agent towards both"),
      "lite-off": secure("We are a full agent again"),
    },
  },
  dtls: {
    key: "DTLS",
    aliases: OFF,
    words: {
      "off": secure("No DTLS is offered or accepted"),
      "passive": secure("We wait for the other side's handshake"),
      "active": secure("We begin the handshake"),
    },
  },
  sdes: { key: "SDES", words: SDES, aliases: { ...OFF, priority: "prefer" } },
  osrtp: {
    key: "OSRTP",
    aliases: { "offer-rfc": "offer" },
    words: {
      "offer": secure("RTP is offered with keys for SRTP (RFC 8643)"),
      "offer-legacy": secure("SRTP is offered as a second section"),
      "accept": secure("An offer of either kind is accepted"),
      "accept-rfc": secure("An offer after RFC 8643 is accepted"),
      "accept-legacy": secure("An offer with two sections is accepted"),
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
