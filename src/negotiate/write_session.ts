/**
 * The session section of the rewritten description, and `replace`.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { NgRequest } from "../ng/request.ts";
import { isDirection, type Sdp, type SdpOrigin } from "../sdp/mod.ts";
import type { SessionMemory } from "./state.ts";
import { isIceAttribute, isKeyingAttribute } from "./write_media.ts";

const EOL = "\r\n";

/** Attributes of the session level that are written per media section, or have no meaning there. */
const MOVED = new Set([
  "rtcp",
  "rtcp-mux",
  "rtpmap",
  "fmtp",
  "ptime",
  "maxptime",
  "mid",
  "label",
  "extmap",
  "extmap-allow-mixed",
  "rtpengine",
]);

/** What the session section is written from. */
export interface SessionWriting {
  readonly request: NgRequest;
  readonly sdp: Sdp;
  /** `IN IP4 address` for `replace origin`. */
  readonly address: () => string;
  /** All media passes untouched, so nothing is left out. */
  readonly verbatim: boolean;
  readonly memory: SessionMemory;
  /** Value of `a=rtpengine` under `loop protect`. */
  readonly loopMarker: string | undefined;
  /** Mids of each bundle. */
  readonly groups: readonly (readonly ByteString[])[];
  /** Keys end here, so that those of the other party are left out. */
  readonly secure: boolean;
  /** We are an ICE-lite agent. */
  readonly lite: boolean;
  /** Number for an `o=` line where there is none. */
  readonly sessionId: string;
}

/** The session section without its version, split around it. */
export interface SessionText {
  /** Up to and including the space before the version. */
  readonly head: ByteString;
  /** All of `o=`, its version as received or as remembered. */
  readonly origin: SdpOrigin;
  readonly tail: ByteString;
  readonly sessionName: ByteString;
}

/** Writes the session section. */
export function writeSession(writing: SessionWriting): SessionText {
  const { request, sdp, memory } = writing;
  const { replace } = request;
  const received = sdp.session.origin ?? newOrigin(writing.sessionId, writing.address());
  const origin = replaceOrigin(received, writing);
  const heard = sdp.session.lines.find((line) => line.type === "s")?.value ?? "";
  const name = replace.has("session name") ? memory.sessionName ?? heard : heard;
  const tail = ` ${origin.netType} ${origin.addressType} ${origin.address}${EOL}s=${name}${EOL}` +
    remaining(writing);
  return {
    head: `v=0${EOL}o=${origin.username} ${origin.sessionId} `,
    origin,
    tail,
    sessionName: name,
  };
}

/**
 * `origin` begins with our address and `origin-full` too; both go on with what was written last, since `o=`
 * names the session (RFC 8866 section 5.2).
 */
function replaceOrigin(received: SdpOrigin, { request, memory, address }: SessionWriting) {
  const { replace } = request;
  if (replace.has("origin-full")) return memory.origin ?? { ...received, ...words(address()) };
  let origin = received;
  if (replace.has("origin")) {
    const { netType, addressType, address: host } = memory.origin ?? words(address());
    origin = { ...origin, netType, addressType, address: host };
  }
  if (replace.has("username") && memory.origin !== undefined) {
    origin = { ...origin, username: memory.origin.username };
  }
  return origin;
}

function newOrigin(sessionId: string, address: string): SdpOrigin {
  return { username: "-", sessionId, version: "0", ...words(address) };
}

function words(address: string): Pick<SdpOrigin, "netType" | "addressType" | "address"> {
  const [netType = "IN", addressType = "IP4", host = "0.0.0.0"] = address.split(" ");
  return { netType, addressType, address: host };
}

/** Everything after `s=`. `c=` is written per media section. */
function remaining(writing: SessionWriting): ByteString {
  const { sdp, groups, loopMarker, verbatim, secure } = writing;
  let text = "";
  let attributes = writing.lite ? `a=ice-lite${EOL}` : "";
  for (const mids of groups) attributes += `a=group:BUNDLE ${mids.join(" ")}${EOL}`;
  let timed = false;
  for (const { type, name, param, value } of sdp.session.lines) {
    if (type === "a") {
      const dropped = verbatim
        ? name === "rtpengine"
        : MOVED.has(name) || isDirection(name) || isIceAttribute(name) ||
          (secure && isKeyingAttribute(name)) ||
          (name === "group" && param?.startsWith("BUNDLE") === true);
      if (!dropped) attributes += `a=${value}${EOL}`;
    } else if (type !== "v" && type !== "o" && type !== "s" && type !== "c") {
      if (type === "t") timed = true;
      text += `${type}=${value}${EOL}`;
    }
  }
  if (!timed) text += `t=0 0${EOL}`;
  if (loopMarker !== undefined) text += `a=rtpengine:${loopMarker}${EOL}`;
  return text + attributes;
}

/**
 * Version to write and the memory to keep. `SDP version` and `origin-full` go on from the version written
 * last and count changes of the text, `force-increment-sdp-ver` counts descriptions.
 *
 * @param description the text without the version
 */
export function nextVersion(
  request: NgRequest,
  memory: SessionMemory,
  { origin, sessionName }: Pick<SessionText, "origin" | "sessionName">,
  description: string,
): SessionMemory {
  const { replace } = request;
  const force = replace.has("force-increment-sdp-ver");
  if (!force && !replace.has("SDP version") && !replace.has("origin-full")) {
    return { ...memory, origin, sessionName };
  }
  const before = memory.origin?.version;
  const changed = memory.versionOf !== undefined && memory.versionOf !== description;
  let { version } = origin;
  if (before !== undefined) {
    const counted = changed && (replace.has("SDP version") || replace.has("origin-full"));
    version = counted ? increment(before) : before;
    if (force) version = increment(version);
  }
  return { origin: { ...origin, version }, sessionName, versionOf: description };
}

/** The next decimal number, of any size. */
function increment(version: ByteString): ByteString {
  return /^[0-9]{1,40}$/.test(version) ? String(BigInt(version) + 1n) : "1";
}
