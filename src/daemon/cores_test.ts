import assert from "node:assert/strict";
import { CoreMeter } from "./cores.ts";

function stat(...cores: readonly (readonly number[])[]): string {
  return "cpu  1 2 3 4 5 6 7 8 9 10\n" +
    cores.map((numbers, i) => `cpu${i} ${numbers.join(" ")}\n`).join("") + "intr 1 2 3\nctxt 9\n";
}

Deno.test("CoreMeter tells busy and soft interrupt shares of each processor", () => {
  let text = stat([100, 0, 50, 800, 50, 0, 0, 0, 0, 0], [0, 0, 0, 1000, 0, 0, 0, 0, 0, 0]);
  const meter = new CoreMeter(() => text);
  // 100 ticks: 30 user, 20 soft interrupts, 40 idle, 10 waiting for a disk
  text = stat([130, 0, 50, 840, 60, 0, 20, 0, 30, 0], [0, 0, 0, 1100, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(meter.look(), [
    { core: 0, busy: 0.5, softirq: 0.2 },
    { core: 1, busy: 0, softirq: 0 },
  ]);
});

Deno.test("CoreMeter keeps what it knew while no tick has passed, and survives a host without /proc", () => {
  let text = stat([0, 0, 0, 0, 0, 0, 0, 0]);
  const meter = new CoreMeter(() => text);
  text = stat([50, 0, 0, 50, 0, 0, 0, 0]);
  assert.deepEqual(meter.look(), [{ core: 0, busy: 0.5, softirq: 0 }]);
  assert.deepEqual(meter.look(), [{ core: 0, busy: 0.5, softirq: 0 }]);
  text = "";
  assert.deepEqual(meter.look(), []);
});

Deno.test("CoreMeter begins anew with a processor that was switched on again", () => {
  let text = stat([90, 0, 0, 10, 0, 0, 0, 0]);
  const meter = new CoreMeter(() => text);
  text = stat([10, 0, 0, 10, 0, 0, 0, 0]);
  assert.deepEqual(meter.look(), [{ core: 0, busy: 0, softirq: 0 }]);
});
