import assert from "node:assert/strict";
import { Bench, crlf, type Keys, normal, type Reply } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

const S = "v=0\no=sub 3 3 IN IP4 198.51.100.3\ns=-\nc=IN IP4 198.51.100.3\nt=0 0\n";
const LISTEN = "m=audio 6000 RTP/AVP 8\na=rtpmap:8 PCMA/8000\na=recvonly\n";

/** A call of `a` and `b` with somebody who listens. */
class Listening extends Bench {
  readonly fromA: Reply;
  readonly fromB: Reply;

  constructor(sdp = A + AUDIO) {
    super();
    this.fromB = this.offer(sdp, { label: "caller" });
    this.fromA = this.answer(B + AUDIO_B, { label: "callee" });
  }

  ask(command: string, keys: Keys): Reply {
    const { sdp, ...rest } = keys;
    const body: Keys = typeof sdp === "string" ? { sdp: crlf(sdp) } : {};
    return this.send(command, { "call-id": "c", ...rest, ...body });
  }

  /** Where what arrives at a port goes: endpoints RTP is sent to. */
  reach(reply: Reply, position = 0): string[] {
    const { outputs } = this.rule(reply, position)!;
    return outputs.filter(({ match }) => match.includes("rtp"))
      .map(({ slot }) => this.engine.rule(slot)?.remote)
      .map((remote) => remote === undefined ? "nowhere" : `${remote.address}:${remote.port}`);
  }
}

const TO_A = "198.51.100.1:4000";
const TO_B = "198.51.100.2:5000";
const TO_S = "198.51.100.3:6000";

Deno.test("subscribe request offers what a party sends, and the answer says where to", () => {
  const bench = new Listening();
  const request = bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  const { sdp: _, ...rest } = request;
  assert.deepEqual(rest, {
    "from-tag": "a",
    "from-tags": ["a"],
    "to-tag": "s",
    result: "ok",
  });
  assert.equal(
    normal(request),
    "v=0\no=- 1 1 IN IP4 198.51.100.1\ns=-\nt=0 0\n" +
      "m=audio P1 RTP/AVP 8\nc=IN IP4 203.0.113.1\na=rtpmap:8 PCMA/8000\n" +
      "a=sendonly\na=rtcp:P1+1\n",
    "the codecs that its peer has accepted",
  );
  assert.deepEqual(bench.reach(bench.fromA), [TO_B, "nowhere"]);
  assert.deepEqual(bench.ask("subscribe answer", { "to-tag": "s", sdp: S + LISTEN }), {
    result: "ok",
  });
  assert.deepEqual(bench.reach(bench.fromA), [TO_B, TO_S]);
  assert.deepEqual(bench.reach(bench.fromB), [TO_A]);
  assert.deepEqual(bench.reach(request), [], "nobody hears the listener");
  const [, , listener] = bench.service.registry.get("c")!.participants;
  assert.deepEqual(listener?.subscriptions.map(({ tag, type }) => [tag, type]), [
    ["a", "pub/sub"],
  ]);
});

Deno.test("a subscription outlives re-offers and ends with unsubscribe, ports included", () => {
  const bench = new Listening();
  const before = bench.relay.openPairs;
  bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  bench.ask("subscribe answer", { "to-tag": "s", sdp: S + LISTEN });
  bench.offer(A.replace("- 1 1", "- 1 2") + AUDIO, { "to-tag": "b" });
  bench.answer(B + AUDIO_B);
  assert.deepEqual(bench.reach(bench.fromA), [TO_B, TO_S]);
  assert.equal(bench.relay.openPairs, before + 1);
  assert.deepEqual(bench.ask("unsubscribe", { "to-tag": "s" }), { result: "ok" });
  assert.deepEqual(bench.reach(bench.fromA), [TO_B]);
  assert.equal(bench.relay.openPairs, before);
  assert.equal(bench.ask("unsubscribe", { "to-tag": "s" })["error-reason"], "To-tag not found");
  const again = bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  assert.equal(again.result, "ok");
  bench.ask("subscribe answer", { "to-tag": "s", sdp: S + LISTEN });
  assert.deepEqual(bench.reach(bench.fromA), [TO_B, TO_S]);
});

