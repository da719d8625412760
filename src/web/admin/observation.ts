/**
 * What is watched over time: schemas of live numbers, history and control clients, and who gives them.
 *
 * @module
 */

import { FIELD_NAMES, FIELDS } from "../../history/fields.ts";
import { type Range, RANGES } from "../../history/history.ts";
import type { Step } from "../../history/series.ts";
import {
  type Infer,
  integer,
  list,
  number,
  object,
  oneOf,
  optional,
  type Schema,
  SchemaError,
  Shape,
  string,
} from "./schema.ts";

const COUNT = integer(0, Number.MAX_SAFE_INTEGER);
const TIME = integer(0, Number.MAX_SAFE_INTEGER, "milliseconds since 1970");
const SHARE = number("0 to 1");
const TEXT = string({ max: 1024 });

const NUMBERS = Object.fromEntries(
  FIELD_NAMES.map((name) => [name, optional(number(FIELDS[name]))]),
) as Record<typeof FIELD_NAMES[number], ReturnType<typeof optional<number>>>;

/** Numbers of the last second. */
export const LIVE = new Shape({
  at: TIME,
  uptimeSeconds: COUNT,
  ...NUMBERS,
  cores: list(object({ core: COUNT, busy: SHARE, softirq: SHARE })),
  interfaces: list(object({ name: TEXT, address: TEXT, used: COUNT, total: COUNT })),
});

const VALUE: Schema<number | null> = {
  json: { description: "a number; null = not known" },
  parse(value, at) {
    if (value === null || typeof value === "number") return value;
    throw new SchemaError(at, "a number or null");
  },
};

/** Numbers over time. */
export const HISTORY = new Shape({
  range: oneOf(RANGES),
  stepMs: integer(1, 3_600_000, "length of a step"),
  now: TIME,
  fields: list(oneOf(FIELD_NAMES), { about: "what stands in each row after its time" }),
  rows: list(list(VALUE), {
    about: "beginning of the step in milliseconds since 1970, then means",
  }),
});

/** Who sends control requests. */
export const CLIENT = new Shape({
  address: TEXT,
  transports: list(TEXT),
  first: TIME,
  last: TIME,
  requests: COUNT,
  duplicates: COUNT,
  errors: COUNT,
  lastError: optional(object({ at: TIME, command: TEXT, reason: TEXT })),
  mean: number("milliseconds"),
  median: number("milliseconds"),
  p99: number("milliseconds"),
  slowest: number("milliseconds"),
  commands: list(object({ command: TEXT, requests: COUNT, errors: COUNT, mean: number() })),
});

/** Numbers of the last second. */
export type LiveReport = Infer<typeof LIVE>;
/** Numbers over time. */
export type HistoryReport = Infer<typeof HISTORY>;
/** Who sends control requests. */
export type ClientsReport = readonly Infer<typeof CLIENT>[];

/** Who gives them. */
export interface ObservationServices {
  /** Numbers of the last second. */
  latest(): LiveReport;
  /** Steps of a range, oldest first. */
  history(range: Range): readonly Step[];
  /**
   * A stream of what {@link latest} gives, as server-sent events, once a second.
   *
   * @param holds whether the watcher may still watch
   * @returns undefined when there are too many
   */
  watch(holds: () => boolean): ReadableStream<Uint8Array> | undefined;
  /** Who sends control requests, the one heard last first. */
  clients(): ClientsReport;
}
