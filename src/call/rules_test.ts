import assert from "node:assert/strict";
import { Bench } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

/** Slots towards a and b of an answered call. */
function established(bench: Bench, offer = A + AUDIO, answer = B + AUDIO_B, keys = {}) {
  const offered = bench.offer(offer, keys);
  const answered = bench.answer(answer);
  return {
    b: bench.slot(offered),
    bRtcp: bench.slot(offered, 0, "rtcp"),
    a: bench.slot(answered),
    aRtcp: bench.slot(answered, 0, "rtcp"),
  };
}

Deno.test("installRules connects RTP with RTP and RTCP with RTCP", () => {
  const bench = new Bench();
  const { a, b, aRtcp, bRtcp } = established(bench);
  const fromA = bench.engine.rule(a)!;
  assert.deepEqual(fromA.remote, { family: 4, address: "198.51.100.1", port: 4000 });
  assert.deepEqual(fromA.outputs, [{ slot: b, match: ["rtp"], tos: 0 }]);
  assert.equal(fromA.sourceAction, "ignore");
  assert.equal(fromA.learning, "heuristic");
  assert.equal(fromA.learnMs, 3000);
  const rtcp = bench.engine.rule(bRtcp)!;
  assert.deepEqual(rtcp.remote, { family: 4, address: "198.51.100.2", port: 5001 });
  assert.deepEqual(rtcp.outputs, [{ slot: aRtcp, match: ["rtcp"], tos: 0 }]);
  assert.equal(rtcp.rtcpOnly, true);
});

Deno.test("installRules bridges a muxed and a separate side", () => {
  const bench = new Bench();
  const keys = { "rtcp-mux": ["demux"] };
  const { a, b, bRtcp, aRtcp } = established(
    bench,
    A + AUDIO + "a=rtcp-mux\n",
    B + AUDIO_B,
    keys,
  );
  const fromA = bench.engine.rule(a)!;
  assert.equal(fromA.rtcpMux, true);
  assert.deepEqual(fromA.outputs.map(({ slot, match }) => [slot, match]), [
    [b, ["rtp"]],
    [bRtcp, ["rtcp"]],
  ]);
  assert.equal(bench.engine.rule(aRtcp), undefined);
  assert.equal(bench.engine.rule(bRtcp)!.outputs[0]!.slot, a);
});

Deno.test("installRules stops media of a held direction but not RTCP", () => {
  const bench = new Bench();
  const { a, b, aRtcp, bRtcp } = established(bench);
  bench.offer(A + AUDIO.replace("sendrecv", "sendonly"));
  bench.answer(B + AUDIO_B.replace("sendrecv", "recvonly"));
  assert.equal(bench.engine.rule(a)!.outputs.length, 1);
  assert.equal(bench.engine.rule(b)!.outputs.length, 0);
  assert.equal(bench.engine.rule(aRtcp)!.outputs.length, 1);
  assert.equal(bench.engine.rule(bRtcp)!.outputs.length, 1);
});

Deno.test("installRules sends nothing to a zero address", () => {
  const bench = new Bench();
  const { b, bRtcp } = established(bench);
  bench.offer(A.replace("c=IN IP4 198.51.100.1", "c=IN IP4 0.0.0.0") + AUDIO);
  assert.equal(bench.engine.rule(b)!.outputs.length, 0);
  assert.equal(bench.engine.rule(bRtcp)!.outputs.length, 0);
});

Deno.test("installRules mutes dangerous targets and says so once", () => {
  for (const address of ["127.0.0.1", "224.2.1.1", "255.255.255.255", "169.254.1.1"]) {
    const bench = new Bench();
    const evil = A.replace("c=IN IP4 198.51.100.1", `c=IN IP4 ${address}`) + AUDIO;
    const { b } = established(bench, evil);
    assert.equal(bench.engine.rule(b)!.outputs.length, 0, address);
    assert.equal(bench.log.filter((line) => line.includes("muted")).length, 1, address);
  }
  const bench = new Bench();
  const control = A.replace("198.51.100.1\nt=", "203.0.113.1\nt=") +
    AUDIO.replace("4000", "2223");
  const { b } = established(bench, control);
  assert.equal(bench.engine.rule(b)!.outputs.length, 0, "own control port");
});

