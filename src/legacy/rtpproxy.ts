/**
 * The rtpproxy protocol: a datagram `COOKIE COMMAND …` to a datagram `COOKIE RESULT`.
 *
 * @module
 */

import { type ByteString, fromBytes, toBytes } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { CookieCache } from "../ng/cookie_cache.ts";
import type { NgLog } from "../ng/dispatcher.ts";
import { LoadLimit, NgError, type NgSource } from "../ng/types.ts";
import type { LegacyCalls } from "./calls.ts";
import { MAX_DATAGRAM } from "./limits.ts";
import { parseRtpproxy, type RtpproxyCommand } from "./rtpproxy_parse.ts";

/** Version of the protocol. */
const VERSION = "20040107";
/** Extensions of it that are known here. */
const FEATURES: ReadonlySet<string> = new Set([VERSION, "20050322", "20060704"]);
/** Something is wrong with the command. */
const ERROR = "E8";
const SPACE = 0x20;

/** What a {@link Rtpproxy} is made of. */
export interface RtpproxyOptions {
  /** The calls. */
  readonly calls: LegacyCalls;
  /** Time of the cookies. */
  readonly clock: Clock;
  /** Where refusals and failures go. */
  readonly log: NgLog;
  /** Replies given; a fresh one by default. */
  readonly cookies?: CookieCache;
}

/** Answers datagrams. */
export class Rtpproxy {
  readonly #calls: LegacyCalls;
  readonly #log: NgLog;
  readonly #cookies: CookieCache;

  /** Nothing is remembered yet. */
  constructor(options: RtpproxyOptions) {
    this.#calls = options.calls;
    this.#log = options.log;
    this.#cookies = options.cookies ?? new CookieCache(options.clock);
  }

  /** Answers one datagram; one without a cookie gets no answer. */
  handle(datagram: Uint8Array, source: NgSource): Uint8Array | undefined {
    const { cookie, rest } = split(datagram);
    if (cookie === "") return undefined;
    const key = `${source.peer.address} ${cookie}`;
    const known = this.#cookies.get(key);
    if (known instanceof Uint8Array) return known;
    const text = rest.length > MAX_DATAGRAM ? undefined : this.#execute(fromBytes(rest), source);
    const reply = toBytes(`${cookie} ${text ?? ERROR}\n`);
    this.#cookies.set(key, reply);
    return reply;
  }

  #execute(text: ByteString, source: NgSource): ByteString {
    const command = parseRtpproxy(text);
    if (command === undefined) {
      this.#note("debug", "An rtpproxy command was not understood", source, text);
      return ERROR;
    }
    try {
      return this.#answer(command, source);
    } catch (error) {
      if (error instanceof NgError || error instanceof LoadLimit) {
        this.#note("info", `An rtpproxy command was refused: ${error.message}`, source, text);
      } else {
        this.#note("error", "An rtpproxy command failed unexpectedly", source, text, error);
      }
      return ERROR;
    }
  }

  #answer(command: RtpproxyCommand, source: NgSource): ByteString {
    switch (command.type) {
      case "version":
        return VERSION;
      case "feature":
        return FEATURES.has(command.date) ? "1" : "0";
      case "echo":
        return `${command.port} ${command.address}`;
      case "delete":
        this.#remove(command, source);
        return "0";
      case "query":
        return this.#query(command.callId, command.fromTag, command.toTag);
      default:
        return this.#exchange(command, source);
    }
  }

  #exchange(
    command: RtpproxyCommand & { type: "offer" | "answer" },
    source: NgSource,
  ): ByteString {
    const { type, callId, branch, fromTag, toTag, section, endpoint, interfaces } = command;
    if (type === "answer" && this.#calls.registry.get(callId) === undefined) return "0 0.0.0.0";
    const found = this.#calls.exchange({
      kind: type,
      callId,
      branch,
      fromTag,
      toTag,
      interfaces,
      sections: new Map([[section, { type: "unknown", endpoint }]]),
    }, source);
    return formatReply(found.get(section));
  }

  /** As rtpengine has it, the last tag is the one that must be known. */
  #remove(
    { callId, branch, fromTag, toTag = fromTag }: RtpproxyCommand & { type: "delete" | "query" },
    source: NgSource,
  ): void {
    this.#calls.remove({ callId, branch, fromTag: toTag }, source);
  }

  #query(callId: ByteString, ...tags: readonly (ByteString | undefined)[]): ByteString {
    const totals = this.#calls.totals(callId, ...tags);
    if (totals === undefined) return ERROR;
    const { secondsLeft, rtpIn, rtcpIn, rtpOut, rtcpOut } = totals;
    return [secondsLeft, rtpIn, rtcpIn, rtpOut, rtcpOut].join(" ");
  }

  #note(
    level: "debug" | "info" | "error",
    message: string,
    source: NgSource,
    text: ByteString,
    error?: unknown,
  ): void {
    const peer = formatEndpoint(source.peer);
    const command = text.slice(0, 200);
    this.#log(level, message, { peer, command, ...(error === undefined ? {} : { error }) });
  }
}

function formatReply(endpoint: Endpoint | undefined): ByteString {
  if (endpoint === undefined) throw new NgError("No media section in the reply");
  return `${endpoint.port} ${endpoint.address} ${endpoint.family}`;
}

/** The cookie ends at the first space; without one the whole datagram is it. */
function split(datagram: Uint8Array): { cookie: ByteString; rest: Uint8Array } {
  const space = datagram.indexOf(SPACE);
  const end = space < 0 ? Math.min(datagram.length, MAX_DATAGRAM) : space;
  if (end > MAX_DATAGRAM) return { cookie: "", rest: datagram };
  const cookie = fromBytes(datagram.subarray(0, end)).replace(/[\r\n\0]+$/, "");
  return { cookie, rest: datagram.subarray(end + 1) };
}
