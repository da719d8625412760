import assert from "node:assert/strict";
import { Bench, type Keys, type Reply } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

const EVENTS = "a=rtpmap:101 telephone-event/8000\n";
const OFFER = A + AUDIO.replace("8 0", "8 0 101") + EVENTS;
const ANSWER = B + AUDIO_B.replace("AVP 8", "AVP 8 101") + EVENTS;

/** A call of `a` (label `caller`) and `b` (`callee`), and what passes between them. */
class Blocking extends Bench {
  readonly #fromA: Reply;
  readonly #fromB: Reply;

  constructor(keys: Keys = {}, answerKeys: Keys = {}) {
    super();
    this.#fromB = this.offer(OFFER, { label: "caller", ...keys });
    this.#fromA = this.answer(ANSWER, { label: "callee", ...answerKeys });
  }

  /** Executes a command about the call. */
  ask(command: string, keys: Keys = {}): Reply {
    return this.send(command, { "call-id": "c", ...keys });
  }

  /** What passes from `a` and from `b`: media, silence, or events only, without DTMF. */
  get passing(): readonly [string, string] {
    return [this.#passing(this.#fromA), this.#passing(this.#fromB)];
  }

  #passing(reply: Reply): string {
    const rule = this.rule(reply)!;
    const types = rule.payloadTypes;
    const words = [];
    if (!rule.outputs.some(({ match }) => match.includes("rtp"))) words.push("no output");
    if (types === undefined || types.includes(8)) words.push("media");
    if (types === undefined || types.includes(101)) words.push("events");
    if (rule.outputs.some(({ silence }) => silence)) words.push("silenced");
    return words.join(" ");
  }
}

const ALL = "media events";

Deno.test("block media leaves events only, of the whole call or of one party", () => {
  const bench = new Blocking();
  const directional = { flags: ["directional"] };
  assert.deepEqual(bench.passing, [ALL, ALL]);
  assert.deepEqual(bench.ask("block media"), { result: "ok" });
  assert.deepEqual(bench.passing, ["events", "events"]);
  bench.ask("unblock media", { "from-tag": "a", ...directional });
  assert.deepEqual(bench.passing, ["events", "events"], "the call's gate is not the party's");
  bench.ask("unblock media", { "from-tag": "a" });
  assert.deepEqual(bench.passing, [ALL, ALL], "from-tag alone means nothing");
  bench.ask("block media", { "from-tag": "a", ...directional });
  assert.deepEqual(bench.passing, ["events", ALL]);
  bench.ask("block media", { label: "callee" });
  assert.deepEqual(bench.passing, ["events", "events"]);
  bench.ask("unblock media");
  assert.deepEqual(bench.passing, ["events", "events"]);
  bench.ask("unblock media", { address: "198.51.100.1" });
  assert.deepEqual(bench.passing, [ALL, "events"]);
  bench.ask("block media", { all: "all", label: "nobody" });
  bench.ask("unblock media", { label: "callee" });
  assert.deepEqual(bench.passing, ["events", "events"]);
});

Deno.test("block media of one flow is undone by naming that flow", () => {
  const bench = new Blocking();
  for (const keys of [{ "to-tag": "b" }, { "to-label": "callee" }, { all: "flows" }] as Keys[]) {
    bench.ask("block media", { label: "caller", ...keys });
    assert.deepEqual(bench.passing, ["events", ALL]);
    bench.ask("unblock media", { label: "caller" });
    assert.deepEqual(bench.passing, ["events", ALL], "the party's gate was open");
    bench.ask("unblock media", { label: "caller", all: "offer-answer" });
    assert.deepEqual(bench.passing, [ALL, ALL]);
  }
});

Deno.test("silence media heeds a from-tag, block media only with directional", () => {
  const bench = new Blocking();
  bench.ask("silence media", { "from-tag": "b" });
  assert.deepEqual(bench.passing, [ALL, `${ALL} silenced`]);
  const unknown = { "from-tag": "x" };
  assert.match(bench.ask("silence media", unknown)["error-reason"], /no such tag exists/);
  assert.equal(bench.ask("block media", unknown).result, "ok");
});

