import assert from "node:assert/strict";
import type { SsrcCounters } from "../relay/types.ts";
import { ntpMiddle, ntpTime, parseRtcp, type RtcpPacket } from "../rtcp/mod.ts";
import { ReportGenerator, type ReportInput } from "./generator.ts";

const START = 1_700_000_000_000;

function source(ssrc: number, fields: Partial<SsrcCounters> = {}): SsrcCounters {
  return {
    ssrc,
    packets: 100,
    bytes: 17_200,
    payloadBytes: 16_000,
    first: START - 2000,
    last: START,
    payloadType: 0,
    lastTimestamp: 1000,
    clockRate: 8000,
    maxSequence: 99,
    cycles: 0,
    lost: 0,
    jitter: 2,
    duplicates: 0,
    reordered: 0,
    resets: 0,
    ...fields,
  };
}

function next(generator: ReportGenerator, input: Partial<ReportInput>): RtcpPacket[] | undefined {
  const none = { at: START, senders: [], receivers: [], lastReceived: () => undefined };
  const report = generator.next({ ...none, ...input });
  return report && parseRtcp(report.payload, { reducedSize: false });
}

Deno.test("ReportGenerator has nothing to tell without sources", () => {
  assert.equal(next(new ReportGenerator("name", 1), {}), undefined);
});

Deno.test("ReportGenerator speaks for who is heard, with NTP and RTP time of the same moment", () => {
  const at = START + 250;
  const packets = next(new ReportGenerator("name", 1), {
    at,
    senders: [source(0xa, { lastTimestamp: 0xffffff00 })],
    receivers: [source(0xb, { cycles: 2, jitter: 10, lost: 5, packets: 95 })],
    lastReceived: (ssrc) => ssrc === 0xb ? { middle: 0x12345678, at: START - 1000 } : undefined,
  })!;
  const [sr, sdes] = packets;
  assert(sr?.type === "SR" && sdes?.type === "SDES" && packets.length === 2);
  assert.equal(sr.ssrc, 0xa);
  assert.deepEqual(sr.sender, {
    ...ntpTime(at),
    rtpTimestamp: (0xffffff00 + 2000) >>> 0,
    packets: 100,
    octets: 16_000,
  });
  assert.deepEqual(sr.reports, [{
    ssrc: 0xb,
    fractionLost: 12,
    lost: 5,
    highestSequence: 0x20063,
    jitter: 80,
    lastSr: 0x12345678,
    delay: Math.round(1250 * 65.536),
  }]);
  assert.deepEqual(sdes.chunks, [{ ssrc: 0xa, items: [{ type: 1, text: "name" }] }]);
});

Deno.test("ReportGenerator counts loss since the last report, RFC 3550 A.3", () => {
  const generator = new ReportGenerator("name", 1);
  const fraction = (packets: number, lost: number, ssrc = 0xb) => {
    const [report] = next(generator, { receivers: [source(ssrc, { packets, lost })] })!;
    assert(report?.type === "RR");
    return [report.reports[0]!.fractionLost, report.reports[0]!.lost];
  };
  assert.deepEqual(fraction(50, 50), [128, 50]);
  assert.deepEqual(fraction(150, 50), [0, 50]);
  assert.deepEqual(fraction(150, 50), [0, 50], "nothing was due");
  assert.deepEqual(fraction(160, 45), [0, 45], "duplicates");
  assert.deepEqual(fraction(160, 145), [255, 145], "all of it");
  assert.deepEqual(fraction(10, 10), [128, 10], "counted from the beginning after a restart");
  assert.deepEqual(fraction(10, 0, 0xc), [0, 0]);
  assert.deepEqual(fraction(30, 30), [128, 30], "forgotten while it was away");
});

Deno.test("ReportGenerator sends receiver reports while those it speaks for are silent", () => {
  const generator = new ReportGenerator("name", 0x77);
  const receivers = [source(0xb)];
  const types = (at: number, senders: readonly SsrcCounters[]) => {
    const packets = next(generator, { at, senders, receivers })!;
    return packets.map((packet) => `${packet.type} ${"ssrc" in packet ? packet.ssrc : ""}`.trim());
  };
  assert.deepEqual(types(START, []), ["RR 119", "SDES"]);
  assert.deepEqual(types(START + 10, [source(0xa, { last: START + 5 })]), ["SR 10", "SDES"]);
  assert.deepEqual(types(START + 20, [source(0xa, { last: START + 5 })]), ["RR 10", "SDES"]);
  const two = [source(0xa, { last: START + 25 }), source(0xc, { last: START + 25 })];
  assert.deepEqual(types(START + 30, two), ["SR 10", "SR 12", "SDES"]);
});

Deno.test("ReportGenerator tells what sender reports it made", () => {
  const generator = new ReportGenerator("name", 1);
  const senders = [source(0xa)];
  const input = { at: START, senders, receivers: [], lastReceived: () => undefined };
  const { sent, payload } = generator.next(input)!;
  assert.equal(sent.length, 1);
  assert.equal(sent[0]!.ssrc, 0xa);
  const [sr] = parseRtcp(payload);
  assert(sr?.type === "SR");
  assert.equal(ntpMiddle(sent[0]!.sender), ntpMiddle(sr.sender));
});

Deno.test("ReportGenerator keeps to one datagram", () => {
  const many = Array.from({ length: 40 }, (_, i) => source(i + 1));
  const { payload } = new ReportGenerator("name", 1).next({
    at: START,
    senders: many,
    receivers: many,
    lastReceived: () => undefined,
  })!;
  assert(payload.length < 1200, `${payload.length} bytes`);
  const [sr] = parseRtcp(payload);
  assert(sr?.type === "SR" && sr.reports.length === 31);
});
