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
import { callStatistics } from "./query.ts";
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
  const statistics = callStatistics(call);
  if (delay > 0) target.deleteAt = clock.now() + delay;
  else removeBranch(context, call, target);
  return { ...statistics, result: "ok" };
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

/** Takes a party out of a call, and ends the call when no dialogue is left. */
export function removeBranch({ calls, relay, log }: CallContext, call: Call, party: Participant) {
  const remaining = call.participants.filter((other) => other !== party);
  for (const other of remaining) if (other.peer === party) other.peer = undefined;
  party.peer = undefined;
  party.detach();
  if (!remaining.some((other) => other.medias.some((media) => media.sinks.length > 0))) {
    calls.close(call, "terminated");
    return;
  }
  call.participants.splice(call.participants.indexOf(party), 1);
  installRules(relay, call, (_, reason) => log.warn(call.callId, `media muted: ${reason}`));
  calls.releasePorts(party);
}
