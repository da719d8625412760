import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import { Bench, type Keys, portOf } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

const PIERCE: Keys = { flags: ["pierce NAT"] };
const OF_A: Endpoint = { family: 4, address: "198.51.100.1", port: 4000 };
const PROBE = "807fffff0000000000000000";

/** `PORT<DATA` of everything sent since the last look. */
function sent(bench: Bench): string[] {
  const list = bench.engine.sent.map(({ destination, payload }) =>
    `${destination.port}<${payload.toHex()}`
  );
  bench.engine.sent.length = 0;
  return list;
}

function tick(bench: Bench): string[] {
  bench.clock.advance(1000);
  bench.service.tick();
  return sent(bench);
}

/** A party's packet arrives at the port a description names. */
function hear(bench: Bench, port: number, source: Endpoint): void {
  const local: Endpoint = { family: 4, address: "203.0.113.1", port };
  const report = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 0, 1);
  const rtp = new Uint8Array(12).fill(0x80, 0, 1);
  bench.engine.inject(local, port % 2 === 0 ? rtp : report, source);
  bench.engine.sent.length = 0;
}

Deno.test("pierce NAT sends to the party that asked, at once and every second, until it is heard", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, PIERCE);
  const both = [`4000<${PROBE}`, `4001<${PROBE}`];
  assert.deepEqual(sent(bench), both);
  const port = portOf(bench.answer(B + AUDIO_B));
  assert.deepEqual(sent(bench), both);
  assert.deepEqual(tick(bench), both);
  hear(bench, port, OF_A);
  assert.deepEqual(tick(bench), [both[1]], "each port for itself");
  hear(bench, port + 1, { ...OF_A, port: 4001 });
  assert.deepEqual(tick(bench), []);
  bench.offer(A + AUDIO);
  assert.deepEqual(tick(bench), [], "a refresh changes nothing");
});

Deno.test("pierce NAT begins anew with a changed description, flag or not", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, PIERCE);
  const port = portOf(bench.answer(B + AUDIO_B));
  hear(bench, port, OF_A);
  bench.offer(A.replace("- 1 1", "- 1 2") + AUDIO.replace("4000", "4100"));
  assert.deepEqual(sent(bench), [`4100<${PROBE}`, `4101<${PROBE}`]);
});

Deno.test("pierce NAT in an answer is for the one who answers", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B, PIERCE);
  assert.deepEqual(sent(bench), [`5000<${PROBE}`, `5001<${PROBE}`]);
});

Deno.test("pierce NAT leaves alone what has no port, is on hold or must not be sent to", () => {
  const quiet = (sdp: string, expected: string[]) => {
    const bench = new Bench();
    bench.offer(sdp, PIERCE);
    assert.deepEqual(sent(bench), expected, sdp);
  };
  quiet(A.replace("c=IN IP4 198.51.100.1", "c=IN IP4 0.0.0.0") + AUDIO, []);
  quiet(A.replace("c=IN IP4 198.51.100.1", "c=IN IP4 127.0.0.1") + AUDIO, []);
  quiet(A + AUDIO.replace("4000", "0") + "m=audio 4002 RTP/AVP 0\n", [
    `4002<${PROBE}`,
    `4003<${PROBE}`,
  ]);
  quiet(A + "m=image 4000 udptl t38\n", ["4000<"]);
});

Deno.test("pierce NAT sends nothing to a muxed RTCP port and once to a bundle", () => {
  const bench = new Bench();
  const mux = "a=rtcp-mux\n";
  const video = "m=video 4000 RTP/AVP 96\na=rtpmap:96 VP8/90000\na=mid:v\n" + mux;
  const keys = { ...PIERCE, bundle: ["accept"] };
  bench.offer(`${A}a=group:BUNDLE a v\n${AUDIO}a=mid:a\n${mux}${video}`, keys);
  bench.answer(B + AUDIO_B + mux + "m=video 5002 RTP/AVP 96\n" + mux);
  sent(bench);
  assert.deepEqual(tick(bench), [`4000<${PROBE}`]);
});

Deno.test("pierce NAT ends with the call", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, PIERCE);
  bench.send("delete", { "call-id": "c" });
  sent(bench);
  assert.deepEqual(tick(bench), []);
});
