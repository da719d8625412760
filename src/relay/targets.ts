/**
 * Which destinations media must never be sent to, whatever a peer writes into its SDP: our own control
 * ports, addresses that are no unicast destination, and this host or link seen from somewhere else.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import {
  type AddressClass,
  classifyIp,
  embeddedIpv4,
  formatIp,
  type Ip,
  parseIp,
} from "../core/ip.ts";
import type { LocalAddress } from "./types.ts";

/** What the policy has to know about this host. */
export interface OwnEndpoints {
  /** Where control listeners are bound; wildcard addresses stand for all addresses of the host. */
  readonly control: readonly Endpoint[];
  /** Addresses of this host, canonical. */
  readonly addresses: ReadonlySet<string>;
}

/**
 * Why media must not be sent to `target` from `local`, as a sentence.
 *
 * @returns undefined when it may be sent
 */
export function refuseTarget(
  target: Endpoint,
  local: Pick<LocalAddress, "address">,
  own: OwnEndpoints,
): string | undefined {
  const name = `media target ${target.address} port ${target.port}`;
  const ip = parseIp(target.address);
  if (ip === undefined) return `${name} is not an IP address`;
  if (!Number.isInteger(target.port) || target.port < 1 || target.port > 65535) {
    return `${name} has no valid port`;
  }
  const forms: Ip[] = [ip];
  const embedded = embeddedIpv4(ip);
  if (embedded !== undefined) forms.push(embedded);
  const localIp = parseIp(local.address);
  const localClass = localIp && classifyIp(localIp);
  for (const form of forms) {
    const reason = refuseClass(classifyIp(form), localClass);
    if (reason !== undefined) return `${name} is ${reason}`;
    if (isControlPort(form, target.port, own)) return `${name} is a control port of this daemon`;
  }
  return undefined;
}

function refuseClass(kind: AddressClass, local: AddressClass | undefined): string | undefined {
  switch (kind) {
    case "unspecified":
      return "the unspecified address";
    case "multicast":
      return "a multicast address";
    case "broadcast":
      return "the broadcast address";
    case "reserved":
      return "a reserved address";
    case "loopback":
      return local === "loopback" ? undefined : "a loopback address";
    case "link-local":
      return local === "link-local" ? undefined : "a link-local address";
    default:
      return undefined;
  }
}

function isControlPort(ip: Ip, port: number, own: OwnEndpoints): boolean {
  let address: string | undefined;
  for (const listener of own.control) {
    if (listener.port !== port) continue;
    address ??= formatIp(ip.family, ip.bytes);
    if (listener.address === address) return true;
    const bound = parseIp(listener.address);
    if (bound === undefined || classifyIp(bound) !== "unspecified") continue;
    // a wildcard IPv6 socket may take IPv4 as well
    if (bound.family === 4 && ip.family === 6) continue;
    if (classifyIp(ip) === "loopback" || own.addresses.has(address)) return true;
  }
  return false;
}
