/**
 * Calls in a list: search, filters, order, a page at a time.
 *
 * @module
 */

import type { CallView } from "../../call/types.ts";
import { matches, stateOf, summaryOf } from "./call_report.ts";
import { type SortBy, sortBy, type SortKey, type SortValue } from "./call_order.ts";
import {
  type CallProblem,
  type CallTraffic,
  type Forwarder,
  lossOf,
  trafficOf,
} from "./call_traffic.ts";
import type { CallRow, CallSummary } from "./reports.ts";
import type { AdminServices } from "./services.ts";

/** Which calls, in which order. */
export interface CallQuery {
  /** Part of a call-id, tag, label, metadata, address or codec; case does not count. */
  readonly search?: string | undefined;
  /** Only calls in this state. */
  readonly state?: CallSummary["state"] | undefined;
  /** Only calls whose packets are forwarded there. */
  readonly forwarder?: Forwarder | undefined;
  /** Only calls with this wrong. */
  readonly problem?: CallProblem | undefined;
  /** Only calls that lose more than so many percent. */
  readonly lossOver?: number | undefined;
  /** The newest first when absent. */
  readonly sort?: readonly SortBy[] | undefined;
  /** Calls left out at the beginning. */
  readonly offset: number;
  /** At most so many. */
  readonly limit: number;
}

/** What a list is made of. */
export type CallSources = Pick<AdminServices, "calls" | "clock" | "mos">;

/** The order when none is asked for. */
export const NEWEST_FIRST: readonly SortBy[] = [{ key: "started", down: true }];

/** A page of the calls that match. */
export function listCalls(
  sources: CallSources,
  query: CallQuery,
): { total: number; offset: number; calls: CallRow[] } {
  const { sort = NEWEST_FIRST, offset, limit } = query;
  const now = sources.clock.wall();
  const accepts = filterOf(query);
  const found: Found[] = [];
  let position = 0;
  for (const call of sources.calls.calls()) {
    const one = new Found(call, position++, sources, now);
    if (accepts(one)) found.push(one);
  }
  sortBy(found, [...sort, ...NEWEST_FIRST], (one, key) => one.value(key));
  const page = found.slice(offset, offset + limit).map((one) => one.row());
  return { total: found.length, offset, calls: page };
}

/** The cheap questions come first: counters are only read where they matter. */
function filterOf(query: CallQuery): (one: Found) => boolean {
  const { state, forwarder, problem, lossOver } = query;
  const needle = query.search?.toLowerCase() ?? "";
  return (one) =>
    (state === undefined || stateOf(one.call) === state) &&
    (needle === "" || matches(one.call, needle)) &&
    (forwarder === undefined || one.traffic.forwarder === forwarder) &&
    (problem === undefined || one.traffic.problem === problem) &&
    (lossOver === undefined || (lossOf(one.traffic) ?? 0) * 100 > lossOver);
}

/** A call that matches; what is costly is looked at once, and only when it is wanted. */
class Found {
  readonly #sources: CallSources;
  readonly #now: number;
  #traffic: CallTraffic | undefined;
  #score: { readonly mos: number | undefined } | undefined;
  #summary: CallSummary | undefined;

  constructor(
    readonly call: CallView,
    /** Calls created before it. */
    readonly position: number,
    sources: CallSources,
    now: number,
  ) {
    this.#sources = sources;
    this.#now = now;
  }

  get traffic(): CallTraffic {
    return this.#traffic ??= trafficOf(this.call, this.#now);
  }

  get mos(): number | undefined {
    return (this.#score ??= { mos: this.#sources.mos(this.call.callId) }).mos;
  }

  get summary(): CallSummary {
    return this.#summary ??= summaryOf(this.call);
  }

  value(key: SortKey): SortValue {
    switch (key) {
      case "id":
        return this.call.callId;
      case "state":
        return stateOf(this.call);
      case "started":
        return this.position;
      case "duration":
        return -this.position;
      case "parties":
        return this.call.participants.length;
      case "media":
        return this.summary.media.join(", ");
      case "packets":
        return this.traffic.packets;
      case "loss":
        return lossOf(this.traffic);
      case "mos":
        return this.mos;
      case "from":
        return this.call.createdFrom;
    }
  }

  row(): CallRow {
    const { packets, lost, forwarder, problem } = this.traffic;
    return {
      ...this.summary,
      packets,
      lost,
      forwarder,
      ...(problem === undefined ? {} : { problem }),
      ...(this.mos === undefined ? {} : { mos: this.mos }),
    };
  }
}
