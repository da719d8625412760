/**
 * From the bytes of a request to the bytes of its reply: envelope, cookie cache, codec, schema, handler,
 * codec. Nothing thrown here reaches a transport.
 *
 * @module
 */

import { type ByteString, fromBytes } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import { formatEndpoint } from "../core/endpoint.ts";
import { COMMANDS } from "./command_table.ts";
import { CookieCache } from "./cookie_cache.ts";
import { MAX_DATAGRAM, MAX_MESSAGE } from "./limits.ts";
import { decodePayload, encodePayload, encodingOf, openEnvelope, sealEnvelope } from "./message.ts";
import type { NgHandler, NgRequest } from "./request.ts";
import type { Templates } from "./request_draft.ts";
import { parseRequest } from "./schema.ts";
import { LoadLimit, type NgEncoding, NgError, type NgSource, type ReplyDict } from "./types.ts";

/** A handler that needs time; duplicates of its request wait for it. */
export type AsyncNgHandler = (request: NgRequest) => Promise<ReplyDict>;

/** Carries out one command. */
export type Handler = NgHandler | AsyncNgHandler;

/** What became of one request. */
export interface RequestReport {
  /** Command as sent; empty when the request could not be understood that far. */
  readonly command: string;
  /** Who asked. */
  readonly source: NgSource;
  /** Milliseconds spent. */
  readonly ms: number;
  /** Whether the reply was no error. */
  readonly ok: boolean;
  /** Answered from the cookie cache. */
  readonly duplicate: boolean;
  /** `error-reason` of an error; absent = there was none. */
  readonly reason?: string | undefined;
}

/** A request and its reply as they travelled. */
export interface TracedExchange {
  /** Command as sent; empty when the request could not be understood that far. */
  readonly command: string;
  /** `call-id`; empty without. */
  readonly callId: ByteString;
  /** Who asked whom. */
  readonly source: NgSource;
  /** Cookie and body. */
  readonly request: Uint8Array;
  /** Wall-clock ms. */
  readonly requested: number;
  /** Cookie and body. */
  readonly reply: Uint8Array;
  /** Wall-clock ms. */
  readonly replied: number;
}

/** Where the dispatcher tells what happened; `details` are for structured logs. */
export type NgLog = (
  level: "debug" | "info" | "warning" | "error",
  message: string,
  details: Readonly<Record<string, unknown>>,
) => void;

/** What a dispatcher is made of. */
export interface DispatcherOptions {
  /** By command name; `ping` is always there. */
  readonly handlers: ReadonlyMap<string, Handler>;
  /** Time of cookies, durations and log gates. */
  readonly clock: Clock;
  /** Where failures and warnings go. */
  readonly log: NgLog;
  /** Told about every request that gets a reply. */
  readonly observer?: (report: RequestReport) => void;
  /** Given every request that was carried out, with its reply. */
  readonly trace?: (exchange: TracedExchange) => void;
  /** Flag strings of the configuration by name, as they are now; none by default. */
  readonly templates?: () => Templates;
  /** Replies given; a fresh one by default. */
  readonly cookies?: CookieCache;
  /** Milliseconds between two lines of one kind that a peer can provoke (1000). */
  readonly logInterval?: number;
}

/** Bytes of a reply, now or later; undefined when the message deserves none. */
export type DispatchResult = Uint8Array | undefined | Promise<Uint8Array>;

const PONG: ReplyDict = { result: "pong" };
const LEGACY_LIMIT = "Parallel session limit reached";
const TOO_LARGE = "Reply is too large for this transport";

/** Turns requests into replies. */
export class NgDispatcher {
  readonly #handlers: Map<string, Handler>;
  readonly #templates: (() => Templates) | undefined;
  readonly #clock: Clock;
  readonly #log: NgLog;
  readonly #observer: ((report: RequestReport) => void) | undefined;
  readonly #trace: ((exchange: TracedExchange) => void) | undefined;
  readonly #cookies: CookieCache;
  readonly #logInterval: number;
  /** By message; all of them are constants of this file. */
  readonly #gates = new Map<string, { opens: number; held: number }>();

  /** A dispatcher for these handlers. */
  constructor(options: DispatcherOptions) {
    this.#handlers = new Map<string, Handler>([["ping", () => PONG], ...options.handlers]);
    this.#templates = options.templates;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#observer = options.observer;
    this.#trace = options.trace;
    this.#cookies = options.cookies ?? new CookieCache(options.clock);
    this.#logInterval = options.logInterval ?? 1000;
  }

  /** Answers a message with a cookie; one without a cookie gets no answer. */
  handle(message: Uint8Array, source: NgSource): DispatchResult {
    const envelope = openEnvelope(message);
    if (envelope === undefined) {
      this.#limited("warning", "Message without a cookie", { peer: formatEndpoint(source.peer) });
      return undefined;
    }
    const { cookie, payload } = envelope;
    const key = `${source.transport} ${source.peer.address} ${cookie}`;
    const known = this.#cookies.get(key);
    if (known !== undefined) {
      this.#report("", source, this.#clock.now(), true, true);
      return known;
    }
    const reply = this.#execute(cookie, payload, source);
    this.#cookies.set(key, reply);
    if (reply instanceof Uint8Array) return reply;
    return reply.then((bytes) => {
      this.#cookies.set(key, bytes);
      return bytes;
    });
  }

  /** Answers a payload without a cookie, as `ng-plain` carries it. Nothing is remembered. */
  handlePlain(payload: Uint8Array, source: NgSource): Uint8Array | Promise<Uint8Array> {
    return this.#execute(undefined, payload, source);
  }

