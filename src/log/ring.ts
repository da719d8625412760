/**
 * The last entries, kept in memory for whoever looks: bounded in number and in size, with filters and
 * listeners.
 *
 * @module
 */

import { type Entry, maskedFields, readable } from "./format.ts";
import { LEVEL_NAMES, type LevelName, levelOf } from "./level.ts";

/** Bounds of a {@link LogRing}. */
export interface RingLimits {
  /** Most entries. */
  readonly entries: number;
  /** Most characters of all entries together. */
  readonly characters: number;
}

/** What is kept when nothing is said: about 4 MB. */
export const DEFAULT_RING: RingLimits = { entries: 10_000, characters: 2_000_000 };

/** Longest message that is kept whole, in characters. */
const MAX_MESSAGE = 8192;
/** What an entry costs besides its texts, in characters. */
const OVERHEAD = 64;

/** An entry as it is shown: no secrets, no byte strings. */
export interface KeptEntry {
  /** Rises by one with every entry. */
  readonly number: number;
  /** Wall-clock ms. */
  readonly time: number;
  /** How bad it is. */
  readonly level: LevelName;
  /** Part of the daemon it comes from. */
  readonly subsystem: string;
  /** Call-ID; absent = of no call. */
  readonly callId?: string;
  /** What happened. */
  readonly message: string;
  /** Details as text, secrets masked. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Which entries. */
export interface LogFilter {
  /** Only entries at least this bad. */
  readonly level?: LevelName | undefined;
  /** Only of this part of the daemon. */
  readonly subsystem?: string | undefined;
  /** Only of the call with this Call-ID. */
  readonly callId?: string | undefined;
  /** Only entries that contain this text, whatever the case. */
  readonly text?: string | undefined;
}

/** Keeps the last entries. */
export class LogRing {
  readonly #limits: RingLimits;
  readonly #listeners = new Set<(entry: KeptEntry) => void>();
  #kept: KeptEntry[] = [];
  /** Where the oldest entry stands in the array; what is before it is gone. */
  #first = 0;
  #characters = 0;
  #next = 1;

  /** An empty ring. */
  constructor(limits: RingLimits = DEFAULT_RING) {
    this.#limits = limits;
  }

  /** Entries kept. */
  get size(): number {
    return this.#kept.length - this.#first;
  }

  /** Number of the last entry; 0 = there was none. */
  get last(): number {
    return this.#next - 1;
  }

  /** Takes an entry; the oldest ones make room. */
  add(entry: Entry): void {
    const kept = keptEntry(entry, this.#next++);
    this.#kept.push(kept);
    this.#characters += sizeOf(kept);
    const { entries, characters } = this.#limits;
    while (this.size > entries || (this.#characters > characters && this.size > 1)) {
      this.#characters -= sizeOf(this.#kept[this.#first++]!);
    }
    // shift() of thousands costs more than one copy now and then
    if (this.#first > 1024 && this.#first * 2 > this.#kept.length) {
      this.#kept = this.#kept.slice(this.#first);
      this.#first = 0;
    }
    for (const listener of this.#listeners) listener(kept);
  }

  /**
   * The newest entries that match, oldest first.
   *
   * @param after only entries with a greater number
   * @param limit at most so many
   */
  read(filter: LogFilter, { after = 0, limit }: { after?: number; limit: number }): KeptEntry[] {
    const matches = matcher(filter);
    const found: KeptEntry[] = [];
    for (let at = this.#kept.length - 1; at >= this.#first && found.length < limit; at--) {
      const entry = this.#kept[at]!;
      if (entry.number <= after) break;
      if (matches(entry)) found.push(entry);
    }
    return found.reverse();
  }

  /** Tells every new entry. @returns ends it */
  listen(listener: (entry: KeptEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

/** The test a filter stands for. */
export function matcher(
  { level, subsystem, callId, text }: LogFilter,
): (entry: KeptEntry) => boolean {
  const worst = level === undefined ? LEVEL_NAMES.length : levelOf(level);
  const part = text?.toLowerCase() ?? "";
  return (entry) =>
    levelOf(entry.level) <= worst &&
    (subsystem === undefined || entry.subsystem === subsystem) &&
    (callId === undefined || entry.callId === callId) &&
    (part === "" || haystack(entry).includes(part));
}

function haystack({ message, callId, fields }: KeptEntry): string {
  return [message, callId ?? "", ...Object.values(fields)].join("\n").toLowerCase();
}

function keptEntry({ time, level, subsystem, callId, message, fields }: Entry, number: number) {
  const text = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
  return {
    number,
    time,
    level: LEVEL_NAMES[level],
    subsystem,
    ...(callId === undefined ? {} : { callId: readable(callId) }),
    message: text,
    fields: shortened(maskedFields(fields)),
  };
}

function shortened(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map((
      [name, value],
    ) => [name, value.length > MAX_MESSAGE ? `${value.slice(0, MAX_MESSAGE)}…` : value]),
  );
}

function sizeOf({ message, callId, fields }: KeptEntry): number {
  return Object.entries(fields).reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    OVERHEAD + message.length + (callId?.length ?? 0),
  );
}
