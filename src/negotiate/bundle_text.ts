/**
 * What BUNDLE (RFC 9143) says in a description: groups of sections, the header extension that names a
 * packet's section, and the sources of one.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { attributeOf, type Sdp, type SdpLine, type SdpMedia } from "../sdp/mod.ts";

/** URI of the MID header extension (RFC 9143 section 15). */
const MID_URI = "urn:ietf:params:rtp-hdrext:sdes:mid";
/** Most sections behind one port: what a forwarding rule holds. */
export const MAX_BUNDLED = 8;
/** Bytes of an `a=mid` in a forwarding rule. */
export const MAX_MID = 32;
/** SSRCs of a section a forwarding rule holds. */
const MAX_SSRCS = 8;
/** Identifiers of the one-byte form of header extensions (RFC 8285 section 4.2). */
const MAX_SHORT_ID = 14;

/**
 * Positions of the sections of each `a=group:BUNDLE`, in the order of the group. A section belongs to the
 * first group that names it; names of no section are skipped, and so is what is beyond {@link MAX_BUNDLED}
 * and {@link MAX_MID}.
 */
export function bundleGroups({ session, medias }: Sdp): number[][] {
  const positions = new Map<ByteString, number>();
  for (const [i, media] of medias.entries()) {
    const mid = attributeOf(media, "mid")?.param;
    if (mid === undefined || mid === "" || mid.length > MAX_MID || positions.has(mid)) continue;
    positions.set(mid, i);
  }
  const groups: number[][] = [];
  for (const { name, param } of session.lines) {
    const [semantics, ...mids] = name === "group" ? param?.split(" ") ?? [] : [];
    if (semantics !== "BUNDLE") continue;
    const group: number[] = [];
    for (const mid of mids) {
      const position = positions.get(mid);
      if (position === undefined || group.length >= MAX_BUNDLED) continue;
      positions.delete(mid);
      group.push(position);
    }
    if (group.length > 0) groups.push(group);
  }
  return groups;
}

/**
 * Lines of header extensions, without `a=`, with the MID one under this identifier and no other.
 *
 * @param id undefined = without it
 */
export function withMid(lines: readonly ByteString[], id: number | undefined): ByteString[] {
  const kept = lines.filter((line) => {
    const found = midOf(line);
    return found === undefined || found === id;
  });
  return id === undefined || kept.some((line) => midOf(line) === id)
    ? kept
    : [...kept, `extmap:${id} ${MID_URI}`];
}

/** Identifier in a line that stands for the MID header extension. */
function midOf(value: ByteString): number | undefined {
  const [, id = "", uri] = /^extmap:(\d{1,3})(?:\/\S*)? +(\S+)/.exec(value) ?? [];
  return uri === MID_URI && Number(id) >= 1 && Number(id) <= 255 ? Number(id) : undefined;
}

/**
 * Identifier of the MID header extension in a section, 1..255. Those of the session level count where the
 * section has none of its own (RFC 8285 section 5).
 */
export function midExtension({ session }: Sdp, { lines }: SdpMedia): number | undefined {
  const own = lines.filter(isExtension);
  for (const { value } of own.length > 0 ? own : session.lines) {
    const id = midOf(value);
    if (id !== undefined) return id;
  }
  return undefined;
}

/**
 * The identifier to offer the MID header extension under: the one agreed with that party, else the one the
 * description has, else one that is free. None is taken that stands for something else in a section.
 *
 * @returns undefined when none is left
 */
export function midIdentifier(
  sdp: Sdp,
  to: readonly { readonly midExtension: number | undefined }[],
): number | undefined {
  const taken = new Set<number>();
  let received: number | undefined;
  for (const { lines } of [sdp.session, ...sdp.medias]) {
    for (const line of lines) {
      if (line.name !== "extmap") continue;
      const mid = midOf(line.value);
      received ??= mid;
      if (mid === undefined) taken.add(Number.parseInt(line.param ?? "", 10));
    }
  }
  const agreed = to.find(({ midExtension }) => midExtension !== undefined)?.midExtension;
  const free = Array.from({ length: MAX_SHORT_ID }, (_, i) => i + 1);
  return [agreed, received, ...free].find((id) => id !== undefined && !taken.has(id));
}

/** Sources signalled for a section by `a=ssrc` (RFC 5576), the first {@link MAX_SSRCS}. */
export function signalledSources({ lines }: SdpMedia): number[] {
  const found = new Set<number>();
  for (const { name, param } of lines) {
    if (name !== "ssrc") continue;
    const ssrc = Number(/^\d{1,10}(?= |$)/.exec(param ?? "")?.[0]);
    if (ssrc <= 0xffffffff) found.add(ssrc);
    if (found.size >= MAX_SSRCS) break;
  }
  return [...found];
}

function isExtension({ name }: SdpLine): boolean {
  return name === "extmap";
}
