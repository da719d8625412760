import assert from "node:assert/strict";
import { ntpMiddle, ntpTime } from "../rtcp/mod.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";
import { SSRC_A, SSRC_B, Talk } from "./rtcp_test_support.ts";

const GENERATE = { "generate RTCP": "on" };

/** Media flags of both parties. */
function generators(talk: Talk): boolean[] {
  const { tags } = talk.query();
  return ["a", "b"].map((tag) => tags[tag].medias[0].flags.includes("RTCP generator"));
}

Deno.test("generate RTCP ends RTCP and sends reports of our own to both", () => {
  const talk = new Talk({ offer: GENERATE });
  assert.deepEqual(generators(talk), [true, true]);
  for (let i = 0; i < 4; i++) talk.second();
  const fromB = talk.sr(talk.b);
  talk.second();
  assert.deepEqual(talk.sent(), [], "nothing is passed on");
  talk.pass(100);
  const sent = talk.sent();
  assert.deepEqual(sent.map(({ to }) => to), [talk.a.rtcp, talk.b.rtcp]);
  assert.deepEqual(sent.map(({ slot }) => slot), [talk.a.slots.rtcp, talk.b.slots.rtcp]);
  const [[toA, name], [toB]] = sent.map(({ packets }) => packets) as [
    typeof sent[0]["packets"],
    typeof sent[0]["packets"],
  ];
  const wall = talk.bench.clock.wall();
  assert(toA?.type === "SR" && toB?.type === "SR" && name?.type === "SDES");
  // on behalf of b: 250 packets, the last 120 ms ago
  assert.equal(toA.ssrc, SSRC_B);
  assert.deepEqual(toA.sender, {
    ...ntpTime(wall),
    rtpTimestamp: 249 * 160 + 120 * 8,
    packets: 250,
    octets: 250 * 160,
  });
  const about = { fractionLost: 0, lost: 0, highestSequence: 249, jitter: 0 };
  assert.deepEqual(toA.reports, [{ ssrc: SSRC_A, ...about, lastSr: 0, delay: 0 }]);
  assert.deepEqual(toB.reports, [{
    ssrc: SSRC_B,
    ...about,
    lastSr: ntpMiddle(fromB),
    delay: Math.round(1100 * 65.536),
  }]);
  assert.match(name.chunks[0]!.items[0]!.text, /^[0-9a-f]{12}$/);
});

Deno.test("round trips come from reports of our own where RTCP ends here", () => {
  const talk = new Talk({ offer: GENERATE });
  talk.second();
  talk.pass(4000);
  const [[toA], [toB]] = talk.sent().map(({ packets }) => packets) as [
    ReturnType<Talk["sent"]>[0]["packets"],
    ReturnType<Talk["sent"]>[0]["packets"],
  ];
  assert(toA?.type === "SR" && toB?.type === "SR");
  talk.bench.clock.advance(30);
  talk.sr(talk.a, { ssrc: SSRC_B, sender: toA.sender, held: 10 });
  talk.sr(talk.b, { ssrc: SSRC_A, sender: toB.sender, held: 20 });
  const { rttDsct, rttE2e } = talk.bench.sums.totals();
  assert.deepEqual([rttDsct.samples, rttDsct.total], [2, 20_005 + 9996]);
  assert.equal(rttE2e.total, 20_005 + 9996, "known with the second report");
  assert.equal(talk.query().SSRC[SSRC_B]["average MOS"]["round-trip time leg"], 9996);
});

Deno.test("reports of our own come every interval, and go to the RTP port under rtcp-mux", () => {
  const talk = new Talk({
    offer: GENERATE,
    attributes: "a=rtcp-mux\n",
    quality: { interval: 1000, random: () => 0.5 },
  });
  const times: number[] = [];
  for (let i = 0; i < 10; i++) {
    talk.second();
    talk.bench.service.tickRtcp();
    for (const { to, slot } of talk.sent()) {
      if (slot !== talk.a.slots.rtp) continue;
      assert.deepEqual(to, talk.a.rtp);
      times.push(i);
    }
  }
  assert.deepEqual(times, [1, 3, 5, 7, 9], "1 s and half of the spread of 1 s");
});

Deno.test("receiver reports are sent while nobody is heard, and nothing when nobody sends", () => {
  const talk = new Talk({ offer: GENERATE });
  talk.pass(6000);
  assert.deepEqual(talk.sent(), []);
  talk.rtp(talk.a);
  talk.pass(5000);
  const [toA, toB] = talk.sent();
  assert.deepEqual(toA!.packets.map(({ type }) => type), ["RR", "SDES"]);
  assert.deepEqual(toB!.packets.map(({ type }) => type), ["SR", "SDES"]);
  talk.pass(20_000);
  talk.sent();
  talk.pass(6000);
  assert.deepEqual(talk.sent(), [], "long after the last packet");
});

