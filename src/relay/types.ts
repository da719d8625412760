/**
 * The relay as the call layer sees it: interfaces, port pairs, rules, counters, events. No socket, no FFI
 * and no policy here; `ffi_engine.ts` and `fake_engine.ts` implement {@link RelayEngine}, `relay.ts` builds
 * {@link Relay} (interfaces, port ranges, quarantine) on top of any engine.
 *
 * @module
 */

import type { Endpoint, Family } from "../core/endpoint.ts";
import type { SuiteName } from "../srtp/mod.ts";
import type { KernelShare, SlotCounters } from "./counters.ts";
import type { TrafficSums } from "./traffic.ts";

export * from "./counters.ts";

/** Index of an open local port in the engine, and of its counters. */
export type Slot = number;

/** One local address of a logical interface. */
export interface LocalAddress {
  /** Logical interface name (`default`, `internal`, …; `BASE:SUFFIX` members keep their full name). */
  readonly name: string;
  /** Family of `address`. */
  readonly family: Family;
  /** Address bound on this host. */
  readonly address: string;
  /** Address written into SDP; equals `address` unless `!advertised` was configured. */
  readonly advertised: string;
  /** Family of `advertised`. */
  readonly advertisedFamily: Family;
  /** First port of the range media uses. */
  readonly portMin: number;
  /** Last port of it. */
  readonly portMax: number;
  /** Ports of the range that are never opened (`exclude-ports` of an interface group). */
  readonly excludePorts?: readonly number[];
}

/** Packet classes, RTPE_CLASS_* of rtpe_rule.h. */
export type PacketClass =
  | "rtp"
  | "rtcp"
  | "stun"
  | "dtls"
  | "other"
  | "unknown-ssrc"
  | "filtered-pt"
  | "bad-source";

/** Learning modes of the option and key `endpoint-learning`. */
export type Learning = "off" | "immediate" | "delayed" | "heuristic";

/** One destination of a rule; mirrors struct rtpe_output. */
export interface RuleOutput {
  /** Slot the packet leaves from. */
  readonly slot: Slot;
  /** Classes this output takes; default `["rtp"]` is never assumed, say it. */
  readonly match: readonly ("rtp" | "rtcp" | "other")[];
  /** Fixed destination; absent = follow the slot's current remote endpoint. */
  readonly dst?: Endpoint;
  /** 0..255; absent = keep the packet's TOS byte. */
  readonly tos?: number;
  /** SSRC that `ssrcOut` replaces; absent = any. Packets of other SSRCs are sent unchanged. */
  readonly ssrcIn?: number;
  /** SSRC written into RTP packets; absent = keep. */
  readonly ssrcOut?: number;
  /** Only packets of this section of {@link Rule.bundle}; absent = of any. */
  readonly section?: number;
  /** RTP leaves as {@link Rule.silence} says. */
  readonly silence?: boolean;
  /**
   * MID element (RFC 9143 section 15) written into RTP packets, replacing one that is there: identifier
   * 1..255, value of 1..32 bytes.
   */
  readonly mid?: { readonly id: number; readonly value: string };
  /** RTP and RTCP leave as SRTP under these keys; absent = in clear. */
  readonly encrypt?: SrtpKeys;
  /**
   * Packets leave byte for byte as they came in, once {@link Rule.decrypt} has shown them to be authentic:
   * both sides have the same keys. Excludes everything that changes packets.
   */
  readonly asReceived?: boolean;
  /**
   * Identifiers of header extension elements (RFC 8285) kept, 1..255; absent = all, empty = none. `mid`
   * is written all the same.
   */
  readonly extensions?: readonly number[];
}

