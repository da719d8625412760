import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import type { RequestReport } from "../ng/mod.ts";
import { ClientTally } from "./client_tally.ts";

function request(address: string, more: Partial<RequestReport> = {}): RequestReport {
  const peer = { family: 4, address, port: 5 } as const;
  const source = { transport: "udp", peer, local: { ...peer, port: 2223 } } as const;
  return { command: "offer", source, ms: 1, ok: true, duplicate: false, ...more };
}

Deno.test("ClientTally counts requests, errors and durations of each client", () => {
  const clock = new FakeClock(1000);
  const tally = new ClientTally(clock);
  for (let i = 0; i < 99; i++) tally.record(request("192.0.2.1", { ms: 1 }));
  clock.advance(50);
  tally.record(
    request("192.0.2.1", { ms: 40, ok: false, command: "answer", reason: "Unknown call-id" }),
  );
  tally.record(request("192.0.2.1", { duplicate: true, command: "" }));
  tally.record(request("192.0.2.2", { command: "", ok: false }));
  const [latest, client] = tally.clients();
  assert.equal(latest?.address, "192.0.2.2");
  assert.deepEqual(latest?.commands[0]?.command, "(not understood)");
  assert.deepEqual(client?.transports, ["udp"]);
  assert.deepEqual(
    [client?.requests, client?.duplicates, client?.errors, client?.first, client?.last],
    [100, 1, 1, 1000, 1050],
  );
  assert.deepEqual(client?.lastError, { at: 1050, command: "answer", reason: "Unknown call-id" });
  assert.ok(client!.median >= 1 && client!.median <= 1.5, String(client!.median));
  assert.ok(client!.p99 >= 1 && client!.p99 <= 1.5);
  assert.equal(client?.slowest, 40);
  assert.equal(client?.mean, 1.39);
  assert.deepEqual(client?.commands, [
    { command: "offer", requests: 99, errors: 0, mean: 1 },
    { command: "answer", requests: 1, errors: 1, mean: 40 },
  ]);
  assert.deepEqual(tally.totals, { requests: 101, errors: 2, ms: 140 });
});

Deno.test("ClientTally is bounded in clients, commands and texts", () => {
  const tally = new ClientTally(new FakeClock(), 3);
  for (const host of [1, 2, 3, 1, 4]) tally.record(request(`192.0.2.${host}`));
  assert.deepEqual(tally.clients().map(({ address }) => address.at(-1)), ["4", "1", "3"]);
  for (let i = 0; i < 100; i++) {
    tally.record(request("192.0.2.1", { command: `made up ${i}`.padEnd(500) }));
  }
  const [client] = tally.clients();
  assert.ok(client!.commands.length <= 33);
  assert.ok(client!.commands.every(({ command }) => command.length <= 64));
  tally.record(request("192.0.2.1", { ok: false, reason: "x".repeat(5000) }));
  assert.ok(tally.clients()[0]!.lastError!.reason.length <= 200);
});

Deno.test("ClientTally has no durations before the first request", () => {
  const tally = new ClientTally(new FakeClock());
  tally.record(request("192.0.2.1", { duplicate: true }));
  const [client] = tally.clients();
  assert.deepEqual([client?.mean, client?.median, client?.p99, client?.slowest], [0, 0, 0, 0]);
});