Deno.test("subscribe request to several parties has a section for each, which stays its own", () => {
  const bench = new Listening();
  const both = bench.ask("subscribe request", { all: "all", "to-tag": "s" });
  assert.deepEqual(both["from-tags"], ["a", "b"]);
  assert.equal(both["from-tag"], undefined);
  const answer = S + LISTEN + LISTEN.replace("6000", "6002");
  bench.ask("subscribe answer", { "to-tag": "s", sdp: answer });
  assert.deepEqual(bench.reach(bench.fromA), [TO_B, TO_S]);
  assert.deepEqual(bench.reach(bench.fromB), [TO_A, "198.51.100.3:6002"]);
  const less = bench.ask("subscribe request", { "from-tags": ["b"], "to-tag": "s" });
  assert.match(less.sdp, /m=audio 0 .*\r\nc=IN IP4 0\.0\.0\.0\r\nm=audio 30/s);
  bench.ask("subscribe answer", { "to-tag": "s", sdp: answer });
  assert.deepEqual(bench.reach(bench.fromA), [TO_B]);
  assert.deepEqual(bench.reach(bench.fromB), [TO_A, "198.51.100.3:6002"]);
  bench.ask("subscribe request", { "from-tags": ["b", "a"], "to-tag": "s" });
  bench.ask("subscribe answer", { "to-tag": "s", sdp: answer });
  bench.ask("unsubscribe", { "to-tag": "s", "from-tag": "b", flags: ["directional"] });
  assert.deepEqual([bench.reach(bench.fromA), bench.reach(bench.fromB)], [[TO_B, TO_S], [TO_A]]);
});

Deno.test("a party has as many listeners as a rule has outputs", () => {
  const bench = new Listening();
  const more = (tag: string) =>
    bench.ask("subscribe request", { "from-tag": "a", "to-tag": tag })["error-reason"];
  for (let i = 1; i < 32; i++) assert.equal(more(`s${i}`), undefined);
  const before = bench.snapshot();
  assert.equal(more("s32"), "Too many listeners to one party");
  assert.deepEqual(bench.snapshot(), before);
  assert.equal(more("s31"), undefined, "who listens already may ask again");
});

Deno.test("a listener that never answers does not keep a call alive", () => {
  const bench = new Listening();
  bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  bench.clock.advance(60_000);
  bench.service.tick();
  assert.deepEqual(bench.events.at(-1), "closed c timeout");
});

Deno.test("DTLS-SRTP cannot be subscribed to without keys of our own", () => {
  const secure = AUDIO.replace("RTP/AVP", "UDP/TLS/RTP/SAVP") + "a=fingerprint:SHA-1 00:11\n";
  const bench = new Listening(A + secure);
  bench.answer(B + secure.replace("4000", "5000"));
  const reply = bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  assert.match(reply["error-reason"], /needs secure media/);
});

Deno.test("the place of an audio source that has gone is not given to video", () => {
  const video = "m=video 4002 RTP/AVP 96\na=rtpmap:96 VP8/90000\n";
  const bench = new Listening(A + AUDIO + video);
  bench.answer(B + AUDIO_B + video.replace("4002", "5002"));
  bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  bench.offer(A + AUDIO.replace("4000", "0") + video, { "to-tag": "b" });
  bench.answer(B + AUDIO_B.replace("5000", "0") + video.replace("4002", "5002"));
  const request = bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  assert.match(request.sdp, /m=audio 0 .*m=video 30/s);
  assert.deepEqual(request["from-tags"], ["a"]);
});

Deno.test("subscribe request obeys labels, interface, family, direction and SIPREC", () => {
  const bench = new Listening();
  const keys = { label: "callee", "set-label": "ear", "to-tag": "s", interface: "priv" };
  const v6 = bench.ask("subscribe request", { ...keys, "address family": "IP6" });
  assert.match(v6.sdp, /c=IN IP6 fd00::1\r\n/);
  assert.equal(bench.service.registry.get("c")?.participants[2]?.label, "ear");
  const held = bench.ask("subscribe request", { label: "callee", flags: ["inactive"] });
  assert.match(held.sdp, /a=inactive\r\n/);
  assert.match(held["to-tag"], /^[0-9a-f]{64}$/);
  const siprec = bench.ask("subscribe request", { all: "all", "to-tag": "r", flags: ["SIPREC"] });
  assert.match(siprec.sdp, /a=label:0\r\n.*a=label:1\r\n/s);
  assert.deepEqual(siprec["media-labels"]["1"], {
    tag: "b",
    index: 1,
    type: "audio",
    label: "callee",
    mode: "sendrecv",
  });
  assert.deepEqual(siprec["tag-medias"][0], {
    tag: "a",
    label: "caller",
    medias: [{ index: 1, type: "audio", label: "0", mode: "sendrecv" }],
  });
});

