/**
 * Lists of addresses that may do something: `any`, `loopback`, single addresses and CIDR networks.
 *
 * @module
 */

import { classifyIp, type Ip, parseIp } from "./ip.ts";

interface Network {
  readonly bytes: Uint8Array;
  readonly prefix: number;
}

/** An immutable list of networks. */
export class AllowList {
  readonly #any: boolean;
  readonly #loopback: boolean;
  readonly #networks: { readonly 4: Network[]; readonly 6: Network[] } = { 4: [], 6: [] };
  readonly #entries: readonly string[];

  /**
   * A list of these entries.
   *
   * @param entries `any`, `loopback` (127.0.0.0/8 and ::1), `ADDRESS` or `ADDRESS/PREFIX`; empty = nobody
   * @throws Error naming the entry that is none of these, or whose address has bits set beyond its prefix
   */
  constructor(entries: readonly string[]) {
    this.#any = entries.includes("any");
    this.#loopback = entries.includes("loopback");
    for (const entry of entries) {
      if (entry === "any" || entry === "loopback") continue;
      const { ip, prefix } = parseNetwork(entry);
      this.#networks[ip.family].push({ bytes: ip.bytes, prefix });
    }
    this.#entries = [...entries];
  }

  /** Whether an address (any accepted spelling) is on the list. What is no address never is. */
  matches(address: string): boolean {
    if (this.#any) return true;
    const ip = parseIp(address);
    if (ip === undefined) return false;
    if (this.#loopback && classifyIp(ip) === "loopback") return true;
    return this.#networks[ip.family].some((network) => contains(network, ip.bytes));
  }

  /** The entries as given, separated by commas. */
  toString(): string {
    return this.#entries.join(",");
  }
}

function parseNetwork(entry: string): { ip: Ip; prefix: number } {
  const slash = entry.indexOf("/");
  const address = slash < 0 ? entry : entry.slice(0, slash);
  const ip = parseIp(address);
  if (ip === undefined) {
    throw new Error(`${entry} is not any, loopback, an IP address or a network like 192.0.2.0/24`);
  }
  const bits = ip.bytes.length * 8;
  if (slash < 0) return { ip, prefix: bits };
  const digits = entry.slice(slash + 1);
  let prefix = /^\d{1,3}$/.test(digits) ? Number(digits) : NaN;
  // ::ffff:192.0.2.0/120 is 192.0.2.0/24
  if (ip.family === 4 && address.includes(":")) prefix -= 96;
  if (!(prefix >= 0 && prefix <= bits)) {
    throw new Error(`prefix length of ${entry} is not a number from 0 to ${bits}`);
  }
  for (let bit = prefix; bit < bits; bit++) {
    if ((ip.bytes[bit >> 3]! >> (7 - (bit & 7))) & 1) {
      throw new Error(`${entry} has address bits set beyond its prefix length`);
    }
  }
  return { ip, prefix };
}

function contains({ bytes, prefix }: Network, address: Uint8Array): boolean {
  const whole = prefix >> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== address[i]) return false;
  const rest = prefix & 7;
  return rest === 0 || (bytes[whole]! ^ address[whole]!) >> (8 - rest) === 0;
}
