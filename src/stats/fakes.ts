/**
 * Calls and a relay made of plain values, for the tests of statistics and of the control tree.
 *
 * @module
 */

import type {
  CallRegistry,
  CallView,
  CloseReason,
  MediaView,
  ParticipantView,
  StreamView,
} from "../call/types.ts";
import { FakeClock } from "../core/clock.ts";
import { NO_COUNTERS } from "../relay/no_counters.ts";
import { TrafficSums } from "../relay/traffic.ts";
import type { QualityReader } from "../quality/types.ts";
import type { LocalAddress, SlotCounters, SsrcCounters } from "../relay/types.ts";
import type { KernelHealth, RelayHealth, ReportedRelay } from "./sources.ts";
import { Statistics } from "./statistics.ts";

/** A local address with ports 30000 to 39999. */
export function fakeAddress(name = "default", address = "127.0.0.1"): LocalAddress {
  const family = address.includes(":") ? 6 : 4;
  return {
    name,
    family,
    address,
    advertised: address,
    advertisedFamily: family,
    portMin: 30000,
    portMax: 39999,
  };
}

/** A relay with `used` ports of each address open, and the traffic of the streams of `calls`. */
export function fakeRelay(
  addresses: readonly LocalAddress[],
  calls: FakeCalls,
  used = 0,
): ReportedRelay {
  const total = 10000;
  return {
    engine: {
      mode: "fake",
      modeReason: "no packets",
      lastRx(slot) {
        for (const stream of calls.streams()) {
          if (stream.slot === slot) return stream.counters()?.lastRx ?? 0;
        }
        return 0;
      },
      forwarding(slot) {
        for (const stream of calls.streams()) {
          if (stream.slot === slot) return stream.counters()?.kernel;
        }
        return undefined;
      },
    },
    addresses,
    usage: () => ({ used, free: total - used, total }),
    traffic: () => {
      const totals = new Map(addresses.map((local) => [local, new TrafficSums()]));
      for (const stream of calls.streams()) {
        const counters = stream.counters();
        const at = addresses.find(({ address }) => address === stream.local?.address.address);
        if (at !== undefined && counters !== undefined) totals.get(at)!.add(counters);
      }
      return totals;
    },
  };
}

/** Counters of a slot, all 0 but for `values`. */
export function fakeCounters(values: Partial<SlotCounters> = {}): SlotCounters {
  return { ...NO_COUNTERS, ...values };
}

/** Counters of an RTP source, all 0 but for `values`. */
export function fakeSsrc(values: Partial<SsrcCounters> = {}): SsrcCounters {
  return {
    ssrc: 0,
    packets: 0,
    bytes: 0,
    payloadBytes: 0,
    first: 0,
    last: 0,
    payloadType: 8,
    lastTimestamp: 0,
    clockRate: 8000,
    maxSequence: 0,
    cycles: 0,
    lost: 0,
    jitter: 0,
    duplicates: 0,
    reordered: 0,
    resets: 0,
    ...values,
  };
}

let slots = 0;

/** A stream; `counters` may be a function, to change between two looks. */
export function fakeStream(
  values: Partial<Omit<StreamView, "counters">> & {
    readonly counters?: Partial<SlotCounters> | (() => Partial<SlotCounters>);
  } = {},
): StreamView {
  const { counters, ...rest } = values;
  const local = "local" in values ? values.local : { address: fakeAddress(), port: 30000 };
  return {
    component: "rtp",
    endpoint: undefined,
    advertised: undefined,
    flags: [],
    slot: local === undefined ? undefined : slots++,
    ...rest,
    local,
    counters: () =>
      local === undefined
        ? undefined
        : fakeCounters(typeof counters === "function" ? counters() : counters),
  };
}

/** A media section. */
export function fakeMedia(streams: readonly StreamView[], values: Partial<MediaView> = {}) {
  return {
    index: 1,
    type: "audio",
    protocol: "RTP/AVP",
    codec: undefined,
    flags: [],
    ...values,
    streams,
  } satisfies MediaView;
}

/** A participant. */
export function fakeParty(values: Partial<ParticipantView> = {}): ParticipantView {
  return {
    tag: "tag",
    aliases: [],
    viaBranch: undefined,
    label: undefined,
    metadata: undefined,
    created: 1_700_000_000_000,
    medias: [],
    subscriptions: [],
    subscribers: [],
    inDialogueWith: undefined,
    ...values,
  };
}

/** A call. */
export function fakeCall(values: Partial<CallView> = {}): CallView {
  return {
    callId: "call",
    created: 1_700_000_000_000,
    lastSignal: 1_700_000_000_000,
    createdFrom: "127.0.0.1:5060",
    proxy: "127.0.0.1",
    aliases: [],
    tos: 0,
    metadata: undefined,
    deleting: false,
    foreign: false,
    recording: false,
    participants: [],
    ...values,
  };
}

/** Calls that a test puts in and takes out; ended calls are remembered. */
export class FakeCalls implements CallRegistry {
  readonly #calls = new Map<string, CallView>();
  readonly #past: CallView[] = [];
  /** Calls ended by {@link terminate}. */
  readonly ended: { callId: string; reason: CloseReason }[] = [];
  /** Told about every ended call. */
  onClosed: ((call: CallView, reason: CloseReason) => void) | undefined;

  /** @param calls in order of creation */
  constructor(...calls: readonly CallView[]) {
    for (const call of calls) this.put(call);
  }

  get size(): number {
    return this.#calls.size;
  }

  calls(): Iterable<CallView> {
    return this.#calls.values();
  }

  get(callId: string): CallView | undefined {
    return this.#calls.get(callId);
  }

  terminate(callId: string, reason: CloseReason): boolean {
    const call = this.#calls.get(callId);
    if (call === undefined) return false;
    this.ended.push({ callId, reason });
    this.#past.push(call);
    this.onClosed?.(call, reason);
    return this.#calls.delete(callId);
  }

  /** Streams of all calls, ended ones too. */
  *streams(): Iterable<StreamView> {
    for (const call of [...this.#past, ...this.#calls.values()]) {
      for (const party of call.participants) {
        for (const media of party.medias) yield* media.streams;
      }
    }
  }

  /** Adds a call or replaces it. */
  put(call: CallView): void {
    this.#calls.set(call.callId, call);
  }
}

/** Statistics over fake calls and a fake relay, and what they are made of. */
export function fakeStatistics(
  options: {
    readonly calls?: FakeCalls;
    readonly addresses?: readonly LocalAddress[];
    readonly used?: number;
    readonly health?: () => RelayHealth;
    readonly kernel?: () => KernelHealth;
    readonly maxProxies?: number;
    readonly intervalMs?: number;
    readonly quality?: QualityReader;
  } = {},
): { statistics: Statistics; calls: FakeCalls; clock: FakeClock } {
  const clock = new FakeClock();
  const calls = options.calls ?? new FakeCalls();
  const { health, kernel, maxProxies, intervalMs, quality } = options;
  const statistics = new Statistics({
    clock,
    relay: fakeRelay(options.addresses ?? [fakeAddress()], calls, options.used),
    calls: () => calls,
    process: () => ({ pid: 42, residentBytes: 1000, heapBytes: 500, cpuSeconds: 1.5 }),
    ...(health === undefined ? {} : { health }),
    ...(kernel === undefined ? {} : { kernel }),
    ...(maxProxies === undefined ? {} : { maxProxies }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(quality === undefined ? {} : { quality }),
  });
  calls.onClosed = (call, reason) => statistics.observer.closed(call, reason);
  return { statistics, calls, clock };
}
