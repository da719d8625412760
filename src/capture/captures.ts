/**
 * Captures of calls: begun, bounded, ended, read once, forgotten. Copies come from the relay core, which
 * never waits for them; everything is kept in memory.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { PacketCopies, Slot } from "../relay/types.ts";
import { pcapngEnd, pcapngHead, pcapngPacket } from "./pcapng.ts";

/** When a capture ends, if nobody ends it before. */
export interface CaptureLimits {
  /** Seconds it lasts, 1..600. */
  readonly seconds: number;
  /** Bytes of the file, 10,000..64 MiB. */
  readonly bytes: number;
  /** Packets, 1..1,000,000. */
  readonly packets: number;
}

/** Ten thousand packets are about 100 s of one audio call. */
export const DEFAULT_CAPTURE: CaptureLimits = { seconds: 60, bytes: 16 << 20, packets: 100_000 };
/** The most that can be asked for. */
export const MAX_CAPTURE: CaptureLimits = { seconds: 600, bytes: 64 << 20, packets: 1_000_000 };
/** The least. */
export const MIN_CAPTURE: CaptureLimits = { seconds: 1, bytes: 10_000, packets: 1 };
/** Captures there may be at a time, those that wait to be read included. */
export const MAX_CAPTURES = 8;
/** Bytes of all captures together. */
export const MAX_TOTAL = 128 << 20;
/** A capture that nobody reads is forgotten after this, in ms. */
export const KEEP_MS = 600_000;

/** Why a capture is over. */
export type CaptureEnd = "time" | "bytes" | "packets" | "memory" | "call ended" | "stopped";

/** A capture as it is shown. */
export interface CaptureState {
  /** Its name. */
  readonly id: string;
  /** Call-ID, as text. */
  readonly call: string;
  /** Wall-clock ms at which it began. */
  readonly started: number;
  /** Wall-clock ms at which it ended; undefined = it is running. */
  readonly ended: number | undefined;
  /** Why it is over. */
  readonly because: CaptureEnd | undefined;
  /** Packets so far. */
  readonly packets: number;
  /** Bytes of the file so far. */
  readonly bytes: number;
  /** Packets of all captures that could not be copied while this one ran. */
  readonly lost: number;
  /** When it ends by itself. */
  readonly limits: CaptureLimits;
}

/** A port of a call. */
export interface CapturePort {
  /** Slot in the relay core. */
  readonly slot: Slot;
  /** Where it is open. */
  readonly local: Endpoint;
}

/** What {@link Captures} works with. */
export interface CaptureParts {
  /** Copies packets. */
  readonly copies: PacketCopies;
  /** Ports a call has now; undefined = the call is over. */
  readonly portsOf: (callId: string) => readonly CapturePort[] | undefined;
  /** Time. */
  readonly clock: Clock;
  /** Name and version of the program, for the file. */
  readonly application: string;
}

/** There are enough captures. */
export class CaptureLimitError extends Error {
  /** Always `CaptureLimitError`. */
  override readonly name = "CaptureLimitError";
}

interface Running {
  readonly id: string;
  /** Byte string. */
  readonly callId: string;
  readonly call: string;
  readonly limits: CaptureLimits;
  readonly started: number;
  readonly since: number;
  readonly lostBefore: number;
  readonly ports: Map<Slot, Endpoint>;
  readonly chunks: Uint8Array<ArrayBuffer>[];
  packets: number;
  bytes: number;
  ended: { readonly at: number; readonly wall: number; readonly because: CaptureEnd } | undefined;
  lost: number;
}

/** The captures. */
export class Captures {
  readonly #parts: CaptureParts;
  readonly #all = new Map<string, Running>();
  /** Whose packets a slot's are. */
  readonly #owners = new Map<Slot, Set<Running>>();

  /** None yet. */
  constructor(parts: CaptureParts) {
    this.#parts = parts;
  }

  /**
   * Begins to capture a call.
   *
   * @param callId byte string
   * @param call the same as text
   * @returns undefined when there is no such call
   * @throws CaptureLimitError when there are enough
   */
  start(callId: string, call: string, limits: CaptureLimits): CaptureState | undefined {
    const { clock, copies, portsOf, application } = this.#parts;
    const ports = portsOf(callId);
    if (ports === undefined) return undefined;
    if (this.#all.size >= MAX_CAPTURES) {
      throw new CaptureLimitError(`there are ${MAX_CAPTURES} captures already`);
    }
    const head = pcapngHead(application, `Call-ID: ${call}`);
    const capture: Running = {
      id: crypto.randomUUID(),
      callId,
      call,
      limits: bounded(limits),
      started: clock.wall(),
      since: clock.now(),
      lostBefore: copies.lost,
      ports: new Map(),
      chunks: [head],
      packets: 0,
      bytes: head.length,
      ended: undefined,
      lost: 0,
    };
    this.#all.set(capture.id, capture);
    this.#follow(capture, ports);
    return stateOf(capture);
  }

