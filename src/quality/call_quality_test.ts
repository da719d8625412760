import assert from "node:assert/strict";
import { TrafficSums } from "../relay/traffic.ts";
import type { LocalAddress } from "../relay/types.ts";
import { ntpMiddle, type ReportBlock, type RtcpPacket, type SenderInfo } from "../rtcp/mod.ts";
import { CallQuality } from "./call_quality.ts";
import { DEFAULT_MOS, type MosModel } from "./mos.ts";
import { QualitySums } from "./sums.ts";

const LOCAL: LocalAddress = {
  name: "default",
  family: 4,
  address: "192.0.2.1",
  advertised: "192.0.2.1",
  advertisedFamily: 4,
  portMin: 30000,
  portMax: 40000,
};
const A = 0xaaaa;
const B = 0xbbbb;
const START = 1_700_000_000_000;

/** A call of two whose RTCP passes at given times. */
class Talk {
  readonly sums = new QualitySums([LOCAL], () => this.traffic);
  readonly traffic = new TrafficSums();
  readonly quality: CallQuality;
  #sent = 0;

  constructor(model: MosModel = DEFAULT_MOS) {
    this.quality = new CallQuality(model, this.sums);
  }

  /** An SR of `from`, with a report about the SR `heard` of the other one. */
  sr(from: number, at: number, about?: Partial<ReportBlock>): SenderInfo {
    const sender = {
      ntpSeconds: 1000 + this.#sent++,
      ntpFraction: 0x80000000,
      rtpTimestamp: 0,
      packets: 1,
      octets: 1,
    };
    const type = "SR";
    this.#receive({ type, ssrc: from, sender, reports: about ? [block(about)] : [] }, 200, at);
    return sender;
  }

  rr(from: number, at: number, ...reports: Partial<ReportBlock>[]): void {
    this.#receive({ type: "RR", ssrc: from, reports: reports.map(block) }, 201, at);
  }

  // deno-lint-ignore no-explicit-any
  #receive(body: any, packetType: number, at: number): void {
    const header = { padding: false, count: 0, packetType, length: 0 };
    const packet: RtcpPacket = { header, ...body };
    const reception = { at: START + at, local: LOCAL, clockRate: () => 8000 };
    this.quality.received([packet], reception);
  }
}

function block(fields: Partial<ReportBlock>): ReportBlock {
  const none = { ssrc: 0, fractionLost: 0, lost: 0, highestSequence: 0 };
  return { ...none, jitter: 0, lastSr: 0, delay: 0, ...fields };
}

/** `lastSr` and `delay` of a report about an SR that was held for `ms`. */
function heard(ssrc: number, sender: SenderInfo, ms: number): Partial<ReportBlock> {
  return { ssrc, lastSr: ntpMiddle(sender), delay: Math.round(ms * 65.536) };
}

Deno.test("CallQuality adds the legs to the round trip and files reports under the reporter", () => {
  const talk = new Talk();
  const fromA = talk.sr(A, 0);
  // b got it after 10 ms, waited 20 ms, and its answer took 10 ms
  const fromB = talk.sr(B, 40, { ...heard(A, fromA, 20), lost: 7, jitter: 160, fractionLost: 20 });
  const first = talk.quality.summary(B)!;
  assert.equal(first.lost, 7);
  assert.equal(first.average, undefined, "no score before both legs are known");
  const at = START + 40;
  const [unknown] = first.progression.entries;
  assert.deepEqual(unknown, { mos: 0, roundTrip: 0, leg: 19_996, jitter: 20, loss: 7, at });
  assert.equal(talk.quality.summary(A), undefined);
  // a's leg is 30 ms
  talk.rr(A, 100, { ...heard(B, fromB, 30), jitter: 80, fractionLost: 10 });
  const { average, lowest, highest } = talk.quality.summary(A)!;
  const expected = { mos: 37, roundTrip: 49_997, leg: 30_001, jitter: 10, loss: 3 };
  assert.deepEqual(average, { ...expected, samples: 1 });
  assert.deepEqual(lowest, { ...expected, at: START + 100 });
  assert.equal(lowest, highest);
});

