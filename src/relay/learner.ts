/**
 * Learning of the remote endpoint from packets, as `rtpe_rule.h` describes it, for engines written in
 * TypeScript.
 *
 * @module
 */

import { type Endpoint, sameEndpoint } from "../core/endpoint.ts";
import type { Rule } from "./types.ts";

/** What the learner made of a packet's source. */
export interface Verdict {
  /** The packet may be forwarded; false under strict source. */
  readonly accepted: boolean;
  /** It did not come from the expected source after learning was over. */
  readonly foreign: boolean;
  /** The remote endpoint changed or was confirmed. */
  readonly changed: boolean;
}

/** The remote endpoint of one port. */
export class Learner {
  /** Current remote endpoint. */
  remote: Endpoint | undefined;
  /** Learning is over. */
  confirmed = false;
  /** `remote` came from a packet. */
  learned = false;
  /** Something has come from the remote endpoint since learning began. */
  heard = false;
  #deadline = 0;
  #bestRank = 0;
  #rule: Rule | undefined;

  /** Takes over a rule; `now` is monotonic ms. */
  install(rule: Rule, now: number): void {
    const before = this.#rule;
    this.#rule = rule;
    if (before === undefined || rule.relearn) {
      this.#begin(now);
    } else if (!this.learned) {
      this.remote = rule.remote;
    }
    if (rule.learning === "off") {
      this.remote = rule.remote;
      this.learned = false;
      this.confirmed = true;
    }
  }

  /** Looks at the source of a packet that arrived. */
  packet(source: Endpoint, now: number): Verdict {
    const rule = this.#rule;
    if (rule === undefined) return { accepted: true, foreign: false, changed: false };
    if (!this.confirmed) {
      const changed = this.#learn(rule, source, now);
      this.heard = true;
      return { accepted: true, foreign: false, changed };
    }
    const expected = this.remote !== undefined && sameEndpoint(source, this.remote);
    if (expected) {
      this.heard = true;
      return { accepted: true, foreign: false, changed: false };
    }
    if (rule.sourceAction === "drop" && this.remote !== undefined) {
      return { accepted: false, foreign: true, changed: false };
    }
    if (rule.sourceAction === "handover") {
      this.remote = source;
      this.learned = true;
      this.heard = true;
      return { accepted: true, foreign: true, changed: true };
    }
    this.heard = true;
    return { accepted: true, foreign: true, changed: false };
  }

  #begin(now: number): void {
    this.remote = this.#rule?.remote;
    this.learned = false;
    this.confirmed = false;
    this.heard = false;
    this.#bestRank = 0;
    this.#deadline = now + (this.#rule?.learnMs ?? 0);
  }

  #learn(rule: Rule, source: Endpoint, now: number): boolean {
    const over = now >= this.#deadline;
    const rank = rankOf(source, rule.remote);
    let take = true;
    let confirm = over;
    if (rule.learning === "immediate") {
      confirm = true;
    } else if (rule.learning === "heuristic") {
      take = rank > this.#bestRank || (rank === this.#bestRank && !over);
      confirm ||= rank === 4;
    }
    let changed = false;
    if (take) {
      changed = this.remote === undefined || !sameEndpoint(this.remote, source) || !this.learned;
      this.remote = source;
      this.learned = true;
      this.#bestRank = Math.max(rank, this.#bestRank);
    }
    if (confirm) this.confirmed = changed = true;
    return changed;
  }
}

/** 4: address and port, 3: address, 2: port, 1: anything. */
function rankOf(source: Endpoint, signalled: Endpoint | undefined): number {
  if (signalled === undefined) return 1;
  if (sameEndpoint(source, signalled)) return 4;
  if (source.family === signalled.family && source.address === signalled.address) return 3;
  return source.port === signalled.port ? 2 : 1;
}
