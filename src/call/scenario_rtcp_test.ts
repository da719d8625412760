import assert from "node:assert/strict";
import { Bench, type Keys } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B, mediaPart } from "./scenario_test_support.ts";

const MUX = "a=rtcp-mux\n";

/** What a description says about RTCP: separate port, own port, and mux. */
function rtcp(reply: Parameters<typeof mediaPart>[0]): string {
  const text = mediaPart(reply);
  const port = text.includes("a=rtcp:P1+1\n") ? "+1" : text.includes("a=rtcp:P1\n") ? "same" : "no";
  return text.includes(MUX) ? `${port} mux` : port;
}

Deno.test("rtcp-mux follows the parties and the rtcp-mux key", () => {
  // options, offered, answered → towards b, towards a
  const table: [string[], boolean, boolean, string, string][] = [
    [[], false, false, "+1", "+1"],
    [[], true, true, "+1 mux", "same mux"],
    [[], true, false, "+1 mux", "+1"],
    [["offer"], false, true, "+1 mux", "+1"],
    [["offer"], false, false, "+1 mux", "+1"],
    [["require"], true, true, "same mux", "same mux"],
    [["require"], false, true, "same mux", "+1"],
    [["require"], true, false, "same mux", "+1"],
    [["demux"], true, false, "+1", "same mux"],
    [["demux"], true, true, "+1", "same mux"],
    [["demux"], false, false, "+1", "+1"],
    [["accept"], true, false, "+1 mux", "same mux"],
    [["accept"], false, true, "+1", "+1"],
    [["reject"], true, true, "+1 mux", "+1"],
    [["reject", "offer"], false, true, "+1 mux", "+1"],
  ];
  for (const [options, offered, answered, towardsB, towardsA] of table) {
    const bench = new Bench();
    const keys: Keys = { "rtcp-mux": options };
    const name = JSON.stringify([options, offered, answered]);
    assert.equal(rtcp(bench.offer(A + AUDIO + (offered ? MUX : ""), keys)), towardsB, name);
    assert.equal(rtcp(bench.answer(B + AUDIO_B + (answered ? MUX : ""))), towardsA, name);
  }
});

Deno.test("a re-offer keeps agreed rtcp-mux", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO + MUX);
  bench.answer(B + AUDIO_B + MUX);
  const fromB = { "from-tag": "b", "to-tag": "a" };
  assert.equal(rtcp(bench.offer(B + AUDIO_B + MUX, fromB)), "same mux");
  assert.equal(rtcp(bench.offer(A + AUDIO)), "same mux");
  assert.equal(rtcp(bench.answer(B + AUDIO_B + MUX)), "+1", "not offered any more");
});

Deno.test("a=rtcp is read and its form obeys the flags", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO + "a=rtcp:4777 IN IP4 198.51.100.7\n");
  const { tags } = bench.send("query", { "call-id": "c" });
  const { endpoint } = tags.a.medias[0].streams[1];
  assert.deepEqual(endpoint, { family: "IPv4", address: "198.51.100.7", port: 4777 });
  assert.equal(rtcp(bench.offer(A + AUDIO, { flags: ["no-rtcp-attribute"] })), "no");
  const full = bench.offer(A + AUDIO, { flags: ["full-rtcp-attribute"] });
  assert.match(full.sdp, /a=rtcp:30001 IN IP4 203\.0\.113\.1\r\n/);
  assert.equal(rtcp(bench.offer(A + AUDIO + "a=rtcp:4000\n")), "+1 mux", "the same port is mux");
});

Deno.test("an odd RTP port has RTCP one above it", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO.replace("4000", "4001"));
  const { tags } = bench.send("query", { "call-id": "c" });
  const ports = tags.a.medias[0].streams.map((stream: { endpoint: { port: number } }) =>
    stream.endpoint.port
  );
  assert.deepEqual(ports, [4001, 4002]);
});
