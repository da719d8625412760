/**
 * Several observers of calls as one.
 *
 * @module
 */

import type { CallObserver, CallView, CloseReason } from "./types.ts";

/**
 * An observer that tells all of `observers`, in order. One that throws neither stops the others nor the
 * command that is being carried out.
 *
 * @param failed told what an observer threw
 */
export function combineObservers(
  observers: readonly CallObserver[],
  failed: (error: unknown) => void,
): Required<CallObserver> {
  const tell = (what: (observer: CallObserver) => void): void => {
    for (const observer of observers) {
      try {
        what(observer);
      } catch (error) {
        failed(error);
      }
    }
  };
  return {
    created: (call: CallView) => tell((observer) => observer.created(call)),
    changed: (call: CallView) => tell((observer) => observer.changed?.(call)),
    closed: (call: CallView, reason: CloseReason) =>
      tell((observer) => observer.closed(call, reason)),
    rejected: (reason: string) => tell((observer) => observer.rejected(reason)),
  };
}
