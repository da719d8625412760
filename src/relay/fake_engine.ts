/**
 * A relay engine in memory with a virtual network around it, for tests: packets are injected by call and
 * those that leave are kept in a list. It follows `rtpe_rule.h` packet by packet and passes the same
 * conformance suite as the engines that open sockets.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { FakePort } from "./fake_port.ts";
import type { RelayEngine, RelayEvent, Rule, Slot, SlotCounters } from "./types.ts";

/** A datagram that left the engine. */
export interface SentPacket {
  /** Slot it left from. */
  readonly slot: Slot;
  /** Local address and port it left from. */
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly payload: Uint8Array;
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
  readonly mode = "fake";
  readonly modeReason = "";
  /** Everything that was sent, oldest first; clear it with `sent.length = 0`. */
  readonly sent: SentPacket[] = [];
  readonly #clock: Clock;
  readonly #maxSlots: number;
  readonly #addresses: ReadonlySet<string> | undefined;
  readonly #ports: FakePort[] = [];
  readonly #free: Slot[] = [];
  readonly #byLocal = new Map<string, Slot>();
  readonly #occupied = new Set<string>();
  #onEvent: ((event: RelayEvent) => void) | undefined;
  #onSent: ((packet: SentPacket) => void) | undefined;

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

  open(local: Endpoint): Slot | "in-use" | "no-address" | "no-slot" {
    const key = formatEndpoint(local);
    if (this.#addresses !== undefined && !this.#addresses.has(local.address)) return "no-address";
    if (this.#occupied.has(key) || this.#byLocal.has(key)) return "in-use";
    const slot = this.#free.pop() ?? this.#ports.length;
    if (slot >= this.#maxSlots) return "no-slot";
    this.#ports[slot] = new FakePort(local);
    this.#byLocal.set(key, slot);
    return slot;
  }

  close(slot: Slot): void {
    const port = this.#port(slot);
    this.#byLocal.delete(formatEndpoint(port.local));
    port.open = false;
    this.#free.push(slot);
  }

  setRule(slot: Slot, rule: Rule): void {
    for (const output of rule.outputs) this.#port(output.slot);
    this.#port(slot).setRule(rule, this.#clock.now());
  }

  clearRule(slot: Slot): void {
    this.#port(slot).clearRule();
  }

  /** The rule installed on a slot. */
  rule(slot: Slot): Rule | undefined {
    return this.#port(slot).rule;
  }

  send(slot: Slot, payload: Uint8Array, dst?: Endpoint): boolean {
    const port = this.#port(slot);
    const destination = dst ?? port.learner.remote;
    if (destination === undefined) return false;
    this.#transmit(slot, port, destination, payload, 0);
    return true;
  }

  counters(slot: Slot): SlotCounters {
    const port = this.#ports[slot];
    if (port === undefined) throw new RangeError(`slot ${slot} was never open`);
    return port.snapshot();
  }

  lastRx(slot: Slot): number {
    return this.#ports[slot]?.lastRx ?? 0;
  }

  onEvent(handler: (event: RelayEvent) => void): void {
    this.#onEvent = handler;
  }

  /** Calls `handler` for each packet that leaves, after it is in {@link sent}. */
  onSent(handler: (packet: SentPacket) => void): void {
    this.#onSent = handler;
  }

  shutdown(): void {
    for (const slot of [...this.#byLocal.values()]) this.close(slot);
    this.#onEvent = undefined;
  }

  /**
   * A packet arrives from the virtual network.
   *
   * @param to slot, or local endpoint (nothing happens when it is not open)
   * @param tos TOS byte of the packet
   */
  inject(to: Slot | Endpoint, payload: Uint8Array, source: Endpoint, tos = 0): void {
    const slot = typeof to === "number" ? to : this.#byLocal.get(formatEndpoint(to));
    const port = slot === undefined ? undefined : this.#ports[slot];
    if (slot === undefined || port === undefined || !port.open) return;
    const time = this.#clock.wall();
    const result = port.receive(payload, source, this.#clock.now(), time);
    const { remote, confirmed } = port.learner;
    if (result.remoteChanged && remote !== undefined) {
      this.#onEvent?.({ type: "remote", slot, remote, confirmed, time });
    }
    if (result.punt !== undefined) {
      const copy = payload.slice();
      this.#onEvent?.({ type: "punt", slot, class: result.punt, source, time, payload: copy });
    }
    let forwarded = 0;
    for (const output of result.outputs) {
      const out = this.#ports[output.slot];
      if (out === undefined || !out.open) continue;
      const destination = output.dst ?? out.followed();
      if (destination === undefined) continue;
      const packet = payload.slice();
      if (output.ssrcOut !== undefined && packet.length >= 12) {
        new DataView(packet.buffer).setUint32(8, output.ssrcOut);
      }
      this.#transmit(output.slot, out, destination, packet, output.tos ?? tos);
      forwarded++;
    }
    if (result.forward && forwarded === 0) port.noDestination();
  }

  #transmit(
    slot: Slot,
    port: FakePort,
    destination: Endpoint,
    payload: Uint8Array,
    tos: number,
  ): void {
    port.countSent(payload.length, this.#clock.wall());
    const packet = { slot, source: port.local, destination, payload: payload.slice(), tos };
    this.sent.push(packet);
    this.#onSent?.(packet);
  }

  #port(slot: Slot): FakePort {
    const port = this.#ports[slot];
    if (port === undefined || !port.open) throw new RangeError(`slot ${slot} is not open`);
    return port;
  }
}
