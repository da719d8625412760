/**
 * Ports of the sections of one message: each its own pair, or, bundled (RFC 9143), that of another section.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import type { Facing, FacingAddress, MediaState } from "../negotiate/mod.ts";
import type { LocalAddress, PortPair } from "../relay/types.ts";
import type { Participant } from "./participant.ts";
import type { Advertised, PortPlan } from "./port_plan.ts";

/** One section of a message. */
export interface PlannedSection {
  /** State of the one whose description it is. */
  readonly from: MediaState;
  /** State of the one it is rewritten for. */
  readonly to: MediaState;
}

/** What ports are planned from. */
export interface SectionPlan {
  readonly from: Participant;
  readonly to: Participant;
  readonly sections: readonly PlannedSection[];
  readonly ports: PortPlan;
  /** The pair in use stays although the endpoint of the other side changed (`port latching`). */
  readonly latch: boolean;
  /** Who asks for no media, an offer's sender on hold, is not given other ports for it. */
  readonly hold: boolean;
  /** Our address towards the one whose description it is, by section. */
  readonly fromAddress: (position: number) => LocalAddress;
  /** Our address towards the other. */
  readonly toAddress: (position: number) => LocalAddress;
}

/**
 * Plans the ports of all sections.
 *
 * @returns our side of each section as the new description shows it; undefined for those without ports
 * @throws PortsExhausted
 */
export function planSections(plan: SectionPlan): (Facing | undefined)[] {
  const { from, to, sections, ports } = plan;
  moveTransports(ports, from, sections.map((section) => section.from));
  moveTransports(ports, to, sections.map((section) => section.to));
  const pairs: (Advertised | undefined)[] = sections.map((section, i) => {
    if (!hasPorts(section)) return undefined;
    const { from: own, to: other } = section;
    const peer: Endpoint | undefined = own.held ? undefined : own.rtp;
    const stays = plan.hold && !own.send ? ports.stay(to, i) : undefined;
    const pair = (other.bundle?.carrier ?? i) === i
      ? stays ??
        ports.advertise(
          to,
          i,
          plan.toAddress(i),
          peer,
          plan.latch || isBound(other),
          other.secure?.ice !== undefined,
        )
      : undefined;
    // whoever offers a bundle learns of the common port by the answer
    if (own.bundle === undefined || own.bundle.carrier === i) {
      ports.keep(from, i, () => plan.fromAddress(i));
    }
    return pair;
  });
  return sections.map((section, i) => {
    const pair = hasPorts(section) ? pairs[section.to.bundle?.carrier ?? i] : undefined;
    return pair && facing(pair);
  });
}

/** ICE and DTLS are agreed for a port: another one would need new descriptions of both sides. */
function isBound({ kind, secure }: MediaState): boolean {
  if (kind === "relayed") return true;
  return secure !== undefined && (secure.ice !== undefined || secure.keying.type === "dtls");
}

/** After ports and states are in place: sections that have none of their own use those of their carrier. */
export function joinTransports({ medias }: Participant): void {
  for (const media of medias) {
    const carrier = media.state.rejected ? undefined : media.state.bundle?.carrier;
    media.active = carrier === undefined ? media.own : medias[carrier]?.own;
  }
}

/** The transport of a bundle outlives the section it belonged to. */
function moveTransports(
  ports: PortPlan,
  party: Participant,
  states: readonly MediaState[],
): void {
  for (const [i, { bundle }] of states.entries()) {
    const before = party.medias[i]?.state.bundle?.carrier;
    if (bundle?.carrier !== i || before === undefined || before === i) continue;
    if (states[before]?.bundle?.carrier !== before) ports.inherit(party, i, before);
  }
}

function hasPorts({ from }: PlannedSection): boolean {
  return !from.rejected && from.kind !== "passthrough";
}

/** Our side of a section that is advertised with these pairs. */
export function facing({ pair, others }: Advertised): Facing {
  return others.length === 0
    ? addressOf(pair)
    : { ...addressOf(pair), others: others.map(addressOf) };
}

function addressOf({ local, rtp, rtcp }: PortPair): FacingAddress {
  return {
    address: local.advertised,
    family: local.advertisedFamily,
    rtpPort: rtp.port,
    rtcpPort: rtcp.port,
  };
}
