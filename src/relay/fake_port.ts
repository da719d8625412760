/**
 * One port of the engine in memory: what a rule makes of a packet, and the counters.
 *
 * @module
 */

import { type Endpoint, sameEndpoint } from "../core/endpoint.ts";
import { classOf, payloadOf, ssrcOf } from "./classify.ts";
import { Learner } from "./learner.ts";
import { rtcpNames } from "./rtcp_names.ts";
import { RtpSource } from "./rtp_source.ts";
import { SectionTable } from "./section_table.ts";
import { PAYLOAD_TYPES, SSRC_TRACKS } from "./snapshot.ts";
import type { PacketClass, Rule, RuleOutput, Slot, SlotCounters } from "./types.ts";

/** A source silent for so long may make room for another, in ms. */
const TRACK_IDLE = 2000;

/** What is to be done with a packet. */
export interface Received {
  /** The remote endpoint changed or was confirmed. */
  readonly remoteChanged: boolean;
  /** Classes under which the packet is handed up. */
  readonly punts: readonly PacketClass[];
  /** Outputs to copy it to. */
  readonly outputs: readonly RuleOutput[];
  /** Whether its class is RTP, so that outputs may rewrite its header. */
  readonly isRtp: boolean;
  /** When no output takes it, it counts as dropped. */
  readonly wanted: boolean;
}

const NO_COUNTS = {
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
  dropAuth: 0,
  dropReplay: 0,
  punted: 0,
};
type FakeCounts = typeof NO_COUNTS;
/** The circumstances of a packet's arrival. */
export interface Reception {
  /** Monotonic ms. */
  readonly now: number;
  /** Wall-clock ms. */
  readonly wall: number;
  /** Whether the port of an output receives an SSRC. */
  readonly heard: (output: RuleOutput, ssrc: number) => boolean;
}

type Drop = "dropSource" | "dropMalformed" | "dropFiltered" | "dropNoRule";

/** An open port, or one that is closed and whose counters are still read. */
export class FakePort {
  open = true;
  /** Wall-clock ms of the last valid packet from an accepted source; 0 = never. */
  lastRx = 0;
  readonly #learner = new Learner();
  readonly #sources: RtpSource[] = [];
  readonly #clockRates = new Map<number, number>();
  readonly #payloads = new Map<number, { packets: number; bytes: number }>();
  #rule: Rule | undefined;
  readonly #sections = new SectionTable();
  /** Payload of the first packet of each type that `blockShort` is about. */
  readonly #shortest = new Map<number, number>();
  #installed = false;
  #restored = false;
  /** NAT-wait: nothing may be sent to the remote endpoint yet. */
  #hold = false;
  readonly #counts: FakeCounts = { ...NO_COUNTS };

  constructor(readonly slot: Slot, readonly local: Endpoint) {}

  /** The rule in force. */
  get rule(): Rule | undefined {
    return this.#rule;
  }

  /** Current remote endpoint. */
  get remote(): Endpoint | undefined {
    return this.#learner.remote;
  }

  /** Learning is over. */
  get confirmed(): boolean {
    return this.#learner.confirmed;
  }

  /** Nothing may be sent from here yet. */
  get onHold(): boolean {
    return this.#hold;
  }

  /** Installs a rule that is known to be valid; `now` is monotonic ms. */
  setRule(rule: Rule, now: number): void {
    if (!rule.waitInput) this.#hold = false;
    else if (!this.#installed && !this.#restored || rule.relearn || this.lastRx === 0) {
      this.#hold = true;
    }
    this.#rule = rule;
    this.#sections.install(rule.bundle);
    this.#shortest.clear();
    this.#installed = true;
    this.#learner.install(rule, now);
  }

