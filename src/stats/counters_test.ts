import assert from "node:assert/strict";
import { Counters } from "./counters.ts";
import { METRICS } from "./metrics.ts";

Deno.test("Counters.cell keeps one number for each set of labels", () => {
  const counters = new Counters();
  counters.cell("rtpengine_errors_total", "192.0.2.1").value += 2;
  counters.cell("rtpengine_errors_total", "192.0.2.2").value += 5;
  counters.add("rtpengine_errors_total", 1, "192.0.2.1");
  assert.equal(counters.get("rtpengine_errors_total", "192.0.2.1"), 3);
  assert.equal(counters.get("rtpengine_errors_total", "192.0.2.2"), 5);
});

Deno.test("Counters.cell refuses a wrong number of labels", () => {
  assert.throws(
    () => new Counters().cell("rtpengine_requests_total", "192.0.2.1"),
    new RangeError("rtpengine_requests_total takes 2 labels, not 1"),
  );
});

Deno.test("Counters.get creates no series", () => {
  const counters = new Counters();
  assert.equal(counters.get("rtpengine_errors_total", "192.0.2.1"), 0);
  assert.deepEqual([...counters.series("rtpengine_errors_total")], []);
});

Deno.test("Counters has every series with known labels from the start", () => {
  const counters = new Counters();
  for (const { name, labels } of METRICS) {
    if (labels.length === 0) assert.equal([...counters.series(name)].length, 1, name);
  }
  assert.equal([...counters.series("rtpengine_closed_sessions_total")].length, 7);
  assert.equal([...counters.series("rtpengine_packets_total")].length, 2);
});

Deno.test("Counters.clear forgets the series of one family only", () => {
  const counters = new Counters();
  counters.set("rtpedge_relay_engine_info", 1, "steer", "");
  counters.set("rtpengine_ports", 10, "default", "192.0.2.1");
  counters.clear("rtpedge_relay_engine_info");
  assert.deepEqual([...counters.series("rtpedge_relay_engine_info")], []);
  assert.equal(counters.get("rtpengine_ports", "default", "192.0.2.1"), 10);
});

Deno.test("METRICS has one plain line of HELP for each unique, well-formed name", () => {
  const names = new Set<string>();
  for (const { name, help, labels } of METRICS) {
    assert.match(name, /^rtp(engine|edge)_[a-z0-9_]+$/);
    assert.match(help, /^[A-Z].{15,}[^.]$/, name);
    assert.equal(help.includes("\n"), false, name);
    assert.equal(new Set(labels).size, labels.length, name);
    assert.equal(names.has(name), false, `${name} twice`);
    names.add(name);
  }
});
