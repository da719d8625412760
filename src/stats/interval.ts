/**
 * Numbers of one interval: how long requests took and how many there were per second, how many calls
 * existed. Kept only where something reports by intervals.
 *
 * @module
 */

import type { CallRegistry } from "../call/types.ts";
import type { Clock } from "../core/clock.ts";
import type { RequestReport } from "../ng/mod.ts";
import { COMMANDS } from "./commands.ts";
import type { Counters } from "./counters.ts";

/** Smallest, greatest and mean of some values; all 0 when there were none. */
export interface Spread {
  /** Smallest. */
  readonly min: number;
  /** Greatest. */
  readonly max: number;
  /** Mean. */
  readonly avg: number;
}

/** One command in one interval. */
export interface CommandReport {
  /** Time a request took, in seconds. */
  readonly delay: Spread;
  /** Requests per second, whole numbers. */
  readonly rate: Spread;
  /** Requests since the start. */
  readonly count: number;
}

/** An interval that has ended. */
export interface IntervalReport {
  /** Wall-clock ms of its end. */
  readonly time: number;
  /** By position in {@link COMMANDS}. */
  readonly commands: readonly CommandReport[];
  /** Fewest calls that existed at a time. */
  readonly minSessions: number;
  /** Most calls that existed at a time. */
  readonly maxSessions: number;
  /** Seconds of the interval that the calls existing at its end have lived through, summed up. */
  readonly callSeconds: number;
  /** Mean duration in seconds of the calls that ended in it; 0 when none did. */
  readonly averageCallSeconds: number;
}

/** What {@link IntervalStatistics} reads. */
export interface IntervalDeps {
  /** Time. */
  readonly clock: Clock;
  /** The calls, asked at the time of use. */
  readonly calls: () => CallRegistry;
  /** Totals of ended calls. */
  readonly counters: Counters;
  /** Length of an interval, ms. */
  readonly intervalMs: number;
}

const NOTHING: Spread = { min: 0, max: 0, avg: 0 };
const POSITION = new Map(COMMANDS.map(({ request }, index) => [request, index]));
/** Timers are late by a few milliseconds; an interval ends at the tick nearest to its end. */
const SLACK_MS = 100;

/** Collects values into a {@link Spread}. */
class Collector {
  #min = Infinity;
  #max = 0;
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
    this.#sum += value;
    this.#count++;
  }

  /** What was collected, to begin anew. */
  take(): Spread {
    if (this.#count === 0) return NOTHING;
    const spread = { min: this.#min, max: this.#max, avg: this.#sum / this.#count };
    this.#min = Infinity;
    this.#max = this.#sum = this.#count = 0;
    return spread;
  }
}

/** One command in the interval that is going on. */
class CommandCollector {
  readonly #delays = new Collector();
  readonly #rates = new Collector();
  #requests = 0;
  #count = 0;

  request(seconds: number): void {
    this.#delays.add(seconds);
    this.#requests++;
    this.#count++;
  }

  sample(seconds: number): void {
    this.#rates.add(Math.round(this.#requests / seconds));
    this.#requests = 0;
  }

  take(): CommandReport {
    const rate = this.#rates.take();
    return {
      delay: this.#delays.take(),
      rate: { ...rate, avg: Math.floor(rate.avg) },
      count: this.#count,
    };
  }
}

interface Ended {
  readonly calls: number;
  readonly seconds: number;
}

/** Collects an interval after the other. The first ends at once, so that there is something to report. */
export class IntervalStatistics {
  readonly #deps: IntervalDeps;
  readonly #commands = COMMANDS.map(() => new CommandCollector());
  #minSessions = 0;
  #maxSessions = 0;
  #sampledAt: number;
  #startedWall: number;
  #endsAt: number;
  #ended: Ended = { calls: 0, seconds: 0 };
  #last: IntervalReport;

  /** Begins the first interval. */
  constructor(deps: IntervalDeps) {
    this.#deps = deps;
    this.#sampledAt = this.#endsAt = deps.clock.now();
    this.#startedWall = deps.clock.wall();
    this.#last = this.#report();
  }

  /** The interval that ended last. */
  get last(): IntervalReport {
    return this.#last;
  }

  /** Notes one answered request. As rtpengine does, only those that succeeded are counted here. */
  record({ command, duplicate, ok, ms }: RequestReport): void {
    const position = duplicate || !ok ? undefined : POSITION.get(command);
    if (position !== undefined) this.#commands[position]!.request(ms / 1000);
  }

  /** Notes how many calls there are. */
  look(): void {
    const { size } = this.#deps.calls();
    this.#minSessions = Math.min(this.#minSessions, size);
    this.#maxSessions = Math.max(this.#maxSessions, size);
  }

  /** Call it about once a second. @returns the interval, when one has ended */
  tick(): IntervalReport | undefined {
    const { clock, intervalMs } = this.#deps;
    const now = clock.now();
    this.look();
    const seconds = (now - this.#sampledAt) / 1000;
    if (seconds > 0) {
      for (const command of this.#commands) command.sample(seconds);
      this.#sampledAt = now;
    }
    if (now < this.#endsAt - SLACK_MS) return undefined;
    // A process that was stopped for a while does not catch up on what it missed.
    this.#endsAt = Math.max(this.#endsAt, now - SLACK_MS) + intervalMs;
    this.#last = this.#report();
    return this.#last;
  }

  #report(): IntervalReport {
    const { clock, calls, counters } = this.#deps;
    const time = clock.wall();
    let callSeconds = 0;
    for (const { created } of calls().calls()) {
      callSeconds += Math.max(0, time - Math.max(created, this.#startedWall)) / 1000;
    }
    const ended = {
      calls: counters.get("rtpengine_sessions_total"),
      seconds: counters.get("rtpengine_call_duration_total"),
    };
    const count = ended.calls - this.#ended.calls;
    const report: IntervalReport = {
      time,
      commands: this.#commands.map((command) => command.take()),
      minSessions: this.#minSessions,
      maxSessions: this.#maxSessions,
      callSeconds,
      averageCallSeconds: count === 0 ? 0 : (ended.seconds - this.#ended.seconds) / count,
    };
    this.#ended = ended;
    this.#startedWall = time;
    this.#minSessions = this.#maxSessions = calls().size;
    return report;
  }
}
