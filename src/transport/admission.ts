/**
 * Who may ask, and how often; decided on the source address alone, before a byte is parsed.
 *
 * @module
 */

import type { AllowList } from "../core/allow_list.ts";
import { SourceLimiter, type SourceLimits } from "../core/token_bucket.ts";
import type { Clock } from "../core/clock.ts";

/** What {@link Admission.admit} says. */
export type Verdict = "ok" | "source" | "rate";

/** What an {@link Admission} is made of. */
export interface AdmissionOptions {
  /** Sources that may ask. */
  readonly allow: AllowList;
  /** Requests per second and source; absent = no limit. */
  readonly rate?: SourceLimits;
  /** Instead of {@link rate}: a limiter that other listeners count on as well. */
  readonly limiter?: SourceLimiter | undefined;
  /** Time of the rate limit. */
  readonly clock: Clock;
}

/** Requests refused so far, for statistics. */
export interface RefusalCounters {
  /** Because of the source address. */
  readonly source: number;
  /** Because of too many requests. */
  readonly rate: number;
}

/** The allow-list and the rate limit in front of all listeners. */
export class Admission {
  readonly #limiter: SourceLimiter | undefined;
  #allow: AllowList;
  #source = 0;
  #rate = 0;

  /** An admission with zeroed counters. */
  constructor(options: AdmissionOptions) {
    this.#allow = options.allow;
    this.#limiter = options.limiter ??
      (options.rate && new SourceLimiter(options.clock, options.rate));
  }

  /** Requests refused so far. */
  get refused(): RefusalCounters {
    return { source: this.#source, rate: this.#rate };
  }

  /** Puts another allow-list in place; connections that are open stay until they ask again. */
  replaceAllowList(allow: AllowList): void {
    this.#allow = allow;
  }

  /** Whether a connection from this address may be taken; counts a refusal. */
  admitsSource(address: string): boolean {
    if (this.#allow.matches(address)) return true;
    this.#source++;
    return false;
  }

  /** Whether a request from this address may be looked at; counts a refusal. */
  admit(address: string): Verdict {
    if (!this.admitsSource(address)) return "source";
    if (this.#limiter === undefined || this.#limiter.take(address)) return "ok";
    this.#rate++;
    return "rate";
  }
}
