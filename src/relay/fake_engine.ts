/**
 * A relay engine in memory with a virtual network around it, for tests: packets are injected by call and
 * those that leave are kept in a list. It follows `rtpe_rule.h` packet by packet and passes the same
 * conformance suite as the engines that open sockets.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { classifyIp, parseIp } from "../core/ip.ts";
import { FakePort, type Received } from "./fake_port.ts";
import { editRtp } from "./rtp_edit.ts";
import { ruleProblem } from "./rule_check.ts";
import { checkSnapshot } from "./snapshot.ts";
import type { RelayEngine, RelayEvent, Rule, RuleOutput, Slot, SlotCounters } from "./types.ts";

/** A datagram that left the engine. */
export interface SentPacket {
  /** Slot it left from. */
  readonly slot: Slot;
  /** Local address and port it left from. */
  readonly source: Endpoint;
  /** Where it went. */
  readonly destination: Endpoint;
  /** UDP payload. */
  readonly payload: Uint8Array;
  /** TOS byte. */
  readonly tos: number;
}

/** What a {@link FakeEngine} is made of. */
export interface FakeEngineOptions {
  /** Ports open at once; 65536. */
  readonly maxSlots?: number;
  /** Addresses of the virtual host; absent = all. */
  readonly addresses?: readonly string[];
}

/** RelayEngine without sockets. */
export class FakeEngine implements RelayEngine {
  /** Always `fake`. */
  readonly mode = "fake";
  /** Always empty. */
  readonly modeReason = "";
  /** Everything that was sent, oldest first; clear it with `sent.length = 0`. */
  readonly sent: SentPacket[] = [];
  readonly #clock: Clock;
  readonly #maxSlots: number;
  readonly #addresses: ReadonlySet<string> | undefined;
  readonly #ports: FakePort[] = [];
  /** Closed slots, the one closed longest ago first. */
  readonly #free: Slot[] = [];
  readonly #byLocal = new Map<string, FakePort>();
  /** Ports that the outputs of a rule stood for when it was installed. */
  readonly #targets = new WeakMap<RuleOutput, FakePort>();
  readonly #occupied = new Set<string>();
  #onEvent: ((event: RelayEvent) => void) | undefined;
  #onSent: ((packet: SentPacket) => void) | undefined;

  /** An engine without ports. */
  constructor(clock: Clock, options: FakeEngineOptions = {}) {
    this.#clock = clock;
    this.#maxSlots = options.maxSlots ?? 65536;
    this.#addresses = options.addresses && new Set(options.addresses);
  }

  /** Number of open slots. */
  get openSlots(): number {
    return this.#byLocal.size;
  }

  /** Lets somebody else hold a local port. */
  occupy(local: Endpoint): void {
    this.#occupied.add(formatEndpoint(local));
  }

  /** The somebody else of {@link occupy} lets it go. */
  vacate(local: Endpoint): void {
    this.#occupied.delete(formatEndpoint(local));
  }

