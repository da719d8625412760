/**
 * When to write what: changes are gathered for a moment and written together, one batch at a time, and a
 * call that came and went in between is never written.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { CallStore, StoredCall } from "./types.ts";

/** What {@link CallJournal} is made of. */
export interface JournalOptions<Call> {
  /** Where calls are kept. */
  readonly store: CallStore;
  /** The call-id. */
  readonly id: (call: Call) => ByteString;
  /** The text to keep. @throws Error when the call cannot be kept */
  readonly write: (call: Call) => string;
  /** Calls back once, in so many ms. */
  readonly schedule: (ms: number, callback: () => void) => void;
  /** Told what went wrong. */
  readonly onError: (message: string) => void;
  /** Calls in the store at the start. */
  readonly known: Iterable<ByteString>;
}

/** Milliseconds that changes are gathered for. */
export const GATHER_MS = 100;
/** Calls of one batch: texts are made between requests, and must not hold them up for long. */
export const BATCH_CALLS = 100;
/** Milliseconds before the next try when the store fails. */
export const RETRY_MS = 5000;

/** Keeps the store in step with the calls. */
export class CallJournal<Call> {
  readonly #options: JournalOptions<Call>;
  readonly #changed = new Map<ByteString, Call>();
  readonly #gone = new Set<ByteString>();
  /** Calls the store has. */
  readonly #stored: Set<ByteString>;
  #refused: { callId: ByteString; reason: string }[] = [];
  #scheduled = false;
  #writing: Promise<void> | undefined;
  #closed = false;

  /** Nothing is written before something changes. */
  constructor(options: JournalOptions<Call>) {
    this.#options = options;
    this.#stored = new Set(options.known);
  }

  /** Calls whose change is not in the store yet. */
  get pending(): number {
    return this.#changed.size + this.#gone.size;
  }

  /** Nothing waits and nothing is being written. */
  get idle(): boolean {
    return !this.#scheduled && this.pending + this.#refused.length === 0;
  }

  /** A call is new or has changed. */
  changed(call: Call): void {
    const id = this.#options.id(call);
    this.#gone.delete(id);
    this.#changed.set(id, call);
    this.#plan(GATHER_MS);
  }

  /** A call is gone. */
  closed(call: Call): void {
    const id = this.#options.id(call);
    this.#changed.delete(id);
    if (!this.#stored.has(id)) return;
    this.#gone.add(id);
    this.#plan(GATHER_MS);
  }

  /** A stored call could not be brought back. */
  refuse(callId: ByteString, reason: string): void {
    this.#refused.push({ callId, reason });
    this.#stored.delete(callId);
    this.#plan(GATHER_MS);
  }

  /** Writes everything that is left, and ends. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    while (this.pending + this.#refused.length > 0 && await this.#flush());
    await this.#options.store.close();
  }

  #plan(ms: number): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    this.#options.schedule(ms, () => {
      this.#writing = this.#run();
    });
  }

  async #run(): Promise<void> {
    const written = await this.#flush();
    this.#scheduled = false;
    if (this.pending + this.#refused.length > 0) this.#plan(written ? 0 : RETRY_MS);
  }

  /** Writes one batch. @returns whether the store took it */
  async #flush(): Promise<boolean> {
    const { store, onError } = this.#options;
    const taken = this.#take();
    const put = this.#texts(taken);
    const remove = [...this.#gone];
    this.#gone.clear();
    const refuse = this.#refused.splice(0);
    // what is on its way counts as stored: should the call end meanwhile, it has to be removed
    for (const { callId } of put) this.#stored.add(callId);
    try {
      await store.write({ put, remove, refuse });
      for (const id of remove) if (!this.#changed.has(id)) this.#stored.delete(id);
      return true;
    } catch (error) {
      onError(`calls cannot be journalled: ${error instanceof Error ? error.message : error}`);
      for (const [id, call] of taken) {
        if (!this.#changed.has(id) && !this.#gone.has(id)) this.#changed.set(id, call);
      }
      for (const id of remove) if (!this.#changed.has(id)) this.#gone.add(id);
      this.#refused.unshift(...refuse);
      return false;
    }
  }

  #take(): [ByteString, Call][] {
    const taken: [ByteString, Call][] = [];
    for (const entry of this.#changed) {
      if (taken.length >= BATCH_CALLS) break;
      taken.push(entry);
    }
    for (const [id] of taken) this.#changed.delete(id);
    return taken;
  }

  #texts(calls: readonly (readonly [ByteString, Call])[]): StoredCall[] {
    const { write, onError } = this.#options;
    const texts: StoredCall[] = [];
    for (const [callId, call] of calls) {
      try {
        texts.push({ callId, text: write(call) });
      } catch (error) {
        onError(
          `call ${callId} is not journalled: ${error instanceof Error ? error.message : error}`,
        );
      }
    }
    return texts;
  }
}