/** SRTP keys of one direction; mirrors struct rtpe_srtp. */
export interface SrtpKeys {
  /** Crypto suite. */
  readonly suite: SuiteName;
  /** Master key, as long as the suite has it. */
  readonly key: Uint8Array;
  /** Master salt, as long as the suite has it. */
  readonly salt: Uint8Array;
  /** Master key identifier, 1..16 bytes; absent = none in the packets. */
  readonly mki?: Uint8Array;
  /** `UNENCRYPTED_SRTP` (RFC 4568 section 6.3.2). */
  readonly plainRtp?: boolean;
  /** `UNENCRYPTED_SRTCP`. */
  readonly plainRtcp?: boolean;
  /** `UNAUTHENTICATED_SRTP`. */
  readonly noRtpAuth?: boolean;
}

/** Several media sections behind one port (BUNDLE, RFC 9143 section 9.2). */
export interface RuleBundle {
  /** Identifier of the MID header extension as this party uses it; absent = it sends none. */
  readonly midExtension?: number;
  /** The sections, at most 8; `RuleOutput.section` is an index into them. */
  readonly sections: readonly {
    /** Value of `a=mid`, 1..32 bytes. */
    readonly mid: string;
    /** Payload types of this section; one that several sections have tells nothing. */
    readonly payloadTypes: readonly number[];
    /** SSRCs signalled for it (`a=ssrc`), at most 8. */
    readonly ssrcs: readonly number[];
  }[];
}

/** What to do with packets arriving on one slot; mirrors struct rtpe_rule. */
export interface Rule {
  /** Signalled remote endpoint; absent = none known yet. */
  readonly remote?: Endpoint;
  /** What becomes of packets from elsewhere once learning is over: forwarded, dropped, or followed. */
  readonly sourceAction: "ignore" | "drop" | "handover";
  /** How the remote endpoint is learned. */
  readonly learning: Learning;
  /** Learning window in ms (3000). */
  readonly learnMs: number;
  /** Restart learning when this rule is installed. */
  readonly relearn: boolean;
  /** Count and drop everything. */
  readonly blackhole: boolean;
  /** RTP and RTCP share the port. */
  readonly rtcpMux: boolean;
  /** Only RTCP is expected on this port. */
  readonly rtcpOnly: boolean;
  /** Any payload is forwarded (not RTP). */
  readonly opaque: boolean;
  /** NAT-wait: nothing goes to the remote endpoint before it has sent something. */
  readonly waitInput: boolean;
  /** Media may flow one way: a destination that never sends does not keep it out of the kernel (false). */
  readonly oneWay?: boolean;
  /** Classes of packets handed up as events. */
  readonly punt: readonly PacketClass[];
  /** Payload types let through; absent = all. */
  readonly payloadTypes?: readonly number[];
  /**
   * What leaves by outputs with `silence`: payload types and the byte their payloads are filled with (at
   * most 8 have one), or without a byte those that pass as they are (telephone events, video). Others do
   * not leave: what cannot be silenced is not to be heard.
   */
  readonly silence?: readonly { readonly payloadType: number; readonly byte?: number }[];
  /**
   * Payload types of codecs whose frames have one size: packets with less payload than the first one
   * since the rule was installed are dropped (`block short`).
   */
  readonly blockShort?: readonly number[];
  /** Which sections share the port; absent = only one. */
  readonly bundle?: RuleBundle;
  /**
   * What comes in is SRTP under these keys. What is not authentic, or comes twice, is dropped before
   * anything is learned from it; events carry packets in clear.
   */
  readonly decrypt?: SrtpKeys;
  /** Where packets are copied to; at most 32. */
  readonly outputs: readonly RuleOutput[];
}

/** Something the engine tells: see RTPE_EVENT_*. */
export type RelayEvent =
  | {
    readonly type: "punt";
    readonly slot: Slot;
    readonly class: PacketClass;
    readonly source: Endpoint;
    /** Wall-clock ms, with fraction where the engine knows better. */
    readonly time: number;
    readonly payload: Uint8Array;
  }
  | {
    readonly type: "remote";
    readonly slot: Slot;
    readonly remote: Endpoint;
    readonly confirmed: boolean;
    readonly time: number;
  };

