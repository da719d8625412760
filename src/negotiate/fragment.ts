/**
 * Description fragments of trickle ICE (RFC 8840 section 9): candidates that come one by one.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { attributeOf, hasAttribute, parseSdp, type Sdp, type SdpMedia } from "../sdp/mod.ts";
import { readIce, sameCredentials, withKnown } from "./ice.ts";
import type { RemoteIce, SecureState } from "./secure_state.ts";
import type { MediaState } from "./state.ts";

/**
 * Reads a fragment; a whole description is one as well.
 *
 * @throws SdpError when it is neither
 */
export function parseFragment(text: ByteString): Sdp {
  return parseSdp(text.startsWith("v=") ? text : `v=0\r\n${text}`);
}

/**
 * States of a party's sections with the candidates of a fragment. Candidates of other credentials than those
 * in use belong to a description that is still to come, or has gone, and are left out.
 */
export function withFragment(states: readonly MediaState[], fragment: Sdp): MediaState[] {
  let next = [...states];
  for (const [position, section] of fragment.medias.entries()) {
    const at = placeOf(states, section, position);
    const before = next[at]?.secure;
    const after = before && withCandidates(before, fragment, section);
    if (after === undefined) continue;
    // sections of a bundle share what they have
    next = next.map((state) => state.secure === before ? { ...state, secure: after } : state);
  }
  return next;
}

/** By its `a=mid`, else by its place. */
function placeOf(states: readonly MediaState[], section: SdpMedia, position: number): number {
  const mid = attributeOf(section, "mid")?.param;
  const named = mid === undefined ? -1 : states.findIndex((state) => state.mid === mid);
  return named >= 0 ? named : position;
}

function withCandidates(
  secure: SecureState,
  fragment: Sdp,
  section: SdpMedia,
): SecureState | undefined {
  const { ice } = secure;
  const heard = readIce(fragment, section);
  if (ice === undefined || heard === undefined) return undefined;
  const { remote } = ice;
  if (remote !== undefined && !sameCredentials(remote.credentials, heard.credentials)) {
    return undefined;
  }
  const ended = hasAttribute(section, "end-of-candidates") ||
    hasAttribute(fragment.session, "end-of-candidates");
  const merged: RemoteIce = {
    ...withKnown(remote, heard),
    lite: remote?.lite ?? heard.lite,
    trickle: true,
    complete: remote?.complete === true || ended,
  };
  return { ...secure, ice: { ...ice, remote: merged } };
}
