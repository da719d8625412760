/**
 * What is remembered of each media section and each party between messages. Plain values: negotiation
 * makes new ones, the call layer puts them in place.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Endpoint, Family } from "../core/endpoint.ts";
import type { SdpOrigin } from "../sdp/mod.ts";
import type { Codec } from "./codecs.ts";
import type { MediaKind } from "./protocol.ts";
import type { SecureState } from "./secure_state.ts";

/**
 * rtcp-mux (RFC 5761) on one party's side: not spoken of, offered and waiting for the answer, or agreed.
 */
export type MuxState = "none" | "offered" | "agreed";

/** Place of a section in a BUNDLE group (RFC 9143) of one party. Plain data. */
export interface BundleMember {
  /** Waiting for the answer, or agreed. */
  readonly stage: "offered" | "agreed";
  /** Which group of the party, 0 for the first. */
  readonly group: number;
  /** Place in the group as it is written, 0 for the first. */
  readonly rank: number;
  /**
   * 0-based position of the section whose ports this one uses, which may be itself; undefined: until the
   * answer it has its own, or none.
   */
  readonly carrier: number | undefined;
}

/** One media section as one party and we see it. */
export interface MediaState {
  /** `audio`, `video`, … */
  readonly type: ByteString;
  /** Protocol spoken with this party. */
  readonly protocol: ByteString;
  /** How its media is treated. */
  readonly kind: MediaKind;
  /** Format list of this party's last description. */
  readonly formats: ByteString;
  /** Codecs of this party's last description; empty unless `kind` is `rtp`. */
  readonly codecs: readonly Codec[];
  /** This party has described the section itself. */
  readonly initialized: boolean;
  /** Port 0 on either side. */
  readonly rejected: boolean;
  /** Where this party wants RTP, and RTCP; port 0 never stands here. */
  readonly rtp: Endpoint | undefined;
  /** Where it wants RTCP. */
  readonly rtcp: Endpoint | undefined;
  /** Session id and version of this party's last `o=`: the same again means that nothing changed. */
  readonly origin: string;
  /** The address was `0.0.0.0` or `::`. */
  readonly held: boolean;
  /** Media is sent to this party. */
  readonly send: boolean;
  /** Media is taken from this party. */
  readonly recv: boolean;
  /** rtcp-mux with this party. */
  readonly mux: MuxState;
  /** RTCP for this party goes to its RTP port: what the last answer settled, whoever gave it. */
  readonly rtcpMuxed: boolean;
  /** The last description written for this party named the RTP port for RTCP too. */
  readonly muxTold: boolean;
  /** rtcp-mux offered by this party is accepted whatever the other side says. */
  readonly muxAlways: boolean;
  /** `a=mid` this party knows the section by. */
  readonly mid: ByteString | undefined;
  /** Place in a BUNDLE group with this party; undefined = in none. */
  readonly bundle: BundleMember | undefined;
  /** Identifier of the MID header extension in this party's last description, 1..255; undefined = none. */
  readonly midExtension: number | undefined;
  /** Sources signalled by `a=ssrc` in its last description, at most 8. */
  readonly ssrcs: readonly number[];
  /** `a=ptime` of its last description. */
  readonly ptime: ByteString | undefined;
  /** How its address is learned from packets. */
  readonly learning: "off" | "immediate" | "delayed" | "heuristic";
  /** Its address is never learned. */
  readonly asymmetric: boolean;
  /** Packets from elsewhere are dropped. */
  readonly strictSource: boolean;
  /** Packets from elsewhere move the endpoint. */
  readonly handover: boolean;
  /** Asked for by the flag of the same name. */
  readonly unidirectional: boolean;
  /** RTCP of this party ends here, and reports of our own are sent to it. */
  readonly generateRtcp: boolean;
  /** RTCP feedback was named in its last description (RFC 4585). */
  readonly feedback: boolean;
  /** Keys are agreed by DTLS between the parties, so that everything is relayed unexamined. */
  readonly dtls: boolean;
  /** Nothing is sent to this party before it has sent something. */
  readonly natWait: boolean;
  /** `pierce NAT` was asked for: this party is sent something until it sends something. */
  readonly pierceNat: boolean;
  /** An answer of this party came in a final response, so its tag does not change any more. */
  readonly final: boolean;
  /** This party does not know the section: `sdp-media-remove`. */
  readonly hidden: boolean;
  /** Packet time in ms asked of this party by `ptime` or `ptime-reverse`. */
  readonly packetTime: number | undefined;
  /** `block short` was asked for: its packets of fixed-size codecs must not get shorter. */
  readonly blockShort: boolean;
  /** The section is handed on as it is, because `passthrough` was asked for, or something like it. */
  readonly passthrough: boolean;
  /** It has ICE, which is not for us to speak: `kind` is `relayed`. */
  readonly ownIce: boolean;
  /** `media echo`: what comes from this party goes back to it, or nowhere. */
  readonly echo: "none" | "echo" | "blackhole";
  /** Header extension elements of its packets that are forwarded, by identifier; undefined = all. */
  readonly extensions: readonly number[] | undefined;
  /** `a=extmap` lines of its last offer that `mask` hides: accepted, but not offered onward. */
  readonly masked: readonly ByteString[];
  /** How often `reset` made everything be learned anew. */
  readonly resets: number;
  /** Role of RFC 8445 we would have towards this party: controlling when we make the offer. */
  readonly controlling: boolean;
  /** ICE and keys; undefined: keys are the parties' own business, and there is no ICE. */
  readonly secure: SecureState | undefined;
}

