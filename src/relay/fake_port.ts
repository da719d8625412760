/**
 * One port of the engine in memory: what a rule makes of a packet, and the counters.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { classOf, isFiltered, ssrcOf } from "./classify.ts";
import { Learner } from "./learner.ts";
import { RtpSource } from "./rtp_source.ts";
import type { PacketClass, Rule, RuleOutput, SlotCounters } from "./types.ts";

/** SSRCs counted per slot, RTPE_SSRC_TRACKS. */
const SSRC_TRACKS = 4;

/** What is to be done with a packet. */
export interface Received {
  readonly remoteChanged: boolean;
  /** Class under which it is handed up. */
  readonly punt?: PacketClass;
  /** The packet is one to forward, so somebody should have taken it. */
  readonly forward: boolean;
  readonly outputs: readonly RuleOutput[];
}

/** An open port. */
export class FakePort {
  readonly local: Endpoint;
  readonly learner = new Learner();
  open = true;
  /** Wall-clock ms of the last packet received. */
  lastRx = 0;
  #rule: Rule | undefined;
  readonly #sources: RtpSource[] = [];
  readonly #counts = {
    rxPackets: 0,
    rxBytes: 0,
    rxErrors: 0,
    txPackets: 0,
    txBytes: 0,
    txErrors: 0,
    lastTx: 0,
    dropSource: 0,
    dropMalformed: 0,
    dropFiltered: 0,
    dropNoRule: 0,
    punted: 0,
  };

  constructor(local: Endpoint) {
    this.local = local;
  }

  /** The rule in force. */
  get rule(): Rule | undefined {
    return this.#rule;
  }

  setRule(rule: Rule, now: number): void {
    this.#rule = rule;
    this.learner.install(rule, now);
  }

  clearRule(): void {
    this.#rule = undefined;
  }

  /** Takes one packet; `now` is monotonic, `wall` wall-clock ms. */
  receive(payload: Uint8Array, source: Endpoint, now: number, wall: number): Received {
    this.#counts.rxPackets++;
    this.#counts.rxBytes += payload.length;
    this.lastRx = wall;
    const rule = this.#rule;
    if (rule === undefined) return this.#drop("dropNoRule", undefined);
    const kind = classOf(payload, rule);
    if (kind === "stun" || kind === "dtls") {
      // never forwarded, and nothing is learned from what a checker or an attacker sends
      if (!rule.punt.includes(kind)) return this.#drop("dropNoRule", undefined);
      return this.#punt(kind, false);
    }
    if (kind === undefined) return this.#drop("dropMalformed", undefined);
    const verdict = this.learner.packet(source, now);
    if (!verdict.accepted) {
      return this.#drop("dropSource", rule.punt.includes("bad-source") ? "bad-source" : undefined);
    }
    if (kind === "rtp") this.#track(payload, wall);
    if (rule.blackhole) return this.#drop("dropFiltered", undefined, verdict.changed);
    if (kind === "rtp" && isFiltered(payload, rule)) {
      const punt = rule.punt.includes("filtered-pt") ? "filtered-pt" : undefined;
      return this.#drop("dropFiltered", punt, verdict.changed);
    }
    const outputs = rule.outputs.filter((output) =>
      output.match.includes(kind) &&
      (output.ssrcIn === undefined || kind !== "rtp" || output.ssrcIn === ssrcOf(payload))
    );
    if (rule.punt.includes(kind)) {
      this.#counts.punted++;
      return { remoteChanged: verdict.changed, punt: kind, forward: false, outputs };
    }
    return { remoteChanged: verdict.changed, forward: true, outputs };
  }

  /** Counts a packet that nobody took. */
  noDestination(): void {
    this.#counts.rxErrors++;
    this.#counts.dropNoRule++;
  }

  /** Where packets that follow this port's remote endpoint go now. */
  followed(): Endpoint | undefined {
    return this.#rule?.waitInput && !this.learner.heard ? undefined : this.learner.remote;
  }

  /** Counts a packet that left. */
  countSent(bytes: number, wall: number): void {
    this.#counts.txPackets++;
    this.#counts.txBytes += bytes;
    this.#counts.lastTx = wall;
  }

  /** The counters as they are now. */
  snapshot(): SlotCounters {
    const { remote, confirmed, learned } = this.learner;
    return {
      ...this.#counts,
      lastRx: this.lastRx,
      remote,
      confirmed,
      learned,
      ssrcs: this.#sources.map((source) => source.snapshot()),
    };
  }

  #punt(kind: PacketClass, remoteChanged: boolean): Received {
    this.#counts.punted++;
    return { remoteChanged, punt: kind, forward: false, outputs: [] };
  }

  #drop(
    why: "dropSource" | "dropMalformed" | "dropFiltered" | "dropNoRule",
    punt: PacketClass | undefined,
    remoteChanged = false,
  ): Received {
    this.#counts.rxErrors++;
    this.#counts[why]++;
    if (punt !== undefined) return this.#punt(punt, remoteChanged);
    return { remoteChanged, forward: false, outputs: [] };
  }

  #track(payload: Uint8Array, wall: number): void {
    const ssrc = ssrcOf(payload);
    let source = this.#sources.find((candidate) => candidate.ssrc === ssrc);
    if (source === undefined) {
      source = new RtpSource(ssrc);
      if (this.#sources.length === SSRC_TRACKS) this.#sources.shift();
      this.#sources.push(source);
    }
    source.count(payload, wall);
  }
}
