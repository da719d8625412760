/**
 * The store behind all statistics: one number per series of the metric table. Writers keep a
 * {@link Cell} and add to it; views read series by name.
 *
 * @module
 */

import { type MetricName, METRICS, type MetricSpec } from "./metrics.ts";

/** One number, held by whoever counts it. */
export interface Cell {
  /** The number as of now. */
  value: number;
}

/** A series as views see it. */
export interface Series {
  /** Label values in the order of {@link MetricSpec.labels}. */
  readonly labels: readonly string[];
  /** The number as of now. */
  readonly value: number;
}

interface Entry extends Cell {
  readonly labels: readonly string[];
}

/** Series that exist from the start, so that a rate can be taken from the first event on. */
const PRESET: readonly (readonly [MetricName, readonly (readonly string[])[]])[] = [
  ["rtpengine_sessions", [["own"], ["foreign"]]],
  ["rtpengine_mediastreams", [["userspace"], ["kernel"], ["mixed"]]],
  ["rtpengine_closed_sessions_total", [
    ["rejected"],
    ["timeout"],
    ["silent_timeout"],
    ["final_timeout"],
    ["offer_timeout"],
    ["terminated"],
    ["force_terminated"],
  ]],
  ["rtpengine_packets_total", [["userspace"], ["kernel"]]],
  ["rtpengine_packet_errors_total", [["userspace"], ["kernel"]]],
  ["rtpengine_bytes_total", [["userspace"], ["kernel"]]],
  ["rtpedge_relay_drops_total", [["source"], ["malformed"], ["filtered"], ["no_rule"], [
    "not_authentic",
  ], [
    "replayed",
  ]]],
  ["rtpedge_graphite_reports_total", [["sent"], ["dropped"]]],
];

/** All counters and gauges of the process. */
export class Counters {
  readonly #families = new Map<MetricName, { spec: MetricSpec; series: Map<string, Entry> }>();

  /** All families, with the series that are known beforehand at 0. */
  constructor() {
    for (const spec of METRICS) {
      this.#families.set(spec.name, { spec, series: new Map() });
      if (spec.labels.length === 0) this.cell(spec.name);
    }
    for (const [name, series] of PRESET) for (const labels of series) this.cell(name, ...labels);
  }

  /**
   * The cell of one series, created at 0 when it does not exist yet.
   *
   * @param labels values in the order of the family's label names
   * @throws RangeError when the number of labels is wrong
   */
  cell(name: MetricName, ...labels: readonly string[]): Cell {
    const family = this.#families.get(name)!;
    if (labels.length !== family.spec.labels.length) {
      throw new RangeError(
        `${name} takes ${family.spec.labels.length} labels, not ${labels.length}`,
      );
    }
    const key = labels.join("\0");
    let entry = family.series.get(key);
    if (entry === undefined) {
      entry = { labels, value: 0 };
      family.series.set(key, entry);
    }
    return entry;
  }

  /** Adds `amount` to a series. */
  add(name: MetricName, amount: number, ...labels: readonly string[]): void {
    this.cell(name, ...labels).value += amount;
  }

  /** Gives a series a value. */
  set(name: MetricName, value: number, ...labels: readonly string[]): void {
    this.cell(name, ...labels).value = value;
  }

  /** Gives a series a value unless it has a greater one: what a counter is read from may go back a little. */
  raise(name: MetricName, value: number, ...labels: readonly string[]): void {
    const cell = this.cell(name, ...labels);
    if (value > cell.value) cell.value = value;
  }

  /** The value of a series, 0 when it does not exist. Creates nothing. */
  get(name: MetricName, ...labels: readonly string[]): number {
    return this.#families.get(name)!.series.get(labels.join("\0"))?.value ?? 0;
  }

  /** All series of a family in order of creation. */
  series(name: MetricName): Iterable<Series> {
    return this.#families.get(name)!.series.values();
  }

  /** Forgets all series of a family; for gauges whose label values come and go. */
  clear(name: MetricName): void {
    this.#families.get(name)!.series.clear();
  }
}
