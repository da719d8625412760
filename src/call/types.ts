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
import type { LocalAddress, Slot, SlotCounters } from "../relay/types.ts";
import type { Gate } from "./gate.ts";
import type { SecureStep } from "./secure/timeline.ts";

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
  /** Which of the two. */
  readonly component: "rtp" | "rtcp";
  /**
   * Local address and port; undefined when the section is rejected or the component has been muxed away,
   * port 0 when it was so from the beginning.
   */
  readonly local: { readonly address: LocalAddress; readonly port: number } | undefined;
  /** Remote endpoint in use, learned or signalled. */
  readonly endpoint: Endpoint | undefined;
  /** Remote endpoint as signalled in SDP. */
  readonly advertised: Endpoint | undefined;
  /** Its port in the engine, for cheap looks at single counters; undefined without a local port. */
  readonly slot: Slot | undefined;
  /**
   * Its counters, undefined without a local port and where the port is another section's, which counts for
   * the whole bundle (RFC 9143).
   */
  counters(): SlotCounters | undefined;
  /** SRTP suite in use or, before that, offered first; absent = none. */
  readonly cryptoSuite?: string | undefined;
  /** ng names: `RTP`, `RTCP`, `fallback RTCP`, `filled`, `confirmed`, `kernelized`, `strict source address`, … */
  readonly flags: readonly string[];
}

/** One media section (m-line) of one participant. */
export interface MediaView {
  /** 1-based, as in ng. */
  readonly index: number;
  /** The party does not know the section (`sdp-media-remove`); absent = it does. */
  readonly hidden?: boolean;
  /** `audio`, `video`, `image`, `application`, … */
  readonly type: string;
  /** `RTP/AVP`, … */
  readonly protocol: string;
  /** First codec, `PCMA/8000`; undefined for non-RTP. */
  readonly codec: string | undefined;
  /** RTP, then RTCP. */
  readonly streams: readonly StreamView[];
  /** ng names: `initialized`, `send`, `recv`, `rtcp-mux`, … */
  readonly flags: readonly string[];
  /** What ICE and DTLS did, oldest first; absent = nothing is known. */
  readonly secureSteps?: readonly SecureStep[];
}

/** An edge: `subscriber` receives what `source` sends. */
export interface SubscriptionView {
  /** The other party. */
  readonly party: ParticipantView;
  /** Tag of the other party. */
  readonly tag: ByteString;
  /** What made the edge. */
  readonly type: "offer/answer" | "pub/sub";
  /** Media index on the other side. */
  readonly index: number;
}

/** One party of a call, known by its SIP tag. */
export interface ParticipantView {
  /** SIP tag, empty while it is not known. */
  readonly tag: ByteString;
  /** Other tags it is known by, former ones for instance. */
  readonly aliases: readonly ByteString[];
  /** `via-branch` it was reached by. */
  readonly viaBranch: ByteString | undefined;
  /** `label` given to it. */
  readonly label: ByteString | undefined;
  /** `metadata` of its last message. */
  readonly metadata: ByteString | undefined;
  /** Wall-clock ms. */
  readonly created: number;
  /** Media sections in order of the description. */
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
  /** SIP Call-ID. */
  readonly callId: ByteString;
  /** Call-ids of calls that have become part of this one. */
  readonly aliases: readonly ByteString[];
  /** Wall-clock ms. */
  readonly created: number;
  /** Wall-clock ms of the last offer or answer. */
  readonly lastSignal: number;
  /** Control client that created it, `ADDRESS:PORT`. */
  readonly createdFrom: string;
  /** Address of the SIP side for `b2b-url`: the control client's, or what `xmlrpc-callback` said last. */
  readonly proxy: string;
  /** TOS byte of media that is sent, -1 = as received. */
  readonly tos: number;
  /** `metadata` of the last message that had one. */
  readonly metadata: ByteString | undefined;
  /** Deletion is scheduled (`delete-delay`). */
  readonly deleting: boolean;
  /** Taken over from another instance and not active here. */
  readonly foreign: boolean;
  /** Being recorded. */
  readonly recording: boolean;
  /** What is kept from passing in the whole call; absent = nothing. */
  readonly gate?: Readonly<Gate>;
  /** Parties in order of appearance. */
  readonly participants: readonly ParticipantView[];
}

/** What views and the control tree may ask of the calls. */
export interface CallRegistry {
  /** Number of calls. */
  readonly size: number;
  /** In order of creation. */
  calls(): Iterable<CallView>;
  /** Looks a call up. */
  get(callId: ByteString): CallView | undefined;
  /** Ends one call at once. @returns whether it existed */
  terminate(callId: ByteString, reason: CloseReason): boolean;
}

/** Told about the life of calls; counts, logs and journals hang here. */
export interface CallObserver {
  /** A call was made. */
  created(call: CallView): void;
  /** A message or command changed the call, a new one included; everything of it is in place. */
  changed?(call: CallView): void;
  /** The call is gone; its counters are still readable during this call. */
  closed(call: CallView, reason: CloseReason): void;
  /** A new call was refused because of a limit or for want of ports. */
  rejected(reason: string): void;
}
