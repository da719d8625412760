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
  const reason = reasonAgainst(target, local, own);
  return reason && `media target ${target.address} port ${target.port} ${reason}`;
}

function reasonAgainst(
  { address, port }: Endpoint,
  local: Pick<LocalAddress, "address">,
  own: OwnEndpoints,
): string | undefined {
  const forms = formsOf(address);
  if (forms.length === 0) return "is not an IP address";
  if (!Number.isInteger(port) || port < 1 || port > 65535) return "has no valid port";
  const localClass = formsOf(local.address)[0]?.kind;
  for (const { ip, kind } of forms) {
    const what = refuseClass(kind, localClass);
    if (what !== undefined) return `is ${what}`;
    if (isControlPort(ip, port, own)) return "is a control port of this daemon";
  }
  return undefined;
}

/** An address and what it is for. */
interface Form {
  readonly ip: Ip;
  readonly kind: AddressClass;
}

/** Addresses seen lately: each message of a call names the same few. */
const cache = new Map<string, readonly Form[]>();
const CACHE_SIZE = 4096;

/** The address itself, and the IPv4 address in it, if there is one; none for what is no address. */
function formsOf(address: string): readonly Form[] {
  const known = cache.get(address);
  if (known !== undefined) return known;
  const ip = parseIp(address);
  const embedded = ip && embeddedIpv4(ip);
  const forms = [ip, embedded].filter((one) => one !== undefined)
    .map((one) => ({ ip: one, kind: classifyIp(one) }));
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(address, forms);
  return forms;
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
