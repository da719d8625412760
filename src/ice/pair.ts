/**
 * Candidate pairs and their check list (RFC 8445 section 6.1.2).
 *
 * @module
 */

import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { pairPriority } from "./candidate.ts";
import type { Candidate, Component, LocalCandidate } from "./types.ts";

/** RFC 8445 section 6.1.2.6. */
export type PairState = "frozen" | "waiting" | "in-progress" | "succeeded" | "failed";

/** A check under way. */
export interface Check {
  readonly transaction: string;
  readonly useCandidate: boolean;
  /** Role the request claimed. */
  readonly controlling: boolean;
  /** Monotonic ms. */
  readonly due: number;
  /** Requests sent so far. */
  readonly sent: number;
}

/** One of our candidates with one of the peer's. */
export class Pair {
  state: PairState = "frozen";
  check: Check | undefined;
  /** The peer, or we, want it to be used. */
  nominated = false;
  /** To be nominated when its check succeeds (RFC 8445 section 7.3.1.5). */
  nominateLater = false;
  /** Monotonic ms of the first success. */
  succeeded = Infinity;

  constructor(readonly local: LocalCandidate, readonly remote: Candidate) {}

  get component(): Component {
    return this.local.component;
  }

  get foundation(): string {
    return `${this.local.foundation}:${this.remote.foundation}`;
  }

  /** RFC 8445 section 6.1.2.3. */
  priority(controlling: boolean): bigint {
    const { local, remote } = this;
    return controlling
      ? pairPriority(local.priority, remote.priority)
      : pairPriority(remote.priority, local.priority);
  }
}

/** More pairs than this are not checked (RFC 8445 section 6.1.2.5). */
export const MAX_PAIRS = 100;

/** The pairs of one agent. */
export class CheckList {
  readonly #pairs = new Map<string, Pair>();
  /** Pairs to be checked before all others, in order (RFC 8445 section 6.1.4.1). */
  readonly #triggered: Pair[] = [];

  /** All pairs. */
  get pairs(): IterableIterator<Pair> {
    return this.#pairs.values();
  }

  /** The pair of a base and a remote address. */
  find(base: number, remote: Endpoint): Pair | undefined {
    return this.#pairs.get(key(base, remote));
  }

  /**
   * @param proven the remote candidate has shown that it is one: a pair nobody has heard anything of makes room
   * @returns undefined when there is no room for it
   */
  add(local: LocalCandidate, remote: Candidate, proven = false): Pair | undefined {
    const name = key(local.base, remote.endpoint);
    const known = this.#pairs.get(name);
    if (known !== undefined) return known;
    if (this.#pairs.size >= MAX_PAIRS && !(proven && this.#makeRoom())) return undefined;
    const pair = new Pair(local, remote);
    this.#pairs.set(name, pair);
    const group = [...this.pairs].filter((other) => other.foundation === pair.foundation);
    // the first of its foundation goes ahead, and so do all when one has succeeded
    if (group.length === 1 || group.some(({ state }) => state === "succeeded")) {
      pair.state = "waiting";
    }
    return pair;
  }

  /** Takes pairs of a component out. */
  dropComponent(component: Component): void {
    for (const [name, pair] of this.#pairs) {
      if (pair.component === component) this.#pairs.delete(name);
    }
    for (let i = this.#triggered.length; i-- > 0;) {
      if (this.#triggered[i]!.component === component) this.#triggered.splice(i, 1);
    }
  }

  /** A pair is to be checked soon. */
  trigger(pair: Pair): void {
    if (!this.#triggered.includes(pair)) this.#triggered.push(pair);
  }

  /** The pair to be checked next (RFC 8445 section 6.1.4.2). */
  next(controlling: boolean): Pair | undefined {
    const triggered = this.#triggered.shift();
    if (triggered !== undefined) return triggered;
    return this.#best("waiting", controlling) ?? this.#thaw(controlling);
  }

  /** Whether {@link next} has something to give. */
  get hasWork(): boolean {
    return this.#triggered.length > 0 || this.#best("waiting", true) !== undefined ||
      this.#thaw(true) !== undefined;
  }

  /** Frees the pairs of a foundation (RFC 8445 section 7.2.5.3.3). */
  unfreeze(foundation: string): void {
    for (const pair of this.pairs) {
      if (pair.state === "frozen" && pair.foundation === foundation) pair.state = "waiting";
    }
  }

  /** Takes the worst pair out that is not, and has not been, of any use. */
  #makeRoom(): boolean {
    let worst: [name: string, pair: Pair] | undefined;
    for (const [name, pair] of this.#pairs) {
      const idle = pair.state === "frozen" || pair.state === "waiting" || pair.state === "failed";
      if (!idle || pair.nominated || this.#triggered.includes(pair)) continue;
      if (worst === undefined || pair.priority(true) < worst[1].priority(true)) {
        worst = [name, pair];
      }
    }
    return worst !== undefined && this.#pairs.delete(worst[0]);
  }

  #best(state: PairState, controlling: boolean): Pair | undefined {
    let best: Pair | undefined;
    for (const pair of this.pairs) {
      if (pair.state !== state) continue;
      if (best === undefined || pair.priority(controlling) > best.priority(controlling)) {
        best = pair;
      }
    }
    return best;
  }

  /** A frozen pair whose foundation has nothing under way. */
  #thaw(controlling: boolean): Pair | undefined {
    const busy = new Set<string>();
    for (const pair of this.pairs) if (pair.state === "in-progress") busy.add(pair.foundation);
    let best: Pair | undefined;
    for (const pair of this.pairs) {
      if (pair.state !== "frozen" || busy.has(pair.foundation)) continue;
      if (best === undefined || pair.priority(controlling) > best.priority(controlling)) {
        best = pair;
      }
    }
    return best;
  }
}

function key(base: number, remote: Endpoint): string {
  return `${base} ${formatEndpoint(remote)}`;
}
