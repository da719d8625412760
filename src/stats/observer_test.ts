import assert from "node:assert/strict";
import type { CallView, CloseReason } from "../call/types.ts";
import { FakeClock } from "../core/clock.ts";
import { Counters } from "./counters.ts";
import { fakeCall, fakeMedia, fakeParty, fakeStream } from "./fakes.ts";
import { StatsObserver } from "./observer.ts";

function setup() {
  const counters = new Counters();
  const clock = new FakeClock();
  return { counters, clock, observer: new StatsObserver(counters, clock) };
}

/** A call whose parties sent these numbers of packets in the first and second media section. */
function callWith(...packets: readonly (readonly number[])[]): CallView {
  return fakeCall({
    participants: packets.map((sections) =>
      fakeParty({
        medias: sections.map((rxPackets) =>
          fakeMedia([
            fakeStream({ counters: { rxPackets } }),
            fakeStream({ component: "rtcp", counters: { rxPackets: 1 } }),
          ])
        ),
      })
    ),
  });
}

Deno.test("StatsObserver.closed counts each reason and the total", () => {
  const { counters, observer } = setup();
  const reasons: CloseReason[] = ["timeout", "silent_timeout", "final_timeout", "offer_timeout"];
  for (const reason of [...reasons, "terminated", "force_terminated"] as CloseReason[]) {
    observer.closed(fakeCall(), reason);
    assert.equal(counters.get("rtpengine_closed_sessions_total", reason), 1, reason);
  }
  assert.equal(counters.get("rtpengine_sessions_total"), 6);
  assert.equal(counters.get("rtpengine_closed_sessions_total", "rejected"), 0);
});

Deno.test("StatsObserver.closed counts an operator's end of a deleted call as regular", () => {
  const { counters, observer } = setup();
  observer.closed(fakeCall({ deleting: true }), "force_terminated");
  assert.equal(counters.get("rtpengine_closed_sessions_total", "terminated"), 1);
  assert.equal(counters.get("rtpengine_closed_sessions_total", "force_terminated"), 0);
});

Deno.test("StatsObserver.rejected counts no session", () => {
  const { counters, observer } = setup();
  observer.rejected("Parallel session limit reached");
  assert.equal(counters.get("rtpengine_closed_sessions_total", "rejected"), 1);
  assert.equal(counters.get("rtpengine_sessions_total"), 0);
});

Deno.test("StatsObserver.closed sums durations and their squares in seconds", () => {
  const { counters, observer, clock } = setup();
  const first = fakeCall({ created: clock.wall() });
  clock.advance(2500);
  const second = fakeCall({ created: clock.wall() });
  observer.closed(first, "terminated");
  clock.advance(4000);
  observer.closed(second, "terminated");
  assert.equal(counters.get("rtpengine_call_duration_total"), 6.5);
  assert.equal(counters.get("rtpengine_call_duration2_total"), 2.5 ** 2 + 4 ** 2);
});

Deno.test("StatsObserver.closed takes a wall clock that went back for no duration", () => {
  const { counters, observer, clock } = setup();
  observer.closed(fakeCall({ created: clock.wall() + 60_000 }), "terminated");
  assert.equal(counters.get("rtpengine_call_duration_total"), 0);
});

Deno.test("StatsObserver.closed tells silent, one-way and two-way calls by the first section", () => {
  const cases: [packets: number[][], silent: number, oneWay: number][] = [
    [[[5, 0], [7, 0]], 0, 0],
    [[[5, 5], [0, 0]], 0, 1],
    [[[5, 0], [0, 5]], 0, 1],
    [[[0, 5], [0, 0]], 1, 0],
    [[[0], [0], [0]], 1, 0],
    [[[3], [0], [4]], 0, 0],
    [[], 1, 0],
  ];
  for (const [packets, silent, oneWay] of cases) {
    const { counters, observer } = setup();
    observer.closed(callWith(...packets), "terminated");
    const seen = [
      counters.get("rtpengine_zero_packet_streams_total"),
      counters.get("rtpengine_one_way_sessions_total"),
    ];
    assert.deepEqual(seen, [silent, oneWay], JSON.stringify(packets));
  }
});

Deno.test("StatsObserver.closed takes dropped packets for no media", () => {
  const { counters, observer } = setup();
  const dropped = fakeStream({ counters: { rxPackets: 50, rxErrors: 50 } });
  const parties = [fakeParty({ medias: [fakeMedia([dropped])] })];
  observer.closed(fakeCall({ participants: parties }), "terminated");
  assert.equal(counters.get("rtpengine_zero_packet_streams_total"), 1);
});
