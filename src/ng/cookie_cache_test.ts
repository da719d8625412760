import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { CookieCache } from "./cookie_cache.ts";

const BYTES = new Uint8Array([1, 2, 3]);

Deno.test("CookieCache keeps a reply for at least one generation and at most two", () => {
  for (const offset of [0, 1, 15_000, 29_999]) {
    const clock = new FakeClock();
    const cache = new CookieCache(clock);
    clock.advance(offset);
    cache.set("k", BYTES);
    clock.advance(29_999);
    assert.equal(cache.get("k"), BYTES, `after 30 s, set at ${offset}`);
    clock.advance(30_001);
    assert.equal(cache.get("k"), undefined, `after 60 s, set at ${offset}`);
  }
});

Deno.test("CookieCache forgets everything after a long quiet time", () => {
  const clock = new FakeClock();
  const cache = new CookieCache(clock);
  cache.set("k", BYTES);
  clock.advance(60_000);
  assert.equal(cache.get("k"), undefined);
  assert.equal(cache.size, 0);
});

Deno.test("CookieCache replaces a promise by its bytes", () => {
  const cache = new CookieCache(new FakeClock());
  const promise = Promise.resolve(BYTES);
  cache.set("k", promise);
  assert.equal(cache.get("k"), promise);
  cache.set("k", BYTES);
  assert.equal(cache.get("k"), BYTES);
  assert.equal(cache.size, 1);
  cache.delete("k");
  assert.equal(cache.get("k"), undefined);
});

Deno.test("CookieCache bounds entries, giving up the older generation first", () => {
  const cache = new CookieCache(new FakeClock(), { maxEntries: 10 });
  for (let i = 0; i < 1000; i++) cache.set(`k${i}`, BYTES);
  assert.ok(cache.size <= 20);
  assert.equal(cache.get("k999"), BYTES);
  assert.equal(cache.get("k0"), undefined);
});

Deno.test("CookieCache bounds bytes", () => {
  const cache = new CookieCache(new FakeClock(), { maxBytes: 10_000 });
  for (let i = 0; i < 100; i++) cache.set(`k${i}`, new Uint8Array(1000));
  assert.ok(cache.size <= 20, `${cache.size} entries`);
});
