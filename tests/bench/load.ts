/**
 * Builds and runs the load generators of `load/`, and reads what they print.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { must, run } from "../support/process.ts";

const LOAD_FOLDER = fileURLToPath(new URL("load", import.meta.url));
const BUILD_FOLDER = fileURLToPath(new URL("../../build/bench", import.meta.url));

/** The RTP generator and sink. */
export const RTPLOAD: string = `${BUILD_FOLDER}/rtpload`;
/** The ng client. */
export const NGLOAD: string = `${BUILD_FOLDER}/ngload`;
/** The DTLS client. */
export const DTLSLOAD: string = `${BUILD_FOLDER}/dtlsload`;
/** Runs a command pinned and ahead of other work. */
export const RUNFIRST: string = `${BUILD_FOLDER}/runfirst`;
/** The simplest relay there is, for tests and as a yardstick. */
export const PLAINRELAY: string = `${BUILD_FOLDER}/plainrelay`;

/** Quantiles in microseconds. */
export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What rtpload prints. */
export interface LoadResult {
  readonly streams: number;
  readonly ppsAsked: number;
  readonly ppsOffered: number;
  /** Delivered while the load was on. */
  readonly ppsDelivered: number;
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly lossyStreams: number;
  readonly duplicates: number;
  readonly reordered: number;
  readonly misdelivered: number;
  readonly corrupt: number;
  readonly foreign: number;
  readonly sinkDrops: number;
  readonly sendErrors: number;
  /** CPU time of generator and sink while the load was on. */
  readonly generatorCpuMs: number;
  readonly seconds: number;
  readonly slips: number;
  readonly slipMs: number;
  readonly daemonCpuUsPerPacket?: number;
  readonly daemonCpuMs?: number;
  readonly latencyUs: Quantiles & {
    readonly min: number;
    readonly mean: number;
    readonly p90: number;
    readonly p999: number;
  };
}

/** What ngload prints. */
export interface NgResult {
  readonly calls: number;
  readonly outstanding: number;
  readonly messages: number;
  readonly errors: number;
  readonly retransmits: number;
  readonly seconds: number;
  readonly messagesPerSecond: number;
  readonly daemonCpuUsPerMessage?: number;
  readonly clientCpuUsPerMessage: number;
  /** The relay's port towards the called of the first call. */
  readonly firstPort: number;
  readonly latencyUs: Readonly<Record<string, Quantiles>>;
}

/** What dtlsload prints. */
export interface DtlsResult {
  readonly handshakes: number;
  readonly failed: number;
  readonly outstanding: number;
  readonly seconds: number;
  readonly handshakesPerSecond: number;
  readonly daemonCpuUsPerHandshake: number;
  readonly clientCpuUsPerHandshake: number;
  readonly latencyMs: Quantiles;
}

/** Compiles what changed; make decides. */
export async function buildLoad(): Promise<void> {
  await must(["make", "-s", "-C", LOAD_FOLDER], { timeout: 120_000 });
}

/** Runs a generator and parses its line of JSON. @throws Error with what it said instead */
export async function runTool<T>(argv: readonly string[], timeout: number): Promise<T> {
  const finished = await run(argv, { timeout });
  const line = finished.stdout.trim();
  if (!line.startsWith("{")) {
    throw new Error(`"${argv.join(" ")}" gave no result: ${finished.stderr.trim()}`);
  }
  return JSON.parse(line);
}
