import assert from "node:assert/strict";
import { COMMANDS } from "./commands.ts";
import { fakeCall, fakeStatistics } from "./fakes.ts";
import { jsonStats, statisticsReply } from "./jsonstats.ts";
import type { CommandReport, IntervalReport } from "./interval.ts";

const PEER = { family: 4, address: "192.0.2.7", port: 5060 } as const;

function setup(intervalMs = 3000) {
  const fakes = fakeStatistics({ intervalMs });
  const reports: IntervalReport[] = [];
  fakes.statistics.onInterval((report) => reports.push(report));
  const request = (command: string, ms: number, duplicate = false, ok = true): void =>
    fakes.statistics.ngObserver({
      command,
      source: { transport: "udp", peer: PEER, local: PEER },
      ms,
      ok,
      duplicate,
    });
  const run = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      fakes.clock.advance(1000);
      fakes.statistics.tick();
    }
  };
  fakes.statistics.tick();
  return { ...fakes, reports, request, run };
}

function of(report: IntervalReport | undefined, command: string): CommandReport {
  return report!.commands[COMMANDS.findIndex(({ request }) => request === command)]!;
}

Deno.test("IntervalStatistics ends the first interval at once, then one every interval", () => {
  const { reports, run, clock } = setup();
  assert.equal(reports.length, 1);
  run(2);
  assert.equal(reports.length, 1);
  run(1);
  assert.deepEqual(reports.map(({ time }) => time), [clock.wall() - 3000, clock.wall()]);
  run(9);
  assert.equal(reports.length, 5);
});

Deno.test("IntervalStatistics keeps its beat when ticks are a little early or late", () => {
  const { reports, clock, statistics } = setup(1000);
  for (let tick = 0; tick < 100; tick++) {
    clock.advance(tick % 2 === 0 ? 960 : 1040);
    statistics.tick();
  }
  assert.equal(reports.length, 101);
});

Deno.test("IntervalStatistics does not catch up on time in which the process was stopped", () => {
  const { reports, clock, statistics, run } = setup();
  clock.advance(60_000);
  statistics.tick();
  assert.equal(reports.length, 2);
  run(3);
  assert.equal(reports.length, 3);
});

Deno.test("IntervalStatistics spreads delays and rates of each command over its interval", () => {
  const { reports, request, run } = setup();
  for (const ms of [1, 2, 6]) request("offer", ms);
  request("offer", 900, true);
  request("offer", 900, false, false);
  run(1);
  request("offer", 3);
  request("no such command", 3);
  run(2);
  const { delay, rate, count } = of(reports[1], "offer");
  assert.equal(count, 4);
  assert.deepEqual(delay, { min: 0.001, max: 0.006, avg: 0.003 });
  assert.deepEqual(rate, { min: 0, max: 3, avg: 1 });
  assert.deepEqual(of(reports[1], "delete"), {
    delay: { min: 0, max: 0, avg: 0 },
    rate: { min: 0, max: 0, avg: 0 },
    count: 0,
  });
  run(3);
  assert.equal(of(reports[2], "offer").count, 4);
  assert.deepEqual(of(reports[2], "offer").delay, { min: 0, max: 0, avg: 0 });
});

Deno.test("IntervalStatistics counts rates over the time that really passed", () => {
  const { reports, request, clock, statistics } = setup(2000);
  for (let n = 0; n < 10; n++) request("ping", 1);
  clock.advance(2000);
  statistics.tick();
  assert.deepEqual(of(reports[1], "ping").rate, { min: 5, max: 5, avg: 5 });
});

Deno.test("IntervalStatistics knows fewest and most calls, short ones included", () => {
  const { reports, calls, statistics, clock, run } = setup();
  const add = (callId: string): void => {
    const call = fakeCall({ callId, created: clock.wall() });
    calls.put(call);
    statistics.observer.created(call);
  };
  add("a");
  add("b");
  calls.terminate("b", "terminated");
  run(3);
  assert.deepEqual([reports[1]!.minSessions, reports[1]!.maxSessions], [0, 2]);
  run(3);
  assert.deepEqual([reports[2]!.minSessions, reports[2]!.maxSessions], [1, 1]);
});

Deno.test("IntervalStatistics sums up the time calls lived, and averages those that ended", () => {
  const { reports, calls, clock, run } = setup();
  calls.put(fakeCall({ callId: "old", created: clock.wall() - 60_000 }));
  run(1);
  calls.put(fakeCall({ callId: "new", created: clock.wall() }));
  run(2);
  assert.equal(reports[1]!.callSeconds, 3 + 2);
  assert.equal(reports[1]!.averageCallSeconds, 0);
  calls.terminate("old", "terminated");
  run(1);
  calls.terminate("new", "timeout");
  run(2);
  assert.equal(reports[2]!.callSeconds, 0);
  assert.equal(reports[2]!.averageCallSeconds, (63 + 3) / 2);
});

Deno.test("Statistics.onInterval is told when every gauge is up to date", () => {
  const { statistics, calls, run, reports } = setup();
  const seen: number[] = [];
  statistics.onInterval(() => seen.push(statistics.counters.get("rtpengine_sessions", "own")));
  calls.put(fakeCall());
  run(3);
  assert.deepEqual(seen, [1]);
  assert.equal(reports.length, 1);
});

Deno.test("jsonStats has intervalstatistics only where intervals are kept", () => {
  assert.equal("intervalstatistics" in JSON.parse(jsonStats(fakeStatistics().statistics)), false);
  const { statistics, request, run } = setup();
  request("start recording", 2);
  run(3);
  const tree = JSON.parse(jsonStats(statistics));
  assert.deepEqual(Object.keys(tree).slice(1, 4), [
    "totalstatistics",
    "intervalstatistics",
    "mos",
  ]);
  assert.equal(tree.intervalstatistics["maxstart recordingdelay"], 0.002);
  assert.equal(tree.intervalstatistics["maxstart recordingrequestrate"], 1);
  const reply = statisticsReply(statistics)["intervalstatistics"] as Record<string, unknown>;
  assert.equal(reply["minstart recordingdelay"], "0.002000");
  assert.equal(reply["avgstart recordingrequestrate"], 0);
  assert.equal(reply["totalcallsduration"], "0.000000");
});
