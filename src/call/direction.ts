/**
 * Which interface each side of a message is to be reached through: `direction` in its several forms, and the
 * address a route leads to.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Endpoint, Family } from "../core/endpoint.ts";
import type { NgRequest } from "../ng/request.ts";
import type { CallContext } from "./context.ts";

/** What a message says about interfaces. */
export interface Directions {
  /** Logical interface towards the sender; undefined = not asked for. */
  readonly from: ByteString | undefined;
  /** Logical interface towards the receiver; undefined = not asked for. */
  readonly to: ByteString | undefined;
  /** Family the legacy name `internal` or `external` stands for. */
  readonly fromFamily: Family | undefined;
  /** The same towards the receiver. */
  readonly toFamily: Family | undefined;
}

/** One half of {@link Directions}. */
interface Half {
  readonly name: ByteString | undefined;
  readonly family: Family | undefined;
}

const UNASKED: Half = { name: undefined, family: undefined };

/**
 * Reads `from-interface` and `to-interface`, else the first two items of `direction`, else the interface
 * the host would use towards `inbound-peer` and `outbound-peer`.
 */
export function readDirection(context: CallContext, request: NgRequest): Directions {
  const { direction } = request;
  const from = half(context, request, request.fromInterface ?? direction[0], "inbound-peer");
  const to = half(context, request, request.toInterface ?? direction[1], "outbound-peer");
  return { from: from.name, to: to.name, fromFamily: from.family, toFamily: to.family };
}

function half(
  context: CallContext,
  request: NgRequest,
  name: ByteString | undefined,
  peer: "inbound-peer" | "outbound-peer",
): Half {
  if (name === undefined) {
    const target = peer === "inbound-peer" ? request.inboundPeer : request.outboundPeer;
    return target === undefined ? UNASKED : { ...UNASKED, name: towards(context, request, target) };
  }
  const { relay, log } = context;
  if (relay.hasInterface(name)) return { name, family: undefined };
  // names of old mean families where no interface is called so
  if (name === "internal") return { name: undefined, family: 4 };
  if (name === "external") return { name: undefined, family: 6 };
  log.warn(request.callId ?? "", `there is no interface ${name}, the default one is used`);
  return { name, family: undefined };
}

/** The logical interface that has the address the host would send from. */
function towards(
  { relay, log }: CallContext,
  request: NgRequest,
  target: Endpoint,
): ByteString | undefined {
  const source = relay.engine.sourceTowards?.(target);
  const found = relay.addresses.find(({ family, address }) =>
    family === target.family && address === source
  );
  if (found === undefined) {
    const why = source === undefined ? "there is no route" : `no interface has ${source}`;
    log.warn(request.callId ?? "", `interface towards ${target.address} unknown: ${why}`);
  }
  return found?.name;
}
