/**
 * What the kernel tells about a process: children, memory, CPU time.
 *
 * @module
 */

/** Memory of a process in kilobytes. */
export interface Memory {
  /** Resident, shared pages counted whole. */
  readonly rss: number;
  /** Resident, shared pages divided among their users. */
  readonly pss: number;
}

/** The process and all its descendants. */
export async function processTree(pid: number): Promise<number[]> {
  const found = [pid];
  for await (const task of Deno.readDir(`/proc/${pid}/task`)) {
    const children = await Deno.readTextFile(`/proc/${pid}/task/${task.name}/children`);
    for (const child of children.split(" ").filter(Boolean)) {
      found.push(...await processTree(Number(child)));
    }
  }
  return found;
}

/** Memory of several processes together, kilobytes. */
export async function memoryOf(pids: readonly number[]): Promise<Memory> {
  let rss = 0;
  let pss = 0;
  for (const pid of pids) {
    const rollup = await Deno.readTextFile(`/proc/${pid}/smaps_rollup`);
    rss += Number(/^Rss:\s+(\d+)/m.exec(rollup)?.[1]);
    pss += Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]);
  }
  return { rss, pss };
}

/** User plus system time of all threads from /proc/PID/stat, in seconds (10 ms steps). */
export async function cpuSeconds(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  /* The name in parentheses may hold anything: count from its end. Fields 14 and 15. */
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Largest number of open files a process started from here may have. */
export async function openFileLimit(): Promise<number> {
  const limits = await Deno.readTextFile("/proc/self/limits");
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1];
  return hard === "unlimited" ? 1 << 20 : Number(hard);
}
