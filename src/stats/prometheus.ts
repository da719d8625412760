/**
 * The `/metrics` page in Prometheus text format 0.0.4, built from the metric table.
 *
 * @module
 */

import { Counter, Gauge, Registry } from "prom-client";
import { METRICS, type MetricSpec } from "./metrics.ts";
import type { Statistics } from "./statistics.ts";

/** Renders the page. */
export class PrometheusPage {
  readonly #registry = new Registry();
  readonly #statistics: Statistics;

  /** A page of these statistics, with a registry of its own. */
  constructor(statistics: Statistics) {
    this.#statistics = statistics;
    for (const spec of METRICS) this.#register(spec.name, spec);
  }

  /** Value of the Content-Type header. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** The page as of now. */
  render(): Promise<string> {
    this.#statistics.refresh();
    return this.#registry.metrics();
  }

  #register(name: (typeof METRICS)[number]["name"], spec: MetricSpec): void {
    const { counters } = this.#statistics;
    const options = {
      name,
      help: spec.help,
      labelNames: spec.labels,
      registers: [this.#registry],
    };
    const labelled = (values: readonly string[]): Record<string, string> =>
      Object.fromEntries(spec.labels.map((label, index) => [label, values[index]!]));
    // Registering is what the constructors are called for; `collect` runs at each render.
    if (spec.type === "counter") {
      new Counter({
        ...options,
        collect(): void {
          this.reset();
          for (const { labels, value } of counters.series(name)) this.inc(labelled(labels), value);
        },
      });
    } else {
      new Gauge({
        ...options,
        collect(): void {
          this.reset();
          for (const { labels, value } of counters.series(name)) this.set(labelled(labels), value);
        },
      });
    }
  }
}
