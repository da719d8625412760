import assert from "node:assert/strict";
import type { RequestReport } from "../ng/mod.ts";
import { Counters } from "./counters.ts";
import { MAX_PROXIES, OTHER_PROXY, ProxyTable } from "./proxies.ts";

function report(address: string, values: Partial<RequestReport> = {}): RequestReport {
  const peer = { family: 4, address, port: 5060 } as const;
  const local = { family: 4, address: "192.0.2.1", port: 2223 } as const;
  return {
    command: "offer",
    source: { transport: "udp", peer, local },
    ms: 2,
    ok: true,
    duplicate: false,
    ...values,
  };
}

Deno.test("ProxyTable.record counts requests, seconds and errors by client and command", () => {
  const counters = new Counters();
  const table = new ProxyTable(counters);
  table.record(report("192.0.2.7"));
  table.record(report("192.0.2.7", { ms: 500, ok: false }));
  table.record(report("192.0.2.8", { command: "play DTMF" }));
  assert.equal(counters.get("rtpengine_requests_total", "192.0.2.7", "offer"), 2);
  assert.equal(counters.get("rtpengine_request_seconds_total", "192.0.2.7", "offer"), 0.502);
  assert.equal(counters.get("rtpengine_errors_total", "192.0.2.7"), 1);
  assert.equal(counters.get("rtpengine_requests_total", "192.0.2.8", "play DTMF"), 1);
  assert.equal(counters.get("rtpengine_errors_total", "192.0.2.8"), 0);
});

Deno.test("ProxyTable.record counts a command nobody knows as an error only", () => {
  const counters = new Counters();
  const table = new ProxyTable(counters);
  table.record(report("192.0.2.7", { command: "offr", ok: false }));
  table.record(report("192.0.2.7", { command: "", ok: false }));
  assert.equal(counters.get("rtpengine_errors_total", "192.0.2.7"), 2);
  const requests = [...counters.series("rtpengine_requests_total")];
  assert.equal(requests.every(({ value }) => value === 0), true);
});

Deno.test("ProxyTable.record leaves answers from the cookie cache out", () => {
  const table = new ProxyTable(new Counters());
  table.record(report("192.0.2.7", { duplicate: true }));
  assert.deepEqual([...table.rows()], []);
});

Deno.test("ProxyTable keeps a bounded number of rows under a flood of addresses", () => {
  const counters = new Counters();
  const table = new ProxyTable(counters);
  for (let i = 0; i < 5000; i++) table.record(report(`10.0.${i >> 8}.${i & 255}`));
  const rows = [...table.rows()];
  assert.equal(rows.length, MAX_PROXIES + 1);
  assert.equal(rows.at(-1)!.proxy, OTHER_PROXY);
  assert.equal(counters.get("rtpengine_requests_total", OTHER_PROXY, "offer"), 5000 - MAX_PROXIES);
  assert.equal(counters.get("rtpengine_requests_total", "10.0.0.0", "offer"), 1);
  assert.equal(table.total(1), 5000);
});
