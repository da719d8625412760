import assert from "node:assert/strict";
import { Bench, portOf } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B, mediaPart } from "./scenario_test_support.ts";

const FROM_B = { "from-tag": "b", "to-tag": "a" };

Deno.test("ports survive re-offers from both sides", () => {
  const bench = new Bench();
  const toB = portOf(bench.offer(A + AUDIO));
  const toA = portOf(bench.answer(B + AUDIO_B));
  assert.equal(portOf(bench.offer(A + AUDIO)), toB);
  assert.equal(portOf(bench.answer(B + AUDIO_B)), toA);
  assert.equal(portOf(bench.offer(B + AUDIO_B, FROM_B)), toA);
  assert.equal(portOf(bench.answer(A + AUDIO, FROM_B)), toB);
  assert.equal(bench.relay.openPairs, 2);
});

Deno.test("a moved endpoint gets a new port on the other side and the old one when it comes back", () => {
  const bench = new Bench();
  const toB = portOf(bench.offer(A + AUDIO));
  const toA = portOf(bench.answer(B + AUDIO_B));
  const moved = portOf(bench.offer(A + AUDIO.replace("4000", "4100")));
  assert.notEqual(moved, toB);
  assert.equal(portOf(bench.answer(B + AUDIO_B)), toA);
  assert.equal(portOf(bench.offer(A + AUDIO)), toB);
});

Deno.test("port latching keeps the port when the endpoint moves", () => {
  const bench = new Bench();
  const toB = portOf(bench.offer(A + AUDIO));
  bench.answer(B + AUDIO_B);
  const keys = { flags: ["port-latching"] };
  assert.equal(portOf(bench.offer(A + AUDIO.replace("4000", "4100"), keys)), toB);
  const both = { flags: ["port-latching", "no-port-latching"] };
  assert.equal(portOf(bench.offer(A + AUDIO.replace("4000", "4200"), both)), toB);
  const none = { flags: ["no-port-latching"] };
  assert.notEqual(portOf(bench.offer(A + AUDIO.replace("4000", "4300"), none)), toB);
});

Deno.test("hold by direction and resume keep the ports and mirror the direction", () => {
  const bench = new Bench();
  const toB = portOf(bench.offer(A + AUDIO));
  const toA = portOf(bench.answer(B + AUDIO_B));
  const held = bench.offer(A + AUDIO.replace("sendrecv", "sendonly"));
  assert.equal(portOf(held), toB);
  assert.match(held.sdp, /a=sendonly\r\n/);
  const answered = bench.answer(B + AUDIO_B.replace("sendrecv", "recvonly"));
  assert.equal(portOf(answered), toA);
  assert.match(answered.sdp, /a=recvonly\r\n/);
  const { tags } = bench.send("query", { "call-id": "c" });
  assert.deepEqual(tags.a.medias[0].flags, ["initialized", "recv"]);
  assert.deepEqual(tags.b.medias[0].flags, ["initialized", "send", "ICE controlling"]);
  assert.equal(portOf(bench.offer(A + AUDIO)), toB);
  assert.match(bench.answer(B + AUDIO_B).sdp, /a=sendrecv\r\n/);
});

Deno.test("hold by zero address passes the zero address on and keeps the port", () => {
  const zero = A.replace("c=IN IP4 198.51.100.1", "c=IN IP4 0.0.0.0");
  const bench = new Bench();
  const toB = portOf(bench.offer(A + AUDIO));
  bench.answer(B + AUDIO_B);
  const held = bench.offer(zero + AUDIO);
  assert.equal(portOf(held), toB);
  assert.match(held.sdp, /c=IN IP4 0\.0\.0\.0\r\n[^]*a=sendonly\r\n/);
  assert.match(bench.offer(zero + AUDIO.replace("sendrecv", "recvonly")).sdp, /a=inactive\r\n/);
  const replaced = bench.offer(zero + AUDIO, { replace: ["zero-address"] });
  assert.match(replaced.sdp, /c=IN IP4 203\.0\.113\.1\r\n[^]*a=sendonly\r\n/);
  const original = bench.offer(zero + AUDIO, { flags: ["original-sendrecv"] });
  assert.match(original.sdp, /a=sendrecv\r\n/);
  assert.equal(bench.relay.openPairs, 2);
});

Deno.test("media is added, rejected, revived and forgotten", () => {
  const video = "m=video 4002 RTP/AVP 96\na=rtpmap:96 H264/90000\n";
  const bench = new Bench();
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B);
  const added = bench.offer(A + AUDIO + video);
  const toB = portOf(added, 1);
  const slot = bench.slot(added, 1);
  assert.equal(bench.relay.openPairs, 4);
  bench.answer(B + AUDIO_B + video.replace("4002", "5002"));
  const rejected = "m=video 0 RTP/AVP 96\nc=IN IP4 0.0.0.0\n";
  const off = mediaPart(bench.offer(A + AUDIO + video.replace("4002", "0")));
  assert.ok(off.endsWith(rejected), off);
  bench.answer(B + AUDIO_B + video.replace("4002", "0"));
  assert.equal(bench.engine.rule(slot), undefined, "no media for a rejected section");
  assert.equal(portOf(bench.offer(A + AUDIO + video), 1), toB);
  bench.answer(B + AUDIO_B + video.replace("4002", "5002"));
  const forgotten = mediaPart(bench.offer(A + AUDIO));
  assert.ok(forgotten.endsWith("m=video 0 RTP/AVP 96\nc=IN IP4 0.0.0.0\n"), forgotten);
});

Deno.test("an answer that rejects everything is passed on", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  assert.equal(
    mediaPart(bench.answer(B + AUDIO_B.replace("5000", "0"))),
    "m=audio 0 RTP/AVP 8\nc=IN IP4 0.0.0.0\n",
  );
});

Deno.test("audio becomes T.38 and audio again on the same ports", () => {
  const fax = "m=image 5000 udptl t38\na=T38FaxVersion:0\na=sendrecv\n";
  const bench = new Bench();
  const toB = portOf(bench.offer(A + AUDIO));
  const toA = portOf(bench.answer(B + AUDIO_B));
  const offered = bench.offer(B + fax, FROM_B);
  assert.equal(
    mediaPart(offered),
    "m=image P1 udptl t38\nc=IN IP4 203.0.113.1\na=T38FaxVersion:0\na=sendrecv\n",
  );
  assert.equal(portOf(offered), toA);
  const accepted = bench.answer(A + fax.replace("5000", "4000"), FROM_B);
  assert.equal(portOf(accepted), toB);
  assert.equal(bench.rule(accepted)?.opaque, true);
  assert.equal(portOf(bench.offer(A + AUDIO)), toB);
  assert.equal(bench.rule(bench.answer(B + AUDIO_B))?.opaque, false);
});

Deno.test("a section keeps the ports of its last endpoints only", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B);
  for (let i = 1; i <= 30; i++) {
    bench.offer(A + AUDIO.replace("4000", String(4000 + 2 * i)));
    bench.answer(B + AUDIO_B);
  }
  assert.equal(bench.relay.openPairs, 9, "eight towards b, one towards a");
  bench.send("delete", { "call-id": "c" });
  assert.equal(bench.engine.openSlots, 0);
});
