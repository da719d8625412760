import assert from "node:assert/strict";
import type { QualitySum, QualityTotals } from "../quality/types.ts";
import type { LocalAddress } from "../relay/types.ts";
import { fakeAddress, fakeCall, FakeCalls, fakeMedia, fakeParty } from "./fakes.ts";
import { fakeSsrc, fakeStatistics, fakeStream } from "./fakes.ts";
import { QUALITIES } from "./metrics.ts";

const INSIDE = fakeAddress("inside", "192.0.2.1");
const OUTSIDE = fakeAddress("outside", "2001:db8::1");

function sum(total: number): QualitySum {
  return { total, squares: total * total, samples: total * 10 };
}

/** Totals whose members are all different. */
function totals(base: number): QualityTotals {
  return {
    mos: sum(base + 1),
    jitter: sum(base + 2),
    rttE2e: sum(base + 3),
    rttDsct: sum(base + 4),
    packetLoss: sum(base + 5),
    jitterMeasured: sum(base + 6),
    packetsLost: base + 7,
    duplicates: base + 8,
    skips: base + 9,
    resets: base + 10,
    reordered: base + 11,
  };
}

function setup() {
  const state = { all: 100 };
  const quality = {
    totals: () => totals(state.all),
    totalsOf: (local: LocalAddress) => totals(local === INSIDE ? 200 : 300),
  };
  const stream = fakeStream({ counters: { ssrcs: [fakeSsrc({ lost: 5, duplicates: 6 })] } });
  const call = fakeCall({ participants: [fakeParty({ medias: [fakeMedia([stream])] })] });
  const calls = new FakeCalls(call);
  const { statistics, clock } = fakeStatistics({ calls, addresses: [INSIDE, OUTSIDE], quality });
  statistics.refresh();
  return { statistics, clock, state };
}

Deno.test("Statistics.refresh takes all sums of quality over, in all and by address", () => {
  const { counters } = setup().statistics;
  QUALITIES.forEach(({ key }, index) => {
    for (
      const [name, base, labels] of [
        [`rtpengine_${key}`, 100, []],
        [`rtpengine_interface_${key}`, 200, ["inside", "192.0.2.1"]],
        [`rtpengine_interface_${key}`, 300, ["outside", "2001:db8::1"]],
      ] as const
    ) {
      const total = base + index + 1;
      assert.equal(counters.get(`${name}_total`, ...labels), total, name);
      assert.equal(counters.get(`${name}2_total`, ...labels), total * total, name);
      assert.equal(counters.get(`${name}_samples_total`, ...labels), total * 10, name);
    }
  });
});

Deno.test("Statistics.refresh counts loss and order as quality has them, not as the relay", () => {
  const { counters } = setup().statistics;
  assert.equal(counters.get("rtpengine_packets_lost"), 107);
  assert.equal(counters.get("rtpengine_rtp_duplicates"), 108);
  assert.equal(counters.get("rtpengine_rtp_skips"), 109);
  assert.equal(counters.get("rtpengine_rtp_seq_resets"), 110);
  assert.equal(counters.get("rtpengine_rtp_reordered"), 111);
  assert.equal(counters.get("rtpengine_interface_packets_lost", "inside", "192.0.2.1"), 207);
  assert.equal(counters.get("rtpengine_interface_duplicates", "outside", "2001:db8::1"), 308);
});

Deno.test("Statistics.refresh lets no counter of quality go back", () => {
  const { statistics, clock, state } = setup();
  state.all = 50;
  clock.advance(1000);
  statistics.refresh();
  assert.equal(statistics.counters.get("rtpengine_mos_total"), 101);
  state.all = 150;
  statistics.refresh();
  assert.equal(statistics.counters.get("rtpengine_mos_total"), 151);
});
