import assert from "node:assert/strict";
import { parseRequest } from "../ng/schema.ts";
import type { NgSource, NgValue } from "../ng/types.ts";
import { Bench, crlf, type Keys, type Reply } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

const HOME = { family: 4, address: "127.0.0.1", port: 2223 } as const;
const SOURCE: NgSource = { transport: "udp", peer: HOME, local: HOME };

/** Calls `c` of `a` and `b`, `d` of `x` and `y`. */
class Two extends Bench {
  constructor() {
    super();
    this.offer(A + AUDIO);
    this.answer(B + AUDIO_B);
    const tags = { "call-id": "d", "from-tag": "x" };
    this.send("offer", { ...tags, sdp: crlf(A + AUDIO) });
    this.send("answer", { ...tags, "to-tag": "y", sdp: crlf(B + AUDIO_B) });
  }

  connect(from: string, to: string, keys: Keys = {}): Reply {
    return this.send("connect", { "call-id": "c", "from-tag": from, "to-tag": to, ...keys });
  }

  /** Whom each party hears. */
  get hearing(): Record<string, string> {
    const parties = this.service.registry.get("c")!.participants;
    return Object.fromEntries(parties.map(({ tag, subscriptions }) => [
      tag,
      subscriptions.map((edge) => edge.tag).sort().join(" "),
    ]));
  }

  mesh(values: Readonly<Record<string, NgValue>>): unknown {
    const dict = new Map<string, NgValue>([["command", "mesh"], ...Object.entries(values)]);
    return this.service.handlers.get("mesh")!(parseRequest(dict, SOURCE));
  }
}

Deno.test("connect transfers a party to one of another call, and both call-ids stay good", () => {
  const bench = new Two();
  assert.deepEqual(bench.connect("a", "x", { "to-call-id": "d" }), { result: "ok" });
  assert.deepEqual(bench.hearing, { a: "x", b: "", x: "a", y: "" });
  assert.deepEqual(bench.events.slice(-1), ["closed d terminated"]);
  assert.deepEqual(bench.send("list", {}).calls, ["c", "d"]);
  assert.deepEqual(bench.send("list", { limit: 1 }).calls, ["c"]);
  assert.equal(Object.keys(bench.send("query", { "call-id": "d" }).tags).length, 4);
  assert.equal(bench.relay.openPairs, 4);
  bench.connect("a", "b");
  bench.connect("x", "y");
  assert.deepEqual(bench.hearing, { a: "b", b: "a", x: "y", y: "x" });
  bench.send("delete", { "call-id": "d", "delete delay": 0 });
  assert.equal(bench.service.registry.size, 0);
  assert.equal(bench.service.registry.get("d"), undefined);
  assert.equal(bench.relay.openPairs, 0);
});

Deno.test("connect directional adds a listener to a dialogue", () => {
  const bench = new Two();
  bench.connect("a", "y", { "to-call-id": "d", flags: ["directional"] });
  assert.deepEqual(bench.hearing, { a: "b", b: "a", x: "y", y: "a x" });
  bench.connect("b", "x", { flags: ["directional", "bidirectional"] });
  assert.deepEqual(bench.hearing, { a: "b", b: "a x", x: "b y", y: "a x" });
});

Deno.test("connect that cannot be done changes nothing", () => {
  const bench = new Two();
  bench.send("offer", { "call-id": "e", "from-tag": "a", sdp: crlf(A + AUDIO) });
  const before = bench.snapshot();
  const cases: [Keys, string][] = [
    [{ "from-tag": "a" }, "No to-tag in message"],
    [{ "to-tag": "a" }, "No medias found (no monologues matched)"],
    [{ "from-tag": "q", "to-tag": "a" }, "From-tag given, but no such tag exists"],
    [{ "from-tag": "a", "to-tag": "q" }, "To-tag not found"],
    [{ "from-tag": "a", "to-tag": "a" }, "A party cannot be connected with itself"],
    [{ "from-tag": "a", "to-tag": "x", "to-call-id": "q" }, "Unknown to-tag call-ID"],
    [
      { "from-tag": "b", "to-tag": "a", "to-call-id": "e" },
      "Failed to merge two calls into one (tag collision)",
    ],
    [{ "call-id": "q", "from-tag": "a", "to-tag": "b" }, "Unknown call-ID"],
  ];
  for (const [keys, reason] of cases) {
    const reply = bench.send("connect", { "call-id": "c", ...keys });
    assert.deepEqual(reply, { result: "error", "error-reason": reason });
    assert.deepEqual(bench.snapshot(), before, reason);
  }
});

Deno.test("mesh of a call by its own call-id and that of one it has taken in leaves it whole", () => {
  const bench = new Two();
  bench.connect("a", "x", { "to-call-id": "d" });
  bench.mesh({ calls: ["d", "c", "d"], tags: [] });
  assert.equal(bench.service.registry.get("d"), bench.service.registry.get("c"));
  assert.equal(bench.relay.openPairs, 4);
  bench.send("delete", { "call-id": "c", "delete delay": 0 });
  assert.equal(bench.relay.openPairs, 0);
});

Deno.test("mesh makes one call of several and lets everybody hear everybody", () => {
  const bench = new Two();
  const edge = (from: string, ...to: string[]) =>
    new Map<string, NgValue>([["from", from], ["to", to]]);
  const tags = [edge("a", "b", "x", "y"), edge("b", "x", "y"), edge("x", "y")];
  bench.mesh({ calls: ["c", "d"], tags, flags: ["bidirectional"] });
  assert.deepEqual(bench.hearing, { a: "b x y", b: "a x y", x: "a b y", y: "a b x" });
  bench.mesh({ calls: ["d"], tags: [edge("a", "x")], flags: ["unsubscribe"] });
  assert.deepEqual(bench.hearing, { a: "b x y", b: "a x y", x: "b y", y: "a b x" });
  const before = bench.snapshot();
  assert.throws(() => bench.mesh({ calls: [] }), /No call-id in message/);
  assert.throws(() => bench.mesh({ calls: ["q"] }), /Unknown call-ID/);
  assert.throws(() => bench.mesh({ calls: ["c"], tags: ["a"] }), /Invalid list of tags/);
  assert.throws(() => bench.mesh({ calls: ["c"], tags: [edge("q", "a")] }), /no such tag exists/);
  assert.deepEqual(bench.snapshot(), before);
});
