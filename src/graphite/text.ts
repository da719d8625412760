/**
 * An interval as Graphite's plaintext protocol has it: `name value time`, one line each, in rtpengine's
 * names and order.
 *
 * @module
 */

import { COMMANDS, familyMix, type IntervalReport, type Statistics } from "../stats/mod.ts";

/** Reads a number that only grows; its growth over the interval is sent. */
type Growing = readonly [name: string, read: (statistics: Statistics) => number];

function closed(name: string, reason: string): Growing {
  return [name, ({ counters }) => counters.get("rtpengine_closed_sessions_total", reason)];
}

function relayed(suffix: string, ...paths: readonly ("userspace" | "kernel")[]): Growing[] {
  const families = [
    ["errors", "rtpengine_packet_errors_total"],
    ["packets", "rtpengine_packets_total"],
    ["bytes", "rtpengine_bytes_total"],
  ] as const;
  return families.map(([what, metric]) => [
    `relayed_${what}${suffix}`,
    ({ counters }) => paths.reduce((sum, path) => sum + counters.get(metric, path), 0),
  ]);
}

const FORCED = closed("forced_term_sess", "force_terminated");
/** In the order in which they are sent. */
const GROWING: readonly Growing[] = [
  ["nopacket_relayed_sess", ({ counters }) => counters.get("rtpengine_zero_packet_streams_total")],
  ["oneway_stream_sess", ({ counters }) => counters.get("rtpengine_one_way_sessions_total")],
  closed("regular_term_sess", "terminated"),
  ...relayed("_user", "userspace"),
  ...relayed("_kernel", "kernel"),
  ...relayed("", "userspace", "kernel"),
  closed("silent_timeout_sess", "silent_timeout"),
  closed("final_timeout_sess", "final_timeout"),
  closed("offer_timeout_sess", "offer_timeout"),
  closed("timeout_sess", "timeout"),
  closed("reject_sess", "rejected"),
];

const DECIMALS = 6;

/** Writes intervals; remembers what growing numbers were at the end of the one before. */
export class GraphiteText {
  readonly #statistics: Statistics;
  readonly #prefix: string;
  readonly #before = new Map<string, number>();

  /**
   * Growth is counted from 0.
   *
   * @param prefix text before each name
   */
  constructor(statistics: Statistics, prefix: string) {
    this.#statistics = statistics;
    this.#prefix = prefix;
  }

  /** The lines of one interval. Gauges and totals are read as they are now. */
  render(report: IntervalReport): string {
    const time = Math.floor(report.time / 1000);
    return [...this.#entries(report)].map(([name, value]) =>
      `${this.#prefix}${name} ${value} ${time}\n`
    ).join("");
  }

  *#entries(report: IntervalReport): Iterable<readonly [name: string, value: number | string]> {
    const { counters } = this.#statistics;
    for (const [position, { request }] of COMMANDS.entries()) {
      const name = request.replaceAll(" ", "_");
      const { delay, rate, count } = report.commands[position]!;
      for (const part of ["min", "max", "avg"] as const) {
        yield [`${name}_time_${part}`, delay[part].toFixed(DECIMALS)];
      }
      for (const part of ["min", "max", "avg"] as const) {
        yield [`${name}s_ps_${part}`, rate[part]];
      }
      yield [`${name}_count`, count];
    }
    yield ["call_dur", report.callSeconds.toFixed(DECIMALS)];
    yield ["average_call_dur", report.averageCallSeconds.toFixed(DECIMALS)];
    yield this.#growth(FORCED);
    yield ["managed_sess", counters.get("rtpengine_sessions_total")];
    yield ["managed_sess_min", report.minSessions];
    yield ["managed_sess_max", report.maxSessions];
    yield* this.#current();
    for (const growing of GROWING) yield this.#growth(growing);
    yield* this.#ports();
  }

  *#current(): Iterable<readonly [string, number]> {
    const { counters, calls } = this.#statistics;
    const own = counters.get("rtpengine_sessions", "own");
    const foreign = counters.get("rtpengine_sessions", "foreign");
    yield ["current_sessions_total", own + foreign];
    yield ["current_sessions_own", own];
    yield ["current_sessions_foreign", foreign];
    yield ["current_transcoded_media", counters.get("rtpengine_transcoded_media")];
    const families = { ipv4: 0, ipv6: 0, mixed: 0 };
    for (const call of calls) {
      const mix = familyMix(call);
      if (mix !== undefined) families[mix]++;
    }
    for (const [family, sessions] of Object.entries(families)) {
      yield [`current_sessions_${family}`, sessions];
    }
  }

  #growth([name, read]: Growing): readonly [string, number] {
    const value = read(this.#statistics);
    const growth = value - (this.#before.get(name) ?? 0);
    this.#before.set(name, value);
    return [name, growth];
  }

  *#ports(): Iterable<readonly [string, number]> {
    const { relay } = this.#statistics;
    for (const local of relay.addresses) {
      // A blank would end the name.
      const where = `${local.name}_${local.address}`.replaceAll(/\s/g, "_");
      const { free, used } = relay.usage(local);
      yield [`ports_free_${where}`, free];
      yield [`ports_used_${where}`, used];
    }
  }
}
