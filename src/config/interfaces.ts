/**
 * Local addresses for media: the values of `interface` and the groups of `interfaces-config` become
 * {@link LocalAddress} records and aliases.
 *
 * @module
 */

import { canonicalIp, classifyIp, parseIp } from "../core/ip.ts";
import type { LocalAddress } from "../relay/types.ts";
import type { Host, HostAddress } from "./host.ts";
import { isHostName, listText } from "./types.ts";

/** One wanted interface, from the option or from a group. */
export interface InterfaceRequest {
  /** Where it was asked for, for messages. */
  readonly origin: string;
  /** Logical name. */
  readonly name: string;
  /** Address, network interface, host name or `any`. */
  readonly address: string;
  /** Address or host name for SDP. */
  readonly advertised?: string;
  readonly portMin: number;
  readonly portMax: number;
  readonly excludePorts: readonly number[];
}

/** A second name for an interface. */
export interface AliasRequest {
  readonly origin: string;
  readonly alias: string;
  readonly name: string;
}

/** What was asked for, in order. */
export interface InterfaceRequests {
  readonly interfaces: readonly InterfaceRequest[];
  readonly aliases: readonly AliasRequest[];
}

/** The interfaces of the relay. */
export interface InterfaceSet {
  /** In configuration order; the first one's name is the default interface. */
  readonly addresses: readonly LocalAddress[];
  /** Second names: alias → name, which may also be the base of `BASE:SUFFIX` names. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** Where problems are reported. */
export interface Report {
  readonly errors: string[];
  readonly warnings: string[];
}

/** Name of an interface without one. */
export const DEFAULT_NAME = "default";

/** Largest port range a request can have. */
export interface PortRange {
  readonly portMin: number;
  readonly portMax: number;
}

/** Reads one item of the option: `[NAME/]ADDRESS[!ADVERTISED]` or `ALIAS=NAME`. */
export function parseInterface(
  item: string,
  range: PortRange,
  origin: string,
  report: Report,
): InterfaceRequest | AliasRequest | undefined {
  const refuse = (why: string) => {
    report.errors.push(`interface: "${item}" ${why} (from ${origin})`);
    return undefined;
  };
  if (item.includes("=")) {
    const [alias, name, ...rest] = item.split("=").map((part) => part.trim());
    if (rest.length > 0 || !isInterfaceName(alias!) || !isInterfaceName(name!)) {
      return refuse("is not ALIAS=NAME");
    }
    return { origin, alias: alias!, name: name! };
  }
  const slash = item.indexOf("/");
  const name = slash < 0 ? DEFAULT_NAME : item.slice(0, slash).trim();
  if (!isInterfaceName(name)) {
    return refuse("has no usable name before the /: a name has no blank and none of / ! = ;");
  }
  const [address, advertised, ...rest] = item.slice(slash + 1).split("!").map((part) =>
    part.trim()
  );
  if (rest.length > 0) return refuse("has more than one !");
  if (address === "") return refuse("has no address");
  if (advertised === "") return refuse("has no advertised address behind the !");
  return {
    origin,
    name,
    address: address!,
    ...(advertised === undefined ? {} : { advertised }),
    ...range,
    excludePorts: [],
  };
}

/** Whether a text can be the name of a logical interface. */
export function isInterfaceName(name: string): boolean {
  return /^[^\s/!=;]+$/.test(name);
}

/** Turns requests into addresses; host names are looked up once, here. */
export async function buildInterfaces(
  requests: InterfaceRequests,
  host: Host,
  report: Report,
): Promise<InterfaceSet> {
  const hostAddresses = host.addresses();
  const addresses: LocalAddress[] = [];
  for (const request of requests.interfaces) {
    const locals = await expand(request, hostAddresses, host, report);
    for (const local of locals) {
      const twin = addresses.find((other) =>
        other.name === local.name && other.address === local.address
      );
      if (twin === undefined) {
        addresses.push(local);
      } else {
        report.warnings.push(
          `interface: ${local.name}/${local.address} is there already and is taken once ` +
            `(from ${request.origin})`,
        );
      }
    }
  }
  return { addresses, aliases: buildAliases(requests, report) };
}

async function expand(
  request: InterfaceRequest,
  hostAddresses: readonly HostAddress[],
  host: Host,
  report: Report,
): Promise<LocalAddress[]> {
  const locals = await localAddresses(request, hostAddresses, host, report);
  const result: LocalAddress[] = [];
  for (const { family, address } of locals) {
    const advertised = request.advertised === undefined
      ? { family, address }
      : await advertisedAddress(request, request.advertised, family, host, report);
    if (advertised === undefined) break;
    result.push({
      name: request.name,
      family,
      address,
      advertised: advertised.address,
      advertisedFamily: advertised.family,
      portMin: request.portMin,
      portMax: request.portMax,
      ...(request.excludePorts.length === 0 ? {} : { excludePorts: request.excludePorts }),
    });
  }
  return result;
}

type Address = Pick<HostAddress, "family" | "address">;

async function localAddresses(
  request: InterfaceRequest,
  hostAddresses: readonly HostAddress[],
  host: Host,
  report: Report,
): Promise<readonly Address[]> {
  const { address: wanted, origin } = request;
  const refuse = (why: string) => {
    report.errors.push(`interface: ${why} (from ${origin})`);
    return [];
  };
  if (wanted.toLowerCase() === "any") {
    const found = hostAddresses.filter(({ address }) =>
      !["loopback", "link-local"].includes(classOf(address))
    );
    return found.length > 0
      ? found
      : refuse('"any" finds no address: no network interface has one besides loopback');
  }
  const literal = canonicalIp(wanted.replace(/^\[(.*)\]$/, "$1"));
  if (literal !== undefined) {
    const kind = classOf(literal.address);
    if (kind === "unspecified" || kind === "multicast" || kind === "broadcast") {
      return refuse(`"${wanted}" is ${kind}: media needs an address of this host, or "any"`);
    }
    if (!isOnHost(literal.address, hostAddresses)) {
      report.warnings.push(
        `interface: no network interface of this host has ${literal.address} now (from ${origin})`,
      );
    }
    return [literal];
  }
  const ofDevice = hostAddresses.filter(({ device }) => device === wanted);
  if (ofDevice.length > 0) {
    const usable = ofDevice.filter(({ address }) => classOf(address) !== "link-local");
    return usable.length > 0
      ? usable
      : refuse(`network interface "${wanted}" has only link-local addresses`);
  }
  const devices = [...new Set(hostAddresses.map(({ device }) => device))];
  if (!isHostName(wanted) || /^[\d.]+$/.test(wanted)) {
    return refuse(`"${wanted}" is neither an address nor one of ${listText([...devices, "any"])}`);
  }
  const resolved = await resolveAll(wanted, host);
  if (typeof resolved !== "string") return resolved;
  return refuse(
    `"${wanted}" is no address, none of the network interfaces (${listText(devices)}) and cannot ` +
      `be looked up as a host name: ${resolved}`,
  );
}

async function advertisedAddress(
  { origin }: InterfaceRequest,
  wanted: string,
  family: 4 | 6,
  host: Host,
  report: Report,
): Promise<Address | undefined> {
  const literal = canonicalIp(wanted.replace(/^\[(.*)\]$/, "$1"));
  if (literal !== undefined) return literal;
  const resolved = isHostName(wanted) && !/^[\d.]+$/.test(wanted)
    ? await resolveAll(wanted, host)
    : "not a host name";
  if (typeof resolved !== "string") {
    return resolved.find((address) => address.family === family) ?? resolved[0];
  }
  report.errors.push(
    `interface: advertised address "${wanted}" is no address and cannot be looked up as a host ` +
      `name: ${resolved} (from ${origin})`,
  );
  return undefined;
}

/** Addresses of a host name, or why there are none. */
async function resolveAll(name: string, host: Host): Promise<readonly Address[] | string> {
  try {
    const found = (await host.resolve(name)).flatMap((text) => canonicalIp(text) ?? []);
    return found.length > 0 ? found : "no address found";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isOnHost(address: string, hostAddresses: readonly HostAddress[]): boolean {
  return address.startsWith("127.") || hostAddresses.some((own) => own.address === address);
}

function classOf(address: string): string {
  const ip = parseIp(address);
  return ip === undefined ? "" : classifyIp(ip);
}

function buildAliases(
  { interfaces, aliases }: InterfaceRequests,
  report: Report,
): ReadonlyMap<string, string> {
  const names = new Set<string>();
  for (const { name } of interfaces) {
    names.add(name);
    if (name.includes(":")) names.add(name.slice(0, name.indexOf(":")));
  }
  const wanted = new Map(aliases.map((request) => [request.alias, request]));
  const result = new Map<string, string>();
  for (const { alias, name, origin } of wanted.values()) {
    if (names.has(alias)) {
      report.errors.push(
        `interface: alias "${alias}" is the name of an interface already (from ${origin})`,
      );
      continue;
    }
    let target = name;
    for (let hops = 0; hops < wanted.size && !names.has(target); hops++) {
      target = wanted.get(target)?.name ?? target;
    }
    if (names.has(target)) {
      result.set(alias, target);
    } else {
      const known = [...names];
      report.errors.push(
        `interface: alias "${alias}" stands for "${name}", which is no interface` +
          `${known.length > 0 ? `: there is ${listText(known)}` : ""} (from ${origin})`,
      );
    }
  }
  return result;
}
