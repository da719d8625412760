/**
 * Measurements that are taken in turns: A B B A, `rounds` times over, one figure per turn and side.
 *
 * @module
 */

import { say } from "../support/process.ts";
import { figure, type Pick, type Row, type Side } from "./results.ts";
import { alternate } from "./stats.ts";
import type { Subject } from "./subject.ts";

/** The sides that run. */
export type Contestants = ReadonlyMap<Side, Subject>;

/** How long and how often. */
export interface Effort {
  readonly rounds: number;
  /** Length of one measurement, seconds. */
  readonly seconds: number;
  /** Two-party calls that carry the load. */
  readonly calls: number;
}

/** Values of every turn, by side and figure id. */
export class Collector {
  readonly #values = new Map<Side, Map<string, number[]>>();
  readonly #notes = new Map<string, string[]>();

  /** Adds one value. */
  add(side: Side, id: string, value: number): void {
    const figures = this.#values.get(side) ?? new Map<string, number[]>();
    this.#values.set(side, figures);
    figures.set(id, [...(figures.get(id) ?? []), value]);
  }

  /** Adds a remark below the table, once. */
  note(id: string, text: string): void {
    const notes = this.#notes.get(id) ?? [];
    if (!notes.includes(text)) this.#notes.set(id, [...notes, text]);
  }

  /** Values of one side so far. */
  values(side: Side, id: string): readonly number[] {
    return this.#values.get(side)?.get(id) ?? [];
  }

  /** Makes the row of a figure; `undefined` when no side has a value. */
  row(id: string, label: string, unit: string, pick: Pick = "median"): Row | undefined {
    const figures: Partial<Record<Side, ReturnType<typeof figure>>> = {};
    for (const side of this.#values.keys()) {
      const values = this.values(side, id);
      if (values.length > 0) figures[side] = figure(values, pick);
    }
    if (Object.keys(figures).length === 0) return undefined;
    return { id, label, unit, figures, notes: this.#notes.get(id) ?? [] };
  }
}

/** Runs `turn` for every contestant in alternating order. */
export async function inTurns(
  contestants: Contestants,
  rounds: number,
  turn: (side: Side, subject: Subject) => Promise<void>,
): Promise<void> {
  for (const side of alternate([...contestants.keys()], rounds)) {
    const subject = contestants.get(side);
    if (subject !== undefined) await turn(side, subject);
  }
}

/** The rows of several figures, without those nobody has. */
export function rows(
  collector: Collector,
  figures: readonly (readonly [id: string, label: string, unit: string, pick?: Pick])[],
): Row[] {
  return figures.flatMap(([id, label, unit, pick]) => collector.row(id, label, unit, pick) ?? []);
}

/** Progress line of one turn. */
export function progress(side: Side, text: string): void {
  say(`  ${side.padEnd(4)}  ${text}`);
}
