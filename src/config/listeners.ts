/**
 * Where the daemon listens: the `listen-…` options become addresses to bind.
 *
 * @module
 */

import { AllowList } from "../core/allow_list.ts";
import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { canonicalIp, classifyIp, parseIp } from "../core/ip.ts";
import type { Host } from "./host.ts";
import type { Report } from "./interfaces.ts";
import type { Config } from "./options.ts";
import { type Cidr, formatCidr, type ListenSpec } from "./types.ts";

/** Kinds of control listeners. */
export type ListenerKind = "ng" | "tcpNg" | "http" | "https" | "cli" | "rtpproxy" | "mediaproxy";

/** Addresses to bind, by kind. A TCP address of `::` takes IPv4 as well, a UDP one does not. */
export type Listeners = Readonly<Record<ListenerKind, readonly Endpoint[]>>;

/** The option of each kind. */
export const LISTENER_OPTIONS = {
  ng: "listen-ng",
  tcpNg: "listen-tcp-ng",
  http: "listen-http",
  https: "listen-https",
  cli: "listen-cli",
  rtpproxy: "listen-udp",
  mediaproxy: "listen-tcp",
} as const satisfies Record<ListenerKind, keyof Config>;

/** The allow-list of each kind. */
export const ALLOW_OPTIONS = {
  ng: "control-allow-ng",
  tcpNg: "control-allow-tcp-ng",
  http: "control-allow-http",
  https: "control-allow-https",
  cli: "control-allow-cli",
  rtpproxy: "control-allow-udp",
  mediaproxy: "control-allow-tcp",
} as const satisfies Record<ListenerKind, keyof Config>;

/** Name of an allow-list of one kind of listener. */
export type AllowOption = typeof ALLOW_OPTIONS[ListenerKind];

/** Kinds that listen on UDP. */
const UDP: ReadonlySet<ListenerKind> = new Set(["ng", "rtpproxy"]);

const KINDS = Object.keys(LISTENER_OPTIONS) as readonly ListenerKind[];

/** Looks host names up, gives bare ports their addresses, and finds listeners in each other's way. */
export async function buildListeners(
  config: Config,
  host: Host,
  report: Report,
): Promise<Listeners> {
  const hasIpv6 = host.addresses().some(({ family }) => family === 6);
  const listeners: Record<ListenerKind, Endpoint[]> = {
    ng: [],
    tcpNg: [],
    http: [],
    https: [],
    cli: [],
    rtpproxy: [],
    mediaproxy: [],
  };
  for (const kind of KINDS) {
    const option = LISTENER_OPTIONS[kind];
    for (const spec of config[option]) {
      const found = spec.host === undefined
        ? everyAddress(spec.port, UDP.has(kind), hasIpv6)
        : await endpointsOf(spec, spec.host, option, host, report);
      for (const endpoint of found) {
        const rival = rivalOf(endpoint, kind, listeners);
        if (rival === undefined) {
          listeners[kind].push(endpoint);
        } else {
          report.errors.push(
            `${option}: ${formatEndpoint(endpoint)} is taken by ${rival} already`,
          );
        }
      }
    }
  }
  return listeners;
}

/** Whether only this host can reach an address. */
export function isLoopback({ address }: Endpoint): boolean {
  const ip = parseIp(address);
  return ip !== undefined && classifyIp(ip) === "loopback";
}

/** Listeners that other hosts can reach, as `ng 0.0.0.0:2223`. */
export function exposedListeners(listeners: Listeners): string[] {
  return KINDS.flatMap((kind) =>
    listeners[kind].filter((endpoint) => !isLoopback(endpoint))
      .map((endpoint) => `${LISTENER_OPTIONS[kind]} ${formatEndpoint(endpoint)}`)
  );
}

/** Listeners that other hosts can reach, behind neither an allow-list nor a credential. */
export function openListeners(
  listeners: Listeners,
  config: Pick<Config, "control-allow" | "control-auth" | AllowOption>,
): string[] {
  const everybody = (list: readonly Cidr[]): boolean =>
    list.length === 0 || list.some(({ prefix }) => prefix === 0);
  const guarded = new Set<string>(config["control-auth"]);
  const exposed = exposedListeners(listeners);
  return KINDS.flatMap((kind) => {
    const option = LISTENER_OPTIONS[kind];
    const own = config[ALLOW_OPTIONS[kind]];
    const open = everybody(own.length > 0 ? own : config["control-allow"]) && !guarded.has(option);
    return open ? exposed.filter((text) => text.startsWith(`${option} `)) : [];
  });
}

/** The allow-list of a kind of listener: its own, or the common one. */
export function allowListOf(
  config: Pick<Config, "control-allow" | AllowOption>,
  kind: ListenerKind,
): AllowList {
  const own = config[ALLOW_OPTIONS[kind]];
  const entries = (own.length > 0 ? own : config["control-allow"]).map(formatCidr);
  return new AllowList(entries.length === 0 ? ["any"] : entries);
}

function everyAddress(port: number, udp: boolean, hasIpv6: boolean): Endpoint[] {
  const v4: Endpoint = { family: 4, address: "0.0.0.0", port };
  const v6: Endpoint = { family: 6, address: "::", port };
  if (!hasIpv6) return [v4];
  return udp ? [v4, v6] : [v6];
}

async function endpointsOf(
  { port }: ListenSpec,
  name: string,
  option: string,
  host: Host,
  report: Report,
): Promise<Endpoint[]> {
  const literal = canonicalIp(name);
  if (literal !== undefined) return [{ ...literal, port }];
  let why = "no address found";
  try {
    const found = (await host.resolve(name)).flatMap((text) => canonicalIp(text) ?? []);
    if (found.length > 0) return found.map((ip) => ({ ...ip, port }));
  } catch (error) {
    why = error instanceof Error ? error.message : String(error);
  }
  report.errors.push(`${option}: host name "${name}" cannot be looked up: ${why}`);
  return [];
}

/** The option of a listener that would be in the way of `endpoint`. */
function rivalOf(
  endpoint: Endpoint,
  kind: ListenerKind,
  listeners: Listeners,
): string | undefined {
  const udp = UDP.has(kind);
  const rival = KINDS.find((other) =>
    UDP.has(other) === udp && listeners[other].some((taken) => collide(taken, endpoint, !udp))
  );
  return rival && LISTENER_OPTIONS[rival];
}

function collide(a: Endpoint, b: Endpoint, dualStack: boolean): boolean {
  if (a.port !== b.port) return false;
  if (a.family !== b.family) return dualStack && (a.address === "::" || b.address === "::");
  if (a.address === b.address) return true;
  return [a.address, b.address].some((address) => address === "0.0.0.0" || address === "::");
}
