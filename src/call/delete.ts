/**
 * The command `delete`: a call or one branch of it, now or after a delay.
 *
 * @module
 */

import type { NgRequest } from "../ng/request.ts";
import { NgError, type ReplyDict } from "../ng/types.ts";
import type { Call } from "./call.ts";
import type { CallContext } from "./context.ts";
import type { Participant } from "./participant.ts";
import { callStatistics, selectParties } from "./query.ts";
import { installRules } from "./rules.ts";

const NOT_FOUND = "Call-ID not found or tags didn't match";

/**
 * Executes `delete`. Without tags the whole call goes; `from-tag` must be one of its parties; a
 * `via-branch` that names a branch limits it to that branch; `to-tag` counts only under the flag of
 * the same name.
 */
export function remove(context: CallContext, request: NgRequest): ReplyDict {
  const { calls, clock, settings } = context;
  if (request.callId === undefined) throw new NgError("No call-id in message");
  const call = calls.get(request.callId);
  const target = call && select(call, request);
  if (call === undefined || target === undefined) {
    if (request.flags.has("fatal")) throw new NgError(NOT_FOUND);
    return { warning: NOT_FOUND, result: "ok" };
  }
  // who is in a hurry does not want to be told anything
  const fast = request.flags.has("fast");
  const delay = (request.deleteDelay ?? settings.deleteDelay) * 1000;
  if (delay > 0) {
    if (target === "call") call.deleteAt = clock.now() + delay;
    else target.deleteAt = clock.now() + delay;
    calls.changed(call);
    return fast ? { result: "ok" } : { ...callStatistics(context, call), result: "ok" };
  }
  // as rtpengine has it: who asks for one party's end no longer sees the ports
  const ended = request.fromTag !== undefined && request.fromTag !== "";
  const statistics = fast ? {} : callStatistics(context, call, { ended });
  if (target === "call") calls.close(call, "terminated");
  else if (!removeBranch(context, call, target) && !fast) {
    return { ...branchStatistics(context, call, request), result: "ok" };
  }
  return { ...statistics, result: "ok" };
}

/** What is left of the dialogue a branch was taken from. */
function branchStatistics(context: CallContext, call: Call, request: NgRequest): ReplyDict {
  return callStatistics(context, call, { only: selectParties(call, request) });
}

function select(call: Call, request: NgRequest): "call" | Participant | undefined {
  const { fromTag, toTag, viaBranch } = request;
  if (fromTag !== undefined && fromTag !== "" && call.byTag(fromTag) === undefined) {
    return undefined;
  }
  if (request.flags.has("to-tag") && toTag !== undefined && toTag !== "") {
    if (call.byTag(toTag) === undefined) return undefined;
  }
  const party = call.byTag(fromTag ?? "");
  if (party?.listener === true) return party;
  if (viaBranch === undefined || viaBranch === "") return "call";
  return call.participants.find((party) => party.viaBranch === viaBranch) ?? "call";
}

/**
 * Takes a party out of a call: it loses its ports and stays in the statistics. A call needs two parties,
 * or one that publishes, so it ends when fewer are left.
 *
 * @returns whether the call ended
 */
export function removeBranch(context: CallContext, call: Call, party: Participant): boolean {
  const { calls, relay, log } = context;
  const left = call.participants.filter((other) => other !== party && !other.removed);
  const enough = left.length >= 2 ||
    left.some((other) => other.peer === undefined && !other.listener);
  if (!enough) {
    calls.close(call, "terminated");
    return true;
  }
  party.removed = true;
  if (party.listener) party.leave();
  party.deleteAt = undefined;
  const pairs = calls.takePorts(party);
  // nobody sends to the ports any more before they are closed
  installRules(relay, call, log);
  relay.closePairs(pairs);
  calls.changed(call);
  return false;
}
