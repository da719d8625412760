/**
 * What the media sections of calls say about forwarding: how many are open, and who was heard.
 *
 * @module
 */

import type { CallView, MediaView, StreamView } from "../call/types.ts";

/** Numbers of open media sections by forwarding path. */
export interface MediaCount {
  userspace: number;
  kernel: number;
  mixed: number;
}

/**
 * Adds the open media sections of a call to `count`.
 *
 * @param kernel whether streams can be in the kernel at all; looking at their flags costs a little
 */
export function countMedia(call: CallView, count: MediaCount, kernel: boolean): void {
  for (const participant of call.participants) {
    for (const media of participant.medias) {
      const path = mediaPath(media, kernel);
      if (path !== undefined) count[path]++;
    }
  }
}

function mediaPath(media: MediaView, maybe: boolean): keyof MediaCount | undefined {
  let kernel = false;
  let userspace = false;
  for (const stream of media.streams) {
    if (stream.component !== "rtp" || stream.local === undefined) continue;
    if (maybe && stream.flags.includes("kernelized")) kernel = true;
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
