/**
 * Counts the life of calls. Totals are taken when a call ends, as rtpengine does.
 *
 * @module
 */

import type { CallObserver, CallView, CloseReason } from "../call/types.ts";
import type { Clock } from "../core/clock.ts";
import type { Counters } from "./counters.ts";
import { sendingParties } from "./media.ts";

/** The {@link CallObserver} that feeds the counters. */
export class StatsObserver implements CallObserver {
  readonly #counters: Counters;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #changes = 0;

  /**
   * An observer that writes into `counters`.
   *
   * @param onChange called when a call was made or has ended
   */
  constructor(counters: Counters, clock: Clock, onChange: () => void = () => {}) {
    this.#counters = counters;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Grows with every change to the set of calls; tells readers that a walk is out of date. */
  get changes(): number {
    return this.#changes;
  }

  /** A call exists. */
  created(_call: CallView): void {
    this.#changes++;
    this.#onChange();
  }

  /** A call has ended; its duration is counted, and its end for its cause. */
  closed(call: CallView, reason: CloseReason): void {
    this.#changes++;
    // An operator who removes a call that was already deleted only shortens its delete delay.
    const cause = call.deleting && reason === "force_terminated" ? "terminated" : reason;
    this.#counters.add("rtpengine_sessions_total", 1);
    this.#counters.add("rtpengine_closed_sessions_total", 1, cause);
    const seconds = Math.max(0, this.#clock.wall() - call.created) / 1000;
    this.#counters.add("rtpengine_call_duration_total", seconds);
    this.#counters.add("rtpengine_call_duration2_total", seconds * seconds);
    const parties = sendingParties(call);
    if (parties === 0) this.#counters.add("rtpengine_zero_packet_streams_total", 1);
    if (parties === 1) this.#counters.add("rtpengine_one_way_sessions_total", 1);
    this.#onChange();
  }

  /** A call was refused. */
  rejected(_reason: string): void {
    this.#counters.add("rtpengine_closed_sessions_total", 1, "rejected");
  }
}
