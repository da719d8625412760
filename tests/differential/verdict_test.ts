import assert from "node:assert/strict";
import type { Accepted, Addition } from "./accepted.ts";
import { changes, diff } from "./diff.ts";
import { callId, command, dialogue, withCall } from "./dialogue.ts";
import { details, equalShare, judge, table } from "./verdict.ts";

const CALL = dialogue("a call", command("ping"), command("list"));
const NOTHING = { accepted: [], additions: [] };
const ENTRY: Accepted = {
  dialogue: "a call",
  step: 2,
  reason: "it is better this way",
  lines: ["-x", "+y"],
};

const ONE = { accepted: [ENTRY], additions: [] };

Deno.test("diff() keeps common lines and marks the others by side", () => {
  const lines = diff(["a", "b", "c"], ["a", "x", "c", "d"]);
  assert.deepEqual(lines.map(({ side, text }) => side + text), [" a", "-b", "+x", " c", "+d"]);
});

Deno.test("changes() of equal lists is empty", () => {
  assert.deepEqual(changes(["a", "b"], ["a", "b"]), []);
});

Deno.test("judge() finds equal transcripts equal", () => {
  const verdict = judge(CALL, [["a"], ["x"]], [["a"], ["x"]], NOTHING);
  assert.equal(verdict.kind, "equal");
});

Deno.test("judge() accepts exactly the listed lines of the listed step", () => {
  assert.equal(judge(CALL, [["a"], ["x"]], [["a"], ["y"]], ONE).kind, "accepted");
  assert.equal(judge(CALL, [["a"], ["x"]], [["a"], ["z"]], ONE).kind, "different");
  assert.equal(judge(CALL, [["x"], ["a"]], [["y"], ["a"]], ONE).kind, "different");
});

Deno.test("judge() reports a listed difference that does not occur", () => {
  assert.deepEqual(judge(CALL, [["a"], ["x"]], [["a"], ["x"]], ONE).stale, [ENTRY]);
  assert.deepEqual(judge(CALL, [["a"], ["x"]], [["a"], ["y"]], ONE).stale, []);
});

Deno.test("equalShare() does not count accepted differences as equal", () => {
  const equal = judge(CALL, [["a"], ["x"]], [["a"], ["x"]], NOTHING);
  const accepted = judge(CALL, [["a"], ["x"]], [["a"], ["y"]], ONE);
  assert.equal(equalShare([equal, accepted]), 0.5);
});

Deno.test("table() and details() name what differs", () => {
  const verdicts = [judge(CALL, [["a"], ["x"]], [["b"], ["x"]], NOTHING)];
  assert.match(table(verdicts), /^different\s+a call\s+steps 1$/m);
  assert.equal(details(verdicts), "## a call, step 1 (ping)\n-a\n+b\n");
});

Deno.test("callId() and withCall() give each dialogue a call of its own", () => {
  assert.equal(callId("Audio, video"), "diff-Audio-video");
  assert.deepEqual(withCall({ "call-id": "{call}", n: 1 }, "c"), { "call-id": "c", n: 1 });
});

Deno.test("judge() leaves additions out, but only what the oracle does not have itself", () => {
  const addition: Addition = { line: /^more = /, reason: "it is asked for" };
  const meant = { accepted: [], additions: [addition] };
  const verdict = judge(CALL, [["a"], ["x"]], [["a", "more = 1"], ["x"]], meant);
  assert.equal(verdict.kind, "equal");
  assert.deepEqual([...verdict.additions], [addition]);
  assert.equal(judge(CALL, [["more = 1"], []], [["more = 1"], []], meant).additions.size, 0);
  assert.equal(judge(CALL, [["more = 1"], []], [[], []], meant).kind, "different");
});

Deno.test("judge() leaves out what the oracle adds, but only where the product does not", () => {
  const addition: Addition = { line: /^more/, of: "oracle", reason: "nobody said so" };
  const meant = { accepted: [], additions: [addition] };
  const verdict = judge(CALL, [["a", "more = 1"], []], [["a"], []], meant);
  assert.equal(verdict.kind, "equal");
  assert.deepEqual([...verdict.additions], [addition]);
  assert.equal(judge(CALL, [["a"], []], [["a", "more = 1"], []], meant).kind, "different");
  assert.equal(judge(CALL, [["more = 1"], []], [["more = 1"], []], meant).additions.size, 0);
});
