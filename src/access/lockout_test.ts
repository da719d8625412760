import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { Lockout } from "./lockout.ts";

const LIMITS = { free: 3, firstMs: 1000, maxMs: 8000, forgetMs: 60_000, maxKeys: 4 };

Deno.test("Lockout doubles the wait after the free attempts, up to the longest", () => {
  const clock = new FakeClock();
  const lockout = new Lockout(clock, LIMITS);
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    lockout.attempt("a");
    waits.push(lockout.wait("a"));
    clock.advance(lockout.wait("a"));
  }
  assert.deepEqual(waits, [0, 0, 1000, 2000, 4000, 8000, 8000, 8000]);
  assert.equal(lockout.wait("b"), 0);
});

Deno.test("Lockout's wait passes with time and is forgotten in the end", () => {
  const clock = new FakeClock();
  const lockout = new Lockout(clock, LIMITS);
  for (let i = 0; i < 4; i++) lockout.attempt("a");
  clock.advance(1500);
  assert.equal(lockout.wait("a"), 500);
  clock.advance(500);
  assert.equal(lockout.wait("a"), 0);
  assert.equal(lockout.attempt("a"), 5);
  clock.advance(60_000);
  assert.equal(lockout.attempt("a"), 1);
});

Deno.test("Lockout.forgive() takes one attempt back, clear() all", () => {
  const lockout = new Lockout(new FakeClock(), LIMITS);
  for (let i = 0; i < 3; i++) lockout.attempt("a");
  lockout.forgive("a");
  assert.equal(lockout.wait("a"), 0);
  assert.equal(lockout.attempt("a"), 3);
  lockout.clear("a");
  assert.equal(lockout.attempt("a"), 1);
  lockout.forgive("a");
  assert.equal(lockout.size, 0);
});

Deno.test("Lockout keeps those who wait when its table is full", () => {
  const lockout = new Lockout(new FakeClock(), LIMITS);
  for (let i = 0; i < 5; i++) lockout.attempt("guilty");
  for (let i = 0; i < 1000; i++) lockout.attempt(`other ${i}`);
  assert.equal(lockout.size, 4);
  assert.ok(lockout.wait("guilty") > 0);
});
