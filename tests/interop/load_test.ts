/**
 * Many calls at once, made by sipp through Kamailio's several workers.
 *
 * @module
 */

import assert from "node:assert/strict";
import { must, say } from "../support/mod.ts";
import { interopUnavailable } from "./checks.ts";
import { MatrixStage, ORDINARY } from "./matrix_stage.ts";
import { CONTROL } from "./media_daemon.ts";
import { runSipp } from "./sipp.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`calls made by sipp are ignored: ${reason}`);

const LOAD = { calls: 60, rate: 20, talk: 1000 } as const;
/** Packets per second of a stream of 20 ms. */
const RATE = 50;

async function metric(stage: MatrixStage, name: string): Promise<number> {
  const url = `http://127.0.0.1:${CONTROL.http}/metrics`;
  const page = await must(stage.rig.core.ns.argv(["curl", "-sS", "--fail", url]));
  const found = [...page.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, "gm"))];
  return found.reduce((sum, [, value]) => sum + Number(value), 0);
}

Deno.test({
  name: "sipp makes many calls with media at once: none fails and nothing is left",
  ignore: reason !== undefined,
  async fn() {
    await using stage = await MatrixStage.open();
    for (const phone of [stage.a, stage.b, stage.c, stage.v6]) await phone.close();
    await runSipp(stage.rig, ORDINARY, LOAD);
    await stage.assertIdle();
    assert.equal(await metric(stage, "rtpengine_sessions_total"), LOAD.calls);
    assert.equal(await metric(stage, "rtpengine_closed_sessions_total"), LOAD.calls);
    // there and back again: what phone A sends is echoed
    const expected = LOAD.calls * 2 * RATE * LOAD.talk / 1000;
    const packets = await metric(stage, "rtpengine_packets_total");
    assert.ok(packets > 0.7 * expected, `${packets} of about ${expected} packets`);
  },
});
