/**
 * How busy each processor of this host is, and how much of that is soft interrupts: the kernel's work on
 * packets.
 *
 * @module
 */

/** Use of one processor over a time. */
export interface CoreUse {
  /** Number of the processor. */
  readonly core: number;
  /** 0..1 */
  readonly busy: number;
  /** 0..1, part of `busy`. */
  readonly softirq: number;
}

interface Ticks {
  readonly busy: number;
  readonly softirq: number;
  readonly total: number;
}

/** Ticks of each processor in the text of /proc/stat (proc(5)). */
function ticksOf(stat: string): Map<number, Ticks> {
  const found = new Map<number, Ticks>();
  for (const [, core, text = ""] of stat.matchAll(/^cpu(\d+) +([\d ]+)$/gm)) {
    const numbers = text.trim().split(/ +/).map(Number);
    // guest time (ninth and tenth) is in user time already
    const total = numbers.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
    const idle = (numbers[3] ?? 0) + (numbers[4] ?? 0);
    found.set(Number(core), { busy: total - idle, softirq: numbers[6] ?? 0, total });
  }
  return found;
}

/** Compares two looks at /proc/stat. */
export class CoreMeter {
  readonly #read: () => string;
  #last: Map<number, Ticks>;
  #uses: readonly CoreUse[] = [];

  /** A meter that reads /proc/stat. */
  constructor(read: () => string = readStat) {
    this.#read = read;
    this.#last = ticksOf(read());
  }

  /** Use since the last look. A processor without a tick since then is as it was. */
  look(): readonly CoreUse[] {
    const ticks = ticksOf(this.#read());
    const before = new Map(this.#uses.map((use) => [use.core, use]));
    this.#uses = [...ticks].map(([core, { busy, softirq, total }]) => {
      const last = this.#last.get(core);
      const passed = last === undefined ? 0 : total - last.total;
      if (last === undefined || passed <= 0) {
        return before.get(core) ?? { core, busy: 0, softirq: 0 };
      }
      const share = (now: number, then: number) => Math.min(1, Math.max(0, (now - then) / passed));
      return { core, busy: share(busy, last.busy), softirq: share(softirq, last.softirq) };
    });
    this.#last = ticks;
    return this.#uses;
  }
}

function readStat(): string {
  try {
    return Deno.readTextFileSync("/proc/stat");
  } catch {
    return "";
  }
}