  /** All captures, the newest last. */
  list(): CaptureState[] {
    return [...this.#all.values()].map(stateOf);
  }

  /** One; undefined when there is none, or it was read already. */
  get(id: string): CaptureState | undefined {
    const capture = this.#all.get(id);
    return capture && stateOf(capture);
  }

  /** Ends one; what it has stays to be read. @returns whether there is such a capture */
  stop(id: string): boolean {
    const capture = this.#all.get(id);
    if (capture === undefined) return false;
    this.#take();
    this.#end(capture, "stopped");
    return true;
  }

  /** Ends one and forgets it. @returns whether there was one */
  remove(id: string): boolean {
    if (!this.stop(id)) return false;
    return this.#all.delete(id);
  }

  /** The file of a capture, which ends and is forgotten. */
  read(id: string): readonly Uint8Array<ArrayBuffer>[] | undefined {
    const capture = this.#all.get(id);
    if (capture === undefined) return undefined;
    this.stop(id);
    this.#all.delete(id);
    return [...capture.chunks, pcapngEnd(capture.lost, this.#parts.clock.wall())];
  }

  /** Takes what was copied, follows the calls, ends what is over; ten times a second or so. */
  tick(): void {
    if (this.#all.size === 0) return;
    if (this.#owners.size > 0) this.#take();
    const { clock, portsOf } = this.#parts;
    const now = clock.now();
    for (const capture of this.#all.values()) {
      const { ended, limits, since, callId } = capture;
      if (ended !== undefined) {
        if (now - ended.at >= KEEP_MS) this.#all.delete(capture.id);
        continue;
      }
      const ports = portsOf(callId);
      if (ports === undefined) this.#end(capture, "call ended");
      else if (now - since >= limits.seconds * 1000) this.#end(capture, "time");
      else this.#follow(capture, ports);
    }
  }

  /** A call has ports by and by. */
  #follow(capture: Running, ports: readonly CapturePort[]): void {
    const { copies } = this.#parts;
    for (const { slot, local } of ports) {
      const known = capture.ports.get(slot);
      if (known !== undefined && known.port === local.port && known.address === local.address) {
        continue;
      }
      if (!copies.set(slot, true)) continue;
      capture.ports.set(slot, local);
      const owners = this.#owners.get(slot) ?? new Set();
      this.#owners.set(slot, owners.add(capture));
    }
  }

  #take(): void {
    for (const packet of this.#parts.copies.take()) {
      const local = packet.outgoing ? packet.source : packet.destination;
      for (const capture of this.#owners.get(packet.slot) ?? []) {
        // a slot may be another call's by now
        const own = capture.ports.get(packet.slot);
        if (own?.port !== local.port || own.address !== local.address) continue;
        if (packet.source.family !== packet.destination.family) continue;
        this.#add(capture, pcapngPacket(packet));
      }
    }
  }

  #add(capture: Running, record: Uint8Array<ArrayBuffer>): void {
    const { limits } = capture;
    if (capture.ended !== undefined) return;
    if (capture.bytes + record.length > limits.bytes) return this.#end(capture, "bytes");
    if (this.#total() + record.length > MAX_TOTAL) return this.#end(capture, "memory");
    capture.chunks.push(record);
    capture.bytes += record.length;
    capture.packets++;
    if (capture.packets >= limits.packets) this.#end(capture, "packets");
  }

  #total(): number {
    let total = 0;
    for (const { bytes } of this.#all.values()) total += bytes;
    return total;
  }

  #end(capture: Running, because: CaptureEnd): void {
    if (capture.ended !== undefined) return;
    const { copies, clock } = this.#parts;
    capture.ended = { at: clock.now(), wall: clock.wall(), because };
    capture.lost = copies.lost - capture.lostBefore;
    for (const slot of capture.ports.keys()) {
      const owners = this.#owners.get(slot);
      owners?.delete(capture);
      if (owners !== undefined && owners.size > 0) continue;
      this.#owners.delete(slot);
      copies.set(slot, false);
    }
  }
}

function stateOf(capture: Running): CaptureState {
  const { id, call, started, ended, packets, bytes, lost, limits } = capture;
  return {
    id,
    call,
    started,
    ended: ended?.wall,
    because: ended?.because,
    packets,
    bytes,
    lost,
    limits,
  };
}

function bounded(limits: CaptureLimits): CaptureLimits {
  const clamp = (name: keyof CaptureLimits) =>
    Math.max(MIN_CAPTURE[name], Math.min(MAX_CAPTURE[name], limits[name]));
  return { seconds: clamp("seconds"), bytes: clamp("bytes"), packets: clamp("packets") };
}
