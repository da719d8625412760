/**
 * `pierce NAT`: the party is sent something on each of its ports until it has sent something itself, so that
 * the NAT it is behind, or we are, lets its packets in.
 *
 * @module
 */

import type { Relay, Slot } from "../relay/types.ts";
import type { Call } from "./call.ts";
import type { Media, PortEntry } from "./media.ts";

/**
 * An RTP header without payload, of a payload type nobody negotiates, as rtpengine sends it: what receives it
 * takes it for RTP at most and plays nothing.
 */
const RTP_PROBE = Uint8Array.of(0x80, 0x7f, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0);
/** For media that are not RTP. */
const EMPTY_PROBE = new Uint8Array(0);

/** What is remembered of a pair that is being pierced. Plain data. */
export interface Piercing {
  /** Stands for the description it was begun for. */
  readonly origin: string;
  /** When something had last come in by then, wall-clock ms: input is what comes after that. */
  readonly rtp: number;
  readonly rtcp: number;
}

/** After a message: sends at once to those who asked for it and are not known to be heard. */
export function startPiercing(relay: Relay, call: Call): void {
  for (const { medias } of call.participants) {
    for (const media of medias) {
      const { own, state } = media;
      if (own === undefined || !state.pierceNat) continue;
      const { rtp, rtcp } = own.pair;
      const { engine } = relay;
      if (own.piercing?.origin === state.origin) continue;
      own.piercing = {
        origin: state.origin,
        rtp: engine.lastRx(rtp.slot),
        rtcp: engine.lastRx(rtcp.slot),
      };
      call.piercing = true;
    }
  }
  continuePiercing(relay, call);
}

/** Once a second: sends again to those who have not been heard yet. */
export function continuePiercing(relay: Relay, call: Call): void {
  if (!call.piercing) return;
  let open = false;
  for (const { medias } of call.participants) {
    for (const media of medias) {
      const { own } = media;
      if (own?.piercing !== undefined && media.live) open = pierce(relay, media, own) || open;
    }
  }
  call.piercing = open;
}

/** @returns whether there is a port nothing has come in on */
function pierce({ engine }: Relay, media: Media, { pair, piercing }: PortEntry): boolean {
  const { state, refused } = media;
  const probe = state.kind === "rtp" ? RTP_PROBE : EMPTY_PROBE;
  const ports: [Slot, number][] = [[pair.rtp.slot, piercing!.rtp]];
  if (state.kind !== "opaque" && !state.muxTold) ports.push([pair.rtcp.slot, piercing!.rtcp]);
  let open = false;
  for (const [slot, before] of ports) {
    if (engine.lastRx(slot) !== before) continue;
    open = true;
    if (!state.held && refused === undefined && state.rtp !== undefined) engine.send(slot, probe);
  }
  return open;
}
