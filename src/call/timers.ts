/**
 * What ends calls by itself: `delete-delay`, `timeout`, `silent-timeout`, `offer-timeout`,
 * `final-timeout`.
 *
 * @module
 */

import type { Settings } from "../core/settings.ts";
import type { RelayEngine } from "../relay/types.ts";
import type { Call } from "./call.ts";
import type { CallContext } from "./context.ts";
import { removeBranch } from "./delete.ts";
import type { CloseReason } from "./types.ts";

/**
 * Ends every call whose time has come.
 *
 * @param now monotonic ms
 */
export function expireCalls(context: CallContext, now: number): void {
  const { calls, log, relay, settings } = context;
  for (const call of calls.all()) {
    const reason = expiry(relay.engine, settings, call, now);
    if (reason !== undefined) {
      if (reason !== "terminated") log.info(call.callId, `call ended: ${reason}`);
      calls.close(call, reason);
      continue;
    }
    for (const party of [...call.participants]) {
      if (party.deleteAt !== undefined && now >= party.deleteAt) removeBranch(context, call, party);
    }
  }
}

/** Why a call ends now, if it does. */
function expiry(
  engine: RelayEngine,
  settings: Settings,
  call: Call,
  now: number,
): CloseReason | undefined {
  if (call.deleteAt !== undefined && now >= call.deleteAt) return "terminated";
  if (settings.finalTimeout > 0 && now - call.start >= settings.finalTimeout * 1000) {
    return "final_timeout";
  }
  const quiet = now - lastActivity(engine, call, now);
  if (!call.answered) {
    return settings.offerTimeout > 0 && quiet >= settings.offerTimeout * 1000
      ? "offer_timeout"
      : undefined;
  }
  const silent = isSilent(call);
  const limit = silent ? settings.silentTimeout : settings.timeout;
  if (limit <= 0 || quiet < limit * 1000) return undefined;
  return silent ? "silent_timeout" : "timeout";
}

/**
 * Monotonic ms of the last packet or signalling. Packet times are wall-clock, which may step, so only
 * their change counts.
 */
function lastActivity(engine: RelayEngine, call: Call, now: number): number {
  let stamp = 0;
  for (const { medias } of call.participants) {
    for (const { entries } of medias) {
      for (const { pair } of entries) {
        stamp = Math.max(stamp, engine.lastRx(pair.rtp.slot), engine.lastRx(pair.rtcp.slot));
      }
    }
  }
  if (stamp !== call.activity.stamp) call.activity = { at: now, stamp };
  return Math.max(call.activity.at, call.signalled);
}

/** Whether nobody is expected to send: every section is on hold or rejected. */
function isSilent(call: Call): boolean {
  return call.participants.every(({ medias }) =>
    medias.every(({ state }) => state.rejected || !state.recv)
  );
}
