/**
 * IP addresses: text ⇄ bytes, the canonical text form, and what kind of address it is. IPv4-mapped IPv6
 * addresses (`::ffff:192.0.2.1`) are taken as the IPv4 address they stand for.
 *
 * @module
 */

import type { Endpoint, Family } from "./endpoint.ts";

/** An IP address as bytes in network order: 4 for IPv4, 16 for IPv6. */
export interface Ip {
  readonly family: Family;
  readonly bytes: Uint8Array;
}

/** What an address is for, as far as the address alone tells. */
export type AddressClass =
  /** `0.0.0.0/8` and `::`. */
  | "unspecified"
  /** `127.0.0.0/8` and `::1`. */
  | "loopback"
  /** `169.254.0.0/16` and `fe80::/10`. */
  | "link-local"
  /** `224.0.0.0/4` and `ff00::/8`. */
  | "multicast"
  /** `255.255.255.255`. */
  | "broadcast"
  /** `240.0.0.0/4` but for the broadcast address. */
  | "reserved"
  /** RFC 1918, RFC 6598 (`100.64.0.0/10`) and RFC 4193 (`fc00::/7`). */
  | "private"
  /** Everything else. */
  | "global";

/**
 * Reads an IPv4 or IPv6 address. Dotted quads take exactly four decimal numbers without leading zeros;
 * IPv6 takes any form of RFC 4291 section 2.2, without brackets and without a zone.
 *
 * @returns undefined when `text` is not an address
 */
export function parseIp(text: string): Ip | undefined {
  if (!text.includes(":")) {
    const bytes = new Uint8Array(4);
    return parseQuad(text, bytes, 0) ? { family: 4, bytes } : undefined;
  }
  const bytes = parseIpv6(text);
  if (bytes === undefined) return undefined;
  return isMapped(bytes) ? { family: 4, bytes: bytes.subarray(12) } : { family: 6, bytes };
}

/** Text of an address in canonical form: dotted quad, or RFC 5952 for IPv6. `bytes` may be longer. */
export function formatIp(family: Family, bytes: Uint8Array, offset = 0): string {
  if (family === 4) {
    return `${bytes[offset]}.${bytes[offset + 1]}.${bytes[offset + 2]}.${bytes[offset + 3]}`;
  }
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) {
    groups.push((bytes[offset + i]! << 8) | bytes[offset + i + 1]!);
  }
  let bestStart = -1;
  let bestLength = 1; // a single zero group is written out (RFC 5952 section 4.2.2)
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > bestLength) {
      bestStart = i;
      bestLength = end - i;
    }
    if (end > i) i = end;
  }
  const hex = groups.map((group) => group.toString(16));
  if (bestStart < 0) return hex.join(":");
  return `${hex.slice(0, bestStart).join(":")}::${hex.slice(bestStart + bestLength).join(":")}`;
}

/** Canonical text and family of an address in any accepted spelling. */
export function canonicalIp(text: string): { family: Family; address: string } | undefined {
  const ip = parseIp(text);
  return ip && { family: ip.family, address: formatIp(ip.family, ip.bytes) };
}

/** Makes an endpoint of an address in any accepted spelling and a port (0..65535). */
export function makeEndpoint(address: string, port: number): Endpoint | undefined {
  if (!Number.isInteger(port) || port < 0 || port > 65535) return undefined;
  const ip = canonicalIp(address);
  return ip && { ...ip, port };
}

/** Reads `192.0.2.1:5004` or `[2001:db8::1]:5004`. */
export function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, bracketed, quad, port] = match;
  if (bracketed !== undefined && !bracketed.includes(":")) return undefined;
  return makeEndpoint(bracketed ?? quad!, Number(port));
}

/** What kind of address this is. */
export function classifyIp({ family, bytes }: Ip): AddressClass {
  const a = bytes[0]!;
  const b = bytes[1]!;
  if (family === 4) {
    if (a === 0) return "unspecified";
    if (a === 127) return "loopback";
    if (a === 169 && b === 254) return "link-local";
    if (a >= 224 && a <= 239) return "multicast";
    if (a === 10 || (a === 172 && b >> 4 === 1) || (a === 192 && b === 168)) return "private";
    if (a === 100 && b >> 6 === 1) return "private";
    if (a === 255 && b === 255 && bytes[2] === 255 && bytes[3] === 255) return "broadcast";
    return a >= 240 ? "reserved" : "global";
  }
  if (a === 0xff) return "multicast";
  if (a === 0xfe && b >> 6 === 2) return "link-local";
  if (a >> 1 === 0x7e) return "private";
  for (let i = 0; i < 15; i++) if (bytes[i] !== 0) return "global";
  return bytes[15] === 0 ? "unspecified" : bytes[15] === 1 ? "loopback" : "global";
}

/**
 * The IPv4 address an IPv6 address leads to by its form alone: IPv4-compatible (`::192.0.2.1`, RFC 4291)
 * and NAT64 (`64:ff9b::/96`, RFC 6052). Mapped addresses are unwrapped by {@link parseIp} already.
 */
export function embeddedIpv4({ family, bytes }: Ip): Ip | undefined {
  if (family !== 6) return undefined;
  const nat64 = bytes[0] === 0 && bytes[1] === 0x64 && bytes[2] === 0xff && bytes[3] === 0x9b;
  const compatible = bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0;
  if (!nat64 && !compatible) return undefined;
  for (let i = 4; i < 12; i++) if (bytes[i] !== 0) return undefined;
  // :: and ::1 are addresses of their own
  if (compatible && bytes[12] === 0 && bytes[13] === 0 && bytes[14] === 0 && bytes[15]! <= 1) {
    return undefined;
  }
  return { family: 4, bytes: bytes.subarray(12) };
}

function isMapped(bytes: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false;
  return bytes[10] === 0xff && bytes[11] === 0xff;
}

function parseQuad(text: string, into: Uint8Array, offset: number): boolean {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return false;
  for (let i = 0; i < 4; i++) {
    const digits = match[i + 1]!;
    const value = Number(digits);
    if (value > 255 || (digits.length > 1 && digits[0] === "0")) return false;
    into[offset + i] = value;
  }
  return true;
}

function parseIpv6(text: string): Uint8Array | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const bytes = new Uint8Array(16);
  const head = parseGroups(halves[0]!, halves.length === 1);
  if (head === undefined) return undefined;
  if (halves.length === 1) {
    if (head.length !== 16) return undefined;
    bytes.set(head);
    return bytes;
  }
  const tail = parseGroups(halves[1]!, true);
  // "::" stands for at least one group
  if (tail === undefined || head.length + tail.length > 14) return undefined;
  bytes.set(head);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** Bytes of colon-separated groups; `quadAllowed`: the last one may be a dotted quad. */
function parseGroups(text: string, quadAllowed: boolean): number[] | undefined {
  const bytes: number[] = [];
  if (text === "") return bytes;
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (quadAllowed && i === groups.length - 1 && group.includes(".")) {
      const quad = new Uint8Array(4);
      if (!parseQuad(group, quad, 0)) return undefined;
      bytes.push(...quad);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes.length <= 16 ? bytes : undefined;
}
