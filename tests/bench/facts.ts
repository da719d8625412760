/**
 * The machine and the programs a result belongs to.
 *
 * @module
 */

import { run } from "../support/process.ts";

/** Facts written beside the figures. */
export interface Facts {
  readonly date: string;
  readonly processor: string;
  readonly processors: number;
  readonly kernel: string;
  readonly memoryMb: number;
  readonly deno: string;
  readonly commit: string;
  readonly loadAverage: readonly number[];
}

/** Collects them. */
export async function machineFacts(): Promise<Facts> {
  const cpuinfo = await Deno.readTextFile("/proc/cpuinfo");
  const commit = await run(["git", "rev-parse", "--short", "HEAD"]);
  return {
    date: new Date().toISOString(),
    processor: /^model name\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? "unknown",
    processors: navigator.hardwareConcurrency,
    kernel: Deno.osRelease(),
    memoryMb: Math.round(Deno.systemMemoryInfo().total / 1048576),
    deno: Deno.version.deno,
    commit: commit.success ? commit.stdout.trim() : "none",
    loadAverage: Deno.loadavg(),
  };
}
