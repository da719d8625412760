/**
 * Packets and bytes: sums over the counters of streams, running and ended, as a whole and by local
 * address. Numbers of a stream move from "running" to "ended" when its call closes, so totals never
 * go backwards.
 *
 * @module
 */

import type { CallView, MediaView, StreamView } from "../call/types.ts";
import type { LocalAddress, SlotCounters } from "../relay/types.ts";

/** Sums over any number of streams. */
export class TrafficSums {
  /** Packets received, dropped ones included. */
  packetsIn = 0;
  /** UDP payload bytes received. */
  bytesIn = 0;
  /** Packets dropped on receipt. */
  errorsIn = 0;
  /** Packets sent. */
  packetsOut = 0;
  /** UDP payload bytes sent. */
  bytesOut = 0;
  /** Packets that could not be sent. */
  errorsOut = 0;
  /** RTP packets missing in the sequence numbers. */
  lost = 0;
  /** RTP packets received twice. */
  duplicates = 0;
  /** RTP packets received late. */
  reordered = 0;
  /** RTP sequence restarts. */
  resets = 0;
  /** Drops: not from the expected source. */
  dropSource = 0;
  /** Drops: not valid RTP or RTCP. */
  dropMalformed = 0;
  /** Drops: payload type not allowed or media blocked. */
  dropFiltered = 0;
  /** Drops: nowhere to send it. */
  dropNoRule = 0;
  /** Packets handed to the control plane. */
  punted = 0;

  /** Adds one stream's counters. */
  add(counters: SlotCounters): void {
    this.packetsIn += counters.rxPackets;
    this.bytesIn += counters.rxBytes;
    this.errorsIn += counters.rxErrors;
    this.packetsOut += counters.txPackets;
    this.bytesOut += counters.txBytes;
    this.errorsOut += counters.txErrors;
    this.dropSource += counters.dropSource;
    this.dropMalformed += counters.dropMalformed;
    this.dropFiltered += counters.dropFiltered;
    this.dropNoRule += counters.dropNoRule;
    this.punted += counters.punted;
    for (const ssrc of counters.ssrcs) {
      // Duplicates make RFC 3550 loss negative; a sum of losses must not shrink because of them.
      if (ssrc.lost > 0) this.lost += ssrc.lost;
      this.duplicates += ssrc.duplicates;
      this.reordered += ssrc.reordered;
      this.resets += ssrc.resets;
    }
  }

  /** Adds other sums. */
  merge(other: TrafficSums): void {
    this.packetsIn += other.packetsIn;
    this.bytesIn += other.bytesIn;
    this.errorsIn += other.errorsIn;
    this.packetsOut += other.packetsOut;
    this.bytesOut += other.bytesOut;
    this.errorsOut += other.errorsOut;
    this.lost += other.lost;
    this.duplicates += other.duplicates;
    this.reordered += other.reordered;
    this.resets += other.resets;
    this.dropSource += other.dropSource;
    this.dropMalformed += other.dropMalformed;
    this.dropFiltered += other.dropFiltered;
    this.dropNoRule += other.dropNoRule;
    this.punted += other.punted;
  }
}

/** Identifies a local address among the interfaces. */
export function interfaceKey(local: LocalAddress): string {
  return `${local.name}\0${local.address}`;
}

/** Sums by path (user space or kernel) and by local address. */
export class TrafficBook {
  /** Streams forwarded by the relay core in user space. */
  readonly userspace: TrafficSums = new TrafficSums();
  /** Streams forwarded by the kernel. */
  readonly kernel: TrafficSums = new TrafficSums();
  /** By {@link interfaceKey}. */
  readonly interfaces: Map<string, TrafficSums> = new Map();

  /** Adds what a stream has counted; a stream without a port has nothing. */
  addStream(stream: StreamView): void {
    const counters = stream.counters();
    if (counters === undefined) return;
    (isKernelized(stream) ? this.kernel : this.userspace).add(counters);
    if (stream.local !== undefined) this.interface(stream.local.address).add(counters);
  }

  /** Adds all streams of a call. */
  addCall(call: CallView): void {
    for (const participant of call.participants) {
      for (const media of participant.medias) {
        for (const stream of media.streams) this.addStream(stream);
      }
    }
  }

  /** Adds another book. */
  merge(other: TrafficBook): void {
    this.userspace.merge(other.userspace);
    this.kernel.merge(other.kernel);
    for (const [key, sums] of other.interfaces) this.#sums(key).merge(sums);
  }

  /** The sums of one local address. */
  interface(local: LocalAddress): TrafficSums {
    return this.#sums(interfaceKey(local));
  }

  #sums(key: string): TrafficSums {
    let sums = this.interfaces.get(key);
    if (sums === undefined) {
      sums = new TrafficSums();
      this.interfaces.set(key, sums);
    }
    return sums;
  }
}

/** Numbers of open media sections by forwarding path. */
export interface MediaCount {
  userspace: number;
  kernel: number;
  mixed: number;
}

/** Adds the open media sections of a call to `count`. */
export function countMedia(call: CallView, count: MediaCount): void {
  for (const participant of call.participants) {
    for (const media of participant.medias) {
      const path = mediaPath(media);
      if (path !== undefined) count[path]++;
    }
  }
}

function mediaPath(media: MediaView): keyof MediaCount | undefined {
  let kernel = false;
  let userspace = false;
  for (const stream of media.streams) {
    if (stream.component !== "rtp" || stream.local === undefined) continue;
    if (isKernelized(stream)) kernel = true;
    else userspace = true;
  }
  if (kernel && userspace) return "mixed";
  return kernel ? "kernel" : userspace ? "userspace" : undefined;
}

/** Whether an RTP stream took in a packet that was not dropped. */
function hasRelayed(stream: StreamView): boolean {
  const counters = stream.component === "rtp" ? stream.counters() : undefined;
  return counters !== undefined && counters.rxPackets > counters.rxErrors;
}

function isKernelized(stream: StreamView): boolean {
  return stream.flags.includes("kernelized");
}

/**
 * Number of parties whose packets were relayed in the first media section of a call: 0 means that nothing was
 * relayed, 1 that the call was one-way.
 */
export function sendingParties(call: CallView): number {
  let parties = 0;
  for (const participant of call.participants) {
    const first = participant.medias[0];
    if (first?.streams.some(hasRelayed)) parties++;
  }
  return parties;
}
