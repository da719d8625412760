/**
 * Learning of the remote endpoint from packets, as `rtpe_rule.h` describes it, for engines written in
 * TypeScript. No clock and no IO: time comes in as monotonic milliseconds.
 *
 * @module
 */

import { type Endpoint, sameEndpoint } from "../core/endpoint.ts";
import type { Learning, Rule, SlotCounters } from "./types.ts";

/** What a packet's source led to. */
export interface Verdict {
  /** The packet may go on; false under strict source. */
  readonly pass: boolean;
  /** The remote endpoint changed, or was confirmed just now. */
  readonly changed: boolean;
}

/** How well a source fits the signalled endpoint. */
const enum Rank {
  None,
  Any,
  Port,
  Address,
  Exact,
}

/** The remote endpoint of one port. */
export class Learner {
  #remote: Endpoint | undefined;
  #signalled: Endpoint | undefined;
  #windowEnd = 0;
  #mode: Learning = "off";
  #action: Rule["sourceAction"] = "ignore";
  #rank = Rank.None;
  #installed = false;
  #restored = false;
  #confirmed = false;
  #learned = false;

  /** Current remote endpoint: where packets are sent. */
  get remote(): Endpoint | undefined {
    return this.#remote;
  }

  /** Learning is over. */
  get confirmed(): boolean {
    return this.#confirmed;
  }

  /** The remote endpoint came from a packet. */
  get learned(): boolean {
    return this.#learned;
  }

  /** Whether {@link restore} or {@link install} was called. */
  get used(): boolean {
    return this.#installed || this.#restored;
  }

  /** Before the first rule: what was known before a restart. */
  restore({ remote, learned, confirmed }: SlotCounters): void {
    this.#restored = true;
    this.#remote = remote;
    this.#learned = learned;
    this.#confirmed = learned && confirmed;
  }

  /**
   * A rule was installed. Learning starts anew when it is the first one, when it asks for it, when it
   * signals another endpoint, or when it turns learning off or on.
   */
  install(rule: Rule, now: number): void {
    const anew = !this.#installed || rule.relearn || !same(this.#signalled, rule.remote) ||
      (this.#mode === "off") !== (rule.learning === "off");
    const kept = !this.#installed && this.#restored && this.#learned && rule.learning !== "off" &&
      !rule.relearn;
    this.#installed = true;
    this.#mode = rule.learning;
    this.#action = rule.sourceAction;
    if (!anew) return;
    this.#signalled = rule.remote;
    this.#windowEnd = now + rule.learnMs;
    if (kept && this.#remote !== undefined) {
      this.#rank = rankOf(this.#remote, rule.remote);
      return;
    }
    this.#remote = rule.remote;
    this.#rank = Rank.None;
    this.#learned = false;
    this.#confirmed = rule.learning === "off";
  }

  /** A valid packet came from `source`. */
  packet(source: Endpoint, now: number): Verdict {
    let changed = false;
    if (!this.#confirmed) {
      const over = now >= this.#windowEnd;
      // who sends first only after the window decides at once: a peer behind NAT may start late
      if (!over || !this.#learned) return this.#choose(source, over);
      this.#confirmed = changed = true;
    }
    if (same(this.#remote, source)) return { pass: true, changed };
    if (this.#action === "drop") return { pass: false, changed };
    if (this.#action === "handover" && this.#mode !== "off") {
      changed = true;
      this.#adopt(source);
    }
    return { pass: true, changed };
  }

  /** Not confirmed yet: the packet takes part in the choice. */
  #choose(source: Endpoint, over: boolean): Verdict {
    let changed = false;
    let decided = over;
    if (this.#mode === "heuristic") {
      const rank = rankOf(source, this.#signalled);
      if (rank > this.#rank) {
        this.#rank = rank;
        changed = this.#adopt(source);
      } else if (this.#action === "drop" && !same(this.#remote, source)) {
        return { pass: false, changed: false };
      }
      decided ||= rank === Rank.Exact;
    } else {
      changed = this.#adopt(source);
      decided ||= this.#mode === "immediate";
    }
    if (decided) this.#confirmed = true;
    return { pass: true, changed: changed || decided };
  }

  /** @returns whether the remote endpoint is another one now */
  #adopt(source: Endpoint): boolean {
    const changed = !same(this.#remote, source);
    this.#remote = source;
    this.#learned = true;
    return changed;
  }
}

function same(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameEndpoint(a, b);
}

function rankOf(source: Endpoint, signalled: Endpoint | undefined): Rank {
  if (signalled === undefined) return Rank.Any;
  const samePort = source.port === signalled.port;
  if (source.family === signalled.family && source.address === signalled.address) {
    return samePort ? Rank.Exact : Rank.Address;
  }
  return samePort ? Rank.Port : Rank.Any;
}
