/**
 * Numbers over time: samples rolled up into means, kept in bounded memory and in a file. Knows neither
 * where the numbers come from nor who looks at them.
 *
 * @module
 */

export { HistoryDatabase } from "./database.ts";
export { type Field, FIELD_NAMES, FIELDS, type Sample } from "./fields.ts";
export { History, type Range, RANGES, type RangeStep, STEPS } from "./history.ts";
export { RateMeter } from "./rates.ts";
export { Series, type Step } from "./series.ts";
