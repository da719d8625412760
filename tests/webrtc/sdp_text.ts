/**
 * The little of SDP that tests look at and change, read independently of the product.
 *
 * @module
 */

import type { Address } from "../support/mod.ts";

/** A media section. */
export interface Section {
  /** `audio`, `video`, … */
  readonly kind: string;
  /** Where RTP goes. */
  readonly at: Address;
  /** Where RTCP goes: `a=rtcp`, the RTP port when multiplexed, or one above. */
  readonly rtcp: Address;
  /** Profile, such as `RTP/AVP`. */
  readonly protocol: string;
  /** Payload types. */
  readonly types: readonly number[];
  /** Its lines without the line ends, `m=` first. */
  readonly lines: readonly string[];
}

/** The lines before the first section. */
export function sessionLines(sdp: string): string[] {
  return (sdp.split(/\r?\nm=/)[0] ?? "").split(/\r?\n/);
}

/** The media sections of a description. */
export function sectionsOf(sdp: string): Section[] {
  const connection = /^c=IN IP[46] (\S+)/;
  const address = (lines: readonly string[]) =>
    lines.map((line) => connection.exec(line)?.[1]).find((host) => host !== undefined);
  const common = address(sessionLines(sdp));
  return sdp.split(/\r?\n(?=m=)/).slice(1).map((text) => {
    const lines = text.split(/\r?\n/).filter((line) => line !== "");
    const [kind = "", port = "0", protocol = "", ...types] = (lines[0] ?? "").slice(2).split(" ");
    const host = address(lines) ?? common ?? "";
    const at = { host, port: Number(port) };
    const named = lines.map((line) => /^a=rtcp:(\d+)/.exec(line)?.[1]).find((one) => one);
    const next = lines.includes("a=rtcp-mux") ? at.port : at.port + 1;
    const rtcp = { host, port: named === undefined ? next : Number(named) };
    return { kind, at, rtcp, protocol, types: types.map(Number), lines };
  });
}

/** Values of an attribute in a description, in order: `""` for one without a value. */
export function attributes(sdp: string, name: string): string[] {
  return sdp.split(/\r?\n/)
    .filter((line) => line === `a=${name}` || line.startsWith(`a=${name}:`))
    .map((line) => line.slice(name.length + 3));
}

/** A description without the lines that match. */
export function without(sdp: string, pattern: RegExp): string {
  return sdp.split("\r\n").filter((line) => !pattern.test(line)).join("\r\n");
}
