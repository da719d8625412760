/**
 * How long a call has before the timers end it, if nothing happens.
 *
 * @module
 */

import type { CallView } from "../call/types.ts";
import type { Settings } from "../core/settings.ts";

/**
 * Whole seconds until a call is timed out, 0 when that is due.
 *
 * @param now wall-clock ms
 */
export function secondsLeft(call: CallView, settings: Settings, now: number): number {
  const limit = limitOf(call, settings);
  const limits = [
    limit > 0 ? (lastSign(call) - now) / 1000 + limit : Infinity,
    settings.finalTimeout > 0 ? (call.created - now) / 1000 + settings.finalTimeout : Infinity,
  ];
  const left = Math.max(0, Math.floor(Math.min(...limits)));
  return Number.isFinite(left) ? left : 0;
}

function limitOf(call: CallView, settings: Settings): number {
  const described = call.participants.filter(({ medias }) =>
    medias.some(({ flags }) => flags.includes("initialized"))
  );
  if (described.length < 2) return settings.offerTimeout;
  const silent = call.participants.every(({ medias }) =>
    medias.every(({ flags, streams }) => !flags.includes("recv") || streams[0]?.local === undefined)
  );
  return silent ? settings.silentTimeout : settings.timeout;
}

/** Wall-clock ms of the last signalling or packet. */
function lastSign(call: CallView): number {
  let last = call.lastSignal;
  for (const { medias } of call.participants) {
    for (const stream of medias.flatMap(({ streams }) => streams)) {
      last = Math.max(last, stream.counters()?.lastRx ?? 0);
    }
  }
  return last;
}
