/**
 * A media section of one party: its negotiated state, the port pairs it owns and its edges in the graph.
 *
 * @module
 */

import { type Endpoint, type Family, sameEndpoint } from "../core/endpoint.ts";
import { type MediaState, NEW_MEDIA } from "../negotiate/mod.ts";
import type { LocalAddress, PortPair } from "../relay/types.ts";
import { type Gate, openGate } from "./gate.ts";
import type { Participant } from "./participant.ts";
import type { Piercing } from "./pierce.ts";
import type { Agreement } from "./secure/agreement.ts";
import { type SecureStep, timelineOf } from "./secure/timeline.ts";
import { iceFlags, isControlling, keyFlags } from "./secure/flags.ts";
import { streamViews } from "./stream.ts";
import type { MediaView, StreamView } from "./types.ts";

/** A port pair and its rules. */
export interface LocalPair {
  readonly pair: PortPair;
  /** Endpoints of the rules in force; learning starts anew when one changes. */
  rtpRule: InstalledRule | undefined;
  rtcpRule: InstalledRule | undefined;
}

/**
 * A port pair and the endpoint of the *other* side it was advertised for. One endpoint sees one pair for as
 * long as the call lasts: when the other side moves, the pair moves with it, and comes back when it does.
 */
export interface PortEntry extends LocalPair {
  /** Pairs on the other addresses of its interface: further candidates of ICE, the preferred ones first. */
  others?: readonly LocalPair[];
  /** Signalled RTP endpoint of the other side; undefined until it is known. */
  peer: Endpoint | undefined;
  /** RTP and RTCP were known to share a port when the pair was opened, so RTCP never had its own. */
  readonly muxed: boolean;
  /** rtcp-mux was spoken of since, so that RTCP is taken from the RTP port however long the switch takes. */
  everMuxed?: boolean;
  /** Which of its pairs media of a component left from last, by ICE; keys are in use there. */
  selected?: { rtp?: number; rtcp?: number };
  /** `pierce NAT` has begun on it; undefined = was never asked for. */
  piercing?: Piercing;
}

/** What is remembered of a rule in force. */
export interface InstalledRule {
  /** Stands for the description it was made from. */
  readonly origin: string;
  readonly remote: Endpoint | undefined;
}

/** An edge of the graph: `sink` receives what `source` sends. */
export interface Subscription {
  readonly source: Media;
  readonly sink: Media;
  readonly type: "offer/answer" | "pub/sub";
  /** What is kept from this sink only; `dtmf` is not used here. */
  readonly gate: Gate;
  /** `egress`: the sink receives what is sent to the source, not what comes from it. */
  readonly egress: boolean;
  /** `RTCP mirror`: only RTCP passes. */
  readonly rtcpOnly: boolean;
}

/** One media section (m-line) of one party. */
export class Media implements MediaView {
  state: MediaState = NEW_MEDIA;
  /** All pairs opened for this section, oldest first. */
  readonly entries: PortEntry[] = [];
  /** Address family used for this section, once chosen. */
  family: Family | undefined;
  /** The pair advertised last; in a bundle (RFC 9143) it may be one of another section's `entries`. */
  active: PortEntry | undefined;
  /** Edges to those this party listens to. */
  readonly sources: Subscription[] = [];
  /** Edges to those who listen to this party. */
  readonly sinks: Subscription[] = [];
  /** Why media is not sent to this party at present, as a sentence. */
  refused: string | undefined;
  /** What ICE and DTLS have agreed on with this party. */
  agreement: Agreement | undefined;

  /** @param index 1-based */
  constructor(readonly participant: Participant, readonly index: number) {}

  get hidden(): boolean {
    return this.state.hidden;
  }

  get type(): string {
    return this.state.type;
  }

  get protocol(): string {
    return this.state.protocol;
  }

  get codec(): string | undefined {
    const codec = this.state.codecs[0];
    return codec?.encoding;
  }

  get secureSteps(): readonly SecureStep[] {
    return timelineOf(this).steps;
  }

  get streams(): readonly StreamView[] {
    return streamViews(this);
  }

  get flags(): readonly string[] {
    const { state } = this;
    const flags: string[] = [];
    if (state.initialized) flags.push("initialized");
    if (state.asymmetric) flags.push("asymmetric");
    if (state.send) flags.push("send");
    if (state.recv) flags.push("recv");
    if (state.mux !== "none") flags.push("rtcp-mux");
    flags.push(...keyFlags(this));
    if (state.passthrough) flags.push("passthrough");
    flags.push(...iceFlags(this));
    if (isControlling(this)) flags.push("ICE controlling");
    if (state.unidirectional) flags.push("unidirectional");
    if (state.feedback) flags.push("RTCP feedback");
    if (state.generateRtcp) flags.push("RTCP generator");
    if (state.echo === "echo") flags.push("echo");
    if (state.echo === "blackhole") flags.push("blackhole");
    return flags;
  }

