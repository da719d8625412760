/**
 * Keeps other programs off the media ports: the kernel never hands out a reserved port by itself. Steered
 * ports have no socket of their own, so without this a program could be given one, and lose its packets.
 *
 * @module
 */

import type { LocalAddress } from "./types.ts";

/** First and last port, both included. */
export type PortRange = readonly [first: number, last: number];

/** The kernel's list of reserved ports. */
export interface ReservedPorts {
  /** The list, as `1000-1010,2000`. */
  read(): string;
  /** Replaces it. @throws Error when that is not allowed */
  write(list: string): void;
  /** The ports that sockets get when they ask for none, as two numbers. */
  ephemeral(): string;
}

const PATH = "/proc/sys/net/ipv4/ip_local_reserved_ports";
const EPHEMERAL = "/proc/sys/net/ipv4/ip_local_port_range";
/** What has to be left of the ephemeral ports: without any, nothing on this host can connect to anything. */
const LEFT = 256;

/** The list of this network namespace; it counts for IPv6 as well. */
export const systemReservedPorts: ReservedPorts = {
  read: () => Deno.readTextFileSync(PATH),
  write: (list) => Deno.writeTextFileSync(PATH, `${list}\n`),
  ephemeral: () => Deno.readTextFileSync(EPHEMERAL),
};

/** Reads a list. What is no range in it is left out. */
export function parsePortList(list: string): PortRange[] {
  return list.trim().split(",").flatMap((item): PortRange[] => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(item.trim());
    return match === null ? [] : [[Number(match[1]), Number(match[2] ?? match[1])]];
  });
}

/** Sorted, and joined where they touch. */
export function joinRanges(ranges: readonly PortRange[]): PortRange[] {
  const joined: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const before = joined.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

/**
 * Adds the port ranges of these addresses to the reserved ports. What others have reserved stays. Nothing
 * is reserved when that would leave hardly any ephemeral port.
 *
 * @returns whether all of them are reserved now
 */
export function reservePorts(
  addresses: readonly Pick<LocalAddress, "portMin" | "portMax">[],
  reserved: ReservedPorts = systemReservedPorts,
): boolean {
  try {
    const before = joinRanges(parsePortList(reserved.read()));
    const wanted = addresses.map(({ portMin, portMax }): PortRange => [portMin, portMax]);
    if (wanted.every((range) => isWithin(range, before))) return true;
    const all = joinRanges([...before, ...wanted]);
    if (ephemeralLeft(reserved.ephemeral(), all) < LEFT) return false;
    const texts = all.map(([first, last]) => first === last ? `${first}` : `${first}-${last}`);
    reserved.write(texts.join(","));
    const after = joinRanges(parsePortList(reserved.read()));
    return wanted.every((range) => isWithin(range, after));
  } catch {
    // no such list (a container), or no permission: the caller holds the ports instead
    return false;
  }
}

/** How many ports of the ephemeral range are not reserved. */
function ephemeralLeft(range: string, reserved: readonly PortRange[]): number {
  const [low = NaN, high = NaN] = range.trim().split(/\s+/).map(Number);
  let left = high - low + 1;
  for (const [first, last] of reserved) {
    left -= Math.max(0, Math.min(high, last) - Math.max(low, first) + 1);
  }
  return left;
}

function isWithin([first, last]: PortRange, ranges: readonly PortRange[]): boolean {
  return ranges.some((range) => range[0] <= first && last <= range[1]);
}
