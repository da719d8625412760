/**
 * What the media sections of calls say about forwarding: how many are in use, who was heard, and over which
 * address families.
 *
 * @module
 */

import type { CallView, MediaView, StreamView } from "../call/types.ts";
import type { Family } from "../core/endpoint.ts";

/** Numbers of media sections in use by forwarding path. */
export interface MediaCount {
  userspace: number;
  kernel: number;
  mixed: number;
}

/**
 * Adds the media sections of a call that are in use to `count`.
 *
 * @param heard whether an RTP stream has received anything lately
 * @param inKernel whether the kernel forwards an RTP stream
 */
export function countMedia(
  call: CallView,
  count: MediaCount,
  heard: (stream: StreamView) => boolean,
  inKernel: (stream: StreamView) => boolean,
): void {
  for (const participant of call.participants) {
    for (const media of participant.medias) {
      const path = mediaPath(media, heard, inKernel);
      if (path !== undefined) count[path]++;
    }
  }
}

function mediaPath(
  media: MediaView,
  heard: (stream: StreamView) => boolean,
  inKernel: (stream: StreamView) => boolean,
): keyof MediaCount | undefined {
  let kernel = false;
  let userspace = false;
  for (const stream of media.streams) {
    if (stream.component !== "rtp" || !heard(stream)) continue;
    if (inKernel(stream)) kernel = true;
    else userspace = true;
  }
  if (kernel && userspace) return "mixed";
  return kernel ? "kernel" : userspace ? "userspace" : undefined;
}

/** Whether an RTP stream took in a packet that was not dropped. */
function hasRelayed(stream: StreamView): boolean {
  const counters = stream.component === "rtp" ? stream.counters() : undefined;
  return counters !== undefined && counters.rxPackets > counters.rxErrors;
}

/**
 * Number of parties whose packets were relayed in the first media section of a call: 0 means that nothing was
 * relayed, 1 that the call was one-way.
 */
export function sendingParties(call: CallView): number {
  let parties = 0;
  for (const participant of call.participants) {
    const first = participant.medias[0];
    if (first?.streams.some(hasRelayed)) parties++;
  }
  return parties;
}

/** Which address families an answered call uses on our side. */
export type FamilyMix = "ipv4" | "ipv6" | "mixed";

/** Families of the local addresses an answered call uses; undefined while it is not answered. */
export function familyMix(call: CallView): FamilyMix | undefined {
  const families = new Set<Family>();
  let answered = 0;
  for (const participant of call.participants) {
    let remote = false;
    for (const { streams } of participant.medias) {
      for (const stream of streams) {
        if (stream.local === undefined) continue;
        // What was signalled is cheap to know; what was learned takes a look at the counters.
        if ((stream.advertised ?? stream.endpoint) === undefined) continue;
        families.add(stream.local.address.family);
        remote = true;
      }
    }
    if (remote) answered++;
  }
  if (answered < 2) return undefined;
  if (families.size > 1) return "mixed";
  return families.has(4) ? "ipv4" : "ipv6";
}
