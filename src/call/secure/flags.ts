/**
 * Security of sections and streams as `query` shows it.
 *
 * @module
 */

import type { Media } from "../media.ts";
import { carrierOf, type ComponentName } from "./protection.ts";

/** Flags of a section about keys. */
export function keyFlags({ state: { secure } }: Media): string[] {
  if (secure === undefined) return [];
  const { dtls, heard, told } = secure;
  const flags: string[] = [];
  if (dtls !== undefined) {
    const { localSetup: role } = dtls;
    flags.push("DTLS-SRTP");
    // until it is known which it will be, it can be both
    if (role === "active" || role === "actpass") flags.push("DTLS role active");
    if (role === "passive" || role === "actpass") flags.push("DTLS role passive");
  }
  if (heard.length > 0 || told.length > 0) flags.push("SDES");
  return flags;
}

/** Flags of a section about ICE, but for `ICE controlling`. */
export function iceFlags({ state: { secure, ownIce } }: Media): string[] {
  if (ownIce) return ["ICE"];
  const ice = secure?.ice;
  if (ice === undefined) return [];
  const flags = ["ICE"];
  if (ice.remote?.trickle === true) flags.push("trickle ICE");
  if (ice.remote?.lite === true) flags.push("ICE-lite peer");
  if (ice.local.lite) flags.push("ICE-lite self");
  return flags;
}

/** Whether we are in control of ICE, as it is now: a conflict may have changed what was negotiated. */
export function isControlling(media: Media): boolean {
  const { state } = media;
  const role = carrierOf(media).agreement?.role;
  const { ufrag } = state.secure?.ice?.local.credentials ?? {};
  return role !== undefined && role.ufrag === ufrag ? role.controlling : state.controlling;
}

/** Flags of one stream. */
export function streamSecurityFlags(media: Media, component: ComponentName): string[] {
  const { secure, ownIce } = media.state;
  if (ownIce) return ["ICE"];
  if (secure === undefined) return [];
  const flags = secure.ice === undefined ? [] : ["ICE"];
  const path = carrierOf(media).agreement?.[component];
  if (secure.keying.type === "dtls" && path?.association !== undefined) {
    flags.push("DTLS fingerprint verified");
  }
  return flags;
}

/** `crypto suite` of a stream: what is in use, else what we offer first. */
export function cryptoSuite(media: Media, component: ComponentName): string | undefined {
  const { secure, initialized, rejected } = media.state;
  if (secure === undefined || rejected) return undefined;
  const { keying, told } = secure;
  if (keying.type === "sdes") return keying.receive.suite;
  // an answer that brought no key has settled on nothing
  if (keying.type === "offered" && initialized) return undefined;
  const keys = keying.type === "dtls" ? carrierOf(media).agreement?.[component].keys : undefined;
  return keys?.receive.suite ?? told[0]?.suite;
}
