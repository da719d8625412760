import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { CpuMeter, cpuTicksOf } from "./cpu.ts";

Deno.test("cpuTicksOf leaves out idle, iowait and guest time", () => {
  const stat = "cpu  10 20 30 400 50 6 7 8 9 10\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
  assert.deepEqual(cpuTicksOf(stat), { busy: 81, total: 531 });
});

Deno.test("cpuTicksOf is 0 for what is no such file", () => {
  assert.deepEqual(cpuTicksOf(""), { busy: 0, total: 0 });
});

Deno.test("CpuMeter tells the use since the last look, and looks once a second", () => {
  const clock = new FakeClock();
  const looks = [
    { busy: 100, total: 1000 },
    { busy: 150, total: 1200 },
    { busy: 150, total: 1400 },
  ];
  const meter = new CpuMeter(clock, () => looks.shift()!);
  assert.equal(meter.percent(), 0);
  clock.advance(1000);
  assert.equal(meter.percent(), 25);
  clock.advance(999);
  assert.equal(meter.percent(), 25);
  clock.advance(1);
  assert.equal(meter.percent(), 0);
});
