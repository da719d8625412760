import assert from "node:assert/strict";
import { addresses, Bench, type Keys, portOf } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

const OTHER = B.replaceAll("198.51.100.2", "198.51.100.3");

/** Tags with whom each is in dialogue. */
function dialogues(bench: Bench): Record<string, string | undefined> {
  const { tags } = bench.send("query", { "call-id": "c" });
  const entries = Object.entries<{ "in dialogue with"?: string }>(tags);
  return Object.fromEntries(entries.map(([tag, party]) => [tag, party["in dialogue with"]]));
}

Deno.test("several to-tags of one branch are one party under its last name", () => {
  const bench = new Bench();
  const toB = portOf(bench.offer(A + AUDIO));
  const first = portOf(bench.answer(B + AUDIO_B, { "to-tag": "t1" }));
  const second = portOf(bench.answer(OTHER + AUDIO_B, { "to-tag": "t2" }));
  assert.notEqual(first, second, "each endpoint sees a port of its own");
  assert.deepEqual(dialogues(bench), { a: "t2", t2: "a" });
  const { tags } = bench.send("query", { "call-id": "c" });
  assert.deepEqual(tags.t2["tag-aliases"], ["t1"]);
  assert.equal(portOf(bench.answer(B + AUDIO_B, { "to-tag": "t1" })), first);
  assert.equal(portOf(bench.offer(A + AUDIO, { "to-tag": "t1" })), toB);
});

Deno.test("early media of a fork leaves towards the caller before any answer", () => {
  const bench = new Bench();
  const offered = bench.offer(A + AUDIO);
  const rule = bench.rule(offered)!;
  assert.equal(rule.remote, undefined);
  assert.equal(rule.outputs.length, 1);
  const packet = new Uint8Array(172).fill(1, 12);
  packet[0] = 0x80;
  const source = { family: 4, address: "198.51.100.2", port: 5000 } as const;
  bench.engine.inject(bench.slot(offered), packet, source);
  assert.deepEqual(bench.engine.sent.map(({ destination }) => destination), [
    { family: 4, address: "198.51.100.1", port: 4000 },
  ]);
});

Deno.test("branches told apart by via-branch have ports of their own", () => {
  const bench = new Bench();
  const one = portOf(bench.offer(A + AUDIO, { "via-branch": "b1" }));
  const two = portOf(bench.offer(A + AUDIO, { "via-branch": "b2" }));
  assert.notEqual(one, two);
  assert.deepEqual(dialogues(bench), { a: "", "<untagged 1>": "a", "<untagged 2>": "a" });
  bench.answer(B + AUDIO_B, { "to-tag": "t1", "via-branch": "b1" });
  assert.deepEqual(dialogues(bench), { a: "t1", t1: "a", "<untagged 2>": undefined });
  bench.answer(OTHER + AUDIO_B, { "to-tag": "t2", "via-branch": "b2" });
  assert.deepEqual(dialogues(bench), { a: "t2", t1: undefined, t2: "a" });
  assert.equal(portOf(bench.offer(A + AUDIO, { "via-branch": "b2" })), two);
});

Deno.test("both branches hear the caller until one answers", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, { "via-branch": "b1" });
  bench.offer(A + AUDIO, { "via-branch": "b2" });
  const answered = bench.answer(B + AUDIO_B, { "to-tag": "t1", "via-branch": "b1" });
  assert.equal(bench.rule(answered)?.outputs.length, 1);
  const bench2 = new Bench();
  bench2.offer(A + AUDIO, { "via-branch": "b1" });
  const second = bench2.offer(A + AUDIO, { "via-branch": "b2" });
  const caller = bench2.rule(second)!.outputs[0]!.slot;
  assert.equal(bench2.engine.rule(caller)?.outputs.length, 2);
});

