import assert from "node:assert/strict";
import { RtpSource } from "./rtp_source.ts";

function packet(sequence: number, timestamp = sequence * 160): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80);
  view.setUint16(2, sequence);
  view.setUint32(4, timestamp);
  view.setUint32(8, 0xcafe);
  return bytes;
}

function receive(sequences: readonly number[]): RtpSource {
  const source = RtpSource.of(packet(sequences[0]!));
  for (const [i, sequence] of sequences.entries()) {
    source.count(packet(sequence), { now: i * 20, wall: 1e12 + i * 20, clockRate: 8000 });
  }
  return source;
}

Deno.test("RtpSource counts loss over the wrap of sequence numbers", () => {
  const { packets, lost, maxSequence } = receive([65534, 65535, 2, 3]).snapshot();
  assert.deepEqual([packets, lost, maxSequence], [4, 2, 3]);
});

Deno.test("RtpSource counts bytes, those of the payload, and when they came", () => {
  const { bytes, payloadBytes, first, last } = receive([1, 2, 3]).snapshot();
  assert.deepEqual([bytes, payloadBytes, first, last], [60, 24, 1e12, 1e12 + 40]);
});

Deno.test("RtpSource takes late packets for late and repeated ones for duplicates", () => {
  const { lost, duplicates, reordered } = receive([10, 13, 11, 11, 13, 12]).snapshot();
  assert.deepEqual([lost, duplicates, reordered], [-2, 2, 2]);
});

Deno.test("RtpSource counts what came late before its first packet", () => {
  const { lost, reordered, maxSequence } = receive([0, 65535, 1]).snapshot();
  assert.deepEqual([lost, reordered, maxSequence], [-1, 1, 1]);
});

Deno.test("RtpSource waits for a second packet before it believes in a restart", () => {
  const stray = receive([10, 11, 40000, 12]).snapshot();
  assert.deepEqual([stray.packets, stray.lost, stray.resets, stray.maxSequence], [3, 0, 0, 12]);
  const restart = receive([10, 11, 13, 40000, 40001, 40002]).snapshot();
  assert.deepEqual([restart.packets, restart.lost, restart.resets], [6, 1, 1]);
  assert.deepEqual([restart.bytes, restart.payloadBytes], [6 * 20, 6 * 8]);
});

Deno.test("RtpSource survives jumps of half the space without negative loss", () => {
  const { lost, packets } = receive([0, 32768, 32769, 1, 2, 65535, 3]).snapshot();
  assert.ok(lost >= -1 && packets <= 7, `${lost} of ${packets}`);
});

Deno.test("RtpSource measures jitter as RFC 3550 A.8 does", () => {
  const source = RtpSource.of(packet(0));
  let expected = 0;
  let now = 0;
  for (let sequence = 0; sequence < 50; sequence++) {
    const delay = sequence % 2 === 0 ? 0 : 10; // each is 10 ms early or late: 80 units
    source.count(packet(sequence), { now: now + delay, wall: 1e12 + now, clockRate: 8000 });
    if (sequence > 0) expected += (80 - expected) / 16;
    now += 20;
  }
  const { jitter } = source.snapshot();
  assert.ok(Math.abs(jitter - expected / 8) < 0.01, `${jitter} instead of ${expected / 8}`);
});

Deno.test("RtpSource takes a new time base for what it is, and timestamps may wrap", () => {
  const source = RtpSource.of(packet(0));
  const stamps = [2 ** 32 - 160, 0, 160, 4e8, 4e8 + 160];
  for (const [i, timestamp] of stamps.entries()) {
    source.count(packet(i, timestamp), { now: i * 20, wall: 1e12, clockRate: 8000 });
  }
  assert.equal(source.snapshot().jitter, 0);
  assert.equal(source.snapshot().lastTimestamp, 4e8 + 160);
});
