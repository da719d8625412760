/**
 * Typed reading of a parsed description: inheritance from the session level, and the attributes several
 * parts need.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { parseAddress } from "./address.ts";
import type { Sdp, SdpAddress, SdpDirection, SdpLine, SdpMedia, SdpRtcp } from "./model.ts";
import { parsePort } from "./parse.ts";

/** The `c=` in effect for a media section: its own, else the session's. */
export function connectionOf(sdp: Sdp, media: SdpMedia): SdpAddress | undefined {
  return media.connection ?? sdp.session.connection;
}

/** The first attribute of that name in a section. */
export function attributeOf(
  section: { readonly lines: readonly SdpLine[] },
  name: string,
): SdpLine | undefined {
  for (const line of section.lines) if (line.name === name) return line;
  return undefined;
}

/** Whether a section has an attribute. */
export function hasAttribute(
  section: { readonly lines: readonly SdpLine[] },
  name: string,
): boolean {
  return attributeOf(section, name) !== undefined;
}

/** Whether an attribute name is one of the four directions. */
export function isDirection(name: ByteString): name is SdpDirection {
  return name === "sendrecv" || name === "sendonly" || name === "recvonly" || name === "inactive";
}

/**
 * The direction in effect for a media section, undefined when neither it nor the session names one. When
 * a section names several, the last one that is not `sendrecv` counts.
 */
export function directionOf(sdp: Sdp, media: SdpMedia): SdpDirection | undefined {
  return sectionDirection(media.lines) ?? sectionDirection(sdp.session.lines);
}

function sectionDirection(lines: readonly SdpLine[]): SdpDirection | undefined {
  let found: SdpDirection | undefined;
  for (const { name } of lines) {
    if (isDirection(name) && (found === undefined || name !== "sendrecv")) found = name;
  }
  return found;
}

/** `a=rtcp` of a media section (RFC 3605); undefined also when it cannot be read or names port 0. */
export function rtcpOf(media: SdpMedia): SdpRtcp | undefined {
  const param = attributeOf(media, "rtcp")?.param;
  if (param === undefined) return undefined;
  const space = param.indexOf(" ");
  const port = parsePort(param, 0, space < 0 ? param.length : space);
  if (port <= 0) return undefined;
  if (space < 0) return { port, address: undefined };
  return { port, address: parseAddress(param.slice(space + 1)) };
}
