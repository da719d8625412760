/**
 * The engine for production: ports, rules and counters of the C relay core.
 *
 * @module
 */

import { type Endpoint, formatEndpoint, sameEndpoint } from "../core/endpoint.ts";
import { classOfBit, EventType, type RawEvent } from "./abi_events.ts";
import { Errno, errnoText } from "./ffi.ts";
import type { AddrBuffer } from "./abi_addr.ts";
import type { FfiCore } from "./ffi_core.ts";
import type { TrafficSums } from "./traffic.ts";
import type {
  KernelShare,
  RelayEngine,
  RelayEvent,
  Rule,
  Slot,
  SlotCounters,
  SrtpKeys,
} from "./types.ts";

/** RelayEngine over a {@link FfiCore}. */
export class FfiEngine implements RelayEngine {
  readonly #core: FfiCore;
  readonly #locals = new Map<Slot, Endpoint>();
  readonly #localOf = (slot: Slot) => this.#locals.get(slot);
  readonly #nowhere: Uint8Array<ArrayBuffer>;
  readonly #address: AddrBuffer;
  #handler: ((event: RelayEvent) => void) | undefined;

  constructor(core: FfiCore) {
    this.#core = core;
    this.#nowhere = core.addr.encode(undefined);
    this.#address = core.addr.buffer();
    core.onRecord((record) => this.#record(record));
  }

  get mode(): string {
    return this.#core.mode;
  }

  get modeReason(): string {
    return this.#core.modeReason;
  }

  /** Number of open slots. */
  get openSlots(): number {
    return this.#locals.size;
  }

  open(local: Endpoint): Slot | "in-use" | "no-address" | "no-slot" {
    const { library, handle, addr } = this.#core;
    const result = library.rtpe_port_open(handle, addr.fill(this.#address, local));
    if (result >= 0) {
      this.#locals.set(result, local);
      return result;
    }
    switch (-result) {
      case Errno.AddressInUse:
        return "in-use";
      case Errno.AddressNotAvailable:
        return "no-address";
      case Errno.NoSpace:
      case Errno.NoMemory:
      case Errno.TooManyFiles:
      case Errno.TooManyFilesSystem:
        return "no-slot";
      default:
        throw new Error(`cannot open port ${formatEndpoint(local)}: ${errnoText(result)}`);
    }
  }

  sourceTowards(target: Endpoint): string | undefined {
    const { library, addr } = this.#core;
    const source = addr.buffer();
    const result = library.rtpe_route_source(addr.fill(this.#address, target), source.bytes);
    return result < 0 ? undefined : addr.read(source.view, 0)?.address;
  }

  close(...slots: readonly Slot[]): void {
    const open = slots.filter((slot) => this.#locals.delete(slot));
    if (open.length === 0) return;
    const { library, handle } = this.#core;
    library.rtpe_ports_close(handle, new Uint32Array(open), open.length);
  }

  setRule(slot: Slot, rule: Rule): void {
    const { library, handle, rules } = this.#core;
    const local = this.#local(slot);
    const bytes = rules.encode(rule, local, this.#localOf);
    const result = library.rtpe_rule_set(handle, slot, bytes, bytes.length);
    if (rule.decrypt !== undefined || rule.outputs.some(({ encrypt }) => encrypt)) rules.wipe();
    if (result < 0) throw new Error(`rule for slot ${slot} refused: ${errnoText(result)}`);
  }

  clearRule(slot: Slot): void {
    this.#local(slot);
    const { library, handle } = this.#core;
    library.rtpe_rule_clear(handle, slot);
  }

  setClockRate(slot: Slot, payloadType: number, rate: number): void {
    this.#local(slot);
    const { library, handle } = this.#core;
    library.rtpe_clock_rate_set(handle, slot, payloadType, rate);
  }

  restore(slot: Slot, past: SlotCounters): void {
    this.#local(slot);
    const { library, handle, past: codec } = this.#core;
    const bytes = codec.encode(past);
    const result = library.rtpe_port_restore(handle, slot, bytes, bytes.length);
    if (result < 0) throw new Error(`counters for slot ${slot} refused: ${errnoText(result)}`);
    if (past.srtp === undefined) return;
    const srtp = library.rtpe_srtp_restore(handle, slot, past.srtp, past.srtp.length);
    if (srtp < 0) throw new Error(`SRTP state for slot ${slot} refused: ${errnoText(srtp)}`);
  }

  moveKeys(from: Slot, to: Slot): void {
    this.#local(from);
    this.#local(to);
    const { library, handle } = this.#core;
    const result = library.rtpe_srtp_move(handle, from, to);
    if (result < 0) {
      throw new Error(`SRTP state of slot ${from} stays there: ${errnoText(result)}`);
    }
  }

  send(slot: Slot, payload: Uint8Array, dst?: Endpoint, keys?: SrtpKeys): boolean {
    this.#local(slot);
    const { library, handle, addr, srtp } = this.#core;
    const destination = dst === undefined ? this.#nowhere : addr.fill(this.#address, dst);
    const bytes = payload as Uint8Array<ArrayBuffer>;
    if (keys === undefined) {
      return library.rtpe_port_send(handle, slot, destination, bytes, bytes.length) >= 0;
    }
    const sealed = new Uint8Array(srtp.size);
    srtp.write(sealed, 0, keys);
    const result = library.rtpe_port_send_srtcp(
      handle,
      slot,
      destination,
      bytes,
      bytes.length,
      sealed,
    );
    sealed.fill(0);
    return result >= 0;
  }

  counters(slot: Slot): SlotCounters {
    const { counters, kernel } = this.#core;
    return kernel === undefined
      ? counters.read(this.#index(slot))
      : kernel.read(this.#index(slot), counters);
  }

  addTraffic(slot: Slot, sums: TrafficSums): void {
    const { counters, kernel } = this.#core;
    if (kernel?.counts(this.#index(slot)) === true) sums.add(kernel.read(slot, counters));
    else counters.addTo(this.#index(slot), sums);
  }

  lastRx(slot: Slot): number {
    const { counters, kernel } = this.#core;
    return kernel?.counts(this.#index(slot)) === true
      ? kernel.lastRx(slot)
      : counters.lastRx(this.#index(slot));
  }

  forwarding(slot: Slot): Pick<KernelShare, "forwards" | "obstacle"> | undefined {
    return this.#core.kernel?.forwarding(this.#index(slot));
  }

  onEvent(handler: (event: RelayEvent) => void): void {
    this.#handler = handler;
  }

  shutdown(): void {
    this.#locals.clear();
    this.#handler = undefined;
    this.#core.shutdown();
  }

  #record({ type, reason, slot, time, source, destination, payload }: RawEvent): void {
    if (this.#handler === undefined || source === undefined || destination === undefined) return;
    if (type !== EventType.Punt && type !== EventType.Remote) return;
    // records of a port that was closed, and whose slot may be somebody else's by now
    const local = this.#locals.get(slot);
    if (local === undefined || !sameEndpoint(local, destination)) return;
    if (type === EventType.Remote) {
      const confirmed = reason !== 0 || this.#core.counters.isConfirmed(slot);
      this.#handler({ type: "remote", slot, remote: source, confirmed, time });
      return;
    }
    const kind = classOfBit(reason);
    if (kind !== undefined) {
      this.#handler({ type: "punt", slot, class: kind, source, time, payload });
    }
  }

  #local(slot: Slot): Endpoint {
    const local = this.#locals.get(slot);
    if (local === undefined) throw new RangeError(`slot ${slot} is not open`);
    return local;
  }

  #index(slot: Slot): Slot {
    if (!Number.isInteger(slot) || slot < 0 || slot >= this.#core.maxSlots) {
      throw new RangeError(`slot ${slot} is not within 0..${this.#core.maxSlots - 1}`);
    }
    return slot;
  }
}
