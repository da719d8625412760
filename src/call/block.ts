/**
 * The commands `block media`, `silence media`, `block DTMF` and their opposites: for a call, for what one
 * party sends, or for single flows. They last until their opposite comes, whatever is offered meanwhile.
 *
 * @module
 */

import { textOf } from "../ng/request_draft.ts";
import type { NgRequest } from "../ng/request.ts";
import type { ReplyDict } from "../ng/types.ts";
import type { CallContext } from "./context.ts";
import type { Gate, GateName } from "./gate.ts";
import { installRules } from "./rules.ts";
import { selectCall, selectFlows, selectParty } from "./select_party.ts";

/** Values of `DTMF-security` that put something in place of the digits. */
const REPLACING = new Set(["silence", "tone", "random", "zero", "dtmf"]);

/** The sentence for a reply when digits should become something else, which only the media engine can do. */
export function securityWarning({ other }: NgRequest): string | undefined {
  const security = textOf(other?.get("DTMF-security") ?? "") ?? "";
  if (!REPLACING.has(security.toLowerCase())) return undefined;
  return `DTMF-security ${security} needs the media engine, DTMF events are dropped instead`;
}

/**
 * Executes one of the commands.
 *
 * @param gate what it is about
 * @param shut whether it is kept back from now on
 * @throws NgError with nothing changed
 */
export function setGate(
  context: CallContext,
  request: NgRequest,
  gate: GateName,
  shut: boolean,
): ReplyDict {
  const { calls, log, relay } = context;
  const call = selectCall(context, request);
  // as rtpengine has it: only here a from-tag counts by itself
  const party = selectParty(call, request, { directional: gate !== "silence" });
  // digits are taken out of what a party sends, whoever hears it
  const flows = party && gate !== "dtmf" ? selectFlows(call, party, request) : undefined;
  const gates: readonly Gate[] = flows?.map((edge) => edge.gate) ?? [(party ?? call).gate];
  for (const one of gates) one[gate] = shut;
  if (party !== undefined && request.setLabel !== undefined) party.label = request.setLabel;
  installRules(relay, call, log);
  calls.changed(call);
  const warning = gate === "dtmf" && shut ? securityWarning(request) : undefined;
  return { warning, result: "ok" };
}