Deno.test("generate RTCP lasts, and can be turned on and off", () => {
  const talk = new Talk();
  assert.deepEqual(generators(talk), [false, false]);
  const offer = (keys: Record<string, string | string[]>) => {
    talk.bench.offer(A + AUDIO, { "to-tag": "b", ...keys });
    talk.bench.answer(B + AUDIO_B);
  };
  offer({ flags: ["generate RTCP"] });
  assert.deepEqual(generators(talk), [true, true]);
  offer({});
  assert.deepEqual(generators(talk), [true, true]);
  talk.second();
  talk.pass(5000);
  assert.equal(talk.sent().length, 2);
  offer({ "generate RTCP": "off" });
  assert.deepEqual(generators(talk), [false, false]);
  talk.second();
  talk.pass(10_000);
  assert.deepEqual(talk.sent(), []);
  talk.sr(talk.a);
  assert.equal(talk.sent().length, 1, "passed on again");
});

Deno.test("nothing is sent to a party on hold, rejected, gone, or behind a NAT that is closed", () => {
  const held = new Talk({ offer: GENERATE });
  held.second();
  held.bench.offer(A.replace("c=IN IP4 198.51.100.1", "c=IN IP4 0.0.0.0") + AUDIO, {
    "to-tag": "b",
  });
  held.pass(6000);
  assert.deepEqual(held.sent().map(({ slot }) => slot), [held.b.slots.rtcp]);
  held.bench.send("delete", { "call-id": "c" });
  held.pass(6000);
  assert.deepEqual(held.sent(), []);
  const waiting = new Talk({ offer: { ...GENERATE, flags: ["NAT-wait"] } });
  waiting.rtp(waiting.b);
  waiting.pass(5000);
  assert.deepEqual(waiting.sent().map(({ slot }) => slot), [waiting.b.slots.rtcp]);
  waiting.rtp(waiting.a);
  waiting.rtp(waiting.b);
  waiting.pass(5000);
  assert.equal(waiting.sent().length, 2);
});

Deno.test("feedback reaches the encoder of the other party where reports end here", () => {
  const talk = new Talk({ offer: GENERATE });
  const pli = { kind: "pli" } as const;
  talk.rtcp(
    talk.b,
    { type: "RR", ssrc: SSRC_B, reports: [] },
    { type: "PSFB", format: 1, ssrc: SSRC_B, mediaSsrc: SSRC_A, feedback: pli },
  );
  const [sent] = talk.sent();
  assert.deepEqual(sent!.to, talk.a.rtcp);
  assert.deepEqual(sent!.packets.map(({ type }) => type), ["RR", "PSFB"]);
  talk.rtcp(talk.b, { type: "RR", ssrc: SSRC_B, reports: [] });
  assert.deepEqual(talk.sent(), []);
});

Deno.test("who is kept from a party has no sender reports there", () => {
  const talk = new Talk({ offer: GENERATE });
  const types = () => {
    talk.second();
    talk.sent();
    talk.pass(5000);
    return talk.sent().map(({ slot, packets }) =>
      `${slot === talk.a.slots.rtcp ? "a" : "b"} ${packets[0]!.type}`
    );
  };
  assert.deepEqual(types(), ["a SR", "b SR"]);
  talk.bench.send("block media", {
    "call-id": "c",
    "from-tag": "b",
    flags: ["directional"],
  });
  assert.deepEqual(types(), ["a RR", "b SR"]);
  talk.bench.send("unblock media", { "call-id": "c" });
  talk.bench.send("unblock media", { "call-id": "c", "from-tag": "b", flags: ["directional"] });
  assert.deepEqual(types(), ["a SR", "b SR"]);
  talk.bench.offer(A + AUDIO.replace("sendrecv", "recvonly"), { "to-tag": "b" });
  talk.bench.answer(B + AUDIO_B.replace("sendrecv", "sendonly"));
  assert.deepEqual(types(), ["a SR", "b RR"]);
});

Deno.test("SRTCP of keys that are the parties' own passes unread", () => {
  const talk = new Talk();
  const secure = (text: string) =>
    text.replace("RTP/AVP", "RTP/SAVP") + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" +
    "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\n";
  talk.bench.offer(A + secure(AUDIO), { "to-tag": "b", ...GENERATE });
  talk.bench.answer(B + secure(AUDIO_B));
  talk.second();
  talk.sent();
  const fromA = talk.sr(talk.a);
  talk.sr(talk.b, { ssrc: SSRC_A, sender: fromA, held: 0 });
  assert.equal(talk.sent().length, 2, "passed on");
  assert.equal(talk.bench.sums.totals().rttDsct.samples, 0);
  talk.second();
  talk.pass(6000);
  assert.deepEqual(talk.sent(), [], "nothing of our own, which nobody could decrypt");
});