Deno.test("installRules mutes when only the RTCP target is dangerous", () => {
  const bench = new Bench();
  const { b, bRtcp } = established(bench, A + AUDIO + "a=rtcp:9 IN IP4 127.0.0.1\n");
  assert.equal(bench.engine.rule(b)!.outputs.length, 0);
  assert.equal(bench.engine.rule(bRtcp)!.outputs.length, 0);
});

Deno.test("installRules turns flags into what the relay does about sources", () => {
  const rule = (keys: Record<string, string | string[]>, settings = {}) => {
    const bench = new Bench({ settings });
    return bench.engine.rule(established(bench, A + AUDIO, B + AUDIO_B, keys).a)!;
  };
  assert.equal(rule({ flags: ["strict-source"] }).sourceAction, "drop");
  assert.equal(rule({ flags: ["media-handover"] }).sourceAction, "handover");
  assert.equal(rule({}, { strictSource: true }).sourceAction, "drop");
  assert.equal(rule({ flags: ["asymmetric"] }).learning, "off");
  assert.equal(rule({ "endpoint-learning": "immediate" }).learning, "immediate");
  assert.equal(rule({}, { endpointLearning: "delayed" }).learning, "delayed");
  assert.equal(rule({ flags: ["NAT-wait"] }).waitInput, true);
  assert.deepEqual(rule({ flags: ["block short"] }).blockShort, [8, 0]);
  assert.equal(rule({}).blockShort, undefined);
  assert.equal(rule({ "drop-traffic": "start" }).blackhole, true);
  assert.equal(rule({ "media-echo": "blackhole" }).blackhole, true);
});

Deno.test("installRules echoes media when asked", () => {
  const bench = new Bench();
  const { a, b } = established(bench, A + AUDIO, B + AUDIO_B, { "media-echo": "forward" });
  assert.equal(bench.engine.rule(a)!.blackhole, true);
  assert.deepEqual(bench.engine.rule(b)!.outputs.map(({ slot }) => slot), [b]);
  const evil = new Bench();
  const victim = A.replace("c=IN IP4 198.51.100.1", "c=IN IP4 127.0.0.1") + AUDIO;
  const echoed = established(evil, victim, B + AUDIO_B, { "media-echo": "both" });
  assert.deepEqual(evil.engine.rule(echoed.a)!.outputs, [], "not to a dangerous target");
});

Deno.test("installRules takes TOS from the message, else from the configuration", () => {
  const tos = (keys: Record<string, number>, settings = {}) => {
    const bench = new Bench({ settings });
    return bench.engine.rule(established(bench, A + AUDIO, B + AUDIO_B, keys).a)!.outputs[0]!.tos;
  };
  assert.equal(tos({}), 0);
  assert.equal(tos({}, { tos: 184 }), 184);
  assert.equal(tos({}, { tos: -1 }), undefined);
  const bench = new Bench({ settings: { tos: 16 } });
  const offered = bench.offer(A + AUDIO, { TOS: 184 });
  assert.equal(bench.rule(offered)!.outputs[0]!.tos, 184);
  bench.answer(B + AUDIO_B, { TOS: 96 });
  assert.equal(bench.rule(offered)!.outputs[0]!.tos, 184);
  const kept = bench.offer(A + AUDIO, { TOS: -1 });
  assert.equal(bench.rule(kept)!.outputs[0]!.tos, 184);
  assert.equal(bench.rule(bench.offer(A + AUDIO))!.outputs[0]!.tos, 16);
});

Deno.test("installRules learns anew when the endpoint or the description changes, not at a refresh", () => {
  const bench = new Bench();
  const { a, b } = established(bench);
  bench.offer(A + AUDIO);
  assert.equal(bench.engine.rule(a)!.relearn, false);
  bench.offer(A.replace("o=- 1 1", "o=- 1 2") + AUDIO);
  assert.equal(bench.engine.rule(a)!.relearn, true);
  assert.equal(bench.engine.rule(b)!.relearn, false);
  bench.offer(A + AUDIO.replace("4000", "4100"), { flags: ["port-latching"] });
  assert.equal(bench.engine.rule(a)!.relearn, true);
});

