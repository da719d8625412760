/**
 * Log entries as lines of text. Nothing from the wire can end a line early or reach a terminal as a control
 * sequence, and fields that hold secrets are masked.
 *
 * @module
 */

import { toText } from "../core/bytes.ts";
import { type Level, LEVEL_NAMES } from "./level.ts";

/** Values that go with a message. */
export type Fields = Readonly<Record<string, unknown>>;

/** One thing to log. */
export interface Entry {
  /** Wall-clock milliseconds since the Unix epoch. */
  readonly time: number;
  /** How bad it is. */
  readonly level: Level;
  /** Part of the daemon it comes from. */
  readonly subsystem: string;
  /** Byte string, as on the wire. */
  readonly callId: string | undefined;
  /** What happened. */
  readonly message: string;
  /** Details. */
  readonly fields: Fields;
}

/** `log-format`. */
export type Format = "default" | "parsable" | "json";

/** How lines look. */
export interface LineStyle {
  /** Kind of line. */
  readonly format: Format;
  /** Put the time first. */
  readonly timestamps: boolean;
  /** Begin lines with `<N>` for the journal, which then knows the level (and the time). */
  readonly journal: boolean;
}

const TAGS = ["EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"] as const;

const SECRET_FIELD =
  /pass(word|wd)?$|secret|token|authorization|private.?key|(srtp|sdes|master).?key/i;

/** One line, without line feed. */
export function formatEntry(entry: Entry, style: LineStyle): string {
  const prefix = style.journal ? `<${entry.level}>` : "";
  if (style.format === "json") return prefix + formatJson(entry);
  const { level, subsystem, callId, message, fields } = entry;
  const time = style.timestamps && !style.journal ? `[${(entry.time / 1000).toFixed(6)}] ` : "";
  const call = callId === undefined ? "" : formatCall(callId, style.format);
  let line = `${prefix}${time}${TAGS[level]}: ${call}[${subsystem}] ${printable(message)}`;
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) line += ` ${name}=${formatField(name, value)}`;
  }
  return line;
}

/** Text with control characters written out (`\n`, `\x1b`). */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, (letter) => {
    const code = letter.charCodeAt(0);
    switch (letter) {
      case "\n":
        return "\\n";
      case "\r":
        return "\\r";
      case "\t":
        return "\\t";
      default:
        return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, "0")}`;
    }
  });
}

function formatCall(callId: string, format: Format): string {
  const text = printable(readable(callId));
  return format === "parsable" ? `[ID="${text.replaceAll('"', '\\"')}"]: ` : `[${text}]: `;
}

function formatField(name: string, value: unknown): string {
  if (SECRET_FIELD.test(name)) return "***";
  const text = printable(stringify(value));
  return /^[^\s"=]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`;
}

function formatJson({ time, level, subsystem, callId, message, fields }: Entry): string {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    safe[name] = SECRET_FIELD.test(name) ? "***" : jsonValue(value);
  }
  return JSON.stringify({
    time: new Date(time).toISOString(),
    level: LEVEL_NAMES[level],
    subsystem,
    ...(callId === undefined ? {} : { "call-id": readable(callId) }),
    message,
    ...(Object.keys(safe).length === 0 ? {} : { fields: safe }),
  });
}

/** The fields of an entry as text, secrets masked; those without a value are left out. */
export function maskedFields(fields: Fields): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) texts[name] = SECRET_FIELD.test(name) ? "***" : stringify(value);
  }
  return texts;
}

function jsonValue(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" || value === null
    ? value
    : value === undefined
    ? undefined
    : stringify(value);
}

function stringify(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(
      value,
      (name, part) =>
        SECRET_FIELD.test(name) ? "***" : typeof part === "bigint" ? String(part) : part,
    ) ??
      String(value);
  } catch {
    return "(cyclic)";
  }
}

/** Byte string to text; other text as it is. */
export function readable(text: string): string {
  // deno-lint-ignore no-control-regex
  return /^[\x00-\xff]*$/.test(text) ? toText(text) : text;
}
