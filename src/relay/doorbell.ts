/**
 * The bell by which relay cores say that there is something in their rings. It is one callback for the
 * whole process and never closed, because a core's thread may be inside it at any time.
 *
 * @module
 */

/** Somebody to wake; must not throw. Returns whether it has more to do in another turn. */
export type Listener = () => boolean;

const listeners = new Set<Listener>();
let callback: Deno.UnsafeCallback<{ parameters: []; result: "void" }> | undefined;
let keepers = 0;
let queued = false;

/** Adds a listener. @returns the function pointer for the core */
export function hangBell(listener: Listener): Deno.PointerObject {
  listeners.add(listener);
  if (callback === undefined) {
    // an exception in here would abort the process: listeners let none out
    callback = Deno.UnsafeCallback.threadSafe({ parameters: [], result: "void" }, ring);
    callback.unref();
  }
  return callback.pointer;
}

/** Removes a listener. */
export function removeBell(listener: Listener): void {
  listeners.delete(listener);
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
  for (const listener of [...listeners]) more = listener() || more;
  if (more && !queued) {
    // sockets and timers have their turn first
    queued = true;
    setTimeout(() => {
      queued = false;
      ring();
    }, 0);
  }
}
