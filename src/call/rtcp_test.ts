import assert from "node:assert/strict";
import type { RtcpReception } from "./rtcp_monitor.ts";
import { SSRC_A, SSRC_B, Talk } from "./rtcp_test_support.ts";

/** RTCP goes forth and back: legs of 20 and 30 ms. */
function talk(options: ConstructorParameters<typeof Talk>[0] = {}): Talk {
  const talk = new Talk(options);
  talk.second();
  const fromA = talk.sr(talk.a);
  talk.bench.clock.advance(40);
  const about = { ssrc: SSRC_A, sender: fromA, held: 20, lost: 3, jitter: 160, fractionLost: 20 };
  const fromB = talk.sr(talk.b, about);
  talk.bench.clock.advance(60);
  talk.sr(talk.a, {
    ssrc: SSRC_B,
    sender: fromB,
    held: 30,
    lost: -1,
    jitter: 80,
    fractionLost: 10,
  });
  return talk;
}

Deno.test("RTCP passes unchanged and is looked at", () => {
  const call = talk();
  const sent = call.sent();
  assert.deepEqual(sent.map(({ to }) => to.port), [5001, 4001, 5001]);
  assert.deepEqual(sent.map(({ packets }) => packets[0]!.type), ["SR", "SR", "SR"]);
});

Deno.test("query tells what the parties reported, under the SSRC of who reported", () => {
  const call = talk();
  const { SSRC, tags } = call.query();
  const counted = {
    bytes: 50 * 172,
    packets: 50,
    "last RTP timestamp": 49 * 160,
    "last RTP seq": 49,
  };
  const leg = (values: Record<string, number>, at: number) => ({
    ...values,
    "reported at": Math.floor((call.bench.clock.wall() - at) / 1000),
  });
  const ofA = {
    MOS: 37,
    "round-trip time": 49_997,
    "round-trip time leg": 30_001,
    jitter: 10,
    "packet loss": 3,
  };
  assert.deepEqual(SSRC[SSRC_A], {
    ...counted,
    "cumulative loss": 0,
    "average MOS": { ...ofA, samples: 1 },
    "lowest MOS": leg(ofA, 0),
    "highest MOS": leg(ofA, 0),
    "MOS progression": { interval: 0, entries: [leg(ofA, 0)] },
  });
  // b's only report came before both legs were known
  assert.deepEqual(SSRC[SSRC_B], counted);
  const [media] = tags.a.medias;
  assert.deepEqual(media["ingress SSRCs"], [{ SSRC: SSRC_A, ...SSRC[SSRC_A] }]);
  assert.deepEqual(media["egress SSRCs"], [{ SSRC: SSRC_B, ...counted }]);
  assert.deepEqual(media.streams.map((stream: { SSRC: number }) => stream.SSRC), [SSRC_A, SSRC_A]);
});

Deno.test("reports are summed up for all and for the address they came to", () => {
  const { bench } = talk();
  const totals = bench.sums.totals();
  assert.deepEqual(totals.mos, { total: 3.7, squares: 3.7 * 3.7, samples: 1 });
  assert.equal(totals.rttDsct.samples, 2);
  assert.deepEqual(bench.sums.totalsOf(bench.relay.addresses[0]!), totals);
  assert.equal(bench.sums.totalsOf(bench.relay.addresses[2]!).mos.samples, 0);
  bench.send("delete", { "call-id": "c" });
  assert.deepEqual(bench.sums.totals().rttE2e, totals.rttE2e, "sums outlive the call");
});

Deno.test("ssrc-reporting says where sources are shown", () => {
  const shape = (mode: "full" | "inline" | "global" | "none") => {
    const { SSRC, tags } = talk({ ssrcReporting: mode }).query();
    const [ingress] = tags.a.medias[0]["ingress SSRCs"];
    const [egress] = tags.a.medias[0]["egress SSRCs"];
    const keys = (value: object | undefined) => value && Object.keys(value).length;
    return [keys(SSRC), keys(ingress), keys(egress)];
  };
  assert.deepEqual(shape("full"), [2, 10, 5]);
  assert.deepEqual(shape("inline"), [undefined, 10, 5]);
  assert.deepEqual(shape("global"), [2, 1, 1]);
  assert.deepEqual(shape("none"), [undefined, undefined, undefined]);
});

Deno.test("who traces RTCP is told where it came from and to", () => {
  const heard: RtcpReception[] = [];
  const { bench, a } = talk({ quality: { onRtcp: (reception) => void heard.push(reception) } });
  assert.equal(heard.length, 3);
  const { callId, source, local, at, packets } = heard[2]!;
  assert.equal(callId, "c");
  assert.deepEqual(source, a.rtcp);
  assert.deepEqual(local, bench.engine.locals.get(a.slots.rtcp));
  assert.equal(at, bench.clock.wall());
  assert.equal(packets[0]!.type, "SR");
});

