/**
 * The highest rate without loss, and what remains of it when four times as much is offered.
 *
 * @module
 */

import type { LoadResult } from "./load.ts";
import { Collector, type Contestants, type Effort, inTurns, progress, rows } from "./measure.ts";
import type { Row, Side } from "./results.ts";
import { searchRate, type Verdict } from "./stats.ts";
import type { Subject } from "./subject.ts";

const OVERLOAD = 4;
/* Loss-free: one packet in a hundred thousand, for what the machine itself does. */
const LOSS = 1e-5;
/* A rate counts as offered from this share of it on. */
const OFFERED = 0.97;
/* A loss this heavy need not be seen a third time. */
const HOPELESS = 0.01;
const TRIES = 3;

/** Restores streams that overload has killed; returns how many there were. */
async function recover(subject: Subject, effort: Effort): Promise<number> {
  const { ok, dead } = await subject.healthy();
  if (!ok) await subject.prepare(effort.calls);
  return dead;
}

/**
 * The rate while the generator had its processor: being held up by other work shortens the run, but does
 * not lower the rate the relay had to bear.
 */
function offeredWhileRunning(result: LoadResult): number {
  return result.sent / Math.min(result.seconds, result.generatorCpuMs / 1000);
}

/** Offers one rate. A failure must repeat itself, for other work on the machine also loses packets. */
async function probe(subject: Subject, pps: number, effort: Effort, side: Side): Promise<Verdict> {
  let verdict: Verdict = "short";
  for (let i = 0; i < TRIES; i++) {
    const result = await subject.blast(pps, Math.max(2, effort.seconds * 2 / 3));
    if (result.lost > result.sent * LOSS) verdict = "loss";
    else verdict = offeredWhileRunning(result) < pps * OFFERED ? "short" : "clean";
    progress(side, `${pps} pps: ${result.lost} lost of ${result.sent}, ${verdict}`);
    if (verdict === "clean") break;
    if (verdict === "loss") {
      await recover(subject, effort);
      if (i > 0 && result.lost > result.sent * HOPELESS) break;
    }
  }
  return verdict;
}

async function search(
  collector: Collector,
  side: Side,
  subject: Subject,
  effort: Effort,
): Promise<void> {
  const found = await searchRate((pps) => probe(subject, pps, effort, side), {
    start: 40_000,
    limit: 2_000_000,
    step: 1.5,
    precision: 1.05,
  });
  collector.add(side, "rate", found.rate);
  if (found.generatorLimited) collector.note("rate", `${side}: the generator set the limit`);
  progress(side, `highest rate without loss: ${found.rate} pps`);
}

async function overload(
  collector: Collector,
  side: Side,
  subject: Subject,
  effort: Effort,
): Promise<void> {
  const best = Math.max(...collector.values(side, "rate"));
  await subject.prepare(effort.calls);
  const result = await subject.blast(best * OVERLOAD, Math.max(3, effort.seconds));
  const share = result.ppsDelivered / best * 100;
  collector.add(side, "goodput-offered", result.ppsOffered);
  collector.add(side, "goodput", result.ppsDelivered);
  collector.add(side, "goodput-share", share);
  const dead = await recover(subject, effort);
  collector.add(side, "overload-dead", dead);
  const text = `${Math.round(result.ppsOffered)} pps offered, ` +
    `${Math.round(result.ppsDelivered)} delivered (${share.toFixed(0)} % of the best), ` +
    `${dead} of ${result.streams} streams did not come back`;
  progress(side, text);
  if (result.ppsOffered < best * OVERLOAD * OFFERED) {
    const times = (result.ppsOffered / best).toFixed(1);
    collector.note("goodput", `the generator reached ${times} times the best rate of ${side}`);
  }
}

/** Searches the highest loss-free rate of each side, then overloads it. */
export async function measureRate(contestants: Contestants, effort: Effort): Promise<Row[]> {
  const collector = new Collector();
  await inTurns(
    contestants,
    Math.max(1, effort.rounds / 2),
    (side, subject) => search(collector, side, subject, effort),
  );
  await inTurns(
    contestants,
    effort.rounds,
    (side, subject) => overload(collector, side, subject, effort),
  );
  return rows(collector, [
    ["rate", "highest rate without loss", "pps", "highest"],
    ["goodput-offered", "overload: offered", "pps"],
    ["goodput", "overload: delivered", "pps"],
    ["goodput-share", "overload: delivered of the best", "%"],
    ["overload-dead", "overload: streams dead afterwards", "streams"],
  ]);
}
