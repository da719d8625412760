/**
 * Signals: which one does what.
 *
 * @module
 */

/** What the process does on signals. */
export interface SignalHandlers {
  /** SIGTERM, SIGINT: end cleanly. A second one ends at once. */
  stop(signal: "SIGTERM" | "SIGINT", again: boolean): void;
  /** SIGHUP: read certificates and configuration again. */
  reload(): void;
  /** SIGUSR1 (-1) and SIGUSR2 (1): log less or more. */
  shiftLogLevel(step: -1 | 1): void;
}

/** Installs the handlers. @returns removes them again */
export function watchSignals(handlers: SignalHandlers): () => void {
  let stopping = false;
  function stop(signal: "SIGTERM" | "SIGINT"): void {
    handlers.stop(signal, stopping);
    stopping = true;
  }
  const installed: readonly (readonly [Deno.Signal, () => void])[] = [
    ["SIGTERM", () => stop("SIGTERM")],
    ["SIGINT", () => stop("SIGINT")],
    ["SIGHUP", () => handlers.reload()],
    ["SIGUSR1", () => handlers.shiftLogLevel(-1)],
    ["SIGUSR2", () => handlers.shiftLogLevel(1)],
  ];
  for (const [signal, handler] of installed) Deno.addSignalListener(signal, handler);
  return () => {
    for (const [signal, handler] of installed) Deno.removeSignalListener(signal, handler);
  };
}