  /** Goes on from counters of before a restart, known to be valid. */
  restore(past: SlotCounters, now: number, wall: number): void {
    for (const name of Object.keys(this.#counts) as (keyof FakeCounts)[]) {
      if (name === "lastTx") this.#counts.lastTx ||= Math.min(past.lastTx, wall);
      else this.#counts[name] += past[name];
    }
    this.lastRx = Math.min(past.lastRx, wall);
    this.#sources.push(...past.ssrcs.map((source) => {
      const [first, last] = [Math.min(source.first, wall), Math.min(source.last, wall)];
      return RtpSource.restored({ ...source, first, last }, now);
    }));
    for (const { payloadType, packets, bytes } of past.payloads ?? []) {
      this.#countPayload(payloadType, packets, bytes);
    }
    this.#learner.restore(past);
    this.#restored = true;
  }

  /** Whether there is or was a rule, or something was restored. */
  get used(): boolean {
    return this.#learner.used;
  }

  clearRule(): void {
    this.#rule = undefined;
    this.#sections.install(undefined);
  }

  setClockRate(payloadType: number, rate: number): void {
    if (rate === 0) this.#clockRates.delete(payloadType);
    else this.#clockRates.set(payloadType, rate);
  }

  /** Whether one of the sources counted has this SSRC. */
  hears(ssrc: number): boolean {
    return ssrc !== 0 && this.#sources.some((source) => source.ssrc === ssrc);
  }

  /** Takes one packet. */
  receive(packet: Uint8Array, source: Endpoint, reception: Reception): Received {
    const { now, wall } = reception;
    this.#counts.rxPackets++;
    this.#counts.rxBytes += packet.length;
    const rule = this.#rule;
    if (rule === undefined) return this.#drop("dropNoRule");
    const kind = classOf(packet, rule);
    if (kind !== "rtp" && kind !== "rtcp" && !(kind === "other" && rule.opaque)) {
      // for TypeScript or for nobody, and nothing is learned from it
      if (kind === undefined || !rule.punt.includes(kind)) return this.#drop("dropMalformed");
      return this.#result({ punts: [kind] });
    }
    const { pass, changed: remoteChanged } = this.#learner.packet(source, now);
    if (!pass) return this.#drop("dropSource", remoteChanged, rule.punt, "bad-source");
    this.lastRx = wall;
    this.#hold = false;
    const punts: PacketClass[] = [];
    if (kind === "rtp" && this.#track(packet, now, wall) && rule.punt.includes("unknown-ssrc")) {
      punts.push("unknown-ssrc");
    }
    if (rule.blackhole) return { ...this.#drop("dropFiltered", remoteChanged), punts };
    if (kind === "rtp" && rule.payloadTypes?.includes(packet[1]! & 0x7f) === false) {
      const dropped = this.#drop("dropFiltered", remoteChanged, rule.punt, "filtered-pt");
      return { ...dropped, punts: [...punts, ...dropped.punts] };
    }
    if (kind === "rtp" && this.#isTooShort(packet, rule)) {
      return { ...this.#drop("dropFiltered", remoteChanged), punts };
    }
    const handedUp = rule.punt.includes(kind);
    if (handedUp) punts.push(kind);
    return this.#result({
      remoteChanged,
      punts,
      outputs: this.#outputs(packet, kind, rule, reception),
      isRtp: kind === "rtp",
      wanted: !handedUp,
    });
  }

  /** Counts a punt that was delivered. */
  countPunt(): void {
    this.#counts.punted++;
  }

  /** Counts a packet that no output took. @param muted one would have, had it been allowed to */
  countUnwanted(muted: boolean): void {
    this.#drop(muted ? "dropFiltered" : "dropNoRule");
  }

  /** Counts a packet that left. */
  countSent(bytes: number, wall: number): void {
    this.#counts.txPackets++;
    this.#counts.txBytes += bytes;
    this.#counts.lastTx = wall;
  }

  /** Counts a packet that could not leave. */
  countUnsendable(): void {
    this.#counts.txErrors++;
  }

  /** The counters as they are now. */
  snapshot(): SlotCounters {
    const { remote, confirmed, learned } = this.#learner;
    return {
      ...this.#counts,
      lastRx: this.lastRx,
      remote,
      confirmed,
      learned,
      ssrcs: this.#sources.map((source) => source.snapshot()),
      payloads: [...this.#payloads].map(([payloadType, sums]) => ({ payloadType, ...sums })),
    };
  }

  /** Whether there is less payload than in the first packet of its type. Remembers that. */
  #isTooShort(packet: Uint8Array, { blockShort }: Rule): boolean {
    const type = packet[1]! & 0x7f;
    if (blockShort?.includes(type) !== true) return false;
    const { length } = payloadOf(packet);
    // an empty packet sets no measure
    const shortest = this.#shortest.get(type) || length;
    this.#shortest.set(type, shortest);
    return length < shortest;
  }

  #outputs(
    packet: Uint8Array,
    kind: "rtp" | "rtcp" | "other",
    rule: Rule,
    { now, heard }: Reception,
  ): readonly RuleOutput[] {
    const matching = rule.outputs.filter((output) => output.match.includes(kind));
    if (rule.bundle === undefined) return matching;
    if (kind === "rtp") {
      const section = this.#sections.sectionOf(packet, now);
      return matching.filter((one) => one.section === undefined || one.section === section);
    }
    const named = this.#sectionsOfRtcp(packet, rule, heard);
    const wanted = matching.filter(({ section }) =>
      section === undefined || named.size === 0 || named.has(section)
    );
    // a report about two sections that share the far port, too, is one report
    return wanted.filter((one, i) => !wanted.slice(0, i).some((other) => samePlace(one, other)));
  }

  #sectionsOfRtcp(packet: Uint8Array, rule: Rule, heard: Reception["heard"]): Set<number> {
    const names = rtcpNames(packet);
    const sections = names.own.map((ssrc) => this.#sections.sectionOfSsrc(ssrc));
    for (const ssrc of names.heard) {
      const outputs = rule.outputs.filter((output) => heard(output, ssrc));
      sections.push(...outputs.map(({ section }) => section));
    }
    return new Set(sections.filter((section) => section !== undefined));
  }

  #drop(
    why: Drop,
    remoteChanged = false,
    punt: readonly PacketClass[] = [],
    as?: PacketClass,
  ): Received {
    this.#counts.rxErrors++;
    this.#counts[why]++;
    const punts = as !== undefined && punt.includes(as) ? [as] : [];
    return this.#result({ remoteChanged, punts });
  }

  #result(parts: Partial<Received>): Received {
    const nothing = { remoteChanged: false, punts: [], outputs: [], isRtp: false, wanted: false };
    return { ...nothing, ...parts };
  }

  #countPayload(type: number, packets: number, bytes: number): void {
    const sums = this.#payloads.get(type) ?? { packets: 0, bytes: 0 };
    sums.packets += packets;
    sums.bytes += bytes;
    if (this.#payloads.has(type) || this.#payloads.size < PAYLOAD_TYPES) {
      this.#payloads.set(type, sums);
    }
  }

  /** @returns whether the SSRC was not known before */
  #track(packet: Uint8Array, now: number, wall: number): boolean {
    this.#countPayload(packet[1]! & 0x7f, 1, packet.length);
    const ssrc = ssrcOf(packet);
    const clockRate = this.#clockRates.get(packet[1]! & 0x7f) ?? 8000;
    const known = this.#sources.find((candidate) => candidate.ssrc === ssrc);
    if (known !== undefined) {
      known.count(packet, { now, wall, clockRate });
      return false;
    }
    const source = RtpSource.of(packet);
    if (this.#sources.length < SSRC_TRACKS) {
      this.#sources.push(source);
    } else {
      const idle = this.#sources.reduce((a, b) => b.lastSeen < a.lastSeen ? b : a);
      if (now - idle.lastSeen < TRACK_IDLE) return true;
      this.#sources[this.#sources.indexOf(idle)] = source;
    }
    source.count(packet, { now, wall, clockRate });
    return true;
  }
}

function samePlace(a: RuleOutput, b: RuleOutput): boolean {
  if (a.slot !== b.slot) return false;
  return a.dst === undefined || b.dst === undefined ? a.dst === b.dst : sameEndpoint(a.dst, b.dst);
}
