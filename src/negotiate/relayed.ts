/**
 * ICE that stays the parties' own (`ICE` `optional` and `force-relay`): what one says of it reaches the other,
 * with a candidate of ours beside theirs. What comes to that one is handed on unexamined, the parties' checks,
 * handshakes and keys included, so that the relay stands between them only where they find no better way.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { formatCandidate, foundationOf, parseCandidate, priorityOf } from "../ice/candidate.ts";
import type { Candidate, CandidateType, Component } from "../ice/types.ts";
import type { NgRequest } from "../ng/request.ts";
import { connectionOf, hasAttribute, type Sdp, type SdpLine, type SdpMedia } from "../sdp/mod.ts";
import { readIce } from "./ice.ts";
import type { Facing, MediaState } from "./state.ts";

const EOL = "\r\n";

/** A message about a section. */
export interface RelayedQuestion {
  readonly request: NgRequest;
  readonly kind: "offer" | "answer";
  readonly sdp: Sdp;
  readonly section: SdpMedia;
  /** Of the one whose description it is, as it was. */
  readonly from: MediaState;
  /** Of the one it is rewritten for, as it was. */
  readonly to: MediaState;
}

/**
 * Whether ICE of a section is the parties' own. The offer that makes the section says so, if it has ICE; it
 * stays so, since neither can be given credentials of ours later on without beginning anew.
 */
export function isRelayed({ request, kind, sdp, section, from, to }: RelayedQuestion): boolean {
  if (from.kind === "relayed" || to.kind === "relayed") return true;
  if (kind === "answer" || from.type !== "" || to.type !== "") return false;
  const asked = request.ice.has("optional") || request.ice.has("force-relay");
  return asked && section.media.port !== 0 && !request.flags.has("reject ICE") &&
    readIce(sdp, section) !== undefined;
}

/** Attributes of the session level that a section cannot do without. */
const INHERITED = new Set([
  "ice-ufrag",
  "ice-pwd",
  "ice-options",
  "fingerprint",
  "setup",
  "tls-id",
]);

/** What a section is written from. */
export interface RelayedWriting {
  readonly request: NgRequest;
  readonly kind: "offer" | "answer";
  readonly sdp: Sdp;
  /** The session level is written as it is. */
  readonly verbatim: boolean;
  /** Our side. */
  readonly facing: Facing;
}

/** A section as it is, with its own address, and our candidates behind those it has. */
export function writeRelayed(writing: RelayedWriting, section: SdpMedia): ByteString {
  const { sdp, verbatim } = writing;
  const ice = readIce(sdp, section);
  let text = "";
  for (const { type, name, value } of withConnection(sdp, section)) {
    if (name !== "end-of-candidates") text += `${type}=${value}${EOL}`;
  }
  if (!verbatim) text += inherited(sdp, section);
  if (ice !== undefined) text += candidates(writing, section);
  return hasAttribute(section, "end-of-candidates") ? `${text}a=end-of-candidates${EOL}` : text;
}

/** Lines of a section with an address of its own, where it had that of the session. */
export function withConnection(sdp: Sdp, section: SdpMedia): readonly SdpLine[] {
  const { lines } = section;
  const session = sdp.session.lines.find((line) => line.type === "c");
  const needed = section.connection === undefined && connectionOf(sdp, section) !== undefined;
  if (!needed || session === undefined) return lines;
  // after `m=` and `i=` (RFC 8866 section 5)
  const at = lines.findIndex(({ type }) => type !== "m" && type !== "i");
  return lines.toSpliced(at < 0 ? lines.length : at, 0, session);
}

function inherited(sdp: Sdp, { lines }: SdpMedia): ByteString {
  let text = "";
  for (const { name, value } of sdp.session.lines) {
    const own = lines.some((line) => line.name === name);
    if (INHERITED.has(name) && !own) text += `a=${value}${EOL}`;
  }
  return text;
}

function candidates(
  { request, kind, facing }: RelayedWriting,
  section: SdpMedia,
): ByteString {
  const type = request.ice.has("force-relay") ? "relay" : "host";
  const known = section.lines.some(({ name, param }) =>
    name === "candidate" && parseCandidate(param ?? "")?.type === type
  );
  const muxed = kind === "answer" && hasAttribute(section, "rtcp-mux");
  const { family, address } = request.mediaAddress ?? facing;
  let text = "";
  for (const component of muxed ? [1] as const : [1, 2] as const) {
    const port = component === 1 ? facing.rtpPort : facing.rtcpPort;
    const candidate: Candidate = {
      foundation: foundationOf(facing.address, 0),
      component,
      priority: priority(type, known, component),
      endpoint: { family, address, port },
      type,
    };
    const related = type === "relay" ? ` raddr ${address} rport ${port}` : "";
    text += `a=candidate:${formatCandidate(candidate)}${related}${EOL}`;
  }
  return text;
}

/** Below whatever the party itself has of the kind. */
function priority(type: CandidateType, known: boolean, component: Component): number {
  if (!known) return priorityOf(type, 65535, component);
  return type === "relay"
    ? priorityOf("relay", 0, component)
    : priorityOf("host", 0, component) - 2 ** 24;
}
