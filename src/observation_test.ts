import assert from "node:assert/strict";
import { openObservation } from "./observation.ts";
import { QualitySums } from "./quality/mod.ts";
import type { NgSource } from "./ng/types.ts";
import { TrafficSums } from "./relay/traffic.ts";
import {
  fakeAddress,
  fakeCall,
  FakeCalls,
  fakeMedia,
  fakeParty,
  fakeStatistics,
  fakeStream,
} from "./stats/fakes.ts";

const SOURCE: NgSource = {
  transport: "udp",
  peer: { family: 4, address: "198.51.100.9", port: 5060 },
  local: { family: 4, address: "127.0.0.1", port: 2223 },
};

/** One call with a stream whose counters a test may change, and what watches it. */
function watched(file?: string) {
  const counters = { rxPackets: 0, rxBytes: 0, rxErrors: 0 };
  const stream = fakeStream({ counters: () => ({ ...counters }) });
  const party = fakeParty({ medias: [fakeMedia([stream])] });
  const calls = new FakeCalls(fakeCall({ participants: [party] }));
  const { statistics, clock } = fakeStatistics({ calls, used: 2500 });
  const quality = new QualitySums([fakeAddress()], () => new TrafficSums());
  const log: unknown[] = [];
  const open = () =>
    openObservation({
      config: { "history-db": file, "data-dir": "/nowhere" },
      clock,
      statistics,
      native: { threads: () => [] },
      quality,
      log: { error: (text) => void log.push(text), limited: (_, __, text) => void log.push(text) },
    });
  const observation = open();
  const seconds = (count: number, watching = observation): void => {
    for (let i = 0; i < count; i++) {
      clock.advance(1000);
      counters.rxPackets += 50;
      counters.rxBytes += 8600;
      statistics.refresh();
      statistics.tick();
      watching.tick();
    }
  };
  return { observation, open, seconds, quality, log, clock };
}

Deno.test("openObservation() says how many calls, packets and bytes the last second had", () => {
  const { observation, seconds, clock } = watched();
  seconds(3);
  const { at, uptimeSeconds, calls, packets, bytes, ports, interfaces } = observation.services
    .latest();
  assert.equal(at, clock.wall());
  assert.deepEqual([uptimeSeconds, calls, packets, bytes, ports], [3, 1, 50, 8600, 0.25]);
  assert.deepEqual(interfaces, [
    { name: "default", address: "127.0.0.1", used: 2500, total: 10000 },
  ]);
  observation.close();
});

Deno.test("openObservation() gives means of the scores reported in a second, and none without reports", () => {
  const { observation, seconds, quality } = watched();
  const report = (mos: number | undefined, jitter: number) =>
    quality.report(fakeAddress(), { mos, jitter, roundTrip: 0, leg: 1, loss: 0 });
  report(4, 10);
  report(3, 20);
  seconds(1);
  const first = observation.services.latest();
  assert.deepEqual([first.mos, first.jitter], [3.5, 15]);
  report(undefined, 7);
  seconds(1);
  const second = observation.services.latest();
  assert.deepEqual([second.mos, second.jitter], [undefined, 7]);
  seconds(1);
  assert.equal(observation.services.latest().jitter, undefined);
  observation.close();
});

Deno.test("openObservation() counts control requests, failures and their time by client", () => {
  const { observation, seconds } = watched();
  seconds(1);
  const asked = { command: "offer", source: SOURCE, duplicate: false };
  observation.record({ ...asked, ms: 3, ok: true });
  observation.record({ ...asked, ms: 1, ok: false, reason: "no" });
  seconds(1);
  const { requests, failures, latency } = observation.services.latest();
  assert.deepEqual([requests, failures, latency], [2, 1, 2]);
  const [client] = observation.services.clients();
  assert.deepEqual([client?.address, client?.requests, client?.errors], ["198.51.100.9", 2, 1]);
  assert.equal(client?.lastError?.reason, "no");
  seconds(1);
  const idle = observation.services.latest();
  assert.deepEqual([idle.requests, idle.failures, idle.latency], [0, 0, undefined]);
  observation.close();
});

Deno.test("openObservation() tells those who watch once a second, until it is closed", async () => {
  const { observation, seconds } = watched();
  const reader = observation.services.watch(() => true)!.getReader();
  seconds(1);
  const text = new TextDecoder().decode((await reader.read()).value);
  assert.match(text, /^data: \{.*"calls":1.*\}\n\n$/);
  observation.close();
  assert.equal((await reader.read()).done, true);
});

Deno.test("openObservation() keeps its history in a file: every ten seconds, and at the end", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { observation, open, seconds, log } = watched(`${folder}/history.db`);
    const steps = (watching: typeof observation) => watching.services.history("5m").length;
    seconds(25);
    assert.equal(steps(observation), 24);
    observation.close();
    const again = open();
    assert.equal(steps(again), 24, "what was due is written");
    seconds(3, again);
    assert.ok(steps(again) > 24);
    again.close();
    assert.deepEqual(log, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openObservation() goes on without a file that cannot be had, and says so", () => {
  const { observation, seconds, log } = watched("/dev/null/history.db");
  assert.match(log.join("\n"), /^history-db: .*charts begin anew with each start$/);
  seconds(12);
  assert.equal(observation.services.history("5m").length, 11);
  observation.close();
});
