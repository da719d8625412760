import assert from "node:assert/strict";
import { editRtp } from "./rtp_edit.ts";
import type { RuleOutput } from "./types.ts";

const to = { slot: 1, match: ["rtp"] } as const;
const PACKET = Uint8Array.from([0x80, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 1, 2, 3]);

function edited(parts: Partial<RuleOutput>, packet: Uint8Array = PACKET): number[] | undefined {
  const rule = {
    silence: [{ payloadType: 8, byte: 0xd5 }, { payloadType: 101 }],
    bundle: { midExtension: 2, sections: [] },
  };
  const before = packet.slice();
  const after = editRtp(packet, rule, { ...to, ...parts });
  assert.deepEqual(packet, before, "the packet itself stays as it is");
  return after && [...after];
}

function of(payloadType: number): Uint8Array {
  return Uint8Array.from(PACKET, (byte, i) => i === 1 ? payloadType : byte);
}

Deno.test("editRtp fills what has a pattern, passes what may be heard, and nothing else", () => {
  assert.deepEqual(edited({ silence: true })?.slice(12), [0xd5, 0xd5, 0xd5]);
  assert.deepEqual(edited({ silence: true }, of(0x80 | 8))?.slice(12), [0xd5, 0xd5, 0xd5]);
  assert.deepEqual(edited({ silence: true }, of(101)), [...of(101)]);
  assert.equal(edited({ silence: true }, of(96)), undefined);
  assert.deepEqual(edited({}, of(96)), [...of(96)]);
});

Deno.test("editRtp replaces one SSRC, or any", () => {
  assert.deepEqual(edited({ ssrcOut: 5 })?.slice(8, 12), [0, 0, 0, 5]);
  assert.deepEqual(edited({ ssrcIn: 9, ssrcOut: 5 })?.slice(8, 12), [0, 0, 0, 5]);
  assert.deepEqual(edited({ ssrcIn: 8, ssrcOut: 5 })?.slice(8, 12), [0, 0, 0, 9]);
});

Deno.test("editRtp writes a MID in place of the sender's", () => {
  const named = Uint8Array.from([
    ...[0x90, ...PACKET.subarray(1, 12)],
    ...[0xbe, 0xde, 0, 1, 0x20, 0x61, 0x10, 7],
    ...[1, 2, 3],
  ]);
  const mid = { id: 4, value: "b" };
  assert.deepEqual(edited({ mid }, named)?.slice(12, 20), [0xbe, 0xde, 0, 1, 0x10, 7, 0x40, 0x62]);
  assert.deepEqual(edited({ extensions: [2] }, named)?.slice(12, 20), [
    0xbe,
    0xde,
    0,
    1,
    0x20,
    0x61,
    0,
    0,
  ]);
});

Deno.test("editRtp drops what outgrows a datagram", () => {
  const mid = { id: 4, value: "b" };
  const largest = new Uint8Array(65507);
  largest.set(PACKET);
  assert.equal(edited({ mid }, largest), undefined);
  assert.equal(edited({ mid }, largest.subarray(0, 65499))?.length, 65507);
});
