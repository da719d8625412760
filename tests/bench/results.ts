/**
 * What a run found out, in the shape it is written as JSON, and the bars it is held against.
 *
 * @module
 */

import { median, spread } from "./stats.ts";

/**
 * Which of several rounds counts: the middle one; or the highest or lowest where other work on the machine
 * can only lower or raise a figure.
 */
export type Pick = "median" | "highest" | "lowest";

/** One figure of one side. */
export interface Figure {
  readonly value: number;
  readonly pick: Pick;
  /** Half the distance between the extremes, relative to the median. */
  readonly spread: number;
  readonly rounds: readonly number[];
}

/** The two sides' names in figures. */
export type Side = "ours" | "peer";

/** One row of the table. */
export interface Row {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  readonly figures: Readonly<Partial<Record<Side, Figure>>>;
  readonly notes: readonly string[];
}

/** A row held against its bar. */
export interface Judged extends Row {
  /** Ours divided by the peer's; absent unless both ran. */
  readonly ratio: number | undefined;
  readonly bar: string | undefined;
  readonly pass: boolean | undefined;
}

function maximum(values: readonly number[]): number {
  return Math.max(...values);
}

function minimum(values: readonly number[]): number {
  return Math.min(...values);
}

/** Makes a figure of several rounds. */
export function figure(rounds: readonly number[], pick: Pick = "median"): Figure {
  const choose = { median, highest: maximum, lowest: minimum }[pick];
  const value = choose(rounds);
  return { value, pick, spread: spread(rounds), rounds };
}

interface Bar {
  readonly text: string;
  /** @param ratio ours to the peer's @param ours our own figure */
  readonly met: (ratio: number, ours: number) => boolean;
  /** The bar concerns our figure alone. */
  readonly alone?: boolean;
}

/** The bars of the project's milestones. */
const BARS: Readonly<Record<string, Bar>> = {
  "cpu-25000": { text: "ratio ≤ 0.5", met: (ratio) => ratio <= 0.5 },
  "cpu-50000": { text: "ratio ≤ 0.5", met: (ratio) => ratio <= 0.5 },
  "srtp-cm-25000": { text: "ratio ≤ 0.6", met: (ratio) => ratio <= 0.6 },
  "srtp-cm-50000": { text: "ratio ≤ 0.6", met: (ratio) => ratio <= 0.6 },
  "srtp-gcm-25000": { text: "ratio ≤ 0.6", met: (ratio) => ratio <= 0.6 },
  "srtp-gcm-50000": { text: "ratio ≤ 0.6", met: (ratio) => ratio <= 0.6 },
  // with the same libraries: the rest says what the libraries do
  "dtls-rate": { text: "ratio ≥ 1", met: (ratio) => ratio >= 1 },
  "flood-srtp-p99": { text: "≤ 2", met: (_, ours) => ours <= 2, alone: true },
  "flood-stun-p99": { text: "≤ 2", met: (_, ours) => ours <= 2, alone: true },
  "flood-srtp-cpu": { text: "≤ 100", met: (_, ours) => ours <= 100, alone: true },
  "flood-stun-cpu": { text: "≤ 100", met: (_, ours) => ours <= 100, alone: true },
  "rate": { text: "ratio ≥ 2", met: (ratio) => ratio >= 2 },
  "goodput-share": { text: "≥ 80 %", met: (_, ours) => ours >= 80, alone: true },
  "latency-p99": { text: "ratio < 1", met: (ratio) => ratio < 1 },
  "ng-rate-1": { text: "ratio ≥ 1", met: (ratio) => ratio >= 1 },
  "ng-rate-8": { text: "ratio ≥ 1", met: (ratio) => ratio >= 1 },
  "ng-setup": { text: "ratio ≥ 1", met: (ratio) => ratio >= 1 },
  "memory-rss": { text: "ratio ≤ 1.5", met: (ratio) => ratio <= 1.5 },
};

/** Computes the ratio of a row and holds it against its bar, if it has one. */
export function judge(row: Row): Judged {
  const ours = row.figures.ours?.value;
  const peer = row.figures.peer?.value;
  const ratio = ours !== undefined && peer !== undefined && peer !== 0 ? ours / peer : undefined;
  const bar = BARS[row.id];
  let pass: boolean | undefined;
  if (bar !== undefined && ours !== undefined) {
    if (bar.alone === true) pass = bar.met(NaN, ours);
    else if (ratio !== undefined) pass = bar.met(ratio, ours);
  }
  return { ...row, ratio, bar: bar?.text, pass };
}

function number(value: number | undefined): string {
  if (value === undefined) return "–";
  if (!Number.isFinite(value)) return "none";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-GB");
  return value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

/** Writes rows as an aligned text table, notes below. */
export function table(rows: readonly Judged[]): string {
  const cells = [["", "rtpedge", "±", "peer", "±", "ratio", "bar", ""]];
  const percent = (figure: Figure | undefined): string =>
    figure === undefined || figure.rounds.length < 2 || !Number.isFinite(figure.spread)
      ? ""
      : `${(figure.spread * 100).toFixed(0)}%`;
  for (const row of rows) {
    const { ours, peer } = row.figures;
    cells.push([
      `${row.label} (${row.unit})`,
      number(ours?.value),
      percent(ours),
      number(peer?.value),
      percent(peer),
      row.ratio === undefined ? "" : row.ratio.toFixed(2),
      row.bar ?? "",
      row.pass === undefined ? "" : row.pass ? "PASS" : "FAIL",
    ]);
  }
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map((c) => (c[i] ?? "").length)));
  const lines = cells.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))
      .join("  ").trimEnd()
  );
  const notes = rows.flatMap((row) => row.notes.map((note) => `  ${row.label}: ${note}`));
  return [...lines, ...(notes.length > 0 ? ["", ...notes] : [])].join("\n");
}
