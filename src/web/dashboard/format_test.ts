import assert from "node:assert/strict";
import { bitRate, bytes, count, duration, fixed, percent, short, utc } from "./format.ts";

function plain(text: string): string {
  return text.replaceAll("\u202f", " ");
}

Deno.test("count() and fixed() group digits and have a real minus", () => {
  assert.equal(plain(count(1234567)), "1 234 567");
  assert.equal(plain(count(999.6)), "1 000");
  assert.equal(plain(fixed(-1234.56, 1)), "−1 234.6");
  assert.equal(plain(fixed(0, 2)), "0.00");
});

Deno.test("short(), bytes() and bitRate() keep three digits", () => {
  assert.deepEqual([0, 999, 1000, 12_345, 999_999, 2.5e6].map(short).map(plain), [
    "0",
    "999",
    "1.00 k",
    "12.3 k",
    "1.00 M",
    "2.50 M",
  ]);
  assert.equal(plain(bytes(1536)), "1.50 KiB");
  assert.equal(plain(bytes(0)), "0 B");
  assert.equal(plain(bitRate(8_000)), "64.0 kbit/s");
  assert.equal(plain(bitRate(125_000_000)), "1.00 Gbit/s");
});

Deno.test("percent() takes a share", () => {
  assert.equal(plain(percent(0.1234)), "12.3 %");
  assert.equal(plain(percent(1, 0)), "100 %");
});

Deno.test("duration() has at most two units", () => {
  const cases: [number, string][] = [
    [0, "0 s"],
    [-3, "0 s"],
    [59.9, "59 s"],
    [200, "3 min 20 s"],
    [3600, "1 h"],
    [7500, "2 h 5 min"],
    [86_400 * 3 + 5, "3 d"],
  ];
  for (const [seconds, text] of cases) assert.equal(plain(duration(seconds)), text);
});

Deno.test("utc() names its zone", () => {
  assert.equal(utc(Date.UTC(2026, 10, 21, 9, 30)), "2026-11-21 09:30:00 UTC");
});
