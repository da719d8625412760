/**
 * The control plane: requests per second, CPU time per request, memory per call.
 *
 * @module
 */

import { sleep } from "../support/process.ts";
import type { NgResult } from "./load.ts";
import { Collector, type Contestants, type Effort, inTurns, progress, rows } from "./measure.ts";
import { openFileLimit } from "./process_info.ts";
import type { Row } from "./results.ts";
import type { Subject } from "./subject.ts";

const OUTSTANDING = [1, 8] as const;
/* Calls of one measurement, for each second of the effort and at most: our ports rest for some seconds. */
const NG_CALLS = 1000;
const NG_MOST_CALLS = 1500;
const COLD_CALLS = 500;
/* It takes our JavaScript engine some 50,000 messages to compile all that is used. */
const WARM_UPS = 4;
const WARM_UP_CALLS = 5000;
const REST_MS = 6000;
const MEMORY_CALLS = 5000;
/* Ports of a two-party call: RTP and RTCP facing each party. */
const SOCKETS_PER_CALL = 4;
const OTHER_FILES = 600;

let serial = 0;

/** These requests of that many calls, which get new call-ids unless `prefix` names others. */
function ask(
  subject: Subject,
  calls: number,
  outstanding: number,
  steps: string,
  prefix = `ng-${Deno.pid}-${++serial}`,
): Promise<NgResult> {
  return subject.ng([
    ...["--calls", String(calls), "--outstanding", String(outstanding)],
    ...["--prefix", prefix, "--do", steps],
  ]);
}

/** Offer, answer and delete of that many calls. */
function cycle(subject: Subject, calls: number, outstanding: number): Promise<NgResult> {
  return ask(subject, calls, outstanding, "offer,answer,delete");
}

/** Offers and answers alone: the calls stay until all are made. */
async function setUps(contestants: Contestants, effort: Effort, collector: Collector) {
  const calls = Math.min(NG_MOST_CALLS, Math.round(NG_CALLS * effort.seconds));
  await inTurns(contestants, effort.rounds, async (side, subject) => {
    const prefix = `ng-${Deno.pid}-${++serial}`;
    const { messagesPerSecond: rate } = await ask(subject, calls, 8, "offer,answer", prefix);
    await ask(subject, calls, 8, "delete", prefix);
    collector.add(side, "ng-setup", rate);
    progress(side, `ng, offers and answers of calls that stay, 8 at a time: ${rate.toFixed(0)}/s`);
  });
}

/** The first requests of new processes, and then as many as it takes until they are at their best. */
async function warmUp(contestants: Contestants, collector: Collector): Promise<void> {
  for (const [side, subject] of contestants) {
    await subject.restart();
    const { messagesPerSecond: rate } = await cycle(subject, COLD_CALLS, 8);
    collector.add(side, "ng-cold", rate);
    progress(side, `ng, the first ${COLD_CALLS} calls of a process: ${rate.toFixed(0)}/s`);
  }
  for (let i = 0; i < WARM_UPS; i++) {
    for (const subject of contestants.values()) await cycle(subject, WARM_UP_CALLS, 8);
    await sleep(REST_MS);
  }
}

/** Offer, answer and delete of many calls, with one and with eight requests on the way. */
export async function measureNg(contestants: Contestants, effort: Effort): Promise<Row[]> {
  const collector = new Collector();
  const calls = Math.min(NG_MOST_CALLS, Math.round(NG_CALLS * effort.seconds));
  await warmUp(contestants, collector);
  for (const outstanding of OUTSTANDING) {
    await inTurns(contestants, effort.rounds, async (side, subject) => {
      const result = await cycle(subject, calls, outstanding);
      const rate = result.messagesPerSecond;
      const cost = result.daemonCpuUsPerMessage ?? NaN;
      collector.add(side, `ng-rate-${outstanding}`, rate);
      collector.add(side, `ng-cpu-${outstanding}`, cost);
      collector.add(side, `ng-p99-${outstanding}`, result.latencyUs["offer"]?.p99 ?? NaN);
      collector.add(side, `ng-client-${outstanding}`, result.clientCpuUsPerMessage);
      if (result.errors > 0) {
        collector.note(`ng-rate-${outstanding}`, `${side}: ${result.errors} errors`);
      }
      progress(
        side,
        `ng, ${outstanding} at a time: ${rate.toFixed(0)}/s, ${cost.toFixed(0)} µs each`,
      );
    });
  }
  await sleep(REST_MS);
  await setUps(contestants, effort, collector);
  return rows(collector, [
    ["ng-setup", "ng offers and answers of calls that stay, 8 at a time", "per s"],
    ["ng-cold", `ng requests, 8 at a time, first ${COLD_CALLS} calls of a process`, "per s"],
    ...OUTSTANDING.flatMap((n) => [
      [`ng-rate-${n}`, `ng requests, ${n} at a time`, "per s"] as const,
      [`ng-cpu-${n}`, `ng CPU per request, ${n} at a time`, "µs"] as const,
      [`ng-p99-${n}`, `ng offer p99, ${n} at a time`, "µs"] as const,
      [`ng-client-${n}`, `the generator's own CPU per request, ${n} at a time`, "µs"] as const,
    ]),
  ]);
}

/** How many calls the daemons may hold here: every port can be a socket. */
async function memoryCalls(): Promise<number> {
  const limit = await openFileLimit();
  return Math.min(MEMORY_CALLS, Math.floor((limit - OTHER_FILES) / SOCKETS_PER_CALL));
}

/** Memory of a fresh daemon before and after thousands of calls, per thousand of them. */
export async function measureMemory(contestants: Contestants, effort: Effort): Promise<Row[]> {
  const collector = new Collector();
  const calls = await memoryCalls();
  await inTurns(contestants, Math.max(1, effort.rounds / 2), async (side, subject) => {
    await subject.restart();
    const before = await subject.memory();
    await subject.setUp(calls);
    const after = await subject.memory();
    const perThousand = 1000 / calls / 1024;
    collector.add(side, "memory-idle", before.pss / 1024);
    collector.add(side, "memory-rss", (after.rss - before.rss) * perThousand);
    collector.add(side, "memory-pss", (after.pss - before.pss) * perThousand);
    await subject.drop();
    progress(
      side,
      `${calls} calls: ${before.pss} → ${after.pss} kB PSS, ${before.rss} → ${after.rss} kB RSS`,
    );
  });
  if (calls < MEMORY_CALLS) {
    collector.note("memory-rss", `${calls} calls only: the limit of open files is low here`);
  }
  return rows(collector, [
    ["memory-idle", "memory without calls, PSS", "MB"],
    ["memory-rss", "memory per 1,000 calls, RSS", "MB"],
    ["memory-pss", "memory per 1,000 calls, PSS", "MB"],
  ]);
}
