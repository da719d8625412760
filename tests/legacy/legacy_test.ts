/**
 * The old protocols against rtpengine: what its last version in which they work answered to the same
 * messages, and today's as far as it survives them.
 *
 * @module
 */

import assert from "node:assert/strict";
import { ensureOracle, oracleUnavailable } from "../oracle/mod.ts";
import { netnsUnavailable, say } from "../support/mod.ts";
import { DIALOGUES } from "./dialogues.ts";
import RECORDED from "./recorded.json" with { type: "json" };
import { Stage, type Transcript } from "./stage.ts";

const EXPECTED: { readonly [name: string]: Transcript } = RECORDED;

/** Where we do otherwise. */
const DIFFERENCES: readonly {
  readonly dialogue: string;
  /** 1-based. */
  readonly message: number;
  readonly ours: string;
  readonly reason: string;
}[] = [
  ...[
    { dialogue: "a rejected section", ours: "0 0.0.0.0 4\n" },
    { dialogue: "a rejected stream", ours: "0.0.0.0 0\n" },
  ].map((one) => ({
    ...one,
    message: 1,
    reason: "there is no address where there is no port; clients look at the port alone",
  })),
];

const isolated = await netnsUnavailable();
const oracle = isolated ?? oracleUnavailable();
if (oracle !== undefined) say(`tests of the old protocols are ignored: ${oracle}`);

Deno.test("dialogues have names of their own, and each has been recorded", () => {
  const names = DIALOGUES.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  assert.deepEqual(Object.keys(EXPECTED).toSorted(), names.toSorted());
  for (const { name, messages } of DIALOGUES) {
    assert.equal(EXPECTED[name]?.length, messages.length, name);
  }
});

Deno.test("differences name a message that exists, and a reason", () => {
  for (const { dialogue, message, ours, reason } of DIFFERENCES) {
    assert.ok(reason.length > 20, dialogue);
    assert.notEqual(EXPECTED[dialogue]?.[message - 1] ?? ours, ours, dialogue);
  }
});

Deno.test({
  name: "rtpedge answers as the last rtpengine did in which the old protocols work",
  ignore: isolated !== undefined,
  async fn() {
    await using stage = await Stage.open();
    const wrong: string[] = [];
    for (const dialogue of DIALOGUES) {
      const transcript = await stage.play(dialogue);
      for (const [i, { text }] of dialogue.messages.entries()) {
        const difference = DIFFERENCES.find((one) =>
          one.dialogue === dialogue.name && one.message === i + 1
        );
        const expected = difference?.ours ?? EXPECTED[dialogue.name]?.[i];
        const ours = transcript[i];
        if (ours === expected) continue;
        wrong.push(`${dialogue.name}: ${text}: ${JSON.stringify({ expected, ours })}`);
      }
    }
    assert.deepEqual(wrong, []);
  },
});

Deno.test({
  name: "the rtpproxy protocol over IPv6",
  ignore: isolated !== undefined,
  async fn() {
    await using stage = await Stage.open();
    assert.equal(await stage.askOverIpv6("V"), "20040107\n");
    assert.match(await stage.askOverIpv6("U6 six ::1 2000 a;1"), /^3\d{4} ::1 6\n$/);
    assert.equal(await stage.askOverIpv6("D six a"), "0\n");
  },
});

Deno.test({
  name: "today's rtpengine answers the same, as far as it survives",
  ignore: oracle !== undefined,
  async fn() {
    await using stage = await Stage.open(await ensureOracle());
    for (const dialogue of DIALOGUES) {
      if (!dialogue.harmless) continue;
      assert.deepEqual(await stage.play(dialogue), EXPECTED[dialogue.name], dialogue.name);
    }
  },
});
