import assert from "node:assert/strict";
import { addresses, Bench, type Keys } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

/** Requests that must fail, and why. */
const FAILING: [string, Keys, string][] = [
  ["offer", { "from-tag": "a", sdp: "garbage" }, "Failed to parse SDP"],
  ["offer", { "from-tag": "a", sdp: A }, "Error rewriting SDP"],
  ["offer", { "from-tag": "a", sdp: A + AUDIO + "x=1\n" }, "Failed to parse SDP"],
  [
    "offer",
    { "from-tag": "a", sdp: A + "m=audio 4100 RTP/AVP 8\nm=video 4102 RTP/AVP zz\n" },
    "Incomplete SDP specification",
  ],
  [
    "offer",
    { "from-tag": "a", sdp: A + AUDIO, flags: ["SIP-source-address"] },
    "Incomplete SDP specification",
  ],
  ["offer", { "from-tag": "a", "to-tag": "a", sdp: A + AUDIO }, "Invalid dialogue association"],
  ["offer", { "from-tag": "new", sdp: "v=0\n" }, "Error rewriting SDP"],
  ["answer", { "from-tag": "a", "to-tag": "b", sdp: "v=1\n" }, "Failed to parse SDP"],
  ["answer", { "from-tag": "a", sdp: B + AUDIO_B }, "No to-tag in message"],
  ["answer", { "from-tag": "a", "to-tag": "new", sdp: B }, "Error rewriting SDP"],
  ["delete", { "from-tag": "nobody", flags: ["fatal"] }, "Call-ID not found or tags didn't match"],
];

Deno.test("a failing request leaves calls, ports and rules exactly as they were", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, { label: "caller", "via-branch": "b1" });
  bench.answer(B + AUDIO_B, { "via-branch": "b1" });
  const before = bench.snapshot();
  for (const [command, keys, reason] of FAILING) {
    const reply = bench.send(command, { "call-id": "c", label: "changed", TOS: 99, ...keys });
    assert.deepEqual(reply, { result: "error", "error-reason": reason });
    assert.deepEqual(bench.snapshot(), before, `${command}: ${reason}`);
  }
});

Deno.test("running out of ports in the middle of an offer gives back what was taken", () => {
  // two pairs on pub, so a third one for the new section cannot be had
  const bench = new Bench({ addresses: addresses(30005).filter(({ name }) => name === "pub") });
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B);
  const before = bench.snapshot();
  const video = "m=video 4002 RTP/AVP 96\n";
  const reply = bench.offer(A + AUDIO.replace("4000", "4100") + video);
  assert.deepEqual(reply, { result: "error", "error-reason": "Ran out of ports" });
  assert.deepEqual(bench.snapshot(), before);
  assert.deepEqual(bench.events, ["created c"], "no new call was refused");
});

Deno.test("running out of ports for a new call makes no call", () => {
  const bench = new Bench({ addresses: addresses(30001).filter(({ name }) => name === "pub") });
  const reply = bench.offer(A + AUDIO);
  assert.deepEqual(reply, { result: "error", "error-reason": "Ran out of ports" });
  assert.equal(bench.service.registry.size, 0);
  assert.equal(bench.relay.openPairs, 0);
  assert.deepEqual(bench.events, ["rejected Ran out of ports"]);
});

Deno.test("a refused new call takes no ports and no numbers", () => {
  const bench = new Bench({ settings: { maxSessions: 0 } });
  assert.equal(bench.offer(A + AUDIO).result, "load limit");
  assert.equal(bench.engine.openSlots, 0);
});
