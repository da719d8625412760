/**
 * Text for terminals: aligned columns, colours where there is a terminal that wants them, nothing that a
 * terminal would obey.
 *
 * @module
 */

/** What a piece of text means; each has a colour. */
export type Tone = "good" | "note" | "warning" | "problem" | "faint" | "strong";

const CODES: Readonly<Record<Tone, string>> = {
  good: "32",
  note: "36",
  warning: "33",
  problem: "31;1",
  faint: "2",
  strong: "1",
};

/** Colours a text, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string;

/** How to colour: not at all unless a terminal is there and NO_COLOR is not (no-color.org). */
export function painter(
  terminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const off = !terminal || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return (tone, text) => off ? text : `\x1b[${CODES[tone]}m${text}\x1b[0m`;
}

/** A cell: a text, and perhaps its colour. */
export type Cell = string | { readonly text: string; readonly tone: Tone };

/** Rows as aligned columns, two blanks between them; the last column is as long as it is. */
export function columns(rows: readonly (readonly Cell[])[], paint: Paint, indent = ""): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) {
      widths[i] = Math.max(widths[i] ?? 0, [...printed(cell)].length);
    }
  }
  return rows.map((row) => {
    const cells = row.map((cell, i) => {
      const text = printed(cell);
      const padding = i === row.length - 1 ? "" : " ".repeat(widths[i]! - [...text].length);
      return (typeof cell === "string" ? text : paint(cell.tone, text)) + padding;
    });
    return `${indent}${cells.join("  ").trimEnd()}\n`;
  }).join("");
}

function printed(cell: Cell): string {
  return plain(typeof cell === "string" ? cell : cell.text);
}

/** Control characters written out: a call-id may hold anything. */
export function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (char) => {
    return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

/** Seconds as `3 d 4 h`, `2 h 5 min`, `3 min 20 s`. */
export function duration(seconds: number): string {
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [Math.floor(seconds) % 60, "s"],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return "0 s";
  return parts.slice(first, first + 2).map(([value, unit]) => `${value} ${unit}`).join(" ");
}

/** Wall-clock ms as `2026-11-21 09:30:00 UTC`. */
export function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** Bits per second in units of 1000. */
export function bitRate(bytesPerSecond: number): string {
  let rate = bytesPerSecond * 8;
  for (const unit of ["bit/s", "kbit/s", "Mbit/s"]) {
    if (rate < 1000) return `${rate.toFixed(unit === "bit/s" ? 0 : 1)} ${unit}`;
    rate /= 1000;
  }
  return `${rate.toFixed(2)} Gbit/s`;
}

/** A number in groups of three digits. */
export function count(value: number): string {
  return Math.round(value).toString().replaceAll(/\B(?=(\d{3})+$)/g, " ");
}
