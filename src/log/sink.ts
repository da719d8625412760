/**
 * Where log lines end: standard error, which systemd connects to the journal. The only file of this folder
 * that touches the system.
 *
 * @module
 */

import { type Format, formatEntry, type LineStyle } from "./format.ts";
import type { EntrySink } from "./logs.ts";

/** Something lines are written to; throws when it cannot take them. */
export type LineWriter = (line: string) => void;

/** What decides about the look of lines. */
export interface StyleOptions {
  /** `log-format`. */
  readonly format: Format;
  /** `no-log-timestamps` was not given. */
  readonly timestamps: boolean;
  /** Value of the environment variable `JOURNAL_STREAM`: `DEVICE:INODE`. */
  readonly journalStream: string | undefined;
  /** `DEVICE:INODE` of standard error. */
  readonly stderrStream: string | undefined;
}

/** Whether lines go to the journal, and their style. */
export function lineStyle(options: StyleOptions): LineStyle {
  const { format, timestamps, journalStream, stderrStream } = options;
  // the variable is inherited by children whose standard error leads elsewhere
  const journal = journalStream !== undefined && journalStream === stderrStream;
  return { format, timestamps, journal };
}

/** Device and inode of standard error as systemd writes them; undefined where that cannot be known. */
export function stderrStream(): string | undefined {
  try {
    const { dev, ino } = Deno.statSync("/proc/self/fd/2");
    return ino === null ? undefined : `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** A sink that formats entries; a line that cannot be written is dropped, logging never throws. */
export function lineSink(style: LineStyle, write: LineWriter): EntrySink {
  return (entry) => {
    try {
      write(formatEntry(entry, style));
    } catch {
      // there is nowhere left to tell it
    }
  };
}

const encoder = new TextEncoder();

/** Writes a line to standard error. */
export function writeStderr(line: string): void {
  let bytes = encoder.encode(`${line}\n`);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
}
