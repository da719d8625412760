import assert from "node:assert/strict";
import { Bench } from "./fixture_test_support.ts";
import type { RelayEngine } from "../relay/types.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

/** `c=` address of the first section. */
function address(reply: { sdp: string }): string | undefined {
  return /^m=.*\r\nc=IN IP[46] (\S+)/m.exec(reply.sdp)?.[1];
}

Deno.test("readDirection takes the first two of direction, in offers and answers", () => {
  const bench = new Bench();
  assert.equal(address(bench.offer(A + AUDIO, { direction: ["priv", "pub", "x"] })), "203.0.113.1");
  assert.equal(address(bench.answer(B + AUDIO_B)), "10.0.0.1");
  const other = new Bench();
  assert.equal(address(other.offer(A + AUDIO)), "203.0.113.1");
  assert.equal(address(other.answer(B + AUDIO_B, { direction: ["pub", "priv"] })), "10.0.0.1");
});

Deno.test("readDirection prefers the halves, and takes one alone", () => {
  const bench = new Bench();
  const keys = { "direction": ["pub", "pub"], "to-interface": "priv" };
  assert.equal(address(bench.offer(A + AUDIO, keys)), "10.0.0.1");
  assert.equal(address(bench.answer(B + AUDIO_B)), "203.0.113.1");
  const other = new Bench();
  assert.equal(address(other.offer(A + AUDIO, { direction: ["priv"] })), "203.0.113.1");
  assert.equal(address(other.answer(B + AUDIO_B)), "10.0.0.1");
});

Deno.test("readDirection takes internal and external for families where no interface is called so", () => {
  const bench = new Bench();
  const keys = { direction: ["internal", "external"] };
  assert.equal(address(bench.offer(A + AUDIO, keys)), "2001:db8::1");
  assert.equal(address(bench.answer(B + AUDIO_B)), "203.0.113.1");
  bench.offer(A + AUDIO, { "from-tag": "c", "direction": ["nowhere", "nowhere"] });
  assert.equal(bench.log.filter((line) => line.includes("no interface nowhere")).length, 2);
});

Deno.test("readDirection asks the host for a route towards a peer", () => {
  const asked: string[] = [];
  const bench = new Bench();
  const engine: RelayEngine = bench.engine;
  engine.sourceTowards = ({ address }) => {
    asked.push(address);
    return address === "10.9.9.9" ? "10.0.0.1" : address === "10.9.9.8" ? "10.0.0.77" : undefined;
  };
  assert.equal(address(bench.offer(A + AUDIO, { "outbound-peer": "10.9.9.9" })), "10.0.0.1");
  assert.equal(address(bench.answer(B + AUDIO_B)), "203.0.113.1");
  assert.deepEqual(asked, ["10.9.9.9"]);
  bench.offer(A + AUDIO, { "inbound-peer": "10.9.9.8", "to-interface": "pub" });
  bench.offer(A + AUDIO, { "inbound-peer": "10.9.9.7", "outbound-peer": "x" });
  assert.ok(bench.log.some((line) => line.includes("no interface has 10.0.0.77")));
  assert.ok(bench.log.some((line) => line.includes("there is no route")));
});

Deno.test("ports stay as they are while an offer asks for no media", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, { "address family": "IP6" });
  bench.answer(B + AUDIO_B);
  const hold = A + AUDIO.replace("sendrecv", "sendonly");
  assert.equal(address(bench.offer(hold)), "2001:db8::1");
  assert.equal(address(bench.offer(hold, { "to-interface": "priv" })), "2001:db8::1");
  assert.equal(address(bench.offer(A + AUDIO)), "10.0.0.1");
});
