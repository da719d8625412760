/**
 * What passes in a call, as one line of a list says it: packets, losses, who forwards, what is wrong.
 *
 * @module
 */

import type { CallView, MediaView } from "../../call/types.ts";

/** Who has been silent for so long says nothing, in ms. A call this young has no problem yet. */
export const SILENCE_MS = 10_000;

/** What is wrong with the media of a call. */
export const CALL_PROBLEMS = ["one-way", "no-media"] as const;
/** One of {@link CALL_PROBLEMS}. */
export type CallProblem = typeof CALL_PROBLEMS[number];

/** Who forwards the packets of a call. */
export const FORWARDERS = ["kernel", "core"] as const;
/** One of {@link FORWARDERS}. */
export type Forwarder = typeof FORWARDERS[number];

/** What passes in a call. */
export interface CallTraffic {
  /** RTP packets that came in, of all parties. */
  readonly packets: number;
  /** RTP packets missing on the way here. */
  readonly lost: number;
  /** `kernel` when any RTP stream of it is there. */
  readonly forwarder: Forwarder;
  /** What is wrong. */
  readonly problem: CallProblem | undefined;
}

/**
 * Looks at the counters of a call.
 *
 * @param now wall-clock ms
 */
export function trafficOf(call: CallView, now: number): CallTraffic {
  const since = now - SILENCE_MS;
  let [packets, lost, described, expected, heard] = [0, 0, 0, 0, 0];
  let forwarder: Forwarder = "core";
  for (const party of call.participants) {
    let last = 0;
    for (const stream of party.medias.flatMap(({ streams }) => streams)) {
      const counters = stream.component === "rtp" ? stream.counters() : undefined;
      if (counters === undefined) continue;
      if (counters.kernel?.forwards === true) forwarder = "kernel";
      last = Math.max(last, counters.lastRx);
      for (const source of counters.ssrcs) {
        packets += source.packets;
        // RFC 3550 lets it be negative when packets come twice
        lost += Math.max(0, source.lost);
      }
    }
    // a branch that was not taken: nobody listens
    if (party.subscribers.length === 0) continue;
    const sections = party.medias.filter(isDescribed);
    if (sections.length > 0) described++;
    if (!sections.some(({ flags }) => flags.includes("recv"))) continue;
    expected++;
    if (last >= since) heard++;
  }
  const isOld = call.created <= since && call.lastSignal <= since;
  // before the answer it rings
  const isTold = isOld && described > 1 && !call.foreign && !call.deleting;
  const problem = isTold ? problemOf(expected, heard) : undefined;
  return { packets, lost, forwarder, problem };
}

/** Share of the packets that went missing, 0 to 1; undefined when there were none. */
export function lossOf({ packets, lost }: Pick<CallTraffic, "packets" | "lost">) {
  const all = packets + lost;
  return all === 0 ? undefined : lost / all;
}

function problemOf(expected: number, heard: number): CallProblem | undefined {
  if (expected === 0) return undefined;
  if (heard === 0) return "no-media";
  return heard < expected ? "one-way" : undefined;
}

/** Whether a party has said where it wants RTP of a section. */
function isDescribed({ hidden, streams }: MediaView): boolean {
  return hidden !== true &&
    streams.some(({ component, local, advertised }) =>
      component === "rtp" && local !== undefined && advertised !== undefined
    );
}
