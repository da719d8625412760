import assert from "node:assert/strict";
import { COMMANDS } from "./commands.ts";
import { fakeCall, fakeStatistics } from "./fakes.ts";
import { jsonStats, statisticsReply } from "./jsonstats.ts";
import { deviation } from "./layout.ts";

function ping(address: string) {
  const endpoint = { family: 4, address, port: 2223 } as const;
  return {
    command: "ping",
    source: { transport: "udp", peer: endpoint, local: endpoint },
    ms: 1,
    ok: true,
    duplicate: false,
  } as const;
}

Deno.test("jsonStats is one line of JSON with rtpengine's sections in order", () => {
  const text = jsonStats(fakeStatistics().statistics);
  assert.equal(text.includes("\n"), false);
  assert.deepEqual(Object.keys(JSON.parse(text)), [
    "currentstatistics",
    "totalstatistics",
    "mos",
    "voip_metrics",
    "controlstatistics",
    "interfaces",
    "transcoders",
    "poller_threads",
  ]);
});

Deno.test("jsonStats writes decimals as numbers, statisticsReply as strings", () => {
  const { statistics, calls, clock } = fakeStatistics({ used: 12 });
  calls.put(fakeCall({ created: clock.wall() }));
  clock.advance(1500);
  calls.terminate("call", "terminated");
  const text = jsonStats(statistics);
  assert.match(text, /"avgcallduration":1\.500000,/);
  assert.match(text, /"uptime":1,/);
  assert.match(text, /"used_pct":0\.12,/);
  const reply = statisticsReply(statistics);
  const totals = reply["totalstatistics"] as Record<string, unknown>;
  assert.equal(totals["avgcallduration"], "1.500000");
  assert.equal(totals["uptime"], "1");
  assert.equal(totals["managedsessions"], 1);
  const [first] = reply["interfaces"] as Record<string, Record<string, unknown>>[];
  assert.equal(first!["ports"]!["used_pct"], "0.12");
  assert.equal(first!["ports"]!["used"], 12);
});

Deno.test("statisticsReply has the key that jambonz polls", () => {
  const reply = statisticsReply(fakeStatistics().statistics);
  const current = reply["currentstatistics"] as Record<string, unknown>;
  assert.equal(current["sessionstotal"], 0);
});

Deno.test("jsonStats lists control clients with count and duration of each command", () => {
  const { statistics } = fakeStatistics();
  statistics.ngObserver(ping("192.0.2.7"));
  statistics.ngObserver(ping("192.0.2.8"));
  statistics.ngObserver(ping("192.0.2.8"));
  const { controlstatistics } = JSON.parse(jsonStats(statistics));
  assert.equal(controlstatistics.totalpingcount, 3);
  assert.equal(controlstatistics.totaloffercount, 0);
  const [first, second] = controlstatistics.proxies;
  assert.deepEqual([first.proxy, first.pingcount, first.pingduration], ["192.0.2.7", 1, 0.001]);
  assert.deepEqual([second.proxy, second.pingcount, second.errorcount], ["192.0.2.8", 2, 0]);
  assert.equal(Object.keys(first).length, 2 + 2 * COMMANDS.length);
});

Deno.test("deviation is 0 without samples and for equal samples", () => {
  assert.equal(deviation(0, 0, 0), 0);
  assert.equal(deviation(2, 0.2, 0.01 + 0.01 - 1e-17), 0);
  assert.equal(deviation(2, 4, 10), 1);
});
