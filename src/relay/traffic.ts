/**
 * Sums over the counters of many slots.
 *
 * @module
 */

import type { SlotCounters, SsrcCounters } from "./counters.ts";

/** Packets, bytes and RTP irregularities of any number of slots. */
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
  /** SRTP that was not authentic. */
  dropAuth = 0;
  /** SRTP that came twice. */
  dropReplay = 0;
  /** Packets handed to the control plane. */
  punted = 0;
  /** Of the packets received, those the kernel module took. */
  kernelPackets = 0;
  /** Of the bytes received, those the kernel module took. */
  kernelBytes = 0;
  /** Of the packets dropped or not sent, those the kernel module dropped or could not send. */
  kernelErrors = 0;

  /** Adds a snapshot of one slot. */
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
    this.dropAuth += counters.dropAuth;
    this.dropReplay += counters.dropReplay;
    this.punted += counters.punted;
    this.kernelPackets += counters.kernel?.packets ?? 0;
    this.kernelBytes += counters.kernel?.bytes ?? 0;
    this.kernelErrors += counters.kernel?.errors ?? 0;
    for (const source of counters.ssrcs) this.addSource(source);
  }

  /** Adds what one RTP source says about loss and order. */
  addSource(source: SsrcCounters): void {
    // Duplicates make RFC 3550 loss negative; a sum of losses must not shrink because of them.
    if (source.lost > 0) this.lost += source.lost;
    this.duplicates += source.duplicates;
    this.reordered += source.reordered;
    this.resets += source.resets;
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
    this.dropAuth += other.dropAuth;
    this.dropReplay += other.dropReplay;
    this.punted += other.punted;
    this.kernelPackets += other.kernelPackets;
    this.kernelBytes += other.kernelBytes;
    this.kernelErrors += other.kernelErrors;
  }
}
