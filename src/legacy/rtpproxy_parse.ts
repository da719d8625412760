/**
 * The grammar of the rtpproxy protocol: one message of text to one command.
 *
 * ```
 * U[flags] CALLID[;BRANCH] ADDRESS PORT FROMTAG;N [TOTAG;N …]    L likewise
 * D[flags] CALLID[;BRANCH] FROMTAG[;N] [TOTAG[;N]]               Q likewise
 * V                     VF DATE
 * ```
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { canonicalIp } from "../core/ip.ts";
import { MAX_SECTIONS } from "./limits.ts";

/** One command. */
export type RtpproxyCommand =
  | {
    /** `U`: somebody offers media; `L`: somebody answers. */
    readonly type: "offer" | "answer";
    readonly callId: ByteString;
    readonly branch: ByteString | undefined;
    /** Where the sender of the message's media wants its own; port 0 = nowhere. */
    readonly endpoint: Endpoint;
    readonly fromTag: ByteString;
    readonly toTag: ByteString | undefined;
    /** 1-based media section. */
    readonly section: number;
    /** Interfaces the flags ask for, `internal` or `external`: at most the sender's and the other's. */
    readonly interfaces: readonly ("internal" | "external")[];
  }
  | {
    /** `D` or `Q`. */
    readonly type: "delete" | "query";
    readonly callId: ByteString;
    readonly branch: ByteString | undefined;
    readonly fromTag: ByteString;
    readonly toTag: ByteString | undefined;
  }
  | { readonly type: "version" }
  | { readonly type: "feature"; readonly date: ByteString }
  | {
    /** A `U` or `L` about media that is not ours to relay: its address is given back. */
    readonly type: "echo";
    readonly address: ByteString;
    readonly port: ByteString;
  };

/** Reads a message without its cookie; undefined when it is none. */
export function parseRtpproxy(text: ByteString): RtpproxyCommand | undefined {
  const words = text.replace(/\s+$/, "").split(/[ \t]+/).filter((word) => word !== "");
  const verb = words[0] ?? "";
  switch (verb[0]?.toUpperCase()) {
    case "U":
      return parseExchange("offer", verb, words);
    case "L":
      return parseExchange("answer", verb, words);
    case "D":
      return parseReference("delete", words);
    case "Q":
      return parseReference("query", words);
    case "V":
      return parseVersion(verb, words[1]);
    default:
      return undefined;
  }
}

function parseVersion(verb: ByteString, date: ByteString | undefined): RtpproxyCommand | undefined {
  if (verb[1]?.toUpperCase() !== "F") return { type: "version" };
  return date === undefined ? undefined : { type: "feature", date };
}

function parseExchange(
  type: "offer" | "answer",
  verb: ByteString,
  words: readonly ByteString[],
): RtpproxyCommand | undefined {
  const [, call = "", address, port, from = "", to] = words;
  if (address === undefined || port === undefined) return undefined;
  const sender = parseTagged(from);
  const other = to === undefined ? undefined : parseTagged(to);
  const named = parseCall(call);
  const usable = /^(\d|[.:a-f])+$/i.test(address) && /^\d+$/.test(port) && named !== undefined &&
    sender !== undefined && (to === undefined || other !== undefined);
  if (!usable) return isPrintable(address + port) ? { type: "echo", address, port } : undefined;
  const ip = canonicalIp(address);
  const section = Math.max(sender.section, 1);
  if (ip === undefined || Number(port) > 65535 || section > MAX_SECTIONS) return undefined;
  return {
    type,
    ...named,
    endpoint: { ...ip, port: Number(port) },
    fromTag: sender.tag,
    toTag: other?.tag,
    section,
    interfaces: parseInterfaces(verb),
  };
}

function parseReference(
  type: "delete" | "query",
  [, call = "", from, to]: readonly ByteString[],
): RtpproxyCommand | undefined {
  const named = parseCall(call);
  if (named === undefined || from === undefined) return undefined;
  const bare = (tag: ByteString) => parseTagged(tag)?.tag ?? tag;
  return {
    type,
    ...named,
    fromTag: bare(from),
    toTag: to === undefined ? undefined : bare(to),
  };
}

/** Whether a text may stand in a reply. */
function isPrintable(text: ByteString): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}

/** `CALLID[;BRANCH]`. */
function parseCall(
  word: ByteString,
): { callId: ByteString; branch: ByteString | undefined } | undefined {
  const [, callId, branch] = /^([^;]+)(?:;(.*))?$/s.exec(word) ?? [];
  if (callId === undefined) return undefined;
  return { callId, branch: branch === "" ? undefined : branch };
}

/** `TAG;N`; the tag itself may contain semicolons. */
function parseTagged(word: ByteString): { tag: ByteString; section: number } | undefined {
  const [, tag, section] = /^(.+);(\d+)$/.exec(word) ?? [];
  return tag === undefined ? undefined : { tag, section: Number(section) };
}

/** Two letters of the flags name interfaces; nothing else in them is ours to know. */
function parseInterfaces(verb: ByteString): ("internal" | "external")[] {
  const letters = verb.slice(1).toUpperCase().match(/[IE]/g) ?? [];
  return letters.slice(0, 2).map((letter) => letter === "I" ? "internal" : "external");
}