Deno.test("delete of one branch leaves the other", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, { "via-branch": "b1" });
  bench.offer(A + AUDIO, { "via-branch": "b2" });
  bench.answer(B + AUDIO_B, { "to-tag": "t1", "via-branch": "b1" });
  bench.answer(OTHER + AUDIO_B, { "to-tag": "t2", "via-branch": "b2" });
  const open = bench.relay.openPairs;
  const reply = bench.send("delete", { "call-id": "c", "from-tag": "a", "via-branch": "b1" });
  assert.equal(reply.result, "ok");
  assert.deepEqual(dialogues(bench), { a: "t2", t1: undefined, t2: "a" });
  assert.equal(bench.relay.openPairs, open - 1);
  bench.send("delete", { "call-id": "c", "from-tag": "a", "via-branch": "b2" });
  assert.equal(bench.service.registry.size, 0);
  assert.equal(bench.relay.openPairs, 0);
});

Deno.test("the called party may speak first", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  const reply = bench.offer(B + AUDIO_B, { "from-tag": "b", "to-tag": "a" });
  assert.equal(reply.result, "ok");
  assert.deepEqual(dialogues(bench), { a: "b", b: "a" });
});

Deno.test("empty tags are tags nobody has", () => {
  const bench = new Bench();
  const keys = { "from-tag": "", "call-id": "c" };
  assert.equal(bench.offer(A + AUDIO, keys).result, "ok");
  assert.equal(bench.offer(A + AUDIO, keys).result, "ok");
  assert.deepEqual(dialogues(bench), { "<untagged 0>": "", "<untagged 1>": "" });
  assert.equal(bench.answer(B + AUDIO_B, { "from-tag": "", "to-tag": "b" }).result, "ok");
  assert.deepEqual(dialogues(bench), { "<untagged 0>": "b", b: "" });
});

Deno.test("a re-offer's via-branch does not name the caller's branch", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, { "via-branch": "b1" });
  bench.answer(B + AUDIO_B, { "via-branch": "b1" });
  bench.offer(B + AUDIO_B, { "from-tag": "b", "to-tag": "a", "via-branch": "b2" });
  const { tags } = bench.send("query", { "call-id": "c" });
  assert.equal(tags.a["via-branch"], undefined);
  assert.equal(tags.b["via-branch"], "b1");
});

Deno.test("the number of parties of a call is bounded", () => {
  const bench = new Bench({ addresses: addresses(31999) });
  for (let i = 1; i < 256; i++) {
    assert.equal(bench.offer(A + AUDIO, { "via-branch": `b${i}` }).result, "ok", String(i));
  }
  const before = bench.snapshot();
  const reply = bench.offer(A + AUDIO, { "via-branch": "one more" });
  assert.equal(reply["error-reason"], "More than 256 parties in one call");
  assert.deepEqual(bench.snapshot(), before);
  assert.equal(bench.offer(A + AUDIO, { "via-branch": "b7" }).result, "ok");
});

Deno.test("an offer to a tag nobody has is a new branch, and the old one lasts until it answers", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B);
  bench.offer(A + AUDIO, { "to-tag": "c" });
  const tags = (reply: { tags: Record<string, { tag: string }> }) =>
    Object.values(reply.tags).map(({ tag }) => tag);
  const query = { "call-id": "c" };
  assert.deepEqual(tags(bench.send("query", query)), ["a", "b", ""]);
  bench.answer(B + AUDIO_B, { "to-tag": "c" });
  assert.deepEqual(tags(bench.send("query", query)), ["a", "b", "c"]);
});

Deno.test("after a final answer another tag is another party, unless it was provisional", () => {
  const parties = (first: Keys, second: Keys) => {
    const bench = new Bench();
    bench.offer(A + AUDIO);
    bench.answer(B + AUDIO_B, first);
    bench.answer(B + AUDIO_B, { "to-tag": "c", ...second });
    return Object.keys(bench.send("query", { "call-id": "c" }).tags);
  };
  const ok = { "SIP code": 200, "SIP message type": "SIP response" };
  const ringing = { "SIP code": 183, "SIP message type": "SIP response" };
  assert.deepEqual(parties({}, {}), ["a", "c"]);
  assert.deepEqual(parties(ringing, ok), ["a", "c"]);
  assert.deepEqual(parties(ok, ok), ["a", "b", "c"]);
  assert.deepEqual(parties({ ...ok, flags: ["provisional"] }, ok), ["a", "c"]);
  assert.deepEqual(parties({ "SIP code": 200, "SIP message type": "SIP request" }, ok), ["a", "c"]);
});
