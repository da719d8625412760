/**
 * DTLS-SRTP handshakes: how many a second, and what each costs the daemon.
 *
 * @module
 */

import { makeCertificate } from "../security/dtls_client.ts";
import { Collector, type Contestants, type Effort, inTurns, progress, rows } from "./measure.ts";
import type { Row } from "./results.ts";

/** Calls that shake hands in one turn. */
const CALLS = 600;
const OUTSTANDING = 16;

/** Handshakes with the daemon as server: all calls are there when the first one begins. */
export async function measureDtls(contestants: Contestants, effort: Effort): Promise<Row[]> {
  const collector = new Collector();
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-bench-dtls-" });
  try {
    const certificate = await makeCertificate(folder, "phone");
    // the first handshakes of a process are not like those of a daemon that runs for days
    for (const subject of contestants.values()) {
      await subject.shakeHands(CALLS, certificate, OUTSTANDING);
    }
    await inTurns(contestants, effort.rounds, async (side, subject) => {
      const result = await subject.shakeHands(CALLS, certificate, OUTSTANDING);
      collector.add(side, "dtls-rate", result.handshakesPerSecond);
      collector.add(side, "dtls-cpu", result.daemonCpuUsPerHandshake);
      collector.add(side, "dtls-client-cpu", result.clientCpuUsPerHandshake);
      collector.add(side, "dtls-p50", result.latencyMs.p50);
      progress(
        side,
        `${result.handshakesPerSecond.toFixed(0)} handshakes per second, ` +
          `${result.daemonCpuUsPerHandshake.toFixed(0)} µs each`,
      );
    });
    for (const subject of contestants.values()) await subject.drop();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return rows(collector, [
    ["dtls-rate", `DTLS handshakes, ${OUTSTANDING} at a time`, "per s"],
    ["dtls-cpu", "CPU per DTLS handshake", "µs"],
    ["dtls-client-cpu", "the generator's CPU per DTLS handshake", "µs"],
    ["dtls-p50", `DTLS handshake p50, ${OUTSTANDING} at a time`, "ms"],
  ]);
}
