/**
 * The control plane: requests per second, CPU time per request, memory per call.
 *
 * @module
 */

import { Collector, type Contestants, type Effort, inTurns, progress, rows } from "./measure.ts";
import { openFileLimit } from "./process_info.ts";
import type { Row } from "./results.ts";

const OUTSTANDING = [1, 8] as const;
const MEMORY_CALLS = 5000;
/* Ports of a two-party call: RTP and RTCP facing each party. */
const SOCKETS_PER_CALL = 4;
const OTHER_FILES = 600;

/** Offer, answer and delete of many calls, with one and with eight requests on the way. */
export async function measureNg(contestants: Contestants, effort: Effort): Promise<Row[]> {
  const collector = new Collector();
  let serial = 0;
  for (const outstanding of OUTSTANDING) {
    await inTurns(contestants, effort.rounds, async (side, subject) => {
      const calls = Math.round(500 * effort.seconds);
      const result = await subject.ng([
        ...["--calls", String(calls), "--outstanding", String(outstanding)],
        ...["--prefix", `ng-${Deno.pid}-${++serial}`, "--do", "offer,answer,delete"],
      ]);
      const rate = result.messagesPerSecond;
      const cost = result.daemonCpuUsPerMessage ?? NaN;
      collector.add(side, `ng-rate-${outstanding}`, rate);
      collector.add(side, `ng-cpu-${outstanding}`, cost);
      collector.add(side, `ng-p99-${outstanding}`, result.latencyUs["offer"]?.p99 ?? NaN);
      if (result.errors > 0) {
        collector.note(`ng-rate-${outstanding}`, `${side}: ${result.errors} errors`);
      }
      progress(
        side,
        `ng, ${outstanding} at a time: ${rate.toFixed(0)}/s, ${cost.toFixed(0)} µs each`,
      );
    });
  }
  return rows(
    collector,
    OUTSTANDING.flatMap((n) => [
      [`ng-rate-${n}`, `ng requests, ${n} at a time`, "per s"] as const,
      [`ng-cpu-${n}`, `ng CPU per request, ${n} at a time`, "µs"] as const,
      [`ng-p99-${n}`, `ng offer p99, ${n} at a time`, "µs"] as const,
    ]),
  );
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
