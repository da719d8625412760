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
import { DIALOGUES as WRITTEN } from "./dialogues/mod.ts";
import { SECURE } from "./dialogues/secure/mod.ts";
import { GENERATED, PLAYED } from "./generated/mod.ts";
import { REASONS } from "./generated/reasons.ts";
import { Stage } from "./stage.ts";
import { details, equalShare, judge, table, totals, type Verdict } from "./verdict.ts";

/** Least share of dialogues that must be equal without any accepted difference. */
const LEAST_EQUAL = 0.98;
/** The same for those about ICE, DTLS and SDES, and how many of these there are at least. */
const LEAST_EQUAL_SECURE = 0.97;
const LEAST_SECURE = 700;
/** Two oracles play every one of the hand-written dialogues and each so many of the generated ones. */
const SAMPLE = 4;
const DIALOGUES = [...WRITTEN, ...GENERATED];

const reason = oracleUnavailable() ?? await netnsUnavailable();
if (reason !== undefined) say(`differential tests are ignored: ${reason}`);
const ignore = reason !== undefined;

Deno.test("dialogues have names and call-ids of their own", () => {
  assert.equal(new Set(DIALOGUES.map(({ name }) => name)).size, DIALOGUES.length);
  assert.equal(new Set(DIALOGUES.map(({ name }) => callId(name))).size, DIALOGUES.length);
  assert.ok(WRITTEN.length >= 384, `only ${WRITTEN.length} dialogues are written`);
  assert.ok(GENERATED.length >= 400, `only ${GENERATED.length} dialogues are generated`);
  assert.ok(SECURE.length >= LEAST_SECURE, `only ${SECURE.length} are about secure media`);
  assert.ok(SECURE.every((one) => WRITTEN.includes(one)), "all of them are played");
});

Deno.test("every word of the schema is played, or there is a reason why not", () => {
  const missing = PLAYED.filter(({ reason, dialogues }) =>
    reason === undefined && dialogues.length === 0
  );
  assert.deepEqual(missing.map(({ name }) => name), []);
  const names = new Set(PLAYED.map(({ name }) => name));
  for (const name of Object.keys(REASONS)) assert.ok(names.has(name), `${name} is no word`);
  const idle = PLAYED.filter(({ name, word }) => word.part !== undefined && name in REASONS);
  assert.deepEqual(idle.map(({ name }) => name), [], "words of a later part need no reason");
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
    const sample = GENERATED.filter((_, i) => i % SAMPLE === 0);
    for (const dialogue of [...WRITTEN, ...sample]) {
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
  name:
    "rtpedge answers as the oracle does in at least 98 % of the dialogues, 97 % on secure media",
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
    const secure = verdicts.filter(({ dialogue }) => SECURE.includes(dialogue));
    say(`of these, ICE, DTLS and SDES:\n${totals(secure)}`);
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
    assert.ok(
      equalShare(secure) >= LEAST_EQUAL_SECURE,
      `only ${equalShare(secure)} of those about secure media are equal`,
    );
  },
});
