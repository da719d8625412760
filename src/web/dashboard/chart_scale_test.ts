import assert from "node:assert/strict";
import { areaPath, type Frame, linePath, nearest, ticks, timeTicks, yOf } from "./chart_scale.ts";

const FRAME: Frame = { from: 0, to: 100, top: 10, width: 200, height: 50 };

Deno.test("ticks() are round numbers that reach the greatest value", () => {
  assert.deepEqual(ticks(0), [0, 1]);
  assert.deepEqual(ticks(NaN), [0, 1]);
  assert.deepEqual(ticks(1), [0, 0.5, 1]);
  assert.deepEqual(ticks(7), [0, 5, 10]);
  assert.deepEqual(ticks(10_000), [0, 5000, 10_000]);
  assert.deepEqual(ticks(0.3), [0, 0.1, 0.2, 0.3]);
  for (let max = 0.001; max < 1e9; max *= 1.7) {
    const found = ticks(max);
    assert.ok(found.at(-1)! >= max * 0.999999 && found.length >= 2 && found.length <= 5, `${max}`);
  }
});

Deno.test("timeTicks() are whole minutes, few of them", () => {
  const from = Date.UTC(2026, 10, 21, 9, 30, 20);
  for (const minutes of [5, 60, 1440]) {
    const found = timeTicks(from, from + minutes * 60_000);
    assert.ok(found.length >= 2 && found.length <= 7, `${minutes}: ${found.length}`);
    assert.ok(found.every((at) => at % 60_000 === 0 && at >= from));
  }
});

Deno.test("timeTicks() are whole seconds where a chart is young", () => {
  const from = Date.UTC(2026, 10, 21, 9, 30, 21);
  const seconds = (length: number) =>
    timeTicks(from, from + length * 1000).map((at) => (at - from + 21_000) / 1000);
  assert.deepEqual(seconds(20), [25, 30, 35, 40]);
  assert.deepEqual(seconds(100), [30, 60, 90, 120]);
  assert.deepEqual(timeTicks(from, from), []);
});

Deno.test("linePath() draws lines, broken where nothing is known", () => {
  const points = [
    { at: -5, value: 3 },
    { at: 0, value: 0 },
    { at: 10, value: 5 },
    { at: 15, value: undefined },
    { at: 20, value: 10 },
    { at: 90, value: 99 },
  ];
  assert.equal(linePath(points, FRAME, 30), "M0 50L20 25L40 0M180 0");
  assert.equal(areaPath(points, FRAME, 30), "M0 50L0 50L20 25L40 0L40 50ZM180 50L180 0L180 50Z");
  assert.equal(linePath(points, FRAME, Infinity), "M0 50L20 25L40 0L180 0");
  assert.equal(linePath([], FRAME, 30), "");
  assert.equal(areaPath([], FRAME, 30), "");
});

Deno.test("yOf() stays inside", () => {
  assert.deepEqual([yOf(-1, FRAME), yOf(20, FRAME)], [50, 0]);
});

Deno.test("nearest() finds what is known nearby", () => {
  const points = [{ at: 0, value: 1 }, { at: 10, value: undefined }, { at: 20, value: 2 }];
  assert.equal(nearest(points, 11, 15)?.at, 20);
  assert.equal(nearest(points, 100, 15), undefined);
});