/** A copy of a packet that came to a port, or left from one. */
export interface CapturedPacket {
  /** The port. */
  readonly slot: Slot;
  /** It left. */
  readonly outgoing: boolean;
  /** Wall-clock ms with fraction. */
  readonly time: number;
  /** Where it came from. */
  readonly source: Endpoint;
  /** Where it went. */
  readonly destination: Endpoint;
  /** UDP payload, as it was on the wire. */
  readonly payload: Uint8Array;
}

/** Copies packets of some ports; what nobody takes in time is lost for the copy, never for the call. */
export interface PacketCopies {
  /** Begins or ends copying a slot's packets; closing the port ends it, too. @returns whether it is open */
  set(slot: Slot, on: boolean): boolean;
  /** Takes what was copied since. */
  take(): CapturedPacket[];
  /** Copies lost since the start. */
  readonly lost: number;
}

/** What an engine can execute. */
export interface RelayEngine {
  /** `steer`, `sockets`, `fake`, later `kernel`. */
  readonly mode: string;
  /** Why not the best mode; empty when it is. */
  readonly modeReason: string;
  /** Opens a local port, without a rule yet. @returns its slot, or why it cannot be had */
  open(local: Endpoint): Slot | "in-use" | "no-address" | "no-slot";
  /**
   * Address of this host that packets to `target` would leave from; its port is not looked at. Absent = the
   * engine cannot tell. @returns undefined when there is no route
   */
  sourceTowards?(target: Endpoint): string | undefined;
  /** Closes ports; those not open are skipped. Counters stay readable until a slot is opened again. */
  close(...slots: readonly Slot[]): void;
  /**
   * Installs a rule, replacing the old one atomically. What was learned is kept unless the rule says
   * `relearn` or signals another remote endpoint.
   *
   * @throws Error when the rule contradicts itself or names a slot that is not open; nothing changed
   */
  setRule(slot: Slot, rule: Rule): void;
  /** Packets are counted and dropped until there is another rule. */
  clearRule(slot: Slot): void;
  /** RTP clock rate in Hz of a payload type, for jitter; up to 8 per slot, others count as 8000. */
  setClockRate(slot: Slot, payloadType: number, rate: number): void;
  /**
   * A port goes on from what was counted and learned on it before a restart: counts are added, RTP
   * sources and the remote endpoint taken over, the latter unless the first rule turns learning off or
   * says `relearn`. To be called once after {@link open}, before the first rule.
   *
   * @throws RangeError naming a value that cannot be; Error when the port has or had a rule
   */
  restore(slot: Slot, past: SlotCounters): void;
  /**
   * What is remembered of SRTP on one port is remembered on another, too: rollover counters and replay windows
   * of a party that moves there under the same keys. To be called before rules have the keys on `to`. Absent =
   * the engine remembers nothing.
   *
   * @throws Error when a slot is not open, or what arrives at `to` is opened already
   */
  moveKeys?(from: Slot, to: Slot): void;
  /**
   * Sends one datagram from the slot; `dst` absent = current remote endpoint.
   *
   * @param keys the datagram is RTCP and leaves as SRTCP under them
   */
  send(slot: Slot, payload: Uint8Array, dst?: Endpoint, keys?: SrtpKeys): boolean;
  /** A snapshot of the counters of a slot, open or closed since. */
  counters(slot: Slot): SlotCounters;
  /**
   * Adds the counters of a slot, open or closed since, to `sums` without a snapshot; absent = the engine
   * has nothing cheaper than {@link counters}.
   */
  addTraffic?(slot: Slot, sums: TrafficSums): void;
  /** Cheap reads for timers and totals: wall-clock ms of the last received packet. */
  lastRx(slot: Slot): number;
  /** Whether the kernel module forwards a slot's packets, and why not; absent or undefined = no table is in use. */
  forwarding?(slot: Slot): Pick<KernelShare, "forwards" | "obstacle"> | undefined;
  /** Sets who is told of events; the last one counts. */
  onEvent(handler: (event: RelayEvent) => void): void;
  /** Closes everything. */
  shutdown(): void;
}

