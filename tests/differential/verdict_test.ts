import assert from "node:assert/strict";
import type { Accepted } from "./accepted.ts";
import { changes, diff } from "./diff.ts";
import { callId, command, dialogue, withCall } from "./dialogue.ts";
import { details, equalShare, judge, table } from "./verdict.ts";

const CALL = dialogue("a call", command("ping"), command("list"));
const ENTRY: Accepted = {
  dialogue: "a call",
  step: 2,
  reason: "it is better this way",
  lines: ["-x", "+y"],
};

Deno.test("diff() keeps common lines and marks the others by side", () => {
  const lines = diff(["a", "b", "c"], ["a", "x", "c", "d"]);
  assert.deepEqual(lines.map(({ side, text }) => side + text), [" a", "-b", "+x", " c", "+d"]);
});

Deno.test("changes() of equal lists is empty", () => {
  assert.deepEqual(changes(["a", "b"], ["a", "b"]), []);
});

Deno.test("judge() finds equal transcripts equal", () => {
  const verdict = judge(CALL, [["a"], ["x"]], [["a"], ["x"]], []);
  assert.equal(verdict.kind, "equal");
});

Deno.test("judge() accepts exactly the listed lines of the listed step", () => {
  assert.equal(judge(CALL, [["a"], ["x"]], [["a"], ["y"]], [ENTRY]).kind, "accepted");
  assert.equal(judge(CALL, [["a"], ["x"]], [["a"], ["z"]], [ENTRY]).kind, "different");
  assert.equal(judge(CALL, [["x"], ["a"]], [["y"], ["a"]], [ENTRY]).kind, "different");
});

Deno.test("judge() reports a listed difference that does not occur", () => {
  assert.deepEqual(judge(CALL, [["a"], ["x"]], [["a"], ["x"]], [ENTRY]).stale, [ENTRY]);
  assert.deepEqual(judge(CALL, [["a"], ["x"]], [["a"], ["y"]], [ENTRY]).stale, []);
});

Deno.test("equalShare() does not count accepted differences as equal", () => {
  const equal = judge(CALL, [["a"], ["x"]], [["a"], ["x"]], []);
  const accepted = judge(CALL, [["a"], ["x"]], [["a"], ["y"]], [ENTRY]);
  assert.equal(equalShare([equal, accepted]), 0.5);
});

Deno.test("table() and details() name what differs", () => {
  const verdicts = [judge(CALL, [["a"], ["x"]], [["b"], ["x"]], [])];
  assert.match(table(verdicts), /^different\s+a call\s+steps 1$/m);
  assert.equal(details(verdicts), "## a call, step 1 (ping)\n-a\n+b\n");
});

Deno.test("callId() and withCall() give each dialogue a call of its own", () => {
  assert.equal(callId("Audio, video"), "diff-Audio-video");
  assert.deepEqual(withCall({ "call-id": "{call}", n: 1 }, "c"), { "call-id": "c", n: 1 });
});
