/**
 * Where the sender of a description wants its media.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import type { NgRequest } from "../ng/request.ts";
import { connectionOf, rtcpOf, type Sdp, SdpError, type SdpMedia } from "../sdp/mod.ts";
import type { NegotiationSettings } from "./state.ts";

/** Endpoints of one media section. */
export interface Remote {
  /** Undefined when the port is 0. */
  readonly rtp: Endpoint | undefined;
  /** Undefined when there is no port above 65535. */
  readonly rtcp: Endpoint | undefined;
  /** The address is the unspecified one. */
  readonly held: boolean;
  /** Family of the address, also when the port is 0. */
  readonly family: 4 | 6;
  /** `a=rtcp` names the RTP port itself. */
  readonly samePort: boolean;
}

/** Whether the addresses of a description count, or the one its message came from. */
export function trustsAddress(request: NgRequest, settings: NegotiationSettings): boolean {
  if (request.flags.has("SIP source address")) return false;
  return !settings.sipSource || request.flags.has("trust address");
}

/**
 * Endpoints of a section: the `c=` in effect with the port of `m=`, RTCP one above it or as `a=rtcp` says
 * (RFC 3605).
 *
 * @throws SdpError `Incomplete SDP specification` when there is no address
 */
export function remoteOf(
  request: NgRequest,
  settings: NegotiationSettings,
  sdp: Sdp,
  section: SdpMedia,
): Remote {
  const connection = connectionOf(sdp, section);
  const trusted = trustsAddress(request, settings);
  const address = trusted ? connection : received(request);
  if (address === undefined || connection === undefined) {
    throw new SdpError("Incomplete SDP specification", "a media section has no address");
  }
  const { family } = address;
  const held = trusted && connection.unspecified;
  const { port } = section.media;
  if (port === 0) return { rtp: undefined, rtcp: undefined, held, family, samePort: false };
  const rtp: Endpoint = { family, address: address.address, port };
  const explicit = rtcpOf(section);
  const samePort = explicit !== undefined && explicit.port === port &&
    (explicit.address === undefined || explicit.address.address === address.address);
  if (explicit === undefined || samePort) {
    const rtcp = port < 65535 ? { family, address: address.address, port: port + 1 } : undefined;
    return { rtp, rtcp, held, family, samePort };
  }
  const rtcpAddress = trusted ? explicit.address ?? address : address;
  return {
    rtp,
    rtcp: {
      family: rtcpAddress.family,
      address: rtcpAddress.address,
      port: explicit.port,
    },
    held,
    family,
    samePort,
  };
}

function received(request: NgRequest): { family: 4 | 6; address: string } | undefined {
  return request.receivedFrom;
}
