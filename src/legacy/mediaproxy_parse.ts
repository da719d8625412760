/**
 * The grammar of the OpenSER mediaproxy protocol: one line to one command.
 *
 * ```
 * request CALLID STREAMS IP FROMDOMAIN FROMTYPE TODOMAIN TOTYPE AGENT info=KEY:VALUE,…    lookup likewise
 * delete CALLID info=KEY:VALUE,…
 * status   version   build   controls   quit   exit
 * STREAMS = ADDRESS:PORT[:TYPE],…
 * ```
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { canonicalIp } from "../core/ip.ts";
import { MAX_LINE, MAX_SECTIONS } from "./limits.ts";

/** One media stream of a request. */
export interface Stream {
  /** IPv4 only; port 0 = rejected. */
  readonly endpoint: Endpoint;
  /** `audio`, `video`, …; undefined when the line does not say. */
  readonly type: ByteString | undefined;
}

/** One command. */
export type MediaproxyCommand =
  | {
    /** `request`: an offer; `lookup`: an answer. */
    readonly type: "offer" | "answer";
    readonly callId: ByteString;
    readonly streams: readonly Stream[];
    readonly fromTag: ByteString;
    /** Given for every `lookup`. */
    readonly toTag: ByteString | undefined;
  }
  | { readonly type: "delete"; readonly callId: ByteString }
  | { readonly type: "status" | "version" | "controls" | "quit" };

const BARE: ReadonlyMap<ByteString, "status" | "version" | "controls" | "quit"> = new Map([
  ["status", "status"],
  ["version", "version"],
  ["build", "version"],
  ["controls", "controls"],
  ["quit", "quit"],
  ["exit", "quit"],
]);

/** Reads a line without its end; undefined when it is none of the protocol. */
export function parseMediaproxy(line: ByteString): MediaproxyCommand | undefined {
  if (line.length > MAX_LINE) return undefined;
  const words = line.split(" ").filter((word) => word !== "");
  const [verb = "", callId] = words;
  if (callId === undefined) {
    const type = BARE.get(verb);
    return type && { type };
  }
  switch (verb) {
    case "request":
      return parseExchange("offer", words);
    case "lookup":
      return parseExchange("answer", words);
    case "delete":
      return words.length <= 3 ? { type: "delete", callId } : undefined;
    default:
      return undefined;
  }
}

function parseExchange(
  type: "offer" | "answer",
  words: readonly ByteString[],
): MediaproxyCommand | undefined {
  const [, callId, list, , , , , , , information] = words;
  if (callId === undefined || list === undefined || words.length !== 10) return undefined;
  const info = parseInformation(information ?? "");
  const fromTag = info?.get("fromtag");
  const toTag = info?.get("totag");
  if (fromTag === undefined || (type === "answer" && toTag === undefined)) return undefined;
  const streams = parseStreams(list);
  return streams && { type, callId, streams, fromTag, toTag };
}

/** `info=KEY:VALUE,…`; of a key that comes twice the first counts. */
function parseInformation(word: ByteString): ReadonlyMap<ByteString, ByteString> | undefined {
  if (!word.startsWith("info=")) return undefined;
  const values = new Map<ByteString, ByteString>();
  for (const item of word.slice(5).split(",")) {
    const colon = item.indexOf(":");
    if (colon > 0 && !values.has(item.slice(0, colon))) {
      values.set(item.slice(0, colon), item.slice(colon + 1));
    }
  }
  return values;
}

/** At least one stream and no bad one: a port told for the wrong stream would be worse than none. */
function parseStreams(list: ByteString): Stream[] | undefined {
  const items = list.split(",").filter((item) => item !== "");
  if (items.length === 0 || items.length > MAX_SECTIONS) return undefined;
  const streams: Stream[] = [];
  for (const item of items) {
    const [, address, digits, type] = /^([\d.]+):(\d{1,5})(?::([a-z]{1,32}))?$/i.exec(item) ?? [];
    const ip = canonicalIp(address ?? "");
    const port = Number(digits);
    if (ip === undefined || port > 65535) return undefined;
    streams.push({ endpoint: { ...ip, port }, type: type?.toLowerCase() });
  }
  return streams;
}
