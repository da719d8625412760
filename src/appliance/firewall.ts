/**
 * Which ports the packet filter opens: those of media, and those of control listeners that other hosts can reach.
 *
 * @module
 */

import type { LoadedConfig } from "../config/mod.ts";
import { isLoopback, type ListenerKind } from "../config/mod.ts";

/** What of the configuration counts. */
export type FirewallFacts = Pick<LoadedConfig, "interfaces" | "listeners">;

/** Kinds of listeners whose clients send datagrams. */
const UDP: ReadonlySet<ListenerKind> = new Set(["ng", "rtpproxy"]);

/** Ranges of ports in order, those that touch joined. */
export function joinRanges(
  ranges: readonly (readonly [number, number])[],
): readonly (readonly [number, number])[] {
  const joined: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/** Input for `nft -f`: fills the sets of table `inet rtpedge`. */
export function firewallText({ interfaces, listeners }: FirewallFacts): string {
  const media = interfaces.addresses.map(({ portMin, portMax }) => [portMin, portMax] as const);
  const tcp: [number, number][] = [];
  const udp: [number, number][] = [];
  for (const kind of Object.keys(listeners) as ListenerKind[]) {
    for (const endpoint of listeners[kind]) {
      if (isLoopback(endpoint)) continue;
      (UDP.has(kind) ? udp : tcp).push([endpoint.port, endpoint.port]);
    }
  }
  const lines: string[] = [];
  for (
    const [name, ranges] of [["media", media], ["control_tcp", tcp], ["control_udp", udp]] as const
  ) {
    lines.push(`flush set inet rtpedge ${name}`);
    const elements = joinRanges(ranges)
      .map(([from, to]) => from === to ? String(from) : `${from}-${to}`);
    if (elements.length > 0) {
      lines.push(`add element inet rtpedge ${name} { ${elements.join(", ")} }`);
    }
  }
  return lines.join("\n") + "\n";
}
