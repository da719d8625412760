/**
 * CPU time per forwarded packet and forwarding latency at fixed rates.
 *
 * @module
 */

import type { LoadResult } from "./load.ts";
import { Collector, type Contestants, type Effort, inTurns, progress, rows } from "./measure.ts";
import type { Row, Side } from "./results.ts";
import type { Subject } from "./subject.ts";

const RATES = [10_000, 25_000, 50_000] as const;
const LATENCY_RATE = 25_000;
/* Above this share of lost packets a turn says nothing about forwarding and is taken again. */
const TOLERABLE_LOSS = 0.001;
/* Schedule slips above this share of the time: somebody else had our processor. */
const TOLERABLE_SLIP = 0.05;
const TRIES = 3;

/**
 * One measurement at a fixed rate. Taken again when streams died (with new calls) or when other work
 * held up the generator; the last try counts.
 */
async function steady(subject: Subject, pps: number, effort: Effort): Promise<LoadResult> {
  let result = await subject.load(pps, effort.seconds);
  for (let i = 1; i < TRIES; i++) {
    if (result.lost > result.sent * TOLERABLE_LOSS) await subject.prepare(effort.calls);
    else if (result.slipMs < effort.seconds * 1000 * TOLERABLE_SLIP) break;
    result = await subject.load(pps, effort.seconds);
  }
  return result;
}

function note(collector: Collector, id: string, side: Side, result: LoadResult): void {
  if (result.lost > 0) collector.note(id, `${side} lost ${result.lost} of ${result.sent} packets`);
  if (result.slipMs > result.sent / result.ppsAsked * 50) {
    collector.note(id, `the generator was held up ${result.slipMs.toFixed(0)} ms (${side})`);
  }
}

/** CPU time of the daemon per packet the sink received, microseconds, at three rates. */
export async function measureCpu(contestants: Contestants, effort: Effort): Promise<Row[]> {
  const collector = new Collector();
  for (const pps of RATES) {
    const id = `cpu-${pps}`;
    await inTurns(contestants, effort.rounds, async (side, subject) => {
      const result = await steady(subject, pps, effort);
      const value = result.daemonCpuUsPerPacket ?? NaN;
      collector.add(side, id, value);
      note(collector, id, side, result);
      progress(side, `${pps} pps: ${value.toFixed(2)} µs per packet, ${result.lost} lost`);
    });
  }
  return rows(
    collector,
    RATES.map((pps) => [`cpu-${pps}`, `CPU per packet at ${pps / 1000}k pps`, "µs"] as const),
  );
}

/*
 * One interruption by other work spoils the p99 of a whole turn and none makes it better: many short
 * turns, of which the quietest is held against the bar; the median of all is shown too.
 */
const LATENCY_TURNS = 4;
const LATENCY_SECONDS = 1;

/** From the moment the generator writes a packet to the moment the relay's copy is in the sink's kernel. */
export async function measureLatency(contestants: Contestants, effort: Effort): Promise<Row[]> {
  const collector = new Collector();
  const turn = { ...effort, seconds: LATENCY_SECONDS };
  await inTurns(contestants, effort.rounds * LATENCY_TURNS, async (side, subject) => {
    const result = await steady(subject, LATENCY_RATE, turn);
    const { p50, p99, p999 } = result.latencyUs;
    collector.add(side, "latency-p50", p50);
    collector.add(side, "latency-p99", p99);
    collector.add(side, "latency-p99-median", p99);
    collector.add(side, "latency-p999", p999);
    note(collector, "latency-p99", side, result);
    progress(side, `latency p50 ${p50} µs, p99 ${p99} µs, p99.9 ${p999} µs`);
  });
  return rows(collector, [
    ["latency-p50", "latency p50 at 25k pps", "µs"],
    ["latency-p99", "latency p99 at 25k pps, quietest turn", "µs", "lowest"],
    ["latency-p99-median", "latency p99 at 25k pps, median turn", "µs"],
    ["latency-p999", "latency p99.9 at 25k pps, quietest turn", "µs", "lowest"],
  ]);
}
