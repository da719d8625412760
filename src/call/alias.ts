/**
 * `alias-key`: a proxy that changes the tags of a dialogue (a B2BUA restarted, a tag rewritten) says by what
 * a party is known all the same.
 *
 * @module
 */

import { formatEndpoint } from "../core/endpoint.ts";
import { type NegotiationSettings, remoteOf } from "../negotiate/mod.ts";
import { textOf } from "../ng/request_draft.ts";
import type { NgRequest } from "../ng/request.ts";
import { ALIAS_KEYS } from "../ng/value_table.ts";
import type { Sdp } from "../sdp/mod.ts";

/**
 * What the sender of a description is known by: the description itself, or where it wants its media.
 *
 * @returns undefined when `alias-key` does not ask for it
 */
export function aliasKey(
  request: NgRequest,
  settings: NegotiationSettings,
  sdp: Sdp,
): string | undefined {
  const value = textOf(request.other?.get("alias-key") ?? "");
  switch (value && ALIAS_KEYS.find(value)) {
    case "SDP":
      return `SDP ${request.sdp}`;
    case "address": {
      const places = sdp.medias.map((section) => {
        const { rtp } = remoteOf(request, settings, sdp, section);
        return rtp === undefined ? "-" : formatEndpoint(rtp);
      });
      return `address ${places.join(" ")}`;
    }
    default:
      return undefined;
  }
}
