import assert from "node:assert/strict";
import { ByteSlab } from "./byte_slab.ts";
import { fromBytes } from "./bytes.ts";

Deno.test("ByteSlab gives bytes that do not touch each other", () => {
  const slab = new ByteSlab();
  const texts = Array.from({ length: 500 }, (_, i) => `${i} `.repeat(i % 97) + "\xe9\0\xff");
  const given = texts.map((text) => slab.bytes(text));
  assert.deepEqual(given.map(fromBytes), texts);
  given[3]!.fill(0);
  assert.equal(fromBytes(given[4]!), texts[4]);
  assert.equal(fromBytes(given[2]!), texts[2]);
  assert.equal(given[1]!.buffer, given[2]!.buffer);
});

Deno.test("ByteSlab gives what is long memory of its own, and nothing for nothing", () => {
  const slab = new ByteSlab();
  const long = "x".repeat(100_000);
  assert.equal(slab.bytes(long).buffer.byteLength, long.length);
  assert.equal(fromBytes(slab.bytes(long)), long);
  assert.equal(slab.bytes("").length, 0);
});

Deno.test("ByteSlab refuses chars that are no bytes and goes on", () => {
  const slab = new ByteSlab();
  slab.bytes("a");
  assert.throws(() => slab.bytes("b\u0100"), RangeError);
  assert.equal(fromBytes(slab.bytes("c")), "c");
});
