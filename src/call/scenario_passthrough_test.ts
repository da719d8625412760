import assert from "node:assert/strict";
import { Bench, normal } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B, mediaPart, sessionPart } from "./scenario_test_support.ts";

const ON = { passthrough: "on" };
const ICE = "a=ice-ufrag:abcd\na=ice-pwd:0123456789012345678901\na=group:BUNDLE x\n";

Deno.test("passthrough hands media on untouched and takes no ports", () => {
  const bench = new Bench();
  const reply = bench.offer(
    A + ICE + AUDIO + "a=mid:x\na=candidate:1 1 UDP 1 192.0.2.1 9 typ host\n",
    ON,
  );
  const text = normal(reply);
  assert.match(text, /m=audio 4000 RTP\/AVP 8 0\nc=IN IP4 198.51.100.1\n/);
  for (const line of ["ice-ufrag:abcd", "group:BUNDLE x", "mid:x", "candidate:1 1 UDP"]) {
    assert.ok(text.includes(`a=${line}`), line);
  }
  bench.answer(B + AUDIO_B);
  assert.equal(bench.engine.locals.size, 0);
  const { tags } = bench.send("query", { "call-id": "c" });
  for (const tag of ["a", "b"]) assert.ok(tags[tag].medias[0].flags.includes("passthrough"));
});

Deno.test("passthrough lasts until it is taken back, and then there are ports", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, ON);
  bench.answer(B + AUDIO_B);
  assert.match(mediaPart(bench.offer(A + AUDIO)), /^m=audio 4000 /);
  assert.match(mediaPart(bench.offer(A + AUDIO, { flags: ["no-passthrough"] })), /^m=audio P1 /);
  assert.match(mediaPart(bench.answer(B + AUDIO_B)), /^m=audio P1 /);
  assert.equal(bench.engine.locals.size, 4);
});

Deno.test("passthrough replaces the origin by our address when that is asked", () => {
  const bench = new Bench();
  const reply = bench.offer(A + AUDIO, { ...ON, replace: ["origin"] });
  assert.match(sessionPart(reply), /^o=- 1 1 IN IP4 203.0.113.1$/m);
  // and the origin keeps that address
  const again = bench.offer(A + AUDIO, {
    "replace": ["origin"],
    "to-interface": "priv",
    "passthrough": "off",
  });
  assert.match(sessionPart(again), /^o=- 1 1 IN IP4 203.0.113.1$/m);
});
