/**
 * `sdp-media-remove`: sections that the called side never gets to see. They keep their place in its list, so
 * that both lists go by the same positions; descriptions of that side are filled up before they are looked
 * at. A section stays hidden for as long as the call lasts, because sections do not change their order
 * (RFC 3264 section 8).
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { NgRequest } from "../ng/request.ts";
import type { Sdp, SdpLine, SdpMedia } from "../sdp/mod.ts";
import { isSecure } from "./protocol.ts";
import type { MediaState } from "./state.ts";

/** Types the key names one by one; any other is `other`. */
const NAMED = new Set(["audio", "video", "image", "message", "text", "application"]);

/**
 * Whether a section is kept from its receiver: an offer asks for it and the receiver does not know the
 * section yet, or it has been so from the beginning.
 */
export function isHidden(
  { other }: NgRequest,
  kind: "offer" | "answer",
  type: ByteString,
  to: MediaState,
): boolean {
  if (to.hidden) return true;
  if (kind === "answer" || to.type !== "") return false;
  const value = other?.get("sdp-media-remove");
  const types = Array.isArray(value) ? value : typeof value === "string" ? value.split(",") : [];
  return types.includes(NAMED.has(type) ? type : "other");
}

/** Words of `OSRTP` under which SRTP may come beside RTP in a section of its own. */
const LEGACY = ["accept", "accept-legacy"];

/**
 * Whether a section is the plain twin of one with SRTP: an offer from before RFC 8643 has one section of each
 * kind for the same stream. The one with keys is taken, and nobody else gets to see the other.
 */
export function isPlainTwin({ osrtp }: NgRequest, sdp: Sdp, section: SdpMedia): boolean {
  const { type, port, protocol } = section.media;
  if (!LEGACY.some((word) => osrtp.has(word)) || port === 0 || isSecure(protocol)) return false;
  return sdp.medias.some(({ media, lines }) =>
    media.type === type && media.port === port && isSecure(media.protocol) &&
    lines.some(({ name }) => name === "crypto" || name === "fingerprint")
  );
}

/** A description with the sections its owner does not know put back in as rejected ones. */
export function fillHidden(sdp: Sdp, own: readonly MediaState[]): Sdp {
  if (!own.some(({ hidden }) => hidden)) return sdp;
  const rest = [...sdp.medias];
  const medias: SdpMedia[] = [];
  for (const state of own) {
    const next = state.hidden ? rejected(state) : rest.shift();
    if (next === undefined) break;
    medias.push(next);
  }
  return { ...sdp, medias: [...medias, ...rest] };
}

function rejected({ type, protocol, formats }: MediaState): SdpMedia {
  const value = `${type} 0 ${protocol} ${formats}`;
  const line: SdpLine = { type: "m", value, name: "", param: undefined, end: "\r\n" };
  return {
    lines: [line],
    media: { type, port: 0, protocol, formats },
    connection: { family: 4, address: "0.0.0.0", unspecified: true },
  };
}