Deno.test("silence media says so at the outputs and names the patterns", () => {
  const bench = new Blocking();
  bench.ask("silence media", { label: "caller", "to-tag": "b" });
  assert.deepEqual(bench.passing, [`${ALL} silenced`, ALL]);
  const rule = [...bench.engine.locals.keys()].map((slot) => bench.engine.rule(slot))
    .find((one) => one?.silence !== undefined);
  assert.deepEqual(rule?.silence?.[0], { payloadType: 8, byte: 0xd5 });
  bench.ask("unsilence media", { label: "caller", "to-tag": "b" });
  bench.ask("silence media");
  assert.deepEqual(bench.passing, [`${ALL} silenced`, `${ALL} silenced`]);
  bench.ask("block media");
  assert.deepEqual(bench.passing, ["events silenced", "events silenced"]);
});

Deno.test("block DTMF takes events out, by command and by flag, and warns of what it cannot do", () => {
  const bench = new Blocking();
  bench.ask("block DTMF", { label: "caller", "to-tag": "nobody" });
  assert.deepEqual(bench.passing, ["media", ALL], "whoever hears it");
  bench.ask("block media");
  assert.deepEqual(bench.passing, ["", "events"]);
  assert.match(bench.ask("block DTMF", { "DTMF-security": "tone" }).warning, /media engine/);
  assert.equal(bench.ask("block DTMF", { "DTMF-security": "drop" }).warning, undefined);
  assert.deepEqual(new Blocking({ flags: ["block DTMF"] }).passing, ["media", ALL]);
  assert.deepEqual(new Blocking({}, { flags: ["block DTMF"] }).passing, [ALL, "media"]);
  const warned = new Blocking();
  const keys = { "DTMF-security": "random", flags: ["block DTMF"] };
  assert.match(warned.offer(OFFER, keys).warning, /events are dropped instead/);
});

Deno.test("what is blocked stays blocked over re-offers", () => {
  const bench = new Blocking();
  bench.ask("block media", { label: "caller" });
  bench.ask("silence media", { label: "callee", all: "flows" });
  bench.ask("block DTMF");
  const before = bench.passing;
  bench.offer(OFFER, { "to-tag": "b" });
  bench.answer(ANSWER);
  assert.deepEqual(bench.passing, before);
  assert.deepEqual(before, ["", "media silenced"]);
});

Deno.test("blocked media of an opaque section goes nowhere", () => {
  const bench = new Bench();
  const fax = "m=image 4000 udptl t38\n";
  const reply = bench.offer(A + fax);
  const answered = bench.answer(B + fax.replace("4000", "5000"));
  bench.send("block media", { "call-id": "c" });
  assert.deepEqual([bench.rule(reply)?.outputs, bench.rule(answered)?.outputs], [[], []]);
  bench.send("unblock media", { "call-id": "c" });
  assert.equal(bench.rule(answered)?.outputs.length, 1);
});

Deno.test("block media that finds nobody fails in rtpengine's words and changes nothing", () => {
  const bench = new Blocking();
  const cases: [Keys, string][] = [
    [{ "call-id": "nope" }, "Unknown call-ID"],
    [{ label: "nobody", all: "none" }, "No monologue matching the given label"],
    [{ label: "", "from-tag": "a" }, "No monologue matching the given label"],
    [{ address: "garbage" }, "Failed to parse network address"],
    [{ address: "[::1]" }, "Failed to match address to any tag"],
    [{ "from-tag": "x", flags: ["directional"] }, "From-tag given, but no such tag exists"],
    [{ label: "caller", "to-tag": "x" }, "Media flow not found (to-tag not found)"],
    [{ label: "caller", "to-label": "x" }, "Media flow not found (to-label not found)"],
    [{ label: "caller", "to-tag": "a" }, "Media flow not found (to-tag not subscribed)"],
    [{ label: "caller", all: "except-offer-answer" }, "No eligible media subscriptions found"],
  ];
  const before = bench.snapshot();
  for (const command of ["block media", "silence media"]) {
    for (const [keys, reason] of cases) {
      const reply = bench.ask(command, { "set-label": "changed", ...keys });
      assert.deepEqual(reply, { result: "error", "error-reason": reason });
      assert.deepEqual(bench.snapshot(), before, reason);
    }
  }
  assert.deepEqual(bench.send("block media", {}), {
    result: "error",
    "error-reason": "No call-id in message",
  });
});

Deno.test("set-label names the party a command was about; of two parties with a label the later counts", () => {
  const bench = new Blocking();
  bench.ask("block media", { label: "caller", "set-label": "callee" });
  assert.deepEqual(bench.service.registry.get("c")?.participants.map(({ label }) => label), [
    "callee",
    "callee",
  ]);
  bench.ask("block media", { label: "callee" });
  assert.deepEqual(bench.passing, ["events", "events"]);
});
