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
  const delay = (request.deleteDelay ?? settings.deleteDelay) * 1000;
  if (target === "call") {
    const statistics = callStatistics(call);
    if (delay > 0) call.deleteAt = Math.min(call.deleteAt ?? Infinity, clock.now() + delay);
    else calls.close(call, "terminated");
    return { ...statistics, result: "ok" };
  }
  if (delay > 0) {
    target.deleteAt = clock.now() + delay;
    return { ...callStatistics(call), result: "ok" };
  }
  const whole = callStatistics(call);
  return {
    ...(removeBranch(context, call, target) ? whole : branchStatistics(call, request)),
    result: "ok",
  };
}

/** What is left of the dialogue a branch was taken from. */
function branchStatistics(call: Call, request: NgRequest): ReplyDict {
  return callStatistics(call, selectParties(call, request));
}

function select(call: Call, request: NgRequest): "call" | Participant | undefined {
  const { fromTag, toTag, viaBranch } = request;
  if (fromTag !== undefined && fromTag !== "" && call.byTag(fromTag) === undefined) {
    return undefined;
  }
  if (request.flags.has("to-tag") && toTag !== undefined && toTag !== "") {
    if (call.byTag(toTag) === undefined) return undefined;
  }
  if (viaBranch === undefined || viaBranch === "") return "call";
  return call.participants.find((party) => party.viaBranch === viaBranch) ?? "call";
}

/**
 * Takes a party out of a call: it loses its ports and its edges and stays in the statistics. Without any
 * dialogue left the call ends.
 *
 * @returns whether the call ended
 */
export function removeBranch(context: CallContext, call: Call, party: Participant): boolean {
  const { calls, relay, log } = context;
  for (const other of call.participants) if (other.peer === party) other.peer = undefined;
  party.peer = undefined;
  party.deleteAt = undefined;
  party.detach();
  if (!call.participants.some(({ medias }) => medias.some(({ sinks }) => sinks.length > 0))) {
    calls.close(call, "terminated");
    return true;
  }
  installRules(relay, call, log);
  calls.releasePorts(party);
  return false;
}
