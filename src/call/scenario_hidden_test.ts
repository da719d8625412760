import assert from "node:assert/strict";
import { Bench } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B, mediaPart } from "./scenario_test_support.ts";

const VIDEO = "m=video 4002 RTP/AVP 34\n";
const VIDEO_B = "m=video 5002 RTP/AVP 34\n";
const HIDE_AUDIO = { "sdp-media-remove": ["audio"] };

/** Types and whether they have a port, of each section. */
function sections(reply: { sdp: string }): string[] {
  const lines = mediaPart(reply).match(/^m=\S+ \S+/gm) ?? [];
  return lines.map((line) =>
    line.replace(/^m=(\S+) (\S+)$/, (_, type, port) => port === "0" ? `no ${type}` : type)
  );
}

Deno.test("sdp-media-remove hides sections from the called side and rejects them to the caller", () => {
  const bench = new Bench();
  assert.deepEqual(sections(bench.offer(A + AUDIO + VIDEO, HIDE_AUDIO)), ["video"]);
  assert.deepEqual(sections(bench.answer(B + VIDEO_B)), ["no audio", "video"]);
  const { tags } = bench.send("query", { "call-id": "c" });
  assert.deepEqual(tags.a.medias.map(({ type }: { type: string }) => type), ["audio", "video"]);
  assert.deepEqual(tags.b.medias.map(({ type }: { type: string }) => type), ["video"]);
});

Deno.test("sdp-media-remove lasts, whoever offers and whether it is asked again or not", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO + VIDEO, HIDE_AUDIO);
  bench.answer(B + VIDEO_B);
  assert.deepEqual(sections(bench.offer(A + AUDIO + VIDEO)), ["video"]);
  assert.deepEqual(sections(bench.answer(B + VIDEO_B)), ["no audio", "video"]);
  const [fromB, fromA] = [{ "from-tag": "b", "to-tag": "a" }, { "from-tag": "b", "to-tag": "a" }];
  assert.deepEqual(sections(bench.offer(B + VIDEO_B, fromB)), ["no audio", "video"]);
  assert.deepEqual(sections(bench.answer(A + AUDIO + VIDEO, fromA)), ["video"]);
  // a section that comes later has its place behind them
  const more = B + VIDEO_B + AUDIO_B;
  assert.deepEqual(sections(bench.offer(more, fromB)), ["no audio", "video", "audio"]);
  assert.deepEqual(sections(bench.answer(A + AUDIO + VIDEO + AUDIO, fromA)), ["video", "audio"]);
});

Deno.test("sdp-media-remove leaves alone what the called side knows, and never hides everything", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO + VIDEO);
  bench.answer(B + AUDIO_B + VIDEO_B);
  assert.deepEqual(sections(bench.offer(A + AUDIO + VIDEO, HIDE_AUDIO)), ["audio", "video"]);
  const other = new Bench();
  const all = { "sdp-media-remove": ["audio", "video", "other"] };
  assert.equal(other.offer(A + AUDIO + VIDEO, all)["error-reason"], "Error rewriting SDP");
  assert.equal(other.engine.locals.size, 0);
  const odd = "m=chat 5000 UDP/X 1\n";
  const hidden = other.offer(A + AUDIO + odd, { "sdp-media-remove": "other,video" });
  assert.deepEqual(sections(hidden), ["audio"]);
});

Deno.test("ptime and ptime-reverse are told to whom they are about, from then on", () => {
  const bench = new Bench();
  const times = (reply: { sdp: string }) => /a=ptime:(\d+)/.exec(reply.sdp)?.[1];
  const [a, b] = [A + AUDIO + "a=ptime:20\n", B + AUDIO_B];
  assert.equal(times(bench.offer(a, { "ptime": 40, "ptime-reverse": 60 })), "40");
  assert.equal(times(bench.answer(b, { ptime: 80 })), "60");
  assert.equal(times(bench.offer(a)), "40");
  assert.equal(times(bench.offer(b, { "from-tag": "b", "to-tag": "a" })), "60");
});
