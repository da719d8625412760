/**
 * Small pieces of text shared by the commands.
 *
 * @module
 */

import type { Item, Statistics } from "../stats/mod.ts";

/** One ` title          :value` line. */
export function itemLine(statistics: Statistics, item: Item): string {
  const value = item.read(statistics);
  const text = item.kind === "float" ? value.toFixed(6) : String(value);
  return ` ${item.title.padEnd(48)}:${text}${item.unit}\n`;
}

/** The lines of several items. */
export function itemLines(statistics: Statistics, items: readonly Item[]): string {
  return items.map((item) => itemLine(statistics, item)).join("");
}

/** An average with a fixed number of decimals; rtpengine prints `-nan` when there is no sample. */
export function average(total: number, samples: number, digits: number): string {
  return samples === 0 ? "-nan" : (total / samples).toFixed(digits);
}

/** Whole seconds of a time in milliseconds. */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
