/**
 * Hands reports to a Graphite server over a connection that is made anew when it breaks. What cannot be
 * sent is kept for later within a bound, the oldest given up first.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";

/** Bytes of reports kept while there is no connection; a report is about 10 kB. */
export const MAX_BUFFERED = 4 * 1024 * 1024;
/** Longest wait between two attempts to connect, ms. */
export const MAX_RETRY_MS = 60_000;
const FIRST_RETRY_MS = 1000;
/** Bytes handed to the system that it has not taken yet, above which reports wait here. */
const MAX_PENDING = 256 * 1024;

/** An open or opening connection. */
export interface GraphiteLink {
  /** Sends text; only called when the connection is open. */
  send(text: string): void;
  /** Bytes sent that the system has not taken yet. */
  readonly pending: number;
  /** Closes it without a further event. */
  close(): void;
}

/** What a connection tells. */
export interface LinkEvents {
  /** It can be written to. */
  opened(): void;
  /** It could not be made, or has ended. */
  closed(reason: string): void;
}

/** Begins to connect. */
export type GraphiteConnect = (events: LinkEvents) => GraphiteLink;

/** Where connections that come and go are told. */
export type GraphiteLog = (level: "info" | "warning" | "debug", message: string) => void;

/** What {@link GraphiteExporter} is made of. */
export interface GraphiteExporterOptions {
  /** Time. */
  readonly clock: Clock;
  /** Opens a connection. */
  readonly connect: GraphiteConnect;
  /** Longest wait for the server to connect or to take data, ms; 0 = as long as the system waits. */
  readonly timeoutMs: number;
  /** Where connections that come and go are told. */
  readonly log: GraphiteLog;
  /** Told what became of each report. */
  readonly count: (result: "sent" | "dropped") => void;
  /** Bytes kept, {@link MAX_BUFFERED} when absent. */
  readonly maxBuffered?: number;
}

/** A connection that reports are sent over, now or later. */
export class GraphiteExporter {
  readonly #options: GraphiteExporterOptions;
  readonly #queue: string[] = [];
  #buffered = 0;
  #link: GraphiteLink | undefined;
  #open = false;
  /** Number of the attempt whose events count. */
  #attempt = 0;
  #retryAt = -Infinity;
  #retryMs = FIRST_RETRY_MS;
  #complained = false;
  #pending = 0;
  /** When the server last did what was expected of it. */
  #movedAt = 0;

  /** Connects at the first tick. */
  constructor(options: GraphiteExporterOptions) {
    this.#options = options;
  }

  /** Sends a report, or keeps it until there is a connection. */
  push(report: string): void {
    this.#queue.push(report);
    this.#buffered += report.length;
    this.#flush();
    const max = this.#options.maxBuffered ?? MAX_BUFFERED;
    while (this.#buffered > max) {
      this.#buffered -= this.#queue.shift()!.length;
      this.#options.count("dropped");
    }
  }

  /** Connects when it is time, sends what waits, and gives up on a server that does nothing. */
  tick(): void {
    const now = this.#options.clock.now();
    if (this.#link === undefined) {
      if (now >= this.#retryAt) this.#connect(now);
      return;
    }
    this.#flush();
    const { pending } = this.#link;
    if (this.#open && (pending === 0 || pending < this.#pending)) this.#movedAt = now;
    this.#pending = pending;
    const { timeoutMs } = this.#options;
    if (timeoutMs > 0 && now - this.#movedAt >= timeoutMs) {
      const link = this.#link;
      this.#lost(`nothing happened for ${timeoutMs} ms`);
      link.close();
    }
  }

  /** Ends the connection and forgets what waits. */
  close(): void {
    this.#attempt++;
    this.#link?.close();
    this.#link = undefined;
    this.#open = false;
    this.#queue.length = 0;
    this.#buffered = 0;
    this.#retryAt = Infinity;
  }

  #connect(now: number): void {
    this.#movedAt = now;
    this.#pending = 0;
    const attempt = ++this.#attempt;
    // Events of a connection that was given up are late and mean nothing any more.
    const current = (): boolean => this.#attempt === attempt;
    const link = this.#options.connect({
      opened: () => {
        if (current()) this.#opened();
      },
      closed: (reason) => {
        if (current()) this.#lost(reason);
      },
    });
    if (current()) this.#link = link;
  }

  #opened(): void {
    this.#open = true;
    this.#movedAt = this.#options.clock.now();
    this.#options.log("info", "connected");
    this.#complained = false;
    this.#flush();
  }

  #lost(reason: string): void {
    this.#attempt++;
    this.#link = undefined;
    this.#open = false;
    this.#retryAt = this.#options.clock.now() + this.#retryMs;
    // One warning for each time it stops working; the attempts after it are no news.
    this.#options.log(
      this.#complained ? "debug" : "warning",
      `no connection: ${reason}; next attempt in ${this.#retryMs / 1000} s`,
    );
    this.#complained = true;
    this.#retryMs = Math.min(2 * this.#retryMs, MAX_RETRY_MS);
  }

  #flush(): void {
    while (this.#open && this.#queue.length > 0 && this.#link!.pending < MAX_PENDING) {
      const report = this.#queue.shift()!;
      this.#buffered -= report.length;
      this.#link!.send(report);
      this.#options.count("sent");
      // Only a server that takes reports is worth a quick second attempt.
      this.#retryMs = FIRST_RETRY_MS;
    }
  }
}
