/**
 * Whether a description came in a final SIP response: `SIP code`, `SIP message type` and `provisional`.
 *
 * @module
 */

import type { NgRequest } from "../ng/request.ts";

/** A code of 200 or more, unless the message was a request or counts as provisional. */
export function isFinal({ other, flags }: NgRequest): boolean {
  if (other === undefined || flags.has("provisional")) return false;
  const type = other.get("SIP message type");
  if (typeof type === "string" && /request$/i.test(type)) return false;
  return Number(other.get("SIP code") ?? 0) >= 200;
}
