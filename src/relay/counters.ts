/**
 * What is counted of a port: snapshots, by source and payload type, and the kernel module's part.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";

/** Counters of one RTP source on a slot. */
export interface SsrcCounters {
  /** RFC 3550 synchronisation source. */
  readonly ssrc: number;
  /** Packets counted. */
  readonly packets: number;
  /** UDP payload bytes of them. */
  readonly bytes: number;
  /** RTP payload bytes of them (RFC 3550 section 6.4.1): no header, CSRC, extension, padding. */
  readonly payloadBytes: number;
  /** Wall-clock ms of the first packet. */
  readonly first: number;
  /** Wall-clock ms of the last packet. */
  readonly last: number;
  /** Payload type of the last packet. */
  readonly payloadType: number;
  /** RTP timestamp of the last packet. */
  readonly lastTimestamp: number;
  /** RTP clock rate of that payload type in Hz, as `setClockRate` of the engine told; else 8000. */
  readonly clockRate: number;
  /** Highest sequence number, 0..65535. */
  readonly maxSequence: number;
  /** Times the sequence number began anew (upper half of the extended one of RFC 3550 A.1). */
  readonly cycles: number;
  /** RFC 3550 A.3 cumulative number of packets lost (may be negative with duplicates). */
  readonly lost: number;
  /** RFC 3550 A.8 interarrival jitter in ms. */
  readonly jitter: number;
  /** Packets received more than once. */
  readonly duplicates: number;
  /** Packets that came late. */
  readonly reordered: number;
  /** Jumps of the sequence number taken as restarts of the sender. */
  readonly resets: number;
}

/** What came under one RTP payload type. */
export interface PayloadCounters {
  /** 0..127. */
  readonly payloadType: number;
  /** Packets from accepted sources, those of types that are filtered too. */
  readonly packets: number;
  /** UDP payload bytes of them, in clear. */
  readonly bytes: number;
}

/** A snapshot of one slot's counters. */
export interface SlotCounters {
  /** Every datagram, dropped ones too. */
  readonly rxPackets: number;
  /** UDP payload bytes of them. */
  readonly rxBytes: number;
  /** Datagrams dropped, for any reason. */
  readonly rxErrors: number;
  /** Datagrams sent from this port. */
  readonly txPackets: number;
  /** UDP payload bytes of them. */
  readonly txBytes: number;
  /** Datagrams that could not be sent. */
  readonly txErrors: number;
  /** Wall-clock ms of the last valid packet from an accepted source; 0 = never. */
  readonly lastRx: number;
  /** Wall-clock ms; 0 = never. */
  readonly lastTx: number;
  /** Dropped because of strict source. */
  readonly dropSource: number;
  /** Dropped because neither valid RTP nor RTCP. */
  readonly dropMalformed: number;
  /** Dropped because of the payload type, or a blackhole. */
  readonly dropFiltered: number;
  /** Dropped for want of a rule, an output or a destination. */
  readonly dropNoRule: number;
  /** SRTP that was not authentic. */
  readonly dropAuth: number;
  /** SRTP that came twice, or too late to tell. */
  readonly dropReplay: number;
  /** Handed up as events. */
  readonly punted: number;
  /** TOS byte of the last packet, 0 where that is not known; absent = the engine never knows. */
  readonly rxTos?: number;
  /** Current remote endpoint, learned or signalled. */
  readonly remote: Endpoint | undefined;
  /** Learning is over. */
  readonly confirmed: boolean;
  /** `remote` came from a packet. */
  readonly learned: boolean;
  /** RTP sources seen, at most 4. */
  readonly ssrcs: readonly SsrcCounters[];
  /** The first 8 RTP payload types seen, in the order they came in; absent = the engine does not tell. */
  readonly payloads?: readonly PayloadCounters[];
  /**
   * What the port remembers of SRTP (rollover counters, replay windows; no keys), as the engine keeps
   * it; absent = nothing, or this is no snapshot of a core that has ended.
   */
  readonly srtp?: Uint8Array<ArrayBuffer>;
  /** The kernel module's part of all this; absent = no table is in use. */
  readonly kernel?: KernelShare;
}

/** Why a port's packets are not forwarded by the kernel module, by RTPE_WHY_*. */
export const KERNEL_OBSTACLES = [
  undefined,
  "no rule",
  "learning",
  "destination learning",
  "read here",
  "nowhere to go",
  "not supported",
  "table full",
  "module missing",
  "not led there",
  "refused",
  "soon",
] as const;

/** Why a port's packets are not forwarded by the kernel module. */
export type KernelObstacle = NonNullable<typeof KERNEL_OBSTACLES[number]>;

/** What an operator reads about a {@link KernelObstacle}. */
export const OBSTACLE_TEXTS: Readonly<Record<KernelObstacle, string>> = {
  "no rule": "nothing is to be done with its packets",
  "learning": "its remote endpoint is still being learned",
  "destination learning": "a destination has not been heard yet",
  "read here": "all its packets are read by the daemon",
  "nowhere to go": "nobody receives its packets",
  "not supported": "the kernel module cannot do what is asked",
  "table full": "the kernel table has no room",
  "module missing": "the kernel module is not there",
  "not led there": "its packets do not get to the kernel module",
  "refused": "the kernel module refused it",
  "soon": "it is about to go there",
};

/** What the kernel module does for a port. */
export interface KernelShare {
  /** It forwards the port's packets. */
  readonly forwards: boolean;
  /** Why it does not. */
  readonly obstacle?: KernelObstacle;
  /** Datagrams it has taken, dropped ones too. */
  readonly packets: number;
  /** UDP payload bytes of them. */
  readonly bytes: number;
  /** Datagrams it has dropped, or could not send. */
  readonly errors: number;
  /** Wall-clock ms of the last one; 0 = never. */
  readonly last: number;
  /** Wall-clock ms of the last one that user space has taken; 0 = never. */
  readonly lastUser: number;
}
