/**
 * Time as a dependency: the only file that reads the machine's clocks. State machines take `now` as a
 * number or a {@link Clock}; tests hand them a {@link FakeClock}.
 *
 * @module
 */

/** Milliseconds since the Unix epoch and since an arbitrary start. */
export interface Clock {
  /** Wall-clock time in milliseconds since the Unix epoch (may step). */
  wall(): number;
  /** Monotonic time in milliseconds with sub-millisecond fraction. */
  now(): number;
}

/** The machine's clocks. */
export const systemClock: Clock = {
  wall: () => Date.now(),
  now: () => performance.now(),
};

/** A clock that moves only when told to; wall time starts at `startWall`. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #startWall: number;

  /**
   * A clock at monotonic time 0.
   *
   * @param startWall wall-clock milliseconds at that time
   */
  constructor(startWall = 1_700_000_000_000) {
    this.#startWall = startWall;
  }

  /** Wall-clock milliseconds. */
  wall(): number {
    return this.#startWall + Math.floor(this.#now);
  }

  /** Monotonic milliseconds. */
  now(): number {
    return this.#now;
  }

  /** Moves time forward by `ms` milliseconds (≥ 0). */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`time cannot go back: advance(${ms})`);
    this.#now += ms;
  }
}
