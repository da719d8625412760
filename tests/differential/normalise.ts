/**
 * Turns a reply into lines that two implementations can be compared by: what differs from run to run
 * by nature (relay ports, times) gets a name instead.
 *
 * @module
 */

import type { NgData, NgMessage } from "../support/mod.ts";

/** Keys whose numbers are times; 0 means "never". A fraction of a second, `created_us`, may be 0. */
const TIMES = new Set([
  "created",
  "created_ts",
  "last signal",
  "last redis update",
  "last packet",
  "last kernel packet",
  "last user packet",
  "reported at",
]);

/**
 * Names for one implementation's relay ports within one dialogue. Use it for two passes: what a port is
 * called depends on whether its partner (RTP even, RTCP above it) occurs anywhere in the dialogue.
 */
export class PortNames {
  #names = new Map<number, string>();
  #seen = new Set<number>();

  /** The range media ports come from, inclusive. */
  constructor(readonly min: number, readonly max: number) {}

  /**
   * `P1`, `P2`, … in order of first appearance and `P1+1`, … for the odd ones above them. A port
   * without its partner is taken alone (RTCP shares it) and has no parity. Other numbers stay.
   */
  name(port: number): string {
    if (port < this.min || port > this.max) return String(port);
    this.#seen.add(port);
    const base = port - port % 2;
    const known = this.#names.get(base) ?? `P${this.#names.size + 1}`;
    this.#names.set(base, known);
    return port === base || !this.#seen.has(base) ? known : `${known}+1`;
  }

  /** Replaces every number of the range in a text. */
  replaceIn(text: string): string {
    return text.replaceAll(/(?<![\d.])\d{4,5}(?![\d.])/g, (digits) => this.name(Number(digits)));
  }
}

/** What one implementation's replies within one dialogue are normalised by. */
export interface Context {
  /** Names for its relay ports. */
  readonly ports: PortNames;
  /** The dialogue's call-id; other calls are left out of a `calls` list. */
  readonly call: string;
  /** All that the implementation was told: an origin's session id from elsewhere is a random one. */
  readonly told: string;
}

/**
 * The lines of a reply: one per leaf, dictionaries in key order, SDP bodies line by line with their line
 * endings made visible where they are not CRLF.
 */
export function normalise(reply: NgMessage | undefined, context: Context): string[] {
  if (reply === undefined) return ["no answer"];
  const lines: string[] = [];
  for (const key of Object.keys(reply).sort()) {
    const value = reply[key];
    if (value === undefined) continue;
    if (key === "sdp" && typeof value === "string") lines.push(...sdpLines(value, context));
    else if (key === "calls" && Array.isArray(value)) {
      lines.push(...leaves(key, value.filter((item) => item === context.call), context.ports));
    } else lines.push(...leaves(key, value, context.ports));
  }
  return lines;
}

function sdpLines(body: string, context: Context): string[] {
  const lines = body.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return lines.map((line) => {
    const text = line.endsWith("\r\n") ? line.slice(0, -2) : JSON.stringify(line).slice(1, -1);
    return `sdp: ${sdpLine(text, context)}`;
  });
}

function sdpLine(line: string, { ports, told }: Context): string {
  if (/^(m=|a=(rtcp|candidate)\b)/.test(line)) return ports.replaceIn(line);
  if (!line.startsWith("o=")) return line;
  return line.replace(/ (\d+) /, (all, id: string) => told.includes(` ${id} `) ? all : " <id> ");
}

function leaves(path: string, value: NgData, ports: PortNames): string[] {
  if (typeof value === "string") return [`${path} = ${JSON.stringify(value)}`];
  if (typeof value === "number") return [`${path} = ${number(path, value, ports)}`];
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${path} = []`];
    if (path.endsWith("/flags")) return [`${path} = {${value.toSorted().join(", ")}}`];
    return value.flatMap((item, i) => leaves(`${path}[${i}]`, item, ports));
  }
  const dictionary = value as NgMessage;
  const keys = Object.keys(dictionary).sort();
  if (keys.length === 0) return [`${path} = {}`];
  return keys.flatMap((key) => leaves(`${path}/${key}`, dictionary[key] ?? "", ports));
}

function number(path: string, value: number, ports: PortNames): string {
  const key = path.slice(path.lastIndexOf("/") + 1);
  if (key === "created_us") return "<time>";
  if (TIMES.has(key)) return value === 0 ? "0" : "<time>";
  return /\bport\b/.test(key) ? ports.name(value) : String(value);
}
