import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { crc32 } from "node:zlib";
import { buildBinding, isSuccess } from "./stun.ts";

Deno.test("buildBinding() signs what comes before each of its two sums", () => {
  const transaction = new Uint8Array(12).fill(7);
  const bytes = buildBinding({ transaction, username: "evtj:h6vY", password: "secret" });
  const view = new DataView(bytes.buffer);
  assert.equal(view.getUint16(2), bytes.length - 20);
  const fingerprint = bytes.length - 8;
  assert.equal(view.getUint16(fingerprint), 0x8028);
  const sum = (crc32(bytes.subarray(0, fingerprint)) ^ 0x5354554e) >>> 0;
  assert.equal(view.getUint32(fingerprint + 4), sum);
  const integrity = fingerprint - 24;
  const covered = bytes.slice(0, integrity);
  // the length then counted up to the end of this attribute (RFC 8489 section 14.5)
  new DataView(covered.buffer).setUint16(2, integrity + 24 - 20);
  const tag = createHmac("sha1", "secret").update(covered).digest();
  assert.deepEqual([...bytes.subarray(integrity + 4, fingerprint)], [...tag]);
});

Deno.test("isSuccess() knows the answer to its transaction only", () => {
  const transaction = new Uint8Array(12).fill(1);
  const answer = new Uint8Array(20);
  answer.set([1, 1]);
  answer.set(transaction, 8);
  assert.equal(isSuccess(answer, transaction), true);
  assert.equal(isSuccess(answer, transaction.map(() => 2)), false);
});
