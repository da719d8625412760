/**
 * The stream of live numbers: one text for all who listen, once a second.
 *
 * @module
 */

/** Streams at a time. */
export const MAX_WATCHERS = 64;
/** Whether a watcher may still watch is asked this often, in messages. */
const CHECK_EVERY = 10;
/** Messages a watcher may leave unread before it is let go. */
const MAX_UNREAD = 30;

interface Watcher {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** Whether the credential still holds. */
  readonly holds: () => boolean;
  unread: number;
  messages: number;
}

/** Hands out what happens to everybody who listens. */
export class LiveHub {
  readonly #watchers = new Set<Watcher>();
  readonly #encoder = new TextEncoder();
  #last: Uint8Array | undefined;

  /** Streams open now. */
  get size(): number {
    return this.#watchers.size;
  }

  /**
   * Opens a stream of server-sent events, beginning with the last one.
   *
   * @param holds whether the watcher may still watch; asked now and then
   * @returns undefined when there are too many
   */
  watch(holds: () => boolean): ReadableStream<Uint8Array> | undefined {
    if (this.#watchers.size >= MAX_WATCHERS) return undefined;
    let watcher: Watcher | undefined;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        watcher = { controller, holds, unread: 0, messages: 0 };
        this.#watchers.add(watcher);
        if (this.#last !== undefined) controller.enqueue(this.#last);
      },
      cancel: () => {
        if (watcher !== undefined) this.#watchers.delete(watcher);
      },
    });
  }

  /** Sends something to all; those who do not read skip it. */
  publish(value: unknown): void {
    const message = this.#encoder.encode(`data: ${JSON.stringify(value)}\n\n`);
    this.#last = message;
    for (const watcher of this.#watchers) this.#send(watcher, message);
  }

  /** Ends all streams. */
  close(): void {
    for (const watcher of this.#watchers) this.#end(watcher);
  }

  #send(watcher: Watcher, message: Uint8Array): void {
    if (++watcher.messages % CHECK_EVERY === 0 && !watcher.holds()) return this.#end(watcher);
    const { controller } = watcher;
    if ((controller.desiredSize ?? 0) > 0) {
      watcher.unread = 0;
      controller.enqueue(message);
    } else if (++watcher.unread > MAX_UNREAD) {
      this.#end(watcher);
    }
  }

  #end(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    watcher.controller.close();
  }
}
