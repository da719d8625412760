import assert from "node:assert/strict";
import { alternate, median, type SearchBounds, searchRate, spread, type Verdict } from "./stats.ts";

const BOUNDS: SearchBounds = { start: 10_000, limit: 1_000_000, step: 1.5, precision: 1.05 };

/** A relay that loses above `capacity`, behind a generator that reaches `reach`. */
function relay(capacity: number, reach = Infinity): (rate: number) => Promise<Verdict> {
  return (rate) => Promise.resolve(rate > capacity ? "loss" : rate > reach ? "short" : "clean");
}

Deno.test("median takes the middle value and does not reorder its input", () => {
  const values = [9, 1, 5];
  assert.equal(median(values), 5);
  assert.deepEqual(values, [9, 1, 5]);
});

Deno.test("median of an even count is the mean of the two in the middle", () => {
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

Deno.test("median of nothing is NaN", () => {
  assert.ok(Number.isNaN(median([])));
});

Deno.test("spread is half the range relative to the median", () => {
  assert.equal(spread([8, 10, 12]), 0.2);
  assert.equal(spread([7]), 0);
});

Deno.test("alternate mirrors each round so that a drift cancels out", () => {
  assert.deepEqual(alternate(["a", "b"], 2), ["a", "b", "b", "a", "a", "b", "b", "a"]);
});

for (const capacity of [12_345, 61_000, 437_000]) {
  Deno.test(`searchRate finds a capacity of ${capacity} within its precision`, async () => {
    const found = await searchRate(relay(capacity), BOUNDS);
    assert.ok(found.rate <= capacity, `${found.rate}`);
    assert.ok(found.rate * BOUNDS.precision >= capacity * 0.999, `${found.rate}`);
    assert.equal(found.generatorLimited, false);
  });
}

Deno.test("searchRate goes below its start when the start already loses", async () => {
  const found = await searchRate(relay(3000), BOUNDS);
  assert.ok(found.rate > 2800 && found.rate <= 3000, `${found.rate}`);
});

Deno.test("searchRate reports 0 for a relay that forwards nothing", async () => {
  const found = await searchRate(relay(0), BOUNDS);
  assert.equal(found.rate, 0);
  assert.equal(found.generatorLimited, false);
  assert.ok(found.tried.length < 10);
});

Deno.test("searchRate says when the generator was the limit", async () => {
  const found = await searchRate(relay(Infinity, 90_000), BOUNDS);
  assert.ok(found.rate > 85_000 && found.rate <= 90_000, `${found.rate}`);
  assert.equal(found.generatorLimited, true);
});

Deno.test("searchRate stops at its limit", async () => {
  const found = await searchRate(relay(Infinity), BOUNDS);
  assert.equal(found.rate, BOUNDS.limit);
  assert.equal(found.generatorLimited, true);
});
