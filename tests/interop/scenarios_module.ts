/**
 * What else Kamailio's module does: quality after the call, sets of relays, RPC, load limits.
 *
 * @module
 */

import assert from "node:assert/strict";
import { buildSenderReport } from "../cli/sender_report.ts";
import { sleep } from "../support/mod.ts";
import { callIds } from "./checks.ts";
import { type Call, type MatrixStage, ORDINARY, type Scenarios } from "./matrix_stage.ts";
import {
  assertPasses,
  assertTalks,
  describe,
  nextPort,
  target,
  wayBack,
  wayOut,
} from "./sip_media.ts";

/** Milliseconds between two rounds of reports. */
const ROUND = 60;

/**
 * Reports of both phones about each other, as phones without loss send them. The first round has nothing to
 * answer to; the later ones tell round trips.
 */
async function exchangeReports(call: Call): Promise<void> {
  const { a, b } = call;
  const [ssrcA, ssrcB] = [await assertPasses(wayOut(call)), await assertPasses(wayBack(call))];
  let heardByA: string | undefined;
  let heardByB: string | undefined;
  for (let round = 0; round < 4; round++) {
    const report = (ssrc: number, heard: number, answers: string | undefined) =>
      buildSenderReport(
        { ssrc, heard, jitter: 8, ...(answers === undefined ? {} : { answers, delay: 0.01 }) },
        Date.now(),
      );
    const fromA = report(ssrcA, ssrcB, heardByA);
    const fromB = report(ssrcB, ssrcA, heardByB);
    await a.rtcp.send(nextPort(target(call.atA)), fromA);
    await b.rtcp.send(nextPort(target(call.atB)), fromB);
    await sleep(ROUND);
    heardByA = (await a.rtcp.take()).at(-1)?.data ?? heardByA;
    heardByB = (await b.rtcp.take()).at(-1)?.data ?? heardByB;
    assert.ok(heardByA !== undefined && heardByB !== undefined, "RTCP did not pass");
  }
}

/** A number out of the line Kamailio wrote about the quality of a call. */
function quality(line: string, name: string): number {
  return Number.parseFloat(new RegExp(`${name}=([\\d.]+)`).exec(line)?.[1] ?? "NaN");
}

async function refused({ a }: MatrixStage): Promise<void> {
  const invite = await a.invite(`sip:b@${a.options.proxy.host}`, describe(a), ORDINARY);
  await a.ackFailure(invite, await a.expectStatus(invite, 503));
}

/** By what they show. */
export const MODULE: Scenarios = {
  async "mos_* variables have the quality of the call"(stage) {
    const call = await stage.call();
    await exchangeReports(call);
    const from = stage.kamailio.lines.length;
    await stage.bye(call, "a", { "X-Query": "yes" });
    const written = new RegExp(`quality of ${call.callId}: `);
    const line = await stage.kamailio.line(written, 3000, from);
    for (const name of ["min", "max", "average"]) {
      const value = quality(line, name);
      assert.ok(value >= 4 && value <= 5, `${name} is ${value}: ${line}`);
    }
    assert.equal(quality(line, "loss"), 0, line);
    assert.ok(quality(line, "jitter") <= 2, line);
    assert.ok(quality(line, "samples") >= 1, line);
    assert.ok(quality(line, "roundtrip") >= 0, line);
    const asked = new RegExp(`queried ${call.callId}: average [45]`);
    await stage.kamailio.line(asked, 3000, from);
  },

  async "a set whose first relay is dead"(stage) {
    const headers = { ...ORDINARY, "X-Set": "2" };
    const call = await stage.call({ headers });
    await assertTalks(call);
    await stage.bye(call, "a", headers);
  },

  async "rtpengine.show and rtpengine.ping"(stage) {
    const shown = JSON.stringify(await stage.rpc("rtpengine.show", "all"));
    assert.match(shown, /"url":"udp:127\.0\.0\.1:2223","set":1/i);
    const pinged = JSON.stringify(await stage.rpc("rtpengine.ping", "udp:127.0.0.1:2223"));
    assert.match(pinged, /"status":"success"/i);
  },

  async "the load limit turns new calls away and leaves others alone"(stage) {
    const call = await stage.call();
    await stage.cli("set maxsessions 1");
    try {
      await refused(stage);
      assert.deepEqual(await callIds(stage.rig), [call.callId]);
      await assertTalks(call);
      const again = await stage.reinvite(call, "b", {});
      await assertTalks(again);
    } finally {
      await stage.cli("set maxsessions -1");
    }
    await stage.bye(call);
    const next = await stage.call();
    await assertTalks(next);
    await stage.bye(next);
  },
};
