/**
 * Which parties and edges of a call a command is about. Looks only.
 *
 * @module
 */

import { canonicalIp } from "../core/ip.ts";
import type { NgRequest } from "../ng/request.ts";
import { NgError } from "../ng/types.ts";
import type { Call } from "./call.ts";
import type { CallContext } from "./context.ts";
import type { Subscription } from "./media.ts";
import type { Participant } from "./participant.ts";

/**
 * The call a command is about.
 *
 * @throws NgError without a call-id, and when there is no such call
 */
export function selectCall({ calls }: CallContext, { callId }: NgRequest): Call {
  if (callId === undefined) throw new NgError("No call-id in message");
  const call = calls.get(callId);
  if (call === undefined) throw new NgError("Unknown call-ID");
  return call;
}

/** How {@link selectParty} takes `from-tag`. */
export interface PartyRules {
  /** It counts only together with the flag `directional`. */
  readonly directional: boolean;
}

/**
 * The party a command names: by `label`, else by `address`, else by `from-tag`.
 *
 * @returns undefined for the whole call: nobody is named, or `all` says so
 * @throws NgError when there is no such party
 */
export function selectParty(
  call: Call,
  request: NgRequest,
  { directional }: PartyRules,
): Participant | undefined {
  const { address, all, flags, fromTag, label } = request;
  if (all === "all") return undefined;
  if (label !== undefined) return byLabel(call, label);
  if (address !== undefined) return byAddress(call, address);
  if (fromTag === undefined || (directional && !flags.has("directional"))) return undefined;
  const party = call.byTag(fromTag);
  if (party === undefined) throw new NgError("From-tag given, but no such tag exists");
  return party;
}

/** The party of a label; of two that have it the one that came later. */
function byLabel(call: Call, label: string): Participant {
  const party = label === "" ? undefined : call.byLabel(label);
  if (party === undefined) throw new NgError("No monologue matching the given label");
  return party;
}

/** The first party whose descriptions name that address. */
function byAddress(call: Call, address: string): Participant {
  const wanted = canonicalIp(address.replace(/^\[(.*)\]$/, "$1"));
  if (wanted === undefined) throw new NgError("Failed to parse network address");
  const party = call.participants.find(({ medias }) =>
    medias.some(({ state: { rtp } }) => rtp?.address === wanted.address)
  );
  if (party === undefined) throw new NgError("Failed to match address to any tag");
  return party;
}

/**
 * The edges from a party that a command names: those to the party of `to-tag` or `to-label`, else those
 * `all` speaks of.
 *
 * @returns undefined when the command is about the party as a whole
 * @throws NgError when there are no such edges
 */
export function selectFlows(
  call: Call,
  party: Participant,
  { all, toLabel, toTag }: NgRequest,
): Subscription[] | undefined {
  const edges = party.medias.flatMap(({ sinks }) => sinks);
  if (toTag !== undefined && toTag !== "") {
    return to(edges, call.byTag(toTag), "to-tag not found");
  }
  if (toLabel !== undefined && toLabel !== "") {
    return to(edges, call.byLabel(toLabel), "to-label not found");
  }
  if (all === undefined || all === "none") return undefined;
  const chosen = edges.filter(({ type }) => all === "flows" || inScope(all, type));
  if (chosen.length === 0) throw new NgError("No eligible media subscriptions found");
  return chosen;
}

function to(
  edges: readonly Subscription[],
  sink: Participant | undefined,
  missing: string,
): Subscription[] {
  if (sink === undefined) throw new NgError(`Media flow not found (${missing})`);
  const chosen = edges.filter((edge) => edge.sink.participant === sink);
  if (chosen.length === 0) throw new NgError("Media flow not found (to-tag not subscribed)");
  return chosen;
}

function inScope(all: string, type: Subscription["type"]): boolean {
  return (all === "offer-answer") === (type === "offer/answer");
}
