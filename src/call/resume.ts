/**
 * Calls of an earlier run go on: same ports, same counters, same learned endpoints.
 *
 * @module
 */

import type { SlotCounters } from "../relay/types.ts";
import type { CallContext } from "./context.ts";
import { restoreCall, RestoreError } from "./restore.ts";
import { installRules } from "./rules.ts";
import type { CallSnapshot } from "./snapshot.ts";

/** Looks up what a slot of an earlier run had counted; undefined = not known any more. */
export type PastSlots = (counters: string, slot: number) => SlotCounters | undefined;

/**
 * Brings a call back from the text the journal has of it.
 *
 * @throws RestoreError, SyntaxError; nothing is open or changed then
 */
export function resumeCall(context: CallContext, text: string, past: PastSlots): void {
  const { calls, clock, counters, log, relay } = context;
  const snapshot: CallSnapshot = JSON.parse(text);
  const callId = snapshot?.nodes?.[0]?.[1]?.["callId"];
  if (typeof callId === "string" && calls.get(callId) !== undefined) {
    throw new RestoreError("there is a call of that call-id already");
  }
  const moment = { wall: clock.wall(), monotonic: clock.now() };
  const { call, slots } = restoreCall(snapshot, { relay, counters, moment });
  for (const { now, then } of slots) {
    const before = past(snapshot.counters, then);
    if (before === undefined) continue;
    try {
      relay.engine.restore(now, before);
    } catch (error) {
      log.warn(
        call.callId,
        `counters start at zero: ${error instanceof Error ? error.message : error}`,
      );
    }
  }
  calls.add(call);
  installRules(relay, call, log);
  calls.changed(call);
}
