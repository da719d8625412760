/**
 * The OpenSER mediaproxy protocol: a line to its answer.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import type { NgLog } from "../ng/dispatcher.ts";
import { LoadLimit, NgError, type NgSource } from "../ng/types.ts";
import type { LegacyCalls } from "./calls.ts";
import { type MediaproxyCommand, parseMediaproxy } from "./mediaproxy_parse.ts";

/** What a {@link Mediaproxy} is made of. */
export interface MediaproxyOptions {
  /** The calls. */
  readonly calls: LegacyCalls;
  /** Time of the age of calls. */
  readonly clock: Clock;
  /** Where refusals and failures go. */
  readonly log: NgLog;
  /** Version of the program. */
  readonly version: string;
  /** Bytes of media per second at present. */
  readonly bandwidth: () => number;
}

/** Answers lines; after each the connection is closed. */
export class Mediaproxy {
  readonly #options: MediaproxyOptions;

  /** Nothing is remembered between lines. */
  constructor(options: MediaproxyOptions) {
    this.#options = options;
  }

  /**
   * Answers a line, without its end.
   *
   * @param open clients connected to this protocol's listener at present, the asking one included
   * @returns empty when the connection is just to be closed
   */
  handle(
    line: ByteString,
    source: NgSource,
    open: readonly Endpoint[] = [source.peer],
  ): ByteString {
    const command = parseMediaproxy(line);
    if (command === undefined) {
      this.#note("debug", "A mediaproxy line was not understood", source, line);
      return "";
    }
    try {
      return this.#answer(command, source, open);
    } catch (error) {
      if (error instanceof NgError || error instanceof LoadLimit) {
        this.#note("info", `A mediaproxy request was refused: ${error.message}`, source, line);
      } else {
        this.#note("error", "A mediaproxy request failed unexpectedly", source, line, error);
      }
      return "";
    }
  }

  #answer(command: MediaproxyCommand, source: NgSource, open: readonly Endpoint[]): ByteString {
    switch (command.type) {
      case "version":
        return `Version: ${this.#options.version}\n`;
      case "controls":
        return open.map((peer) => `${formatEndpoint(peer)}\n`).join("") + "End.\n";
      case "status":
        return this.#status();
      case "quit":
        return "";
      case "delete":
        this.#options.calls.remove({ callId: command.callId }, source);
        return "";
      default:
        return this.#exchange(command, source);
    }
  }

  #exchange(
    { type, callId, streams, fromTag, toTag }: MediaproxyCommand & { type: "offer" | "answer" },
    source: NgSource,
  ): ByteString {
    const found = this.#options.calls.exchange({
      kind: type,
      callId,
      branch: undefined,
      fromTag,
      toTag,
      interfaces: [],
      sections: new Map(
        streams.map(({ endpoint, type }, i) => [i + 1, { type: type ?? "unknown", endpoint }]),
      ),
    }, source);
    const endpoints = [...found.values()];
    const used = endpoints.find(({ port }) => port !== 0) ?? endpoints[0];
    return `${[used?.address, ...endpoints.map(({ port }) => port)].join(" ")}\n`;
  }

  #status(): ByteString {
    const { calls, clock, bandwidth } = this.#options;
    const now = clock.wall();
    const lines = [`proxy ${calls.registry.size} ${Math.round(bandwidth())}/0/0\n`];
    for (const { callId, created } of Array.from(calls.registry.calls()).reverse()) {
      const age = Math.max(0, Math.floor((now - created) / 1000));
      lines.push(`session ${callId} - - - - ${age}\n`);
    }
    return lines.join("");
  }

  #note(
    level: "debug" | "info" | "error",
    message: string,
    source: NgSource,
    line: ByteString,
    error?: unknown,
  ): void {
    const peer = formatEndpoint(source.peer);
    const text = line.slice(0, 200);
    this.#options.log(level, message, {
      peer,
      line: text,
      ...(error === undefined ? {} : { error }),
    });
  }
}
