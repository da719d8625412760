/**
 * Who sends control requests: which ones, how long they take, what goes wrong. The table is bounded: the
 * client that has been silent for the longest makes room.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { RequestReport } from "../ng/mod.ts";

/** Clients that are remembered. */
export const MAX_CLIENTS = 256;
/** Commands of one client that are counted apart. */
const MAX_COMMANDS = 32;
const MAX_REASON = 200;
/** Upper ends of the classes of durations, in ms: each half as long again as the one before. */
const CLASSES = Array.from({ length: 36 }, (_, i) => 0.05 * 1.5 ** i);

/** What one client does. Times are wall-clock ms, durations ms. */
export interface ClientReport {
  /** Address without port. */
  readonly address: string;
  /** `udp`, `tcp`, `https`, … */
  readonly transports: readonly string[];
  /** First request. */
  readonly first: number;
  /** Last request. */
  readonly last: number;
  /** Requests that were carried out. */
  readonly requests: number;
  /** Requests answered again from the cookie cache. */
  readonly duplicates: number;
  /** Requests answered with an error. */
  readonly errors: number;
  /** The last of them; undefined = there was none. */
  readonly lastError:
    | { readonly at: number; readonly command: string; readonly reason: string }
    | undefined;
  /** Mean duration. */
  readonly mean: number;
  /** Half of the requests took no longer, to within a half. */
  readonly median: number;
  /** 99 of 100 requests took no longer, to within a half. */
  readonly p99: number;
  /** Longest duration. */
  readonly slowest: number;
  /** By command, most frequent first. */
  readonly commands: readonly {
    readonly command: string;
    readonly requests: number;
    readonly errors: number;
    readonly mean: number;
  }[];
}

interface Command {
  requests: number;
  errors: number;
  ms: number;
}

interface Row {
  readonly transports: Set<string>;
  readonly first: number;
  readonly commands: Map<string, Command>;
  readonly classes: Uint32Array;
  last: number;
  requests: number;
  duplicates: number;
  errors: number;
  lastError: ClientReport["lastError"];
  ms: number;
  slowest: number;
}

/** The table. */
export class ClientTally {
  readonly #clock: Clock;
  readonly #limit: number;
  /** Least recently heard first. */
  readonly #rows = new Map<string, Row>();
  readonly #totals = { requests: 0, errors: 0, ms: 0 };

  /** An empty table. */
  constructor(clock: Clock, limit = MAX_CLIENTS) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Requests, errors and milliseconds of all clients since the start. */
  get totals(): Readonly<Record<"requests" | "errors" | "ms", number>> {
    return { ...this.#totals };
  }

  /** Counts one request. */
  record(report: RequestReport): void {
    const { source, command, ms, ok, duplicate } = report;
    const row = this.#row(source.peer.address);
    row.last = this.#clock.wall();
    row.transports.add(source.transport);
    if (duplicate) {
      row.duplicates++;
      return;
    }
    row.requests++;
    row.ms += ms;
    row.slowest = Math.max(row.slowest, ms);
    row.classes[classOf(ms)]!++;
    const known = commandOf(row.commands, command === "" ? "(not understood)" : command);
    known.requests++;
    known.ms += ms;
    this.#totals.requests++;
    this.#totals.ms += ms;
    if (ok) return;
    known.errors++;
    row.errors++;
    this.#totals.errors++;
    row.lastError = { at: row.last, command, reason: (report.reason ?? "").slice(0, MAX_REASON) };
  }

  /** All clients, the one heard last first. */
  clients(): ClientReport[] {
    return [...this.#rows].map(([address, row]) => reportOf(address, row)).reverse();
  }

  #row(address: string): Row {
    let row = this.#rows.get(address);
    if (row !== undefined) {
      this.#rows.delete(address);
    } else {
      if (this.#rows.size >= this.#limit) {
        for (const oldest of this.#rows.keys()) {
          this.#rows.delete(oldest);
          break;
        }
      }
      row = {
        transports: new Set(),
        first: this.#clock.wall(),
        commands: new Map(),
        classes: new Uint32Array(CLASSES.length + 1),
        last: 0,
        requests: 0,
        duplicates: 0,
        errors: 0,
        lastError: undefined,
        ms: 0,
        slowest: 0,
      };
    }
    this.#rows.set(address, row);
    return row;
  }
}

function commandOf(commands: Map<string, Command>, name: string): Command {
  // what a client makes up is counted together
  const key = commands.has(name) || commands.size < MAX_COMMANDS ? name.slice(0, 64) : "(others)";
  let command = commands.get(key);
  if (command === undefined) {
    command = { requests: 0, errors: 0, ms: 0 };
    commands.set(key, command);
  }
  return command;
}

function classOf(ms: number): number {
  const found = CLASSES.findIndex((end) => ms <= end);
  return found === -1 ? CLASSES.length : found;
}

function reportOf(address: string, row: Row): ClientReport {
  const { requests, duplicates, errors, first, last, lastError, slowest } = row;
  const quantile = (share: number): number => {
    let left = Math.ceil(requests * share);
    const found = row.classes.findIndex((count) => (left -= count) <= 0);
    return requests === 0 ? 0 : Math.min(slowest, CLASSES[found] ?? slowest);
  };
  return {
    address,
    transports: [...row.transports].sort(),
    first,
    last,
    requests,
    duplicates,
    errors,
    lastError,
    mean: requests === 0 ? 0 : row.ms / requests,
    median: quantile(0.5),
    p99: quantile(0.99),
    slowest,
    commands: [...row.commands].map(([command, { requests, errors, ms }]) => ({
      command,
      requests,
      errors,
      mean: requests === 0 ? 0 : ms / requests,
    })).sort((a, b) => b.requests - a.requests),
  };
}