Deno.test("CallQuality sums every report, scores only those that have one", () => {
  const talk = new Talk();
  const fromA = talk.sr(A, 0);
  const fromB = talk.sr(B, 40, { ...heard(A, fromA, 20), jitter: 160, fractionLost: 20 });
  talk.rr(A, 100, { ...heard(B, fromB, 30), jitter: 80, fractionLost: 10 });
  for (const totals of [talk.sums.totals(), talk.sums.totalsOf(LOCAL)]) {
    assert.deepEqual(totals.jitter, { total: 30, squares: 500, samples: 2 });
    assert.deepEqual(totals.packetLoss, { total: 10, squares: 58, samples: 2 });
    assert.deepEqual(totals.rttDsct, {
      total: 49_997,
      squares: 19_996 ** 2 + 30_001 ** 2,
      samples: 2,
    });
    assert.deepEqual(totals.rttE2e, { total: 49_997, squares: 49_997 ** 2, samples: 2 });
    assert.deepEqual(totals.mos, { total: 3.7, squares: 3.7 * 3.7, samples: 1 });
    assert.equal(totals.jitterMeasured.samples, 0);
  }
  const elsewhere = { ...LOCAL, address: "192.0.2.2" };
  assert.equal(talk.sums.totalsOf(elsewhere).jitter.samples, 0);
  talk.sums.measured(LOCAL, 4);
  assert.deepEqual(talk.sums.totals().jitterMeasured, { total: 4, squares: 16, samples: 1 });
  Object.assign(talk.traffic, { lost: 3, duplicates: 2, resets: 1, reordered: 4 });
  const { packetsLost, duplicates, resets, reordered } = talk.sums.totals();
  assert.deepEqual([packetsLost, duplicates, resets, reordered], [3, 2, 1, 4]);
});

Deno.test("CallQuality scores at once when only listening counts", () => {
  const talk = new Talk({ formula: "G.107", listening: true });
  const fromA = talk.sr(A, 0);
  talk.rr(B, 3000, heard(A, fromA, 20));
  assert.equal(talk.quality.summary(B)!.average!.mos, 43);
});

Deno.test("CallQuality ignores reports that cannot be true", () => {
  const talk = new Talk();
  const fromA = talk.sr(A, 0);
  talk.rr(B, 10, heard(A, fromA, 5000)); // longer ago than it was sent
  talk.rr(B, 10, heard(B, fromA, 0)); // about itself, which sent nothing
  talk.rr(B, 10, { ssrc: A, lastSr: 1234 }); // no such sender report
  talk.rr(B, 10, { ssrc: A }); // none received
  talk.rr(B, 100_000, heard(A, fromA, 0)); // more than a minute
  assert.equal(talk.quality.summary(B), undefined);
  talk.rr(B, 10, heard(A, fromA, 20)); // a little early: clocks
  assert.equal(talk.quality.summary(B)!.progression.entries[0]!.leg, 1);
});

Deno.test("CallQuality remembers the last four sender reports of a source", () => {
  const talk = new Talk();
  const reports = Array.from({ length: 5 }, (_, i) => talk.sr(A, i * 10));
  talk.rr(B, 100, heard(A, reports[0]!, 0));
  assert.equal(talk.quality.summary(B), undefined);
  talk.rr(B, 100, heard(A, reports[1]!, 0));
  assert.equal(talk.quality.summary(B)!.progression.entries[0]!.leg, 90_000);
  assert.equal(talk.quality.lastReceived(A)!.at, START + 40);
});

Deno.test("CallQuality takes round trips from reports of our own, which are not the party's", () => {
  const talk = new Talk();
  const sender = {
    ntpSeconds: 5,
    ntpFraction: 0,
    rtpTimestamp: 0,
    packets: 1,
    octets: 1,
  };
  talk.quality.sent(A, sender, START);
  assert.equal(talk.quality.lastReceived(A), undefined);
  talk.rr(B, 50, heard(A, sender, 10));
  assert.equal(talk.quality.summary(B)!.progression.entries[0]!.leg, 40_005);
});

Deno.test("CallQuality follows no more than 32 sources", () => {
  const talk = new Talk();
  for (let ssrc = 1; ssrc <= 100; ssrc++) talk.sr(ssrc, ssrc);
  assert.notEqual(talk.quality.lastReceived(32), undefined);
  assert.equal(talk.quality.lastReceived(33), undefined);
});
