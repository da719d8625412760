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

/** CPU time of the daemon per packet the sink received, microseconds, at some rates. */
async function cpuAt(
  contestants: Contestants,
  effort: Effort,
  rates: readonly number[],
  id: string,
  what: string,
): Promise<Row[]> {
  const collector = new Collector();
  for (const pps of rates) {
    await inTurns(contestants, effort.rounds, async (side, subject) => {
      const result = await steady(subject, pps, effort);
      const value = result.daemonCpuUsPerPacket ?? NaN;
      collector.add(side, `${id}-${pps}`, value);
      note(collector, `${id}-${pps}`, side, result);
      progress(side, `${pps} pps: ${value.toFixed(2)} µs per packet, ${result.lost} lost`);
    });
  }
  return rows(
    collector,
    rates.map((pps) =>
      [`${id}-${pps}`, `CPU per packet${what} at ${pps / 1000}k pps`, "µs"] as const
    ),
  );
}

/** CPU time of the daemon per packet forwarded in clear, at three rates. */
export function measureCpu(contestants: Contestants, effort: Effort): Promise<Row[]> {
  return cpuAt(contestants, effort, RATES, "cpu", "");
}

const SECURE_RATES = [25_000, 50_000] as const;
const CM = "AES_CM_128_HMAC_SHA1_80";
/* Of two suites, so that nobody may pass packets on as they are. */
const SECURE = [
  ["srtp-cm", " RTP to SRTP (CM)", ["--suite-b", CM, "--one-way"]],
  ["srtp-cm-back", " SRTP to RTP (CM)", ["--suite-a", CM, "--one-way"]],
  [
    "srtp-gcm",
    " SRTP to SRTP (GCM)",
    ["--suite-a", "AEAD_AES_128_GCM", "--suite-b", "AEAD_AES_256_GCM"],
  ],
] as const;

/** The same for packets that are encrypted, decrypted, or both. */
export async function measureSrtp(contestants: Contestants, effort: Effort): Promise<Row[]> {
  const found: Row[] = [];
  for (const [id, what, media] of SECURE) {
    progress("ours", `now${what}`);
    for (const subject of contestants.values()) await subject.prepare(effort.calls, media);
    found.push(...await cpuAt(contestants, effort, SECURE_RATES, id, what));
  }
  for (const subject of contestants.values()) await subject.prepare(effort.calls, []);
  return found;
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
