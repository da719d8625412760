import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { pcapngEnd, pcapngHead, pcapngPacket } from "./pcapng.ts";

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Blocks of a file: type and body. */
function blocks(bytes: Uint8Array): { type: number; body: Uint8Array }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const length = view.getUint32(at + 4, true);
    assert.equal(length % 4, 0);
    assert.equal(view.getUint32(at + length - 4, true), length);
    found.push({
      type: view.getUint32(at, true),
      body: bytes.subarray(at + 8, at + length - 4),
    });
    at += length;
  }
  return found;
}

Deno.test("pcapngHead() has a section of unknown length and one interface of raw IP", () => {
  const [section, device, ...rest] = blocks(pcapngHead("rtpedge 1", "Call-ID: é"));
  assert.deepEqual(rest, []);
  assert.equal(section?.type, 0x0a0d0d0a);
  assert.match(hex(section!.body), /^4d3c2b1a01000000ffffffffffffffff/);
  assert.equal(device?.type, 1);
  assert.match(hex(device!.body), /^6500000000000000/);
});

Deno.test("pcapngPacket() makes valid headers of IPv4 and UDP", () => {
  const [packet] = blocks(pcapngPacket({
    time: 1_700_000_000_123.456,
    source: { family: 4, address: "192.0.2.1", port: 30_000 },
    destination: { family: 4, address: "198.51.100.2", port: 4000 },
    outgoing: true,
    payload: new Uint8Array([1, 2, 3]),
  }));
  const view = new DataView(packet!.body.buffer, packet!.body.byteOffset);
  const time = (BigInt(view.getUint32(4, true)) << 32n) | BigInt(view.getUint32(8, true));
  assert.equal(time, 1_700_000_000_123_456n);
  assert.equal(view.getUint32(12, true), 31);
  // worked out by hand: sum of the header's words, folded, inverted
  assert.equal(
    hex(packet!.body.subarray(20, 20 + 31)),
    "4500001f00000000" + "40118e97" + "c0000201" + "c6336402" + "75300fa0000b8ace" + "010203",
  );
  assert.match(hex(packet!.body.subarray(20 + 32)), /^0200040002000000/);
});

Deno.test("pcapngPacket() of IPv6 sums up to zero", () => {
  const [packet] = blocks(pcapngPacket({
    time: 0,
    source: { family: 6, address: "2001:db8::1", port: 1 },
    destination: { family: 6, address: "2001:db8::2", port: 2 },
    outgoing: false,
    payload: new Uint8Array([255, 255, 255, 255, 7]),
  }));
  const ip = packet!.body.subarray(20, 20 + 40 + 13);
  let sum = 17 + 13;
  for (let at = 8; at < ip.length; at += 2) sum += (ip[at]! << 8) | (ip[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  assert.equal(sum, 0xffff);
});

Deno.test("pcapngEnd() tells how many packets are missing", () => {
  const [end] = blocks(pcapngEnd(5, 0));
  assert.equal(end?.type, 5);
  assert.match(hex(end!.body), /050008000500000000000000/);
});
