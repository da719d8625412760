/**
 * The shape of answers: keys, order, types and number formats, without the values.
 *
 * @module
 */

/** Names the types of all values, so that trees can be compared key by key. */
export function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, member]) => [key, shape(member)]);
  }
  if (typeof value !== "string") return typeof value;
  // how many digits stand before the point is a matter of traffic, how many behind it one of format
  return value.replace(/^\d+(?=\.|$)/, "N").replace(/\d/g, "0");
}

/** Turns numbers into strings, so that their written form survives parsing. */
export function quoteNumbers(json: string): string {
  return json.replace(/:(-?[\d.]+)/g, ':"$1"');
}

/** A tree in which relay threads, whose number is a matter of the machine, are one thread. */
export function oneThread(tree: Record<string, unknown>): Record<string, unknown> {
  const threads = tree["poller_threads"];
  return { ...tree, poller_threads: Array.isArray(threads) ? threads.slice(0, 1) : threads };
}

/** One family of a Prometheus page. */
export interface Family {
  type: string;
  labels: readonly string[];
}

/** Families of a Prometheus page that have samples. */
export function families(page: string): Map<string, Family> {
  const found = new Map<string, Family>();
  const types = new Map<string, string>();
  for (const line of page.split("\n")) {
    const type = /^# TYPE (\S+) (\S+)/.exec(line);
    if (type !== null) types.set(type[1]!, type[2]!);
    const sample = /^([a-z0-9_]+)(?:\{(.*)\})? /.exec(line);
    if (sample === null) continue;
    const labels = [...(sample[2] ?? "").matchAll(/([a-z]+)="/g)].map((match) => match[1]!);
    found.set(sample[1]!, { type: types.get(sample[1]!) ?? "", labels });
  }
  return found;
}

/** Names of the series of a Prometheus page, labels and their values included. */
export function seriesNames(page: string): string[] {
  return [...page.matchAll(/^([a-z0-9_]+(?:\{.*\})?) \S+$/gm)].map(([, name]) => name!).sort();
}
