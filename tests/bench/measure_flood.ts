/**
 * What a flood at one port does to the calls beside it: their latency, and the daemon's CPU time.
 *
 * @module
 */

import { forged } from "../security/datagrams.ts";
import { sleep } from "../support/process.ts";
import { buildBinding } from "../support/stun.ts";
import { Collector, type Contestants, type Effort, inTurns, progress, rows } from "./measure.ts";
import type { Row } from "./results.ts";
import type { Subject } from "./subject.ts";

/** Forged packets a second. */
const RATE = 50_000;
/** Packets a second of the calls beside, and length of one measurement. */
const BESIDE = { pps: 2500, seconds: 1 } as const;
const TURNS = 5;

interface Attack {
  readonly id: string;
  readonly label: string;
  /** What ngload is told of the call that is attacked. */
  readonly victim: readonly string[];
  readonly datagram: Uint8Array;
  readonly random: readonly (readonly [number, number])[];
}

const ATTACKS: readonly Attack[] = [
  {
    id: "srtp",
    label: "forged SRTP",
    victim: ["--suite-b", "AES_CM_128_HMAC_SHA1_80"],
    datagram: forged(1, 1),
    random: [[2, 2], [8, 4], [-10, 10]],
  },
  {
    id: "stun",
    label: "forged STUN",
    victim: ["--ice", "--do", "offer"],
    datagram: buildBinding({ withoutFingerprint: true }),
    random: [[8, 12]],
  },
];

/** Latency beside a flood, and what the daemon needs for it. */
async function beside(subject: Subject, port: number, attack: Attack) {
  const flooding = subject.flood({ rate: RATE, seconds: BESIDE.seconds + 1, ...attack }, port);
  await sleep(300);
  const result = await subject.load(BESIDE.pps, BESIDE.seconds, ["--burst", "1"]);
  const { sent } = await flooding;
  const share = (result.daemonCpuMs ?? NaN) / 10 / result.seconds;
  return { result, share, rate: sent / (BESIDE.seconds + 1) };
}

/** The quietest turn counts, on both sides of the comparison: see {@link "./measure_forwarding.ts"}. */
export async function measureFlood(contestants: Contestants, effort: Effort): Promise<Row[]> {
  const collector = new Collector();
  for (const subject of contestants.values()) await subject.prepare(effort.calls, []);
  for (const attack of ATTACKS) {
    const { id, label, victim } = attack;
    await inTurns(contestants, effort.rounds, async (side, subject) => {
      const port = await subject.victim(victim);
      const [quiet, flooded]: [number[], number[]] = [[], []];
      for (let turn = 0; turn < TURNS; turn++) {
        const calm = await subject.load(BESIDE.pps, BESIDE.seconds, ["--burst", "1"]);
        const { result, share, rate } = await beside(subject, port, attack);
        quiet.push(calm.latencyUs.p99);
        flooded.push(result.latencyUs.p99);
        collector.add(side, `flood-${id}-cpu`, share);
        collector.add(side, `flood-${id}-rate`, rate);
        collector.add(side, `flood-${id}-lost`, 100 * result.lost / result.sent);
      }
      const slower = Math.min(...flooded) / Math.min(...quiet);
      collector.add(side, `flood-${id}-p99`, slower);
      progress(side, `${label}: p99 beside it ${slower.toFixed(2)} times that without`);
    });
  }
  return rows(
    collector,
    ATTACKS.flatMap(({ id, label }) => [
      [
        `flood-${id}-p99`,
        `${label}: p99 of other calls to that without`,
        "times",
        "lowest",
      ] as const,
      [`flood-${id}-lost`, `${label}: packets of other calls lost`, "%"] as const,
      [`flood-${id}-cpu`, `${label}: the daemon's CPU`, "% of one"] as const,
      [`flood-${id}-rate`, `${label}: forged packets`, "per s"] as const,
    ]),
  );
}