  /** All pairs opened for this section, those of further candidates included. */
  get pairs(): PortPair[] {
    return this.entries.flatMap(pairsOf);
  }

  /** Whether packets can pass: there is a pair and nobody rejected the section. */
  get live(): boolean {
    return this.active !== undefined && !this.state.rejected && this.state.kind !== "passthrough";
  }

  /** The pair in use, if it is this section's own. */
  get own(): PortEntry | undefined {
    return this.active && this.entries.includes(this.active) ? this.active : undefined;
  }

  /** The section uses the ports of another one. */
  get riding(): boolean {
    return this.active !== undefined && this.own === undefined;
  }

  /**
   * The pair for an endpoint of the other side on a local address, if there is one that fits.
   *
   * @param peer undefined or an unspecified address: whatever is in use stays
   * @param latch the pair in use stays although the endpoint changed
   */
  entryFor(
    local: LocalAddress,
    peer: Endpoint | undefined,
    latch: boolean,
  ): PortEntry | undefined {
    const { own } = this;
    const usable = own?.pair.local === local ? own : undefined;
    if (peer === undefined || latch) return usable ?? this.#first(local);
    for (const entry of this.entries) {
      if (entry.pair.local === local && entry.peer && sameEndpoint(entry.peer, peer)) return entry;
    }
    return this.entries.find((entry) => entry.pair.local === local && entry.peer === undefined);
  }

  /** Takes away the oldest pairs beyond `keep`, but never the one in use; the caller closes them. */
  takeOldest(keep: number): PortPair[] {
    const taken: PortPair[] = [];
    while (this.entries.length > keep) {
      const at = this.entries.findIndex((entry) => entry !== this.active);
      if (at < 0) break;
      taken.push(...pairsOf(this.entries.splice(at, 1)[0]!));
    }
    return taken;
  }

  /** Takes away the pairs of further candidates when there is no ICE with the party; the caller closes them. */
  takeOthers(): PortPair[] {
    if (this.state.secure?.ice !== undefined) return [];
    const taken: PortPair[] = [];
    for (const entry of this.entries) {
      for (const { pair } of entry.others ?? []) taken.push(pair);
      delete entry.others;
      delete entry.selected;
    }
    return taken;
  }

  #first(local: LocalAddress): PortEntry | undefined {
    return this.entries.find((entry) => entry.pair.local === local);
  }
}

/** The pair that is advertised first, and those of further candidates. */
export function pairsOf({ pair, others = [] }: PortEntry): PortPair[] {
  return [pair, ...others.map((one) => one.pair)];
}

/** Adds the edge unless it exists. */
export function subscribe(
  source: Media,
  sink: Media,
  type: Subscription["type"],
  { egress = false, rtcpOnly = false }: Partial<Pick<Subscription, "egress" | "rtcpOnly">> = {},
): void {
  if (source.sinks.some((edge) => edge.sink === sink)) return;
  const edge = { source, sink, type, gate: openGate(), egress, rtcpOnly };
  insert(source.sinks, edge);
  insert(sink.sources, edge);
}

/** RTPE_MAX_OUTPUTS; more forks than that do not hear anything before they answer. */
export const MAX_OUTPUTS = 32;

/** Whether one more can listen: a rule has so many outputs, and RTCP on the same port takes its own. */
export function hasRoom({ sinks, state }: Media): boolean {
  return sinks.length < (state.mux === "none" ? MAX_OUTPUTS : MAX_OUTPUTS / 2);
}

/** Edges of dialogues stand before all others. */
function insert(edges: Subscription[], edge: Subscription): void {
  const other = edges.findIndex(({ type }) => type !== "offer/answer");
  if (edge.type === "offer/answer" && other >= 0) edges.splice(other, 0, edge);
  else edges.push(edge);
}

/** Removes the edge if it exists. */
export function unsubscribe(source: Media, sink: Media): void {
  drop(source.sinks, (edge) => edge.sink === sink);
  drop(sink.sources, (edge) => edge.source === source);
}

function drop(edges: Subscription[], which: (edge: Subscription) => boolean): void {
  const at = edges.findIndex(which);
  if (at >= 0) edges.splice(at, 1);
}
