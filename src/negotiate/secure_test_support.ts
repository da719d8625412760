/**
 * What tests of secure media need.
 *
 * @module
 */

import { parseSdp, type Sdp, type SdpMedia } from "../sdp/mod.ts";
import type { SecureSource } from "./secure_state.ts";

/** A source whose bytes count up, so that nothing comes twice. */
export function countingSource(dtlsPassive = false): SecureSource {
  let next = 0;
  return {
    random: (length) => Uint8Array.from({ length }, () => next++),
    fingerprint: (hash) => ({ hash, digest: "01:02" }),
    dtlsPassive,
  };
}

/** A description with one audio section that has these lines. */
export function described(...lines: string[]): { readonly sdp: Sdp; readonly section: SdpMedia } {
  return withSession([], lines);
}

/** The same with lines at the session level. */
export function withSession(
  session: readonly string[],
  lines: readonly string[],
): { readonly sdp: Sdp; readonly section: SdpMedia } {
  const text = [
    "v=0",
    "o=- 1 1 IN IP4 192.0.2.1",
    "s=-",
    "c=IN IP4 192.0.2.1",
    "t=0 0",
    ...session,
  ];
  const sdp = parseSdp([...text, "m=audio 2000 RTP/AVP 0", ...lines, ""].join("\r\n"));
  return { sdp, section: sdp.medias[0]! };
}