/** An open local port. */
export interface RelayPort {
  /** Its slot in the engine. */
  readonly slot: Slot;
  /** Where it is open. */
  readonly local: LocalAddress;
  /** UDP port number. */
  readonly port: number;
}

/** An even RTP port and the odd RTCP port above it (RFC 3550 section 11). */
export interface PortPair {
  /** Where it is open. */
  readonly local: LocalAddress;
  /** The even port. */
  readonly rtp: RelayPort;
  /** The odd port. */
  readonly rtcp: RelayPort;
}

/** Why no port pair could be had. */
export type NoPorts =
  /** All members of the port range are in use or quarantined. */
  | "range"
  /** The local address is not an address of this host. */
  | "no-address"
  /** The engine has no slot left. */
  | "no-slot";

/** No port pair can be had; `why` is for the log. */
export class PortsExhausted extends Error {
  /** Class name. */
  override readonly name = "PortsExhausted";
  /** For the log. */
  readonly why: NoPorts;

  /** Says no more than the peer may know. */
  constructor(why: NoPorts = "range") {
    super("Ran out of ports");
    this.why = why;
  }
}

/** Interfaces, ports and rules: what the call layer works with. */
export interface Relay {
  /** The engine underneath, for rules, counters and events. */
  readonly engine: RelayEngine;
  /** All local addresses in configuration order. */
  readonly addresses: readonly LocalAddress[];
  /**
   * Local address for a logical interface and family. `name` absent = first interface; `BASE` of
   * `BASE:SUFFIX` names = next member in round robin that has free ports.
   * @returns undefined when the interface does not exist or lacks the family
   */
  pick(name: string | undefined, family: Family): LocalAddress | undefined;
  /** Whether a logical interface (or round-robin base) of this name exists. */
  hasInterface(name: string): boolean;
  /** Opens the next RTP/RTCP pair on a local address. @throws PortsExhausted */
  openPair(local: LocalAddress): PortPair;
  /**
   * Opens one certain pair: that of a call which comes back after a restart.
   *
   * @param port the even port
   * @throws PortsExhausted when it is taken
   */
  openPairAt(local: LocalAddress, port: number): PortPair;
  /** Closes both ports and puts them into quarantine. A pair already closed is left alone. */
  closePair(pair: PortPair): void;
  /** The same for many pairs, in one go. */
  closePairs(pairs: Iterable<PortPair>): void;
  /** Ports of the range that are open and that are not (those in quarantine included). */
  usage(
    local: LocalAddress,
  ): { readonly used: number; readonly free: number; readonly total: number };
  /** Traffic of each local address since the start, over ports open now and ports closed since. */
  traffic(): ReadonlyMap<LocalAddress, TrafficSums>;
  /** Why media must not be sent to this endpoint (own control port, multicast, …); undefined = fine. */
  refuseTarget(target: Endpoint, local: LocalAddress): string | undefined;
}

/** A UDP control socket: datagrams arrive with the address they were sent to, replies leave from it. */
export interface ControlSocket {
  /** Address bound; the port is the real one when 0 was asked. */
  readonly bound: Endpoint;
  /**
   * Hands every datagram to `handler`. `payload` is valid until it returns; `local` is the address the
   * datagram was sent to, also on a wildcard socket.
   */
  onDatagram(handler: (payload: Uint8Array, source: Endpoint, local: Endpoint) => void): void;
  /** Sends a datagram that leaves from `local`. @returns whether the system took it */
  send(payload: Uint8Array, destination: Endpoint, local: Endpoint): boolean;
  /** Closes it; what has not been taken from it is dropped. */
  close(): void;
}

/** Opens control sockets, which the relay core reads. */
export interface ControlSockets {
  /** Binds a UDP socket; port 0 takes any. @throws Error naming the address when it cannot be bound */
  open(local: Endpoint, tos: number): ControlSocket;
}
