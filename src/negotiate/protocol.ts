/**
 * Transport protocols of `m=` lines: which ones are RTP, which are relayed blindly, and which are not
 * relayed at all.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";

/**
 * How a media section is treated: RTP and RTCP on two ports; any UDP payload, unexamined; the same on two
 * ports, because nobody says whether it is RTP; the same beside the parties' own ways, their ICE being their
 * own; or handed on unchanged, without a port of ours, because it does not run over UDP.
 */
export type MediaKind = "rtp" | "opaque" | "opaque pair" | "relayed" | "passthrough";

/** Name of the protocol of media whose control protocol does not tell it. */
const UNKNOWN = "unknown (legacy)";
/** The same in an `m=` line. */
const UNKNOWN_TOKEN = "unknown";

/** What is known of an RTP profile. */
interface Profile {
  readonly name: string;
  readonly secure: boolean;
  readonly feedback: boolean;
}

const PROFILES = new Map<string, Profile>([
  ["RTP/AVP", { name: "RTP/AVP", secure: false, feedback: false }],
  ["RTP/AVPF", { name: "RTP/AVPF", secure: false, feedback: true }],
  ["RTP/SAVP", { name: "RTP/SAVP", secure: true, feedback: false }],
  ["RTP/SAVPF", { name: "RTP/SAVPF", secure: true, feedback: true }],
  ["UDP/TLS/RTP/SAVP", { name: "UDP/TLS/RTP/SAVP", secure: true, feedback: false }],
  ["UDP/TLS/RTP/SAVPF", { name: "UDP/TLS/RTP/SAVPF", secure: true, feedback: true }],
]);

function profileOf(protocol: ByteString): Profile | undefined {
  return PROFILES.get(protocol) ?? PROFILES.get(protocol.toUpperCase());
}

/** The usual spelling of a known protocol, any other as it is. */
export function canonicalProtocol(protocol: ByteString): ByteString {
  const profile = profileOf(protocol);
  if (profile !== undefined) return profile.name;
  if (protocol === UNKNOWN_TOKEN) return UNKNOWN;
  return protocol.toLowerCase() === "udptl" ? "udptl" : protocol;
}

/** Whether a protocol is one of those known by name. */
export function isKnownProtocol(protocol: ByteString): boolean {
  return profileOf(protocol) !== undefined || protocol === UNKNOWN ||
    protocol.toLowerCase() === "udptl";
}

/** How a section of this media type and transport protocol is treated. */
export function mediaKind(type: ByteString, protocol: ByteString): MediaKind {
  if (type === "message") return "passthrough";
  if (profileOf(protocol) !== undefined) return "rtp";
  if (protocol === UNKNOWN_TOKEN || protocol === UNKNOWN) return "opaque pair";
  return protocol.slice(0, 3).toUpperCase() === "TCP" ? "passthrough" : "opaque";
}

/** Whether a profile is SRTP. */
export function isSecure(protocol: ByteString): boolean {
  return profileOf(protocol)?.secure ?? false;
}

/** Whether a profile is AVPF or SAVPF (RFC 4585, RFC 5124). */
export function hasFeedback(protocol: ByteString): boolean {
  return profileOf(protocol)?.feedback ?? false;
}

/** The profile without SRTP that has or has not RTCP feedback, like this one. */
export function plainProtocol(protocol: ByteString): ByteString {
  const profile = profileOf(protocol);
  if (profile === undefined) return protocol;
  return profile.feedback ? "RTP/AVPF" : "RTP/AVP";
}

/** The protocol to write when `wanted` is asked for in place of `offered`, both of them RTP profiles. */
export function translateProtocol(offered: ByteString, wanted: ByteString | undefined): ByteString {
  const to = wanted === undefined ? undefined : profileOf(wanted);
  if (to === undefined || profileOf(offered) === undefined) return canonicalProtocol(offered);
  return to.name;
}

/**
 * The protocol to write when `wanted` is asked for in place of `offered`: RTP profiles may be exchanged
 * for each other as long as encryption stays as it is, which only those who hold the keys can change.
 */
export function rewriteProtocol(offered: ByteString, wanted: ByteString | undefined): ByteString {
  const from = profileOf(offered);
  const to = wanted === undefined ? undefined : profileOf(wanted);
  if (from === undefined || to === undefined || from.secure !== to.secure) {
    return canonicalProtocol(offered);
  }
  return to.name;
}
