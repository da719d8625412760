import assert from "node:assert/strict";
import {
  buildReceiverReport,
  buildRtp,
  decodeAlaw,
  decodeUlaw,
  encodeAlaw,
  parseRtp,
  toneShare,
} from "./rtp.ts";

Deno.test("parseRtp() reads what buildRtp() wrote", () => {
  const packet = {
    payloadType: 101,
    marker: true,
    sequence: 65_535,
    timestamp: 0xfffffff0,
    ssrc: 0x80000001,
    payload: Uint8Array.of(1, 2, 3),
  };
  assert.deepEqual(parseRtp(buildRtp(packet)), packet);
});

Deno.test("parseRtp() skips CSRCs and an extension, and refuses what is cut short", () => {
  const bytes = Uint8Array.of(
    ...[0x91, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3],
    ...[9, 9, 9, 9, 0xbe, 0xde, 0, 1, 7, 7, 7, 7, 42],
  );
  assert.deepEqual([...parseRtp(bytes)?.payload ?? []], [42]);
  assert.equal(parseRtp(bytes.subarray(0, 18)), undefined);
  assert.equal(parseRtp(bytes.subarray(0, 11)), undefined);
});

Deno.test("buildReceiverReport() writes eight bytes of RTCP", () => {
  assert.deepEqual([...buildReceiverReport(0x01020304)], [0x80, 201, 0, 1, 1, 2, 3, 4]);
});

Deno.test("decodeAlaw() and decodeUlaw() give the values of ITU-T G.711", () => {
  assert.deepEqual([0xd5, 0x55, 0xaa, 0x2a].map(decodeAlaw), [8, -8, 32_256, -32_256]);
  assert.deepEqual([0xff, 0x7f, 0x80, 0x00].map(decodeUlaw), [0, -0, 32_124, -32_124]);
});

Deno.test("toneShare() tells a tone from another and from silence", () => {
  const tone = Float64Array.from(
    { length: 8000 },
    (_, i) => Math.sin(2 * Math.PI * 400 * i / 8000),
  );
  assert.ok(toneShare(tone, 400, 8000) > 0.999);
  assert.ok(toneShare(tone, 1000, 8000) < 1e-6);
  assert.equal(toneShare(new Float64Array(100), 400, 8000), 0);
});

Deno.test("encodeAlaw() is undone by decodeAlaw() and rounds what lies between", () => {
  for (let octet = 0; octet < 256; octet++) assert.equal(encodeAlaw(decodeAlaw(octet)), octet);
  assert.equal(decodeAlaw(encodeAlaw(20_000)), 19_968);
});
