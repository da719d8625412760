/**
 * What this process uses, from /proc.
 *
 * @module
 */

/** Memory and processor time of this process. */
export interface ProcessUsage {
  /** Process identifier. */
  readonly pid: number;
  /** Resident memory. */
  readonly residentBytes: number;
  /** JavaScript heap in use. */
  readonly heapBytes: number;
  /** Processor time of all threads, user and system. */
  readonly cpuSeconds: number;
}

/** Clock ticks per second in /proc/PID/stat: 100 on every Linux this runs on (`getconf CLK_TCK`). */
const TICKS = 100;

/** Processor seconds in the text of /proc/PID/stat: fields 14 and 15 (proc(5)); 0 when it cannot be read. */
export function cpuSecondsOf(stat: string): number {
  // the second field is the program's name in parentheses and may hold anything
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks / TICKS : 0;
}

/** Soft limit on open files in the text of /proc/PID/limits; 0 when it is not there. */
export function openFilesOf(limits: string): number {
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 0);
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

/** What the process uses now. */
export function processUsage(): ProcessUsage {
  const { rss, heapUsed } = Deno.memoryUsage();
  return {
    pid: Deno.pid,
    residentBytes: rss,
    heapBytes: heapUsed,
    cpuSeconds: cpuSecondsOf(read("/proc/self/stat")),
  };
}

/** Limit on open files of this process; 0 = unknown. */
export function openFilesLimit(): number {
  return openFilesOf(read("/proc/self/limits"));
}
