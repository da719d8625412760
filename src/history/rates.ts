/**
 * Totals that only grow, as rates.
 *
 * @module
 */

/** The change of each total per second. */
export class RateMeter<Name extends string> {
  #last: Readonly<Record<Name, number>> | undefined;
  #at = 0;

  /**
   * Rates since the last look; undefined at the first, and when no time has passed. A total that shrinks has
   * begun anew and counts as standing still.
   *
   * @param now monotonic ms
   */
  rates(now: number, totals: Readonly<Record<Name, number>>): Record<Name, number> | undefined {
    const last = this.#last;
    const seconds = (now - this.#at) / 1000;
    if (last !== undefined && seconds <= 0) return undefined;
    this.#last = totals;
    this.#at = now;
    if (last === undefined) return undefined;
    const rates = Object.entries<number>(totals).map(([name, total]) => [
      name,
      Math.max(0, total - last[name as Name]) / seconds,
    ]);
    return Object.fromEntries(rates) as Record<Name, number>;
  }
}
