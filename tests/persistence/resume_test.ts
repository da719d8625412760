import assert from "node:assert/strict";
import { deno, root } from "../../tools/proc.ts";
import { must, Netns, netnsUnavailable, say } from "../support/mod.ts";
import { INTERVAL_MS } from "./crowd.ts";
import type { Outcome } from "./resume_main.ts";

const unavailable = await netnsUnavailable();
if (unavailable !== undefined) say(`persistence: skipped: ${unavailable}`);
const ignore = unavailable !== undefined;

/** Attempts for a moment in which the machine is not busy with something else. */
const ATTEMPTS = 4;
/** Pauses before the restart that say more of the machine than of the product, in ms. */
const TOO_BUSY = INTERVAL_MS + 200;

/** Plays it, again when the machine was too busy to tell; the quietest attempt counts. */
async function play(calls: number, how: "kill" | "stop" | "damage"): Promise<Outcome> {
  let best: Outcome | undefined;
  for (let i = 0; i < ATTEMPTS && (best === undefined || best.gapBefore > TOO_BUSY); i++) {
    const outcome = await playOnce(calls, how);
    if (best === undefined || outcome.gapBefore < best.gapBefore) best = outcome;
  }
  return best!;
}

async function playOnce(calls: number, how: "kill" | "stop" | "damage"): Promise<Outcome> {
  await using ns = await Netns.create("resume");
  const main = `${root}/tests/persistence/resume_main.ts`;
  const output = await must(
    ns.argv([deno, "run", "-A", "--unstable-net", main, String(calls), how]),
    { cwd: root, timeout: 120_000 },
  );
  const outcome: Outcome = JSON.parse(output.trim().split("\n").at(-1)!);
  say(
    `persistence: ${calls} calls, ${how}: outage ${outcome.outage.toFixed(0)} ms, ` +
      `gap ${outcome.gap.toFixed(0)} ms (before: ${outcome.gapBefore.toFixed(0)} ms)`,
  );
  return outcome;
}

Deno.test({
  name:
    "1,000 calls with media go on after kill -9, on the same ports, within 1.5 s, counters included",
  ignore,
  async fn() {
    const outcome = await play(1000, "kill");
    const detail = outcome.log.join("\n");
    assert.equal(outcome.resumed, 1000, detail);
    assert.equal(outcome.samePorts, 1000, detail);
    assert.equal(outcome.countedOn, 1000, detail);
    assert.equal(outcome.alive, 1000, detail);
    // less what this machine pauses without a restart
    const noise = Math.max(0, outcome.gapBefore - INTERVAL_MS);
    assert.ok(outcome.gap - noise <= 1500, `a gap of ${outcome.gap} ms\n${detail}`);
    assert.equal(outcome.callsAfterDelete, 0);
    assert.equal(outcome.portsUsedAfterDelete, 0);
    assert.equal(outcome.files.filter((name) => name.startsWith("counters")).length, 1);
  },
});

Deno.test({
  name: "calls go on after an orderly stop and start",
  ignore,
  async fn() {
    const outcome = await play(50, "stop");
    const detail = outcome.log.join("\n");
    assert.equal(outcome.resumed, 50, detail);
    assert.equal(outcome.samePorts, 50, detail);
    assert.equal(outcome.countedOn, 50, detail);
    assert.equal(outcome.alive, 50, detail);
    assert.equal(outcome.portsUsedAfterDelete, 0);
  },
});

Deno.test({
  name: "a damaged database is set aside, reported and kept, and the daemon starts",
  ignore,
  async fn() {
    const outcome = await play(5, "damage");
    assert.equal(outcome.resumed, 0);
    assert.ok(outcome.files.some((name) => /^calls\.db\.\d+T\d+$/.test(name)), `${outcome.files}`);
    assert.ok(outcome.log.some((line) => /set aside/.test(line)), outcome.log.join("\n"));
  },
});