Deno.test("RTCP that is none is passed on or dropped, and changes nothing", () => {
  const call = new Talk();
  const before = call.query();
  // valid for RFC 3550 A.2: versions and lengths are right
  const badSdes = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 1, 0x81, 202, 0, 1, 0, 0, 0, 1);
  call.bench.engine.inject(call.a.slots.rtcp, badSdes, call.a.rtcp);
  call.bench.engine.inject(call.a.slots.rtcp, Uint8Array.of(0x80, 200, 0, 9), call.a.rtcp);
  assert.deepEqual(Object.keys(call.query().SSRC), Object.keys(before.SSRC));
  assert.equal(call.bench.sums.totals().jitter.samples, 0);
});

Deno.test("ports of an ended call are forgotten, also when another call gets them", () => {
  const call = talk();
  call.bench.send("delete", { "call-id": "c" });
  const samples = () => call.bench.sums.totals().rttDsct.samples;
  const before = samples();
  call.sr(call.a);
  assert.equal(samples(), before);
  call.bench.clock.advance(60_000 * 10);
  call.bench.offer(
    "v=0\no=- 1 1 IN IP4 198.51.100.1\ns=-\nc=IN IP4 198.51.100.1\nt=0 0\n" +
      "m=audio 4000 RTP/AVP 8 0\n",
    { "call-id": "d" },
  );
  assert.deepEqual(call.bench.send("query", { "call-id": "d" }).SSRC, {});
});

Deno.test("jitter is told in the clock rate of the codec", () => {
  const call = new Talk({ attributes: "a=rtpmap:96 opus/48000/2\na=fmtp:96 useinbandfec=1\n" });
  const rates: [number, number][] = [];
  const { engine } = call.bench;
  const tell = engine.setClockRate.bind(engine);
  engine.setClockRate = (slot, payloadType, rate) => {
    rates.push([payloadType, rate]);
    tell(slot, payloadType, rate);
  };
  const opus = "m=audio 4000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\n";
  const session = "v=0\no=- 1 2 IN IP4 198.51.100.1\ns=-\nc=IN IP4 198.51.100.1\nt=0 0\n";
  call.bench.offer(session + opus, { "to-tag": "b" });
  assert.deepEqual(new Set(rates.map(String)), new Set(["96,48000"]));
  const told = rates.length;
  call.bench.offer(session + opus, { "to-tag": "b" });
  assert.equal(rates.length, told, "told once");
  call.rtp(call.a, 96);
  call.rtp(call.b, 96);
  const fromA = call.sr(call.a);
  call.bench.clock.advance(10);
  call.sr(call.b, { ssrc: SSRC_A, sender: fromA, held: 0, jitter: 480 });
  assert.equal(call.bench.sums.totals().jitter.total, 10);
});

Deno.test("measure-rtp samples the jitter of each source once a second", () => {
  const call = new Talk({ quality: { measure: true } });
  for (let i = 0; i < 3; i++) {
    call.second();
    for (let j = 0; j < 3; j++) call.bench.service.tickRtcp();
  }
  assert.deepEqual(call.bench.sums.totals().jitterMeasured.samples, 6);
  call.pass(5000);
  assert.equal(call.bench.sums.totals().jitterMeasured.samples, 6, "silence is not measured");
  const without = new Talk();
  without.second();
  without.pass(2000);
  assert.equal(without.bench.sums.totals().jitterMeasured.samples, 0);
});

Deno.test("a source known from RTCP alone has counted nothing", () => {
  const call = new Talk();
  call.rtcp(call.b, { type: "RR", ssrc: SSRC_B, reports: [] });
  for (let ssrc = 1; ssrc <= 6; ssrc++) call.rtcp(call.a, { type: "RR", ssrc, reports: [] });
  const { SSRC, tags } = call.query();
  const nothing = { bytes: 0, packets: 0, "last RTP timestamp": 0, "last RTP seq": 0 };
  assert.deepEqual(SSRC[SSRC_B], nothing);
  assert.deepEqual(tags.b.medias[0]["ingress SSRCs"], [{ SSRC: SSRC_B, ...nothing }]);
  assert.equal(tags.b.medias[0].streams[0].SSRC, SSRC_B);
  assert.equal(tags.b.medias[0].codec, undefined);
  const ofA = tags.a.medias[0]["ingress SSRCs"].map((one: { SSRC: number }) => one.SSRC);
  assert.deepEqual(ofA, [6, 5, 4, 3], "a party may make up as many as it likes");
});

Deno.test("clock rates of bundled sections are told for the port they share", () => {
  const call = new Talk();
  const told: string[] = [];
  call.bench.engine.setClockRate = (slot, payloadType, rate) =>
    void told.push(`${slot} ${payloadType} ${rate}`);
  const session = "v=0\no=- 1 1 IN IP4 198.51.100.1\ns=-\nc=IN IP4 198.51.100.1\nt=0 0\n";
  const sdp = session + "a=group:BUNDLE 0 1\nm=audio 4000 RTP/AVP 96\na=mid:0\n" +
    "a=rtpmap:96 opus/48000/2\nm=video 4000 RTP/AVP 97\na=mid:1\na=rtpmap:97 VP8/90000\n";
  const keys = { "call-id": "d", bundle: ["accept"] };
  call.bench.offer(sdp, keys);
  const slot = call.bench.slot(call.bench.answer(sdp, keys));
  assert(told.includes(`${slot} 96 48000`));
  assert(told.includes(`${slot} 97 90000`), `${told}`);
});