  /** An error reply to a message that could not be received whole; undefined without a cookie. */
  refuse(message: Uint8Array, reason: string, source: NgSource): Uint8Array | undefined {
    const envelope = openEnvelope(message);
    if (envelope === undefined) return undefined;
    this.#report("", source, this.#clock.now(), false, false, reason);
    return this.#seal(envelope.cookie, errorReply(reason), encodingOf(envelope.payload), source);
  }

  #execute(
    cookie: ByteString | undefined,
    payload: Uint8Array,
    source: NgSource,
  ): Uint8Array | Promise<Uint8Array> {
    const started = this.#clock.now();
    const requested = this.#trace === undefined ? 0 : this.#clock.wall();
    const encoding = encodingOf(payload);
    let request: NgRequest | undefined;
    const finish = (reply: ReplyDict): Uint8Array => {
      const command = request?.command ?? "";
      const isError = reply.result === "error";
      const reason = isError ? String(reply["error-reason"] ?? "") : undefined;
      this.#report(command, source, started, !isError, false, reason);
      const bytes = this.#seal(cookie, reply, encoding, source);
      this.#tell(() => ({
        command,
        callId: request?.callId ?? "",
        source,
        request: sealEnvelope(cookie, fromBytes(payload)),
        requested,
        reply: bytes,
        replied: this.#clock.wall(),
      }));
      return bytes;
    };
    try {
      request = parseRequest(decodePayload(payload), source, this.#templates?.());
      if (request.unknown.length > 0) {
        this.#limited("warning", "Unknown words in a request were ignored", {
          ...describe(request, source),
          unknown: request.unknown,
        });
      }
      if (request.deferred.length > 0) {
        this.#limited("warning", "Words in a request have no effect yet", {
          ...describe(request, source),
          words: request.deferred,
        });
      }
      const handler = this.#handlers.get(request.command);
      if (handler === undefined) throw new NgError(absence(request.command));
      const reply = handler(request);
      if (!(reply instanceof Promise)) return finish(withResult(reply));
      return reply.then(
        (later) => finish(withResult(later)),
        (error) => finish(this.#failure(error, request, source)),
      );
    } catch (error) {
      return finish(this.#failure(error, request, source));
    }
  }

  #failure(error: unknown, request: NgRequest | undefined, source: NgSource): ReplyDict {
    if (error instanceof LoadLimit) {
      return request?.supports.has("load limit") === true
        ? { result: "load limit", message: error.limit }
        : errorReply(LEGACY_LIMIT);
    }
    const details = describe(request, source);
    if (error instanceof NgError) {
      const cause = error.cause instanceof Error ? error.cause.message : undefined;
      this.#log("debug", error.reason, cause === undefined ? details : { ...details, cause });
      return errorReply(error.reason);
    }
    this.#limited("error", "A command failed unexpectedly", { ...details, error });
    return errorReply("Internal error");
  }

  #seal(
    cookie: ByteString | undefined,
    reply: ReplyDict,
    encoding: NgEncoding,
    source: NgSource,
  ): Uint8Array {
    const limit = source.transport === "udp" ? MAX_DATAGRAM : MAX_MESSAGE;
    let bytes: Uint8Array;
    try {
      bytes = sealEnvelope(cookie, encodePayload(reply, encoding));
    } catch (error) {
      this.#limited("error", "A reply could not be encoded", { error });
      return sealEnvelope(cookie, encodePayload(errorReply("Internal error"), encoding));
    }
    if (bytes.length <= limit) return bytes;
    this.#limited("warning", TOO_LARGE, { peer: formatEndpoint(source.peer), bytes: bytes.length });
    return sealEnvelope(cookie, encodePayload(errorReply(TOO_LARGE), encoding));
  }

  /** Logs what a peer can provoke: one line of a kind per interval, with the number held back. */
  #limited(
    level: "warning" | "error",
    message: string,
    details: Readonly<Record<string, unknown>>,
  ): void {
    const now = this.#clock.now();
    const gate = this.#gates.get(message) ?? { opens: -Infinity, held: 0 };
    this.#gates.set(message, gate);
    if (now < gate.opens) {
      gate.held++;
      return;
    }
    this.#log(level, message, gate.held === 0 ? details : { ...details, suppressed: gate.held });
    gate.opens = now + this.#logInterval;
    gate.held = 0;
  }

  #tell(exchange: () => TracedExchange): void {
    if (this.#trace === undefined) return;
    try {
      this.#trace(exchange());
    } catch (error) {
      this.#limited("error", "The trace of requests failed", { error });
    }
  }

  #report(
    command: string,
    source: NgSource,
    started: number,
    ok: boolean,
    duplicate: boolean,
    reason?: string,
  ): void {
    if (this.#observer === undefined) return;
    const ms = this.#clock.now() - started;
    try {
      this.#observer({ command, source, ms, ok, duplicate, reason });
    } catch (error) {
      this.#limited("error", "The observer of requests failed", { error });
    }
  }
}

function describe(request: NgRequest | undefined, source: NgSource): Record<string, unknown> {
  return {
    command: request?.command,
    callId: request?.callId,
    peer: formatEndpoint(source.peer),
  };
}

/** Why there is no handler for a command. */
function absence(command: string): string {
  const part = Object.hasOwn(COMMANDS, command) ? COMMANDS[command]?.part : undefined;
  if (part === undefined) return "Unrecognized command";
  return `'${command}' needs ${part}, which is not part of this build`;
}

function errorReply(reason: ByteString): ReplyDict {
  return { result: "error", "error-reason": reason };
}

/** `result` comes last in replies of success, unless the handler has put it somewhere. */
function withResult(reply: ReplyDict): ReplyDict {
  return reply.result === undefined ? { ...reply, result: "ok" } : reply;
}
