import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { DEFAULT_QUARANTINE, type PairRange, pairRange, PortBook } from "./ports.ts";

/** A small deterministic generator: tests must not depend on luck. */
function randomOf(seed: number): () => number {
  return () => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) / 0x80000000;
}

function rangeOf(first: number, last: number): PairRange {
  return { first, last, count: last - first + 1 };
}

Deno.test("pairRange counts whole even/odd pairs only", () => {
  assert.deepEqual(pairRange(30000, 30001), { first: 15000, last: 15000, count: 1 });
  assert.deepEqual(pairRange(30001, 30004), { first: 15001, last: 15001, count: 1 });
  assert.deepEqual(pairRange(30000, 39999), { first: 15000, last: 19999, count: 5000 });
  assert.equal(pairRange(30000, 30000).count, 0);
  assert.equal(pairRange(30001, 30002).count, 0);
  assert.equal(pairRange(1, 65535).count, 32767);
  for (const [min, max] of [[0, 9], [9, 8], [1, 65536], [NaN, 9]] as const) {
    assert.throws(() => pairRange(min, max), { name: "RangeError", message: /port range/ });
  }
});

Deno.test("PortBook gives every pair of a range once, wherever it starts", () => {
  for (const [first, last] of [[0, 0], [5, 31], [31, 32], [33, 200], [32700, 32767]] as const) {
    for (const from of [first, last, (first + last) >> 1]) {
      const book = new PortBook(new FakeClock());
      const taken = new Set<number>();
      for (let i = first; i <= last; i++) taken.add(book.take(rangeOf(first, last), from)!);
      assert.equal(taken.size, last - first + 1);
      assert.ok([...taken].every((pair) => pair >= first && pair <= last));
      assert.equal(book.take(rangeOf(first, last), from), undefined);
      assert.equal(book.available(rangeOf(first, last)), false);
      assert.equal(book.countOpen(rangeOf(first, last)), last - first + 1);
    }
  }
});

Deno.test("PortBook lets a pair rest for the preferred time while there are others", () => {
  const clock = new FakeClock();
  const book = new PortBook(clock);
  book.rest(book.take(rangeOf(10, 12), 10)!);
  assert.equal(book.countOpen(rangeOf(10, 12)), 0);
  clock.advance(DEFAULT_QUARANTINE.preferred - 1);
  assert.equal(book.take(rangeOf(10, 12), 10), 11);
  clock.advance(1);
  assert.equal(book.take(rangeOf(10, 12), 10), 10);
});

Deno.test("PortBook gives out the pair that rested longest when only resting ones are left", () => {
  const clock = new FakeClock();
  const book = new PortBook(clock);
  for (let i = 0; i < 3; i++) book.take(rangeOf(10, 12), 10);
  for (const pair of [11, 10, 12]) {
    book.rest(pair);
    clock.advance(1000);
  }
  // 11 has rested for 3 s
  assert.equal(book.available(rangeOf(10, 12)), false);
  assert.equal(book.take(rangeOf(10, 12), 10), undefined);
  clock.advance(2000);
  assert.equal(book.available(rangeOf(10, 12)), true);
  assert.equal(book.take(rangeOf(10, 12), 10), 11);
  assert.equal(book.take(rangeOf(10, 12), 10), undefined);
  clock.advance(1000);
  assert.equal(book.take(rangeOf(10, 12), 10), 10);
});

Deno.test("PortBook gives back at once what was released unused", () => {
  const book = new PortBook(new FakeClock());
  const pair = book.take(rangeOf(7, 7), 7)!;
  book.release(pair);
  assert.equal(book.take(rangeOf(7, 7), 7), 7);
});

Deno.test("PortBook refuses a minimum above the preferred rest", () => {
  assert.throws(() => new PortBook(new FakeClock(), { preferred: 1, minimum: 2 }), RangeError);
  assert.throws(() => new PortBook(new FakeClock(), { preferred: 1, minimum: NaN }), RangeError);
});

Deno.test("PortBook agrees with a simple model over 30,000 random steps and overlapping ranges", () => {
  const random = randomOf(4711);
  const clock = new FakeClock();
  const quarantine = { preferred: 300, minimum: 50 };
  const book = new PortBook(clock, quarantine);
  const open = new Set<number>();
  const closedAt = new Map<number, number>();
  const ranges = [[100, 163], [130, 200], [95, 96]] as const;
  for (let step = 0; step < 30_000; step++) {
    const [first, last] = ranges[Math.floor(random() * ranges.length)]!;
    const busy = step % 6000 < 3000; // fill up, then drain
    if (random() < (busy ? 0.6 : 0.4)) {
      const from = first + Math.floor(random() * (last - first + 1));
      const pair = book.take(rangeOf(first, last), from);
      const rested = (candidate: number) => clock.now() - (closedAt.get(candidate) ?? -Infinity);
      const idle = Array.from({ length: last - first + 1 }, (_, i) => first + i)
        .filter((candidate) => !open.has(candidate));
      const longest = Math.max(-1, ...idle.map(rested));
      if (pair === undefined) {
        assert.ok(longest < quarantine.minimum, `step ${step}: one has rested ${longest} ms`);
        continue;
      }
      assert.ok(pair >= first && pair <= last && !open.has(pair), `step ${step}`);
      const fresh = idle.some((candidate) => rested(candidate) >= quarantine.preferred);
      if (fresh) assert.ok(rested(pair) >= quarantine.preferred, `step ${step}: taken too early`);
      else assert.equal(rested(pair), longest, `step ${step}: not the longest`);
      open.add(pair);
    } else if (open.size > 0) {
      const pair = [...open][Math.floor(random() * open.size)]!;
      open.delete(pair);
      closedAt.set(pair, clock.now());
      book.rest(pair);
    }
    clock.advance(Math.floor(random() * 8));
    if (step % 500 === 0) {
      for (const [low, high] of ranges) {
        const count = [...open].filter((pair) => pair >= low && pair <= high).length;
        assert.equal(book.countOpen(rangeOf(low, high)), count);
      }
    }
  }
});

Deno.test("PortBook never takes a pair with an excluded port", () => {
  const clock = new FakeClock();
  const book = new PortBook(clock);
  const range = pairRange(30000, 30009, [30003, 30008, 40000]);
  assert.equal(range.count, 3);
  const taken = [0, 1, 2].map(() => book.take(range, range.first));
  assert.deepEqual(taken, [15000, 15002, 15003]);
  assert.equal(book.take(range, range.first), undefined);
  assert.equal(book.available(range), false);
  assert.equal(book.countOpen(range), 3);
});

Deno.test("PortBook keeps an excluded pair for a range that allows it", () => {
  const clock = new FakeClock();
  const book = new PortBook(clock);
  const wide = pairRange(30000, 30003);
  const narrow = pairRange(30000, 30003, [30000]);
  book.rest(book.take(wide, wide.first)!);
  clock.advance(6_000);
  assert.equal(book.take(narrow, narrow.first), 15001);
  assert.equal(book.take(narrow, narrow.first), undefined);
  assert.equal(book.take(wide, wide.first), 15000);
});
