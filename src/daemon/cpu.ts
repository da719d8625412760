/**
 * How busy the processors of this host are, from /proc/stat.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";

/** Clock ticks since the start of the host. */
export interface CpuTicks {
  /** Doing something. */
  readonly busy: number;
  /** Busy and idle together. */
  readonly total: number;
}

/** The first line of /proc/stat (proc(5)): idle and iowait are the fourth and fifth number. */
export function cpuTicksOf(stat: string): CpuTicks {
  const numbers = /^cpu +([\d ]+)$/m.exec(stat)?.[1]?.split(" ").map(Number) ?? [];
  // guest time (ninth and tenth) is in user time already
  const total = numbers.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
  return { busy: total - (numbers[3] ?? 0) - (numbers[4] ?? 0), total };
}

/** CPU use in percent of all processors, over the time between two looks. */
export class CpuMeter {
  readonly #clock: Clock;
  readonly #read: () => CpuTicks;
  #at: number;
  #ticks: CpuTicks;
  #percent = 0;

  /** A meter that reads /proc/stat at most once a second. */
  constructor(clock: Clock, read: () => CpuTicks = readCpuTicks) {
    this.#clock = clock;
    this.#read = read;
    this.#at = clock.now();
    this.#ticks = read();
  }

  /** 0..100. */
  percent(): number {
    const now = this.#clock.now();
    if (now - this.#at < 1000) return this.#percent;
    const ticks = this.#read();
    const total = ticks.total - this.#ticks.total;
    if (total > 0) this.#percent = 100 * (ticks.busy - this.#ticks.busy) / total;
    this.#at = now;
    this.#ticks = ticks;
    return this.#percent;
  }
}

function readCpuTicks(): CpuTicks {
  try {
    return cpuTicksOf(Deno.readTextFileSync("/proc/stat"));
  } catch {
    return { busy: 0, total: 0 };
  }
}
