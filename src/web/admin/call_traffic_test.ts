import assert from "node:assert/strict";
import type { CallView, MediaView, ParticipantView } from "../../call/types.ts";
import type { SlotCounters } from "../../relay/types.ts";
import { lossOf, SILENCE_MS, trafficOf } from "./call_traffic.ts";

const NOW = 1_700_000_000_000;
const LOCAL = {
  name: "pub",
  family: 4,
  address: "203.0.113.1",
  advertised: "203.0.113.1",
  advertisedFamily: 4,
  portMin: 30_000,
  portMax: 30_100,
} as const;
const REMOTE = { family: 4, address: "198.51.100.1", port: 4000 } as const;

interface Party {
  /** ms ago; absent = never */
  readonly heard?: number;
  readonly flags?: readonly string[];
  readonly described?: boolean;
  /** Nobody hears it. */
  readonly alone?: boolean;
  readonly kernel?: boolean;
  readonly lost?: number;
}

function party({ heard, flags = ["send", "recv"], described = true, ...more }: Party) {
  const counters = {
    lastRx: heard === undefined ? 0 : NOW - heard,
    ssrcs: [{ packets: 90, lost: more.lost ?? 0 }],
    ...(more.kernel === undefined ? {} : { kernel: { forwards: more.kernel } }),
  } as unknown as SlotCounters;
  const stream: MediaView["streams"][number] = {
    component: "rtp",
    local: { address: LOCAL, port: 30_000 },
    endpoint: undefined,
    advertised: described ? REMOTE : undefined,
    slot: undefined,
    counters: () => counters,
    flags: [],
  };
  const subscribers = more.alone === true ? [] : [{}];
  return { medias: [{ flags, streams: [stream] }], subscribers } as unknown as ParticipantView;
}

function traffic(parties: readonly Party[], call: Partial<CallView> = {}) {
  const old = NOW - 60_000;
  const view = { created: old, lastSignal: old, deleting: false, foreign: false, ...call };
  return trafficOf({ ...view, participants: parties.map(party) } as unknown as CallView, NOW);
}

Deno.test("trafficOf() adds up packets and losses of all parties, duplicates make up for nothing", () => {
  const { packets, lost, problem } = traffic([{ heard: 5, lost: 20 }, { heard: 5, lost: -7 }]);
  assert.deepEqual([packets, lost, problem], [180, 20, undefined]);
  assert.equal(lossOf({ packets, lost }), 0.1);
  assert.equal(lossOf({ packets: 0, lost: 0 }), undefined);
});

Deno.test("trafficOf() tells one-way calls and calls without media", () => {
  assert.equal(traffic([{ heard: 5 }, { heard: SILENCE_MS + 1 }]).problem, "one-way");
  assert.equal(traffic([{ heard: 5 }, {}]).problem, "one-way");
  assert.equal(traffic([{}, { heard: SILENCE_MS + 1 }]).problem, "no-media");
});

Deno.test("trafficOf() sees no problem where silence is meant, or it is too early to tell", () => {
  const silent = ["send"];
  const quiet = [{ heard: 5 }, { flags: silent }];
  assert.equal(traffic(quiet).problem, undefined, "a party that only listens");
  assert.equal(traffic([{ flags: silent }, { flags: [] }]).problem, undefined, "on hold");
  assert.equal(traffic([{}, { described: false }]).problem, undefined, "not answered");
  const fork = [{ heard: 5 }, { heard: 5 }, { alone: true }];
  assert.equal(traffic(fork).problem, undefined, "a branch that was not taken");
  const parties = [{}, {}];
  assert.equal(traffic(parties, { created: NOW - 9000 }).problem, undefined, "it is young");
  assert.equal(traffic(parties, { lastSignal: NOW - 9000 }).problem, undefined, "it has changed");
  assert.equal(traffic(parties, { foreign: true }).problem, undefined, "another instance has it");
  assert.equal(traffic(parties, { deleting: true }).problem, undefined, "it ends");
});

Deno.test("trafficOf() says kernel when any stream of the call is there", () => {
  assert.equal(traffic([{ kernel: false }, { kernel: true }]).forwarder, "kernel");
  assert.equal(traffic([{ kernel: false }, {}]).forwarder, "core");
});
