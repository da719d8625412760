/**
 * `IN IP4 192.0.2.1`: the network address of `c=` and `a=rtcp` lines.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { formatIp, parseIp } from "../core/ip.ts";
import type { SdpAddress } from "./model.ts";

/** Addresses seen lately: a busy proxy names the same few over and over. */
const cache = new Map<string, SdpAddress>();
const CACHE_SIZE = 1024;

/**
 * Reads `nettype addrtype address`, further words are ignored. Only `IN`, only IP addresses (no names), of
 * the family the text claims; IPv6 may be in brackets.
 *
 * @returns undefined when it is anything else
 */
export function parseAddress(text: ByteString): SdpAddress | undefined {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const address = readAddress(text);
  if (address === undefined) return undefined;
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(text, address);
  return address;
}

function readAddress(text: ByteString): SdpAddress | undefined {
  const words = text.split(" ", 8).filter((word) => word !== "");
  const [net, type, host] = words;
  if (net !== "IN" || host === undefined) return undefined;
  if (type === "IP4") return host.includes(":") ? undefined : make(host);
  if (type !== "IP6" || !host.includes(":")) return undefined;
  return make(host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host);
}

function make(host: string): SdpAddress | undefined {
  const ip = parseIp(host);
  if (ip === undefined) return undefined;
  return {
    family: ip.family,
    address: formatIp(ip.family, ip.bytes),
    unspecified: ip.bytes.every((byte) => byte === 0),
  };
}
