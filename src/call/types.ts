/**
 * The call graph: Call → Participant → Media → Stream, and Subscription as the only edge. Offer/answer is
 * two subscriptions per media section; publish/subscribe, forks and conferences are other edges of the same
 * kind.
 *
 * These are the read sides; the classes that change them live in this folder.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { LocalAddress, SlotCounters } from "../relay/types.ts";

/** Why a call ended; the `reason` label of `closed_sessions_total` and the termination cause. */
export type CloseReason =
  | "rejected"
  | "timeout"
  | "silent_timeout"
  | "final_timeout"
  | "offer_timeout"
  | "terminated"
  | "force_terminated";

/** One packet stream: a component (RTP or RTCP) of a media section. */
export interface StreamView {
  readonly component: "rtp" | "rtcp";
  /** Local port and slot; undefined when the section is rejected or the component is muxed away. */
  readonly local: { readonly address: LocalAddress; readonly port: number } | undefined;
  /** Remote endpoint in use, learned or signalled. */
  readonly endpoint: Endpoint | undefined;
  /** Remote endpoint as signalled in SDP. */
  readonly advertised: Endpoint | undefined;
  counters(): SlotCounters | undefined;
  /** ng names: `RTP`, `RTCP`, `fallback RTCP`, `filled`, `confirmed`, `kernelized`, `strict source address`, … */
  readonly flags: readonly string[];
}

/** One media section (m-line) of one participant. */
export interface MediaView {
  /** 1-based, as in ng. */
  readonly index: number;
  /** `audio`, `video`, `image`, `application`, … */
  readonly type: string;
  /** `RTP/AVP`, … */
  readonly protocol: string;
  /** First codec, `PCMA/8000`; undefined for non-RTP. */
  readonly codec: string | undefined;
  readonly streams: readonly StreamView[];
  /** ng names: `initialized`, `send`, `recv`, `rtcp-mux`, … */
  readonly flags: readonly string[];
}

/** An edge: `subscriber` receives what `source` sends. */
export interface SubscriptionView {
  /** The other party. */
  readonly party: ParticipantView;
  readonly tag: ByteString;
  readonly type: "offer/answer" | "pub/sub";
  /** Media index on the other side. */
  readonly index: number;
}

/** One party of a call, known by its SIP tag. */
export interface ParticipantView {
  readonly tag: ByteString;
  readonly viaBranch: ByteString | undefined;
  readonly label: ByteString | undefined;
  readonly metadata: ByteString | undefined;
  /** Wall-clock ms. */
  readonly created: number;
  readonly medias: readonly MediaView[];
  /** Whom this party listens to. */
  readonly subscriptions: readonly SubscriptionView[];
  /** Who listens to this party. */
  readonly subscribers: readonly SubscriptionView[];
  /** Tag of the other party of the dialogue, `in dialogue with`. */
  readonly inDialogueWith: ByteString | undefined;
}

/** A call. */
export interface CallView {
  readonly callId: ByteString;
  /** Wall-clock ms. */
  readonly created: number;
  readonly lastSignal: number;
  /** Control client that created it, `ADDRESS:PORT`. */
  readonly createdFrom: string;
  readonly tos: number;
  readonly metadata: ByteString | undefined;
  /** Deletion is scheduled (`delete-delay`). */
  readonly deleting: boolean;
  readonly foreign: boolean;
  readonly recording: boolean;
  readonly participants: readonly ParticipantView[];
}

/** What views and the control tree may ask of the calls. */
export interface CallRegistry {
  /** Number of calls. */
  readonly size: number;
  /** In order of creation. */
  calls(): Iterable<CallView>;
  get(callId: ByteString): CallView | undefined;
  /** Ends one call at once. @returns whether it existed */
  terminate(callId: ByteString, reason: CloseReason): boolean;
}

/** Told about the life of calls; counts, logs and journals hang here. */
export interface CallObserver {
  created(call: CallView): void;
  /** The call is gone; its counters are still readable during this call. */
  closed(call: CallView, reason: CloseReason): void;
  /** A new call was refused because of a limit or for want of ports. */
  rejected(reason: string): void;
}
