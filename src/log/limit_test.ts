import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { RateLimit } from "./limit.ts";

const OPTIONS = { lines: 2, window: 1000, keys: 3 };

function make() {
  const clock = new FakeClock();
  const limit = new RateLimit(clock, OPTIONS);
  const passes = (key: string, times: number) =>
    Array.from({ length: times }, () => limit.take(key).pass);
  return { clock, limit, passes };
}

Deno.test("RateLimit lets so many lines through in a window", () => {
  assert.deepEqual(make().passes("a", 4), [true, true, false, false]);
});

Deno.test("RateLimit counts keys apart", () => {
  const { passes } = make();
  passes("a", 3);
  assert.deepEqual(passes("b", 3), [true, true, false]);
});

Deno.test("RateLimit starts again with the next window and tells what was held back", () => {
  const { clock, limit, passes } = make();
  passes("a", 5);
  clock.advance(999);
  assert.deepEqual(limit.take("a"), { pass: false, suppressed: 0 });
  clock.advance(1);
  assert.deepEqual(limit.take("a"), { pass: true, suppressed: 4 });
  assert.deepEqual(limit.take("a"), { pass: true, suppressed: 0 });
});

Deno.test("RateLimit remembers a bounded number of keys; others share one", () => {
  const { limit, passes } = make();
  for (let i = 0; i < 1000; i++) limit.take(`key ${i}`);
  assert.ok(limit.size <= OPTIONS.keys + 1);
  assert.deepEqual(passes("yet another", 1), [false]);
});

Deno.test("RateLimit forgets keys that have been quiet", () => {
  const { clock, limit, passes } = make();
  for (const key of ["a", "b", "c"]) limit.take(key);
  clock.advance(1000);
  assert.deepEqual(passes("d", 3), [true, true, false]);
  assert.equal(limit.size, 1);
});

Deno.test("RateLimit forgets counts nobody fetches, after ten windows", () => {
  const { clock, limit, passes } = make();
  for (const key of ["a", "b", "c"]) passes(key, 5);
  clock.advance(9_999);
  limit.take("x");
  assert.equal(limit.size, OPTIONS.keys + 1);
  clock.advance(1_000);
  limit.take("x");
  assert.equal(limit.size, 1);
});

Deno.test("RateLimit tells what no further line would tell, once", () => {
  const { clock, limit, passes } = make();
  passes("a", 5);
  assert.deepEqual(limit.takeOverdue(), []);
  clock.advance(1000);
  assert.deepEqual(limit.takeOverdue(), [{ key: "a", suppressed: 3 }]);
  assert.deepEqual(limit.takeOverdue(), []);
});

Deno.test("RateLimit refuses options that let nothing through", () => {
  assert.throws(() => new RateLimit(new FakeClock(), { ...OPTIONS, lines: 0 }), RangeError);
  assert.throws(() => new RateLimit(new FakeClock(), { ...OPTIONS, window: NaN }), RangeError);
});