  /** Opens a local port unless it is occupied. */
  open(local: Endpoint): Slot | "in-use" | "no-address" | "no-slot" {
    const key = formatEndpoint(local);
    if (this.#addresses !== undefined && !this.#addresses.has(local.address)) return "no-address";
    if (this.#occupied.has(key) || this.#byLocal.has(key)) return "in-use";
    const slot = this.#ports.length < this.#maxSlots ? this.#ports.length : this.#free.shift();
    if (slot === undefined) return "no-slot";
    const port = new FakePort(slot, local);
    this.#ports[slot] = port;
    this.#byLocal.set(key, port);
    return slot;
  }

  /** Closes ports; those not open are skipped. */
  close(...slots: readonly Slot[]): void {
    for (const slot of slots) {
      const port = this.#ports[slot];
      if (port === undefined || !port.open) continue;
      this.#byLocal.delete(formatEndpoint(port.local));
      port.open = false;
      this.#free.push(slot);
    }
  }

  /** Installs a rule. @throws Error when it contradicts itself */
  setRule(slot: Slot, rule: Rule): void {
    const port = this.#port(slot);
    const openPort = (index: Slot) => {
      const candidate = this.#ports[index];
      return candidate?.open === true ? candidate : undefined;
    };
    const problem = ruleProblem(rule, port.local.family, (index) => openPort(index)?.local.family);
    if (problem !== undefined) throw new Error(`rule for slot ${slot} refused: ${problem}`);
    // copies, so that the caller may use the same output object in another rule
    const outputs = rule.outputs.map((output) => ({ ...output }));
    for (const output of outputs) this.#targets.set(output, this.#port(output.slot));
    port.setRule({ ...rule, outputs }, this.#clock.now());
  }

  /** Removes the rule. */
  clearRule(slot: Slot): void {
    this.#port(slot).clearRule();
  }

  /** The rule installed on a slot. */
  rule(slot: Slot): Rule | undefined {
    return this.#port(slot).rule;
  }

  /** Tells the RTP clock rate of a payload type. */
  setClockRate(slot: Slot, payloadType: number, rate: number): void {
    this.#port(slot).setClockRate(payloadType, rate);
  }

  /** A port goes on from counters of before a restart. */
  restore(slot: Slot, past: SlotCounters): void {
    const port = this.#port(slot);
    checkSnapshot(past);
    if (past.remote !== undefined && past.remote.family !== port.local.family) {
      throw new Error(
        `counters for slot ${slot} refused: ${past.remote.address} is not of its family`,
      );
    }
    if (port.used) throw new Error(`counters for slot ${slot} refused: it is in use`);
    port.restore(past, this.#clock.now(), this.#clock.wall());
  }

  /** Packets are not encrypted here: only what the core refuses is looked for. @throws Error as it does */
  moveKeys(from: Slot, to: Slot): void {
    if (this.#port(from) !== this.#port(to) && this.rule(to)?.decrypt !== undefined) {
      throw new Error(`SRTP state of slot ${from} stays there: slot ${to} has keys`);
    }
  }

  /** Sends one datagram from a slot. */
  send(slot: Slot, payload: Uint8Array, dst?: Endpoint): boolean {
    const port = this.#port(slot);
    const destination = dst ?? port.remote;
    if (destination === undefined || !isSendable(destination, port.local)) return false;
    this.#transmit(port, destination, payload.slice(), 0);
    return true;
  }

  /** A snapshot of the counters of a slot. */
  counters(slot: Slot): SlotCounters {
    const port = this.#ports[slot];
    if (port === undefined) throw new RangeError(`slot ${slot} was never open`);
    return port.snapshot();
  }

  /** Wall-clock ms of the last packet taken by a slot. */
  lastRx(slot: Slot): number {
    return this.#ports[slot]?.lastRx ?? 0;
  }

  /** Sets who is told of events. */
  onEvent(handler: (event: RelayEvent) => void): void {
    this.#onEvent = handler;
  }

  /** Calls `handler` for each packet that leaves, after it is in {@link sent}. */
  onSent(handler: (packet: SentPacket) => void): void {
    this.#onSent = handler;
  }

  /** Closes everything. */
  shutdown(): void {
    this.close(...this.#ports.keys());
    this.#onEvent = undefined;
  }

  /**
   * A packet arrives from the virtual network.
   *
   * @param to slot, or local endpoint (nothing happens when it is not open)
   * @param tos TOS byte of the packet
   */
  inject(to: Slot | Endpoint, payload: Uint8Array, source: Endpoint, tos = 0): void {
    const port = typeof to === "number" ? this.#ports[to] : this.#byLocal.get(formatEndpoint(to));
    if (port === undefined || !port.open) return;
    const { slot } = port;
    const time = this.#clock.wall();
    const received = port.receive(payload, source, {
      now: this.#clock.now(),
      wall: time,
      heard: (output, ssrc) => this.#targets.get(output)?.hears(ssrc) === true,
    });
    const done = received.outputs.map((output) =>
      this.#output(port, output, payload, received, tos)
    );
    if (received.wanted && !done.includes("taken")) port.countUnwanted(done.includes("muted"));
    const { remote, confirmed } = port;
    if (received.remoteChanged && remote !== undefined) {
      this.#onEvent?.({ type: "remote", slot, remote, confirmed, time });
    }
    for (const kind of received.punts) {
      port.countPunt();
      const copy = payload.slice();
      this.#onEvent?.({ type: "punt", slot, class: kind, source, time, payload: copy });
    }
  }

  /** @returns what came of it: `nowhere` when the output had nowhere to send to */
  #output(
    from: FakePort,
    output: RuleOutput,
    payload: Uint8Array,
    { isRtp }: Received,
    tos: number,
  ): "taken" | "muted" | "nowhere" {
    const port = this.#targets.get(output);
    if (port === undefined || !port.open || port.onHold) return "nowhere";
    const destination = output.dst ?? port.remote;
    if (destination === undefined) return "nowhere";
    if (!isSendable(destination, port.local)) {
      port.countUnsendable();
      return "taken";
    }
    const packet = isRtp ? editRtp(payload, from.rule!, output) : payload.slice();
    if (packet === undefined) return "muted";
    this.#transmit(port, destination, packet, output.tos ?? tos);
    return "taken";
  }

  #transmit(port: FakePort, destination: Endpoint, payload: Uint8Array, tos: number): void {
    port.countSent(payload.length, this.#clock.wall());
    const packet = { slot: port.slot, source: port.local, destination, payload, tos };
    this.sent.push(packet);
    this.#onSent?.(packet);
  }

  #port(slot: Slot): FakePort {
    const port = this.#ports[slot];
    if (port === undefined || !port.open) throw new RangeError(`slot ${slot} is not open`);
    return port;
  }
}

/** Whether a packet may be sent there from a port on `local`. */
function isSendable(destination: Endpoint, local: Endpoint): boolean {
  if (destination.family !== local.family || destination.port === 0) return false;
  const ip = parseIp(destination.address);
  if (ip === undefined) return false;
  const kind = classifyIp(ip);
  return kind !== "unspecified" && kind !== "multicast" && kind !== "broadcast" &&
    kind !== "reserved";
}
