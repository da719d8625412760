import assert from "node:assert/strict";
import { toneShare } from "../support/mod.ts";
import { buildTone, parseWav } from "./wav.ts";

Deno.test("parseWav() reads what buildTone() wrote", () => {
  const { rate, samples } = parseWav(buildTone(400, 8000, 1));
  assert.equal(rate, 8000);
  assert.equal(samples.length, 8000);
  assert.ok(toneShare(samples, 400, rate) > 0.999);
  assert.ok(toneShare(samples, 1000, rate) < 0.001);
});

Deno.test("parseWav() takes the rest of the file when the length was never filled in", () => {
  const bytes = buildTone(400, 8000, 1);
  new DataView(bytes.buffer).setUint32(40, 0, true);
  assert.equal(parseWav(bytes).samples.length, 8000);
});

Deno.test("parseWav() refuses what is not a WAV file", () => {
  assert.throws(() => parseWav(new Uint8Array(50)), /not a WAV file/);
  assert.throws(() => parseWav(buildTone(400, 8000, 1).subarray(0, 36)), /no data/);
});