/** A section nobody has described yet. */
export const NEW_MEDIA: MediaState = {
  type: "",
  protocol: "",
  kind: "rtp",
  formats: "",
  codecs: [],
  initialized: false,
  rejected: false,
  rtp: undefined,
  rtcp: undefined,
  origin: "",
  held: false,
  send: true,
  recv: true,
  mux: "none",
  rtcpMuxed: false,
  muxTold: false,
  muxAlways: false,
  mid: undefined,
  bundle: undefined,
  midExtension: undefined,
  ssrcs: [],
  ptime: undefined,
  learning: "heuristic",
  asymmetric: false,
  strictSource: false,
  handover: false,
  unidirectional: false,
  generateRtcp: false,
  feedback: false,
  pierceNat: false,
  dtls: false,
  natWait: false,
  final: false,
  hidden: false,
  packetTime: undefined,
  blockShort: false,
  passthrough: false,
  ownIce: false,
  echo: "none",
  extensions: undefined,
  masked: [],
  resets: 0,
  controlling: false,
  secure: undefined,
};

/** What the last description written for one party said, which `replace` keeps constant. */
export interface SessionMemory {
  /** Its `o=`. */
  readonly origin: SdpOrigin | undefined;
  /** Its `s=`. */
  readonly sessionName: ByteString | undefined;
  /** The last description whose version was ours to choose, without that version. */
  readonly versionOf: string | undefined;
}

/** Nothing written yet. */
export const NEW_SESSION: SessionMemory = {
  origin: undefined,
  sessionName: undefined,
  versionOf: undefined,
};

/** One pair of ports of ours as it is advertised. */
export interface FacingAddress {
  /** Address as others see it. */
  readonly address: string;
  /** Family of `address`. */
  readonly family: Family;
  /** 1..65535 */
  readonly rtpPort: number;
  /** 1..65535, unused with rtcp-mux. */
  readonly rtcpPort: number;
}

/** Our side of a media section as the description written for a party shows it. */
export interface Facing extends FacingAddress {
  /** Further candidates of ICE, the preferred ones first; absent = none. */
  readonly others?: readonly FacingAddress[];
}

/** Values of the configuration negotiation looks at. */
export interface NegotiationSettings {
  /** `sip-source`. */
  readonly sipSource: boolean;
  /** `strict source` for everybody. */
  readonly strictSource: boolean;
  /** `endpoint-learning`. */
  readonly endpointLearning: "off" | "immediate" | "delayed" | "heuristic";
}
