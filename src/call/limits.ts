/**
 * Limits on new calls.
 *
 * @module
 */

import type { Settings } from "../core/settings.ts";
import { LoadLimit } from "../ng/types.ts";

/** How busy the host is. */
export interface LoadSample {
  /** Load average of the last minute. */
  readonly load: number;
  /** CPU use in percent. */
  readonly cpu: number;
  /** Media bytes per second. */
  readonly bandwidth: number;
}

/** Refuses new calls when a limit is reached. Calls that exist are always served. */
export class LoadGuard {
  readonly #settings: Settings;
  readonly #sample: (() => LoadSample) | undefined;

  /** @param sample absent: only the number of calls is limited */
  constructor(settings: Settings, sample?: () => LoadSample) {
    this.#settings = settings;
    this.#sample = sample;
  }

  /**
   * Checks whether one more call may be made.
   *
   * @param calls how many there are, foreign ones left out
   * @throws LoadLimit with rtpengine's words
   */
  admit(calls: number): void {
    const { maxSessions, maxCpu, maxLoad, maxBandwidth } = this.#settings;
    if (maxSessions >= 0 && calls >= maxSessions) {
      throw new LoadLimit("Parallel session limit reached");
    }
    if (this.#sample === undefined || (maxCpu <= 0 && maxLoad <= 0 && maxBandwidth <= 0)) return;
    const now = this.#sample();
    if (maxCpu > 0 && now.cpu >= maxCpu) throw new LoadLimit("CPU usage limit exceeded");
    if (maxLoad > 0 && now.load >= maxLoad) throw new LoadLimit("Load limit exceeded");
    if (maxBandwidth > 0 && now.bandwidth >= maxBandwidth) {
      throw new LoadLimit("Bandwidth limit exceeded");
    }
  }
}