Deno.test("packets pass both ways through an established call", () => {
  const bench = new Bench();
  const { a, b } = established(bench);
  const packet = new Uint8Array(172);
  packet[0] = 0x80;
  bench.engine.inject(a, packet, { family: 4, address: "198.51.100.1", port: 4000 });
  bench.engine.inject(b, packet, { family: 4, address: "198.51.100.2", port: 5000 });
  assert.deepEqual(bench.engine.sent.map(({ slot, destination }) => [slot, destination.port]), [
    [b, 5000],
    [a, 4000],
  ]);
  const { tags, totals } = bench.send("query", { "call-id": "c" });
  assert.deepEqual(totals.RTP, { packets: 2, bytes: 344, errors: 0 });
  assert.equal(tags.a.medias[0].streams[0].stats.packets, 1);
  assert.equal(tags.a.medias[0].streams[0].stats_out.packets, 1);
  assert.equal(tags.a.medias[0].codec, "PCMA/8000");
});

Deno.test("installRules takes header extensions out of packets that lost them in the description", () => {
  const extmap = "a=extmap:1 urn:one\na=extmap:2 urn:two\n";
  const bench = new Bench();
  const keys = { extmap: { strip: ["urn:two"] } };
  const { a, b } = established(bench, A + AUDIO + extmap, B + AUDIO_B + extmap, keys);
  assert.deepEqual(bench.engine.rule(a)!.outputs[0]!.extensions, [1]);
  assert.equal(bench.engine.rule(b)!.outputs[0]!.extensions, undefined);
  bench.offer(A + AUDIO + extmap, { flags: ["strip-extmap"] });
  assert.deepEqual(bench.engine.rule(a)!.outputs[0]!.extensions, []);
  bench.offer(A + AUDIO + extmap);
  assert.equal(bench.engine.rule(a)!.outputs[0]!.extensions, undefined);
});

Deno.test("installRules learns both sides anew under reset, and not at a mere refresh", () => {
  const bench = new Bench();
  const { a, b } = established(bench);
  bench.offer(A + AUDIO);
  assert.equal(bench.engine.rule(a)!.relearn, false);
  bench.offer(A + AUDIO, { flags: ["reset"] });
  assert.equal(bench.engine.rule(a)!.relearn, true);
  assert.equal(bench.engine.rule(b)!.relearn, true);
  bench.offer(A + AUDIO);
  assert.equal(bench.engine.rule(a)!.relearn, false);
});

Deno.test("installRules loses no RTCP while parties take up rtcp-mux, or give it up", () => {
  const bench = new Bench();
  const { a, b, aRtcp, bRtcp } = established(bench);
  const mux = "a=rtcp-mux\n";
  const rtcpFrom = (slot: number) =>
    bench.engine.rule(slot)?.outputs.filter(({ match }) => match.includes("rtcp"))
      .map((output) => output.slot);
  assert.deepEqual([rtcpFrom(a), rtcpFrom(aRtcp)], [[], [bRtcp]]);
  bench.offer(A + AUDIO + mux);
  assert.deepEqual([rtcpFrom(a), rtcpFrom(aRtcp)], [[bRtcp], [bRtcp]], "before the answer");
  bench.answer(B + AUDIO_B + mux);
  assert.deepEqual([rtcpFrom(a), rtcpFrom(aRtcp)], [[b], [b]], "stragglers arrive as well");
  assert.deepEqual([rtcpFrom(b), rtcpFrom(bRtcp)], [[a], [a]]);
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B);
  assert.deepEqual([rtcpFrom(a), rtcpFrom(aRtcp)], [[bRtcp], [bRtcp]]);
  assert.deepEqual([rtcpFrom(b), rtcpFrom(bRtcp)], [[aRtcp], [aRtcp]]);
});

Deno.test("installRules opens no RTCP port to those who never had one", () => {
  const bench = new Bench();
  const mux = "a=rtcp-mux\n";
  const offered = bench.offer(A + AUDIO + mux, { "rtcp-mux": ["require"] });
  assert.equal(bench.engine.rule(bench.slot(offered, 0, "rtcp")), undefined);
  bench.answer(B + AUDIO_B);
  assert.notEqual(bench.engine.rule(bench.slot(offered, 0, "rtcp")), undefined, "b refused");
});
