import assert from "node:assert/strict";
import { checkSnapshot } from "./snapshot.ts";
import type { SlotCounters, SsrcCounters } from "./types.ts";

const SOURCE: SsrcCounters = {
  ssrc: 0xffffffff,
  packets: 10,
  bytes: 1720,
  payloadBytes: 1600,
  first: 1e12,
  last: 1e12 + 200,
  payloadType: 127,
  lastTimestamp: 0xffffffff,
  clockRate: 8000,
  maxSequence: 0xffff,
  cycles: 0,
  lost: -10,
  jitter: 0.5,
  duplicates: 10,
  reordered: 0,
  resets: 0,
};
const PAST: SlotCounters = {
  rxPackets: Number.MAX_SAFE_INTEGER,
  rxBytes: 0,
  rxErrors: 1,
  txPackets: 0,
  txBytes: 0,
  txErrors: 0,
  lastRx: 1e12,
  lastTx: 0,
  dropSource: 0xffffffff,
  dropMalformed: 0,
  dropFiltered: 0,
  dropNoRule: 0,
  dropAuth: 0,
  dropReplay: 0,
  punted: 0,
  remote: { family: 4, address: "192.0.2.1", port: 5004 },
  confirmed: true,
  learned: true,
  ssrcs: [SOURCE],
  payloads: [{ payloadType: 127, packets: 10, bytes: 1720 }],
};

function refuses(change: Partial<SlotCounters>, why: RegExp): void {
  assert.throws(() => checkSnapshot({ ...PAST, ...change }), (error) => {
    assert.ok(error instanceof RangeError);
    assert.match(error.message, why);
    return true;
  });
}

function refusesSource(change: Partial<SsrcCounters>, why: RegExp): void {
  refuses({ ssrcs: [{ ...SOURCE, ...change }] }, why);
}

Deno.test("checkSnapshot takes what a port can have counted", () => {
  checkSnapshot(PAST);
  checkSnapshot({ ...PAST, ssrcs: [], payloads: [], remote: undefined, learned: false });
});

Deno.test("checkSnapshot names the number that is none", () => {
  refuses({ rxBytes: -1 }, /^rxBytes -1 is not within 0\.\.9007199254740991$/);
  refuses({ txPackets: 1.5 }, /^txPackets 1.5 /);
  refuses({ lastRx: Infinity }, /^lastRx Infinity /);
  refuses({ dropNoRule: 2 ** 32 }, /^dropNoRule 4294967296 is not within 0\.\.4294967295$/);
  // from a file, anything may come
  refuses({ punted: "7" as unknown as number }, /^punted 7 /);
  refusesSource({ ssrc: -1 }, /^ssrc -1 of SSRC -1 /);
  refusesSource({ payloadType: 128 }, /^payloadType 128 of SSRC 4294967295 /);
  const type = (payloadType: number) => ({ payloadType, packets: 1, bytes: 2 });
  refuses({ payloads: [type(128)] }, /^payloadType 128 of payload type 128 /);
  refuses({ payloads: [{ ...type(0), packets: -1 }] }, /^packets -1 of payload type 0 /);
  refuses({ payloads: [0, 1, 2, 3, 4, 5, 6, 7, 8].map(type) }, /^9 payload types are more than 8/);
  refuses({ payloads: [type(8), type(8)] }, /payload type is there twice/);
  refusesSource({ cycles: 0xffff }, /^cycles 65535 /);
});

Deno.test("checkSnapshot refuses numbers that contradict each other", () => {
  refuses({ rxPackets: 0 }, /^rxErrors 1 are more than rxPackets 0$/);
  refuses({ remote: undefined }, /learned and there is none/);
  refuses({ ssrcs: [1, 2, 3, 4, 5].map((ssrc) => ({ ...SOURCE, ssrc })) }, /^5 RTP sources/);
  refuses({ ssrcs: [SOURCE, SOURCE] }, /twice/);
  refusesSource({ clockRate: 0 }, /no rate/);
  refusesSource({ payloadBytes: 1721 }, /more than its bytes/);
  refusesSource({ lost: -11 }, /^lost -11 /);
  refusesSource({ lost: 0.5 }, /^lost 0.5 /);
  refusesSource({ jitter: -1 }, /^jitter -1 /);
  refusesSource({ jitter: NaN }, /^jitter NaN /);
});
