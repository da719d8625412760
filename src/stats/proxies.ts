/**
 * Control requests by client address and command. The table is bounded: clients that come after it is
 * full share one row, so a flood of source addresses costs no memory.
 *
 * @module
 */

import type { RequestReport } from "../ng/mod.ts";
import { COMMANDS } from "./commands.ts";
import type { Cell, Counters } from "./counters.ts";

/** Clients with a row of their own. */
export const MAX_PROXIES = 256;

/** Name of the row shared by all further clients. */
export const OTHER_PROXY = "other";

/** Told about every answered control request. */
export type NgObserver = (report: RequestReport) => void;

/** One client's numbers. */
export interface ProxyRow {
  /** Address of the client without port. */
  readonly proxy: string;
  /** By position in {@link COMMANDS}. */
  readonly requests: readonly Cell[];
  /** Seconds, by position in {@link COMMANDS}. */
  readonly seconds: readonly Cell[];
  /** Requests answered with an error. */
  readonly errors: Cell;
}

const POSITION = new Map(COMMANDS.map(({ request }, index) => [request, index]));

/** The table of control clients. */
export class ProxyTable {
  readonly #counters: Counters;
  readonly #limit: number;
  readonly #rows = new Map<string, ProxyRow>();

  /**
   * An empty table.
   *
   * @param limit rows before clients share {@link OTHER_PROXY}
   */
  constructor(counters: Counters, limit = MAX_PROXIES) {
    this.#counters = counters;
    this.#limit = limit;
  }

  /** Counts one answered request; an answer repeated from the cookie cache is no request. */
  record(report: RequestReport): void {
    if (report.duplicate) return;
    const row = this.#row(report.source.peer.address);
    const position = POSITION.get(report.command);
    if (position !== undefined) {
      row.requests[position]!.value++;
      row.seconds[position]!.value += report.ms / 1000;
    }
    if (!report.ok) row.errors.value++;
  }

  /** Rows in order of first contact, the shared row last or where it came into being. */
  rows(): Iterable<ProxyRow> {
    return this.#rows.values();
  }

  /** Requests of one command over all clients. */
  total(position: number): number {
    let total = 0;
    for (const row of this.#rows.values()) total += row.requests[position]!.value;
    return total;
  }

  #row(peer: string): ProxyRow {
    const known = this.#rows.get(peer);
    if (known !== undefined) return known;
    const proxy = this.#rows.size < this.#limit ? peer : OTHER_PROXY;
    const shared = this.#rows.get(proxy);
    if (shared !== undefined) return shared;
    const row: ProxyRow = {
      proxy,
      requests: COMMANDS.map((c) =>
        this.#counters.cell("rtpengine_requests_total", proxy, c.request)
      ),
      seconds: COMMANDS.map((c) =>
        this.#counters.cell("rtpengine_request_seconds_total", proxy, c.request)
      ),
      errors: this.#counters.cell("rtpengine_errors_total", proxy),
    };
    this.#rows.set(proxy, row);
    return row;
  }
}
