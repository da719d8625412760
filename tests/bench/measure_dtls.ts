/**
 * DTLS-SRTP handshakes: how many a second, and what each costs the daemon. Most of that is OpenSSL, and each
 * side comes with its own: so ours is measured with the peer's libraries, which says what the daemons do, and
 * with those of this host.
 *
 * @module
 */

import { say } from "../support/process.ts";
import { makeCertificate } from "../security/dtls_client.ts";
import { Collector, type Contestants, type Effort, inTurns, progress, rows } from "./measure.ts";
import type { Row } from "./results.ts";
import { opensslIn, peerLibraries } from "./subject.ts";

/** Calls that shake hands in one turn. */
const CALLS = 600;
/** Handshakes under way at a time: more do not make either daemon faster, with half it waits now and then. */
const OUTSTANDING = 32;
/** The first handshakes of a process are not like those of a daemon that runs for days. */
const WARM_UP = 8;

interface Setting {
  /** Of the ids of its rows. */
  readonly id: string;
  /** How its rows are told from the others. */
  readonly label: string;
  /** What ours runs with; undefined = what this host has. */
  readonly libraries: string | undefined;
}

/** Handshakes with the daemon as server: all calls are there when the first one begins. */
export async function measureDtls(contestants: Contestants, effort: Effort): Promise<Row[]> {
  const collector = new Collector();
  const settings = await settingsFor(contestants);
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-bench-dtls-" });
  try {
    const certificate = await makeCertificate(folder, "phone");
    for (const { id, label, libraries } of settings) {
      say(`  ${label}: ours with ${await opensslIn(libraries)}`);
      const ours = contestants.get("ours");
      if (ours?.ofHost === true) await ours.useLibraries(libraries);
      for (const subject of contestants.values()) {
        for (let i = 0; i < WARM_UP; i++) await subject.shakeHands(CALLS, certificate, OUTSTANDING);
      }
      await inTurns(contestants, effort.rounds, async (side, subject) => {
        const result = await subject.shakeHands(CALLS, certificate, OUTSTANDING);
        collector.add(side, `${id}-rate`, result.handshakesPerSecond);
        collector.add(side, `${id}-cpu`, result.daemonCpuUsPerHandshake);
        collector.add(side, `${id}-client-cpu`, result.clientCpuUsPerHandshake);
        collector.add(side, `${id}-p50`, result.latencyMs.p50);
        progress(
          side,
          `${result.handshakesPerSecond.toFixed(0)} handshakes per second, ` +
            `${result.daemonCpuUsPerHandshake.toFixed(0)} µs each`,
        );
      });
      for (const subject of contestants.values()) await subject.drop();
    }
    await contestants.get("ours")?.useLibraries(undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return settings.flatMap(({ id, label }) =>
    rows(collector, [
      [`${id}-rate`, `DTLS handshakes, ${label}`, "per s"],
      [`${id}-cpu`, `CPU per DTLS handshake, ${label}`, "µs"],
      [`${id}-client-cpu`, `the generator's CPU for it, ${label}`, "µs"],
      [`${id}-p50`, `DTLS handshake p50, ${label}`, "ms"],
    ])
  );
}

/** The same libraries first: their rows have the bar. */
async function settingsFor(contestants: Contestants): Promise<readonly Setting[]> {
  const own = { id: "dtls-own", label: "the host's own libraries", libraries: undefined };
  if (contestants.get("ours")?.ofHost !== true) {
    return [{ ...own, id: "dtls", label: "as they are" }];
  }
  if (!contestants.has("peer")) return [own];
  const libraries = await peerLibraries();
  if (libraries === undefined) {
    say("  the peer's libraries are not where they are expected: ours runs with the host's");
    return [own];
  }
  return [{ id: "dtls", label: "the same libraries", libraries }, own];
}
