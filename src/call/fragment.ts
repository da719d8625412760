/**
 * Fragments of trickle ICE (RFC 8840), which come in messages of their own under the flag `fragment`.
 *
 * @module
 */

import { parseFragment, withFragment } from "../negotiate/mod.ts";
import type { NgRequest } from "../ng/request.ts";
import { NgError, type ReplyDict } from "../ng/types.ts";
import type { CallContext } from "./context.ts";

/**
 * Takes the candidates of a party. A fragment for a call nobody has offered yet tells nothing: the offer has
 * these candidates too, or they come again.
 *
 * @param tag whose candidates they are
 * @throws NgError or SdpError with nothing changed
 */
export function takeFragment(
  { calls, clock }: CallContext,
  { sdp, callId }: NgRequest,
  tag: string | undefined,
): ReplyDict {
  if (sdp === undefined) throw new NgError("No SDP body in message");
  const fragment = parseFragment(sdp);
  const call = calls.get(callId ?? "");
  const party = call?.byTag(tag ?? "");
  if (call === undefined || party === undefined) return { result: "ok" };
  const states = withFragment(party.medias.map(({ state }) => state), fragment);
  for (const [i, media] of party.medias.entries()) media.state = states[i]!;
  call.lastSignal = clock.wall();
  calls.changed(call);
  return { result: "ok" };
}
