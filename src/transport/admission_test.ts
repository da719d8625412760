import assert from "node:assert/strict";
import { AllowList } from "../core/allow_list.ts";
import { FakeClock } from "../core/clock.ts";
import { Admission } from "./admission.ts";

Deno.test("Admission refuses sources outside the allow-list and counts them", () => {
  const admission = new Admission({
    allow: new AllowList(["192.0.2.0/24"]),
    clock: new FakeClock(),
  });
  assert.equal(admission.admit("192.0.2.7"), "ok");
  assert.equal(admission.admit("198.51.100.1"), "source");
  assert.equal(admission.admitsSource("192.0.2.8"), true);
  assert.equal(admission.admitsSource("::1"), false);
  assert.deepEqual(admission.refused, { source: 2, rate: 0 });
});

Deno.test("Admission limits the rate of each source on its own", () => {
  const clock = new FakeClock();
  const admission = new Admission({
    allow: new AllowList(["any"]),
    rate: { rate: 10, burst: 3, maxSources: 100 },
    clock,
  });
  for (let i = 0; i < 3; i++) assert.equal(admission.admit("192.0.2.1"), "ok");
  assert.equal(admission.admit("192.0.2.1"), "rate");
  assert.equal(admission.admit("192.0.2.2"), "ok");
  clock.advance(100);
  assert.equal(admission.admit("192.0.2.1"), "ok");
  assert.equal(admission.admit("192.0.2.1"), "rate");
  assert.deepEqual(admission.refused, { source: 0, rate: 2 });
});

Deno.test("Admission spends no tokens on sources it does not know", () => {
  const admission = new Admission({
    allow: new AllowList(["192.0.2.1"]),
    rate: { rate: 1, burst: 1, maxSources: 1 },
    clock: new FakeClock(),
  });
  for (let i = 0; i < 100; i++) admission.admit(`198.51.100.${i}`);
  assert.equal(admission.admit("192.0.2.1"), "ok");
});

Deno.test("Admission.replaceAllowList() counts from the next request on", () => {
  const admission = new Admission({ allow: new AllowList(["loopback"]), clock: new FakeClock() });
  assert.equal(admission.admit("192.0.2.1"), "source");
  admission.replaceAllowList(new AllowList(["192.0.2.1"]));
  assert.equal(admission.admit("192.0.2.1"), "ok");
  assert.equal(admission.admit("127.0.0.1"), "source");
});