Deno.test("subscribe request egress copies what a party hears", () => {
  const bench = new Listening();
  bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s", flags: ["egress"] });
  bench.ask("subscribe answer", { "to-tag": "s", sdp: S + LISTEN });
  assert.deepEqual([bench.reach(bench.fromA), bench.reach(bench.fromB)], [[TO_B], [TO_A, TO_S]]);
});

Deno.test("subscribe request bidirectional lets the listener speak, RTCP mirror its reports", () => {
  const talk = LISTEN.replace("recvonly", "sendrecv");
  for (const [flags, heard] of [[["bidirectional"], [TO_A]], [["RTCP mirror"], []]] as const) {
    const bench = new Listening();
    const request = bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s", flags });
    bench.ask("subscribe answer", { "to-tag": "s", sdp: S + talk, flags });
    assert.deepEqual(bench.reach(request), heard);
    const rtcp = bench.engine.rule(bench.slot(request, 0, "rtcp"));
    assert.equal(rtcp?.outputs.length, 1, "RTCP passes both ways");
  }
  const bench = new Listening();
  const request = bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  bench.ask("subscribe answer", { "to-tag": "s", sdp: S + talk });
  assert.deepEqual(bench.reach(request), []);
});

Deno.test("block media of the flow to a listener leaves the dialogue alone", () => {
  const bench = new Listening();
  bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  bench.ask("subscribe answer", { "to-tag": "s", sdp: S + LISTEN });
  bench.ask("block media", { label: "caller", all: "except-offer-answer" });
  assert.deepEqual(bench.reach(bench.fromA), [TO_B]);
  bench.ask("unblock media", { label: "caller", "to-tag": "s" });
  bench.ask("block media", { label: "caller", "to-tag": "b" });
  assert.deepEqual(bench.reach(bench.fromA), [TO_S]);
});

Deno.test("delete of a listener takes only the listener away", () => {
  const bench = new Listening();
  bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  bench.ask("subscribe answer", { "to-tag": "s", sdp: S + LISTEN });
  bench.ask("delete", { "from-tag": "s", "delete delay": 0 });
  assert.deepEqual(bench.reach(bench.fromA), [TO_B]);
  bench.ask("delete", { "from-tag": "a", "delete delay": 0 });
  assert.equal(bench.service.registry.size, 0);
  assert.equal(bench.engine.openSlots, 0);
});

Deno.test("subscription commands that fail say why and change nothing", () => {
  const bench = new Listening();
  bench.ask("subscribe request", { "from-tag": "a", "to-tag": "s" });
  const none = "No medias found (no monologues matched)";
  const opus = "m=audio 6000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\n";
  const cases: [string, Keys, string][] = [
    ["subscribe request", {}, none],
    ["subscribe request", { "from-tags": ["x"] }, none],
    ["subscribe request", { "from-tag": "x" }, "From-tag given, but no such tag exists"],
    ["subscribe request", { label: "x" }, "No monologue matching the given label"],
    ["subscribe request", { "call-id": "x", "from-tag": "a" }, "Unknown call-ID"],
    ["subscribe request", { "from-tag": "s" }, none],
    ["subscribe request", { "from-tag": "a", "to-tag": "b" }, "To-tag is in a dialogue already"],
    ["subscribe answer", { "to-tag": "s" }, "No SDP body in message"],
    ["subscribe answer", { sdp: S + LISTEN }, "No to-tag in message"],
    ["subscribe answer", { "to-tag": "x", sdp: S + LISTEN }, "To-tag not found"],
    ["subscribe answer", { "to-tag": "b", sdp: S + LISTEN }, "To-tag not found"],
    ["subscribe answer", { "to-tag": "s", sdp: "x" }, "Failed to parse SDP"],
    ["subscribe answer", { "to-tag": "s", sdp: S + opus }, "Failed to process subscription answer"],
    [
      "subscribe answer",
      { "to-tag": "s", sdp: S + LISTEN + LISTEN },
      "Failed to process subscription answer",
    ],
    ["unsubscribe", {}, "No to-tag in message"],
    ["unsubscribe", { "to-tag": "x" }, "To-tag not found"],
    ["unsubscribe", { "call-id": "x", "to-tag": "s" }, "Unknown call-ID"],
    [
      "unsubscribe",
      { "to-tag": "s", "from-tag": "x", flags: ["directional"] },
      "From-tag given, but no such tag exists",
    ],
  ];
  const before = bench.snapshot();
  for (const [command, keys, reason] of cases) {
    const reply = bench.ask(command, keys);
    assert.deepEqual(reply, { result: "error", "error-reason": reason });
    assert.deepEqual(bench.snapshot(), before, `${command}: ${reason}`);
  }
});
