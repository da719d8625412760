/**
 * What ends calls by itself: `delete-delay`, `timeout`, `silent-timeout`, `offer-timeout`,
 * `final-timeout`.
 *
 * @module
 */

import type { RelayEngine } from "../relay/types.ts";
import type { Call } from "./call.ts";
import type { CallContext } from "./context.ts";
import { removeBranch } from "./delete.ts";
import type { PortEntry } from "./media.ts";
import { continuePiercing } from "./pierce.ts";
import type { CloseReason } from "./types.ts";

/** Difference between the clocks that counts as a step of the wall clock, in ms. */
const STEP = 1000;

/** Ends calls whose time has come. */
export class CallTimers {
  readonly #context: CallContext;
  /** Wall clock minus monotonic clock at the last look. */
  #offset: number;
  /** Monotonic ms of the last step of the wall clock. */
  #stepped = -Infinity;

  constructor(context: CallContext) {
    this.#context = context;
    this.#offset = context.clock.wall() - context.clock.now();
  }

  /**
   * Looks at every call, and sends what `pierce NAT` has to send.
   *
   * @param now monotonic ms
   */
  expire(now: number): void {
    const { calls, log } = this.#context;
    this.#watchClock();
    for (const call of calls.all()) {
      const reason = this.#expiry(call, now);
      if (reason !== undefined) {
        if (reason !== "terminated") log.info(call.callId, `call ended: ${reason}`);
        calls.close(call, reason);
        continue;
      }
      continuePiercing(this.#context.relay, call);
      for (const party of call.participants) {
        if (party.deleteAt === undefined || now < party.deleteAt) continue;
        if (removeBranch(this.#context, call, party)) break;
      }
    }
  }

  #watchClock(): void {
    const { clock } = this.#context;
    const now = clock.now();
    const offset = clock.wall() - now;
    if (Math.abs(offset - this.#offset) > STEP) this.#stepped = now;
    this.#offset = offset;
  }

  /** Why a call ends now, if it does. */
  #expiry(call: Call, now: number): CloseReason | undefined {
    const { settings } = this.#context;
    if (call.deleteAt !== undefined && now >= call.deleteAt) return "terminated";
    if (settings.finalTimeout > 0 && now - call.start >= settings.finalTimeout * 1000) {
      return "final_timeout";
    }
    // whoever owns it looks after it
    if (call.foreign) return undefined;
    const silent = isSilent(call);
    const limit = silent ? settings.silentTimeout : this.#patience(call);
    if (limit <= 0) return undefined;
    const since = now - limit * 1000;
    if (Math.max(call.activity.at, call.signalled) > since) return undefined;
    // only now that it matters are the ports looked at
    this.#readActivity(call, now, since);
    if (call.activity.at > since) return undefined;
    return silent ? "silent_timeout" : call.answered ? "timeout" : "offer_timeout";
  }

  /**
   * Seconds a call may be without packets: `timeout` for those who have described themselves, and
   * `offer-timeout` while somebody has not; the longer one counts. 0 = for ever.
   */
  #patience(call: Call): number {
    const { timeout, offerTimeout } = this.#context.settings;
    if (!isPending(call)) return timeout;
    return timeout <= 0 || offerTimeout <= 0 ? 0 : Math.max(timeout, offerTimeout);
  }

  /**
   * Looks up when the last packet came. Packet times are wall-clock: when that has been stepped since
   * `since`, a packet not known yet counts as one of now.
   */
  #readActivity(call: Call, now: number, since: number): void {
    // packets that are dropped on purpose keep nothing alive
    if (call.dropTraffic) return;
    const { engine } = this.#context.relay;
    let stamp = 0;
    for (const { medias } of call.participants) {
      for (const { entries } of medias) {
        for (const entry of entries) {
          stamp = Math.max(stamp, lastRx(engine, entry));
        }
      }
    }
    if (stamp === call.activity.stamp) return;
    const at = this.#stepped > since ? now : Math.min(now, stamp - this.#offset);
    call.activity = { at: Math.max(at, call.activity.at), stamp };
  }
}

/** Wall-clock ms of the last packet on any port of an entry. */
function lastRx(engine: RelayEngine, entry: PortEntry): number {
  const { pair, others } = entry;
  let stamp = Math.max(engine.lastRx(pair.rtp.slot), engine.lastRx(pair.rtcp.slot));
  for (const { pair: { rtp, rtcp } } of others ?? []) {
    stamp = Math.max(stamp, engine.lastRx(rtp.slot), engine.lastRx(rtcp.slot));
  }
  return stamp;
}

/** Whether somebody has been offered media and has not answered. */
function isPending(call: Call): boolean {
  return call.participants.some(({ listener, medias, removed }) =>
    !removed && !listener && medias.some(({ state }) => !state.rejected && !state.initialized)
  );
}

/** Whether nobody is expected to send: every section is on hold or rejected. */
function isSilent(call: Call): boolean {
  return call.participants.every(({ medias }) =>
    medias.every(({ state }) => state.rejected || !state.recv)
  );
}
