/**
 * The product against the oracle, dialogue by dialogue.
 *
 * `RTPEDGE_DIFFERENTIAL_REPORT=FILE` writes every unlisted difference to a file.
 *
 * @module
 */

import assert from "node:assert/strict";
import { oracleUnavailable } from "../oracle/mod.ts";
import { netnsUnavailable, say } from "../support/mod.ts";
import { ACCEPTED, ADDITIONS } from "./accepted.ts";
import { changes } from "./diff.ts";
import { callId } from "./dialogue.ts";
import { DIALOGUES } from "./dialogues/mod.ts";
import { Stage } from "./stage.ts";
import { details, equalShare, judge, table, type Verdict } from "./verdict.ts";

/** Least share of dialogues that must be equal without any accepted difference. */
const LEAST_EQUAL = 0.95;

const reason = oracleUnavailable() ?? await netnsUnavailable();
if (reason !== undefined) say(`differential tests are ignored: ${reason}`);
const ignore = reason !== undefined;

Deno.test("dialogues have names and call-ids of their own", () => {
  assert.equal(new Set(DIALOGUES.map(({ name }) => name)).size, DIALOGUES.length);
  assert.equal(new Set(DIALOGUES.map(({ name }) => callId(name))).size, DIALOGUES.length);
  assert.ok(DIALOGUES.length >= 66, `only ${DIALOGUES.length} dialogues`);
});

Deno.test("accepted differences name a dialogue and a step that exist", () => {
  for (const entry of ACCEPTED) {
    const dialogue = DIALOGUES.find(({ name }) => name === entry.dialogue);
    assert.ok(dialogue, `no dialogue is called "${entry.dialogue}"`);
    assert.ok(dialogue.steps[entry.step - 1], `"${entry.dialogue}" has no step ${entry.step}`);
    assert.ok(entry.reason.length > 20, `"${entry.dialogue}" needs a reason`);
  }
});

Deno.test({
  name: "two oracles have equal transcripts, so that a difference is never the comparison's own",
  ignore,
  async fn() {
    await using stage = await Stage.open("oracle", "second oracle");
    const different: string[] = [];
    for (const dialogue of DIALOGUES) {
      const first = await stage.play("oracle", dialogue);
      const second = await stage.play("second oracle", dialogue);
      dialogue.steps.forEach((_, index) => {
        const lines = changes(first[index] ?? [], second[index] ?? []);
        if (lines.length > 0) different.push(`${dialogue.name}, step ${index + 1}`, ...lines);
      });
    }
    assert.deepEqual(different, []);
  },
});

Deno.test({
  name: "rtpedge answers as the oracle does in at least 95 % of the dialogues",
  ignore,
  async fn() {
    await using stage = await Stage.open("oracle", "rtpedge");
    const verdicts: Verdict[] = [];
    for (const dialogue of DIALOGUES) {
      const oracle = await stage.play("oracle", dialogue);
      const ours = await stage.play("rtpedge", dialogue);
      verdicts.push(judge(dialogue, oracle, ours, { accepted: ACCEPTED, additions: ADDITIONS }));
    }
    say(table(verdicts));
    const report = Deno.env.get("RTPEDGE_DIFFERENTIAL_REPORT");
    if (report !== undefined) {
      await Deno.writeTextFile(report, `${table(verdicts)}\n\n${details(verdicts)}\n`);
    }
    const stale = verdicts.flatMap((verdict) => verdict.stale);
    assert.equal(details(verdicts), "", "differences that accepted.ts does not list");
    assert.deepEqual(stale, [], "accepted differences that no longer occur");
    const unused = ADDITIONS.filter((one) => !verdicts.some(({ additions }) => additions.has(one)));
    assert.deepEqual(unused, [], "additions that no longer occur");
    assert.ok(equalShare(verdicts) >= LEAST_EQUAL, `only ${equalShare(verdicts)} are equal`);
  },
});
