/**
 * The observer of calls that sends the requests: in the background, a few at a time, each tried three times.
 *
 * @module
 */

import type { CallObserver, CallView, CloseReason } from "../call/types.ts";
import type { ByteString } from "../core/bytes.ts";
import type { Post } from "./post.ts";
import { teardownBodies, type TeardownFormat } from "./xmlrpc.ts";

const TIMEOUT_MS = 5000;
const TRIES = 3;
/** Requests under way at once. */
const CONCURRENT = 8;
/** Calls that wait; the SIP side forgets its dialogues in the end even when nobody tells it. */
const MAX_WAITING = 10_000;

const TIMEOUTS: ReadonlySet<CloseReason> = new Set<CloseReason>([
  "timeout",
  "silent_timeout",
  "offer_timeout",
  "final_timeout",
]);

/** What a {@link TeardownNotifier} is made of. */
export interface TeardownOptions {
  /** `b2b-url`; `%%` stands for the address of the SIP side. */
  readonly url: string;
  /** `xmlrpc-format`. */
  readonly format: TeardownFormat;
  /** Sends one request. */
  readonly post: Post;
  /** Told of calls whose SIP side could not be told; the first argument is the call-id. */
  readonly failed: (callId: ByteString, message: string) => void;
}

/** One call whose SIP side is to be told. */
interface Teardown {
  readonly callId: ByteString;
  readonly url: string;
  readonly bodies: readonly ByteString[];
}

/** Tells the SIP side about calls that timed out. */
export class TeardownNotifier implements CallObserver {
  readonly #options: TeardownOptions;
  readonly #waiting: Teardown[] = [];
  #running = 0;

  /** A notifier that has nothing to do yet. */
  constructor(options: TeardownOptions) {
    this.#options = options;
  }

  /** Calls that wait or are under way. */
  get pending(): number {
    return this.#waiting.length + this.#running;
  }

  /** Nothing to tell. */
  created(_call: CallView): void {}

  /** Tells, when the call has timed out. */
  closed(call: CallView, reason: CloseReason): void {
    if (!TIMEOUTS.has(reason)) return;
    const { failed, format, url } = this.#options;
    const bodies = teardownBodies(format, call);
    if (bodies.length === 0) return;
    if (this.#waiting.length >= MAX_WAITING) {
      failed(call.callId, `teardown not sent: ${MAX_WAITING} calls wait for theirs`);
      return;
    }
    const host = call.proxy.includes(":") ? `[${call.proxy}]` : call.proxy;
    this.#waiting.push({ callId: call.callId, url: url.replaceAll("%%", host), bodies });
    this.#next();
  }

  /** Nothing to tell. */
  rejected(_reason: string): void {}

  #next(): void {
    while (this.#running < CONCURRENT) {
      const teardown = this.#waiting.shift();
      if (teardown === undefined) return;
      this.#running++;
      void this.#send(teardown).finally(() => {
        this.#running--;
        this.#next();
      });
    }
  }

  async #send({ callId, url, bodies }: Teardown): Promise<void> {
    for (const body of bodies) {
      const problem = await this.#try(url, body);
      if (problem !== undefined) this.#options.failed(callId, `teardown: ${url}: ${problem}`);
    }
  }

  /** @returns what went wrong the last time; undefined = it was understood */
  async #try(url: string, body: ByteString): Promise<string | undefined> {
    let problem: string | undefined;
    for (let i = 0; i < TRIES; i++) {
      try {
        const response = await this.#options.post(url, body, TIMEOUT_MS);
        problem = problemOf(response.status, response.body);
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
      if (problem === undefined) return undefined;
    }
    return problem;
  }
}

function problemOf(status: number, body: ByteString): string | undefined {
  if (status < 200 || status > 299) return `HTTP status ${status}`;
  if (!body.includes("<fault>")) return undefined;
  const text = /<string>([^<]{0,200})<\/string>/.exec(body)?.[1];
  return text === undefined ? "a fault" : `fault ${JSON.stringify(text)}`;
}
