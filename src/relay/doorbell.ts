/**
 * The bell by which relay cores say that there is something in their rings. It is one callback for the
 * whole process and never closed, because a core's thread may be inside it at any time.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** A relay core, as far as the bell is concerned. */
export interface BellOwner {
  /** Tells the core's threads what to call; null: nothing. */
  connect(bell: Deno.PointerObject | null): void;
  /** Reads a bounded part of the rings; must not throw. @returns whether there may be more */
  turn(): boolean;
  /** Ends the core's threads and removes itself. */
  shutdown(): void;
}

/**
 * Time in ms for a thread that was about to enter the callback to get into it, where it does no harm: it
 * waits there for an event loop that never comes back.
 */
const LAST_CALL = 20;
/** The same when the process may yet go on. */
const PERHAPS_LAST_CALL = 5;

const owners = new Set<BellOwner>();
let callback: Deno.UnsafeCallback<{ parameters: []; result: "void" }> | undefined;
let keepers = 0;
let queued = false;

/** Adds an owner and connects it. */
export function hangBell(owner: BellOwner): void {
  if (callback === undefined) {
    // an exception in here would abort the process: owners let none out
    callback = Deno.UnsafeCallback.threadSafe({ parameters: [], result: "void" }, ring);
    callback.unref();
    globalThis.addEventListener("unload", shutdownAll);
    globalThis.addEventListener("error", silenceWhileInDoubt);
    globalThis.addEventListener("unhandledrejection", silenceWhileInDoubt);
  }
  owners.add(owner);
  owner.connect(callback.pointer);
}

/** Disconnects and removes an owner. */
export function removeBell(owner: BellOwner): void {
  if (owners.delete(owner)) owner.connect(null);
}

/** While somebody keeps the bell, the process does not end by itself; `by` is 1 or -1. */
export function keepBell(by: 1 | -1): void {
  const before = keepers;
  keepers += by;
  if (before === 0 && keepers === 1) callback?.ref();
  if (before === 1 && keepers === 0) callback?.unref();
}

function ring(): void {
  let more = false;
  for (const owner of [...owners]) more = owner.turn() || more;
  if (more && !queued) {
    // sockets and timers have their turn first; a timer of our own would come a millisecond late
    queued = true;
    setImmediate(() => {
      queued = false;
      ring();
    });
  }
}

/** The callback goes away with this event loop: no thread may be on its way into it from now on. */
function shutdownAll(): void {
  for (const owner of [...owners]) owner.shutdown();
  pause(LAST_CALL);
}

/**
 * An uncaught exception ends the process after its trace was written, without an `unload`, unless another
 * handler prevents it. Until that is known no thread may call.
 */
function silenceWhileInDoubt(): void {
  for (const owner of owners) owner.connect(null);
  pause(PERHAPS_LAST_CALL);
  setTimeout(() => {
    for (const owner of owners) owner.connect(callback?.pointer ?? null);
  }, 0);
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
