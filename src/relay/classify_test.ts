import assert from "node:assert/strict";
import { classOf, isValidRtcp, isValidRtp, payloadOf, ssrcOf } from "./classify.ts";
import type { PacketClass } from "./types.ts";

const port = { opaque: false, rtcpOnly: false, rtcpMux: false, punt: [] as PacketClass[] };

function bytes(...parts: (number | number[])[]): Uint8Array {
  return Uint8Array.from(parts.flat());
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

const RTP = bytes(0x80, 8, zeros(10), 1, 2, 3);
const REPORT = bytes(0x80, 201, 0, 1, 0, 0, 0, 1);
const STUN = bytes(0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, zeros(12));
const DTLS = bytes(22, 0xfe, 0xfd, zeros(10));

Deno.test("classOf tells packets apart by RFC 7983", () => {
  assert.equal(classOf(RTP, port), "rtp");
  assert.equal(classOf(STUN, port), "stun");
  assert.equal(classOf(DTLS, port), "dtls");
  assert.equal(classOf(bytes(64, 0, 0, 0), port), "other");
  assert.equal(classOf(bytes(255, zeros(20)), port), "other");
  assert.equal(classOf(bytes(), port), undefined);
});

Deno.test("classOf tells RTCP from RTP by the port, or by RFC 5761 when both share it", () => {
  assert.equal(classOf(REPORT, { ...port, rtcpOnly: true }), "rtcp");
  assert.equal(classOf(RTP, { ...port, rtcpOnly: true }), undefined);
  assert.equal(classOf(REPORT, { ...port, rtcpMux: true }), "rtcp");
  assert.equal(classOf(RTP, { ...port, rtcpMux: true }), "rtp");
  assert.equal(classOf(REPORT, port), undefined);
});

Deno.test("classOf takes everything for opaque on an opaque port but what is to be handed up", () => {
  const opaque = { ...port, opaque: true };
  for (const packet of [RTP, STUN, DTLS, bytes(0x80)]) {
    assert.equal(classOf(packet, opaque), "other");
  }
  assert.equal(classOf(STUN, { ...opaque, punt: ["stun"] }), "stun");
  assert.equal(classOf(DTLS, { ...opaque, punt: ["dtls"] }), "dtls");
});

Deno.test("isValidRtp refuses headers that claim more than there is", () => {
  const extended = bytes(0x90, 8, zeros(10), 0, 0, 0, 1, 9, 9, 9, 9);
  assert.ok(isValidRtp(extended));
  assert.ok(isValidRtp(bytes(0xa0, 8, zeros(10), 7, 1)));
  const wrong = [
    RTP.subarray(0, 11),
    bytes(0x40, 8, zeros(10)), // version 1
    bytes(0x8f, 8, zeros(69)), // 15 contributing sources need 72
    bytes(0x80, 72, zeros(10)), // what a sender report looks like
    bytes(0x80, 0x80 | 76, zeros(10)),
    bytes(0x90, 8, zeros(10)), // no room for the extension header
    bytes(0x90, 8, zeros(10), 0, 0, 0, 2, 9, 9, 9, 9), // extension of two words, one there
    bytes(0xa0, 8, zeros(10)), // padding without a payload
    bytes(0xa0, 8, zeros(10), 5, 0), // padding of nothing
    bytes(0xa0, 8, zeros(10), 5, 3), // padding beyond the payload
  ];
  for (const packet of wrong) assert.equal(isValidRtp(packet), false, packet.join(" "));
});

Deno.test("isValidRtcp walks compound packets and refuses lengths and counts that lie", () => {
  const bye = bytes(0x81, 203, 0, 2, 0, 0, 0, 1, 2, 104, 105, 0);
  assert.ok(isValidRtcp(bytes([...REPORT], [...bye])));
  assert.ok(isValidRtcp(bytes(0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4)));
  const wrong = [
    REPORT.subarray(0, 7),
    bytes(0x80, 201, 0, 2, 0, 0, 0, 1), // longer than the datagram
    bytes(0x81, 201, 0, 1, 0, 0, 0, 1), // a report block that is not there
    bytes(0x80, 200, 0, 1, 0, 0, 0, 1), // a sender report without sender info
    bytes(0x80, 100, 0, 1, 0, 0, 0, 1), // no RTCP type
    bytes([...REPORT], 0x80, 201), // something after it
    bytes(0x81, 203, 0, 2, 0, 0, 0, 1, 4, 104, 105, 0), // a reason of four bytes in three
    bytes(0x9f, 203, 0, 1, 0, 0, 0, 1), // 31 sources
    bytes(0xa0, 201, 0, 1, 0, 0, 0, 0), // padding of nothing
    bytes(0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3), // padding that is no multiple of four
    bytes(0xa0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4, [...REPORT]), // padding, but not the last
    bytes(0x81, 202, 0, 1, 0, 0, 0, 1), // a chunk without an end
    bytes(0x80, 206, 0, 1, 0, 0, 0, 1), // feedback without its media source
  ];
  for (const packet of wrong) assert.equal(isValidRtcp(packet), false, packet.join(" "));
});

Deno.test("classOf calls STUN and DTLS only what looks like it", () => {
  const badCookie = STUN.slice();
  badCookie[4] = 0;
  const badLength = STUN.slice();
  badLength[3] = 4;
  for (const packet of [badCookie, badLength, STUN.subarray(0, 19), DTLS.subarray(0, 12)]) {
    assert.equal(classOf(packet, port), "other");
  }
  assert.equal(classOf(bytes(22, 3, 3, zeros(20)), port), "other"); // TLS
});

Deno.test("ssrcOf reads all 32 bits", () => {
  assert.equal(ssrcOf(bytes(zeros(8), 0xff, 0xee, 0xdd, 0xcc)), 0xffeeddcc);
});

Deno.test("payloadOf leaves out sources, extension and padding", () => {
  const header = zeros(11);
  assert.deepEqual(payloadOf(bytes(0x80, header)), bytes());
  assert.deepEqual(payloadOf(bytes(0x80, header, 1, 2)), bytes(1, 2));
  assert.deepEqual(payloadOf(bytes(0x82, header, zeros(8), 1)), bytes(1));
  assert.deepEqual(payloadOf(bytes(0x90, header, 0xbe, 0xde, 0, 1, zeros(4), 1)), bytes(1));
  assert.deepEqual(payloadOf(bytes(0xa0, header, 1, 0, 0, 3)), bytes(1));
  const all = bytes(0xb1, header, zeros(4), 0, 0, 0, 0, 1, 2, 1);
  assert.deepEqual(payloadOf(all), bytes(1, 2));
});
