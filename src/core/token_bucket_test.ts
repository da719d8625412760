import assert from "node:assert/strict";
import { FakeClock } from "./clock.ts";
import { sourceKey, SourceLimiter, TokenBucket } from "./token_bucket.ts";

Deno.test("TokenBucket allows a burst, then the rate", () => {
  const bucket = new TokenBucket(10, 3, 0);
  assert.deepEqual([1, 2, 3, 4].map(() => bucket.take(0)), [true, true, true, false]);
  assert.equal(bucket.take(99), false);
  assert.equal(bucket.take(100), true);
  assert.equal(bucket.take(100), false);
  let taken = 0;
  for (let now = 101; now <= 10_100; now++) if (bucket.take(now)) taken++;
  assert.equal(taken, 100);
});

Deno.test("TokenBucket saves up no more than the burst and ignores time going back", () => {
  const bucket = new TokenBucket(1000, 2, 0);
  assert.equal(bucket.isFull(1e9), true);
  assert.deepEqual([1, 2, 3].map(() => bucket.take(1e9)), [true, true, false]);
  assert.equal(bucket.take(0), false);
  assert.equal(bucket.take(1e9), false);
});

Deno.test("SourceLimiter limits each source by itself", () => {
  const limiter = new SourceLimiter(new FakeClock(), { rate: 1, burst: 1, maxSources: 10 });
  assert.equal(limiter.take("192.0.2.1"), true);
  assert.equal(limiter.take("192.0.2.1"), false);
  assert.equal(limiter.take("::ffff:192.0.2.1"), false);
  assert.equal(limiter.take("192.0.2.2"), true);
});

Deno.test("SourceLimiter takes an IPv6 /64 for one source", () => {
  assert.equal(sourceKey("2001:db8:1:2::1"), sourceKey("2001:db8:1:2:ffff::9"));
  assert.notEqual(sourceKey("2001:db8:1:2::1"), sourceKey("2001:db8:1:3::1"));
  assert.notEqual(sourceKey("192.0.2.1"), sourceKey("192.0.2.2"));
});

Deno.test("SourceLimiter forgets idle sources first and stays within its bound", () => {
  const clock = new FakeClock();
  const limiter = new SourceLimiter(clock, { rate: 1, burst: 1, maxSources: 3 });
  for (const host of [1, 2, 3]) assert.equal(limiter.take(`192.0.2.${host}`), true);
  clock.advance(1000);
  assert.equal(limiter.take("192.0.2.1"), true); // refilled, and the latest now
  assert.equal(limiter.take("192.0.2.4"), true); // in the place of .2
  assert.equal(limiter.size, 3);
  assert.equal(limiter.take("192.0.2.1"), false); // still remembered
});

Deno.test("SourceLimiter under a flood of forged sources keeps those it knows and shares one bucket", () => {
  const clock = new FakeClock();
  const limiter = new SourceLimiter(clock, { rate: 10, burst: 5, maxSources: 100 });
  let allowed = 0;
  for (let i = 0; i < 100; i++) assert.ok(limiter.take(`10.0.0.${i}`));
  for (let i = 0; i < 10_000; i++) if (limiter.take(`10.1.${i >> 8}.${i & 255}`)) allowed++;
  assert.equal(allowed, 5);
  assert.equal(limiter.size, 100);
  assert.deepEqual([1, 2, 3, 4, 5].map(() => limiter.take("10.0.0.7")), [
    true,
    true,
    true,
    true,
    false,
  ]);
});

Deno.test("SourceLimiter refuses limits that are none", () => {
  const clock = new FakeClock();
  const good = { rate: 1, burst: 1, maxSources: 1 };
  for (const wrong of [{ rate: 0 }, { burst: 0.5 }, { maxSources: 0 }, { rate: NaN }]) {
    assert.throws(() => new SourceLimiter(clock, { ...good, ...wrong }), RangeError);
  }
});
