/**
 * The order of a list of calls: by several columns, each up or down.
 *
 * @module
 */

import { type Schema, SchemaError } from "./schema.ts";

/** What calls can be sorted by. */
export const SORT_KEYS = [
  "id",
  "state",
  "started",
  "duration",
  "parties",
  "media",
  "packets",
  "loss",
  "mos",
  "from",
] as const;
/** One of {@link SORT_KEYS}. */
export type SortKey = typeof SORT_KEYS[number];

/** One column of an order. */
export interface SortBy {
  /** By what. */
  readonly key: SortKey;
  /** The greatest first. */
  readonly down: boolean;
}

/** What a call is compared by; what is not known comes last, up or down. */
export type SortValue = string | number | undefined;

/** Columns of one order. */
const MAX_COLUMNS = 4;
const WORDS: Readonly<Record<string, string>> = { newest: "-started", oldest: "started" };
const KEYS = SORT_KEYS.join("|");
const PATTERN = `^(newest|oldest|-?(${KEYS})(,-?(${KEYS})){0,${MAX_COLUMNS - 1}})$`;
const ABOUT =
  `up to ${MAX_COLUMNS} of ${SORT_KEYS.join(", ")}, with commas between them, each with ` +
  "a minus in front for the greatest first; newest and oldest are short for -started and started";

/** An order as text: `-loss,started`. */
export const SORTING: Schema<readonly SortBy[]> = {
  json: { type: "string", pattern: PATTERN, description: ABOUT },
  parse(value, at) {
    const order = typeof value === "string" ? parseSorting(value) : undefined;
    if (order === undefined) throw new SchemaError(at, ABOUT);
    return order;
  },
};

/** Reads an order; undefined when it is none. */
export function parseSorting(text: string): readonly SortBy[] | undefined {
  if (!new RegExp(PATTERN).test(text)) return undefined;
  return (WORDS[text] ?? text).split(",").map((part) => {
    const down = part.startsWith("-");
    return { key: (down ? part.slice(1) : part) as SortKey, down };
  });
}

/** An order as {@link parseSorting} reads it. */
export function formatSorting(order: readonly SortBy[]): string {
  return order.map(({ key, down }) => `${down ? "-" : ""}${key}`).join(",");
}

/** The order after a column has been chosen: it decides first, what decided before settles ties. */
export function chooseColumn(
  order: readonly SortBy[],
  key: SortKey,
  downFirst: boolean,
): readonly SortBy[] {
  const [first] = order;
  const down = first?.key === key ? !first.down : downFirst;
  const rest = order.filter((by) => by.key !== key);
  return [{ key, down }, ...rest].slice(0, MAX_COLUMNS);
}

/** Sorts in place. */
export function sortBy<T>(
  items: T[],
  order: readonly SortBy[],
  valueOf: (item: T, key: SortKey) => SortValue,
): void {
  items.sort((a, b) => {
    for (const { key, down } of order) {
      const difference = compare(valueOf(a, key), valueOf(b, key), down);
      if (difference !== 0) return difference;
    }
    return 0;
  });
}

function compare(a: SortValue, b: SortValue, down: boolean): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  return (a < b) === down ? 1 : -1;
}
