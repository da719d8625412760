/**
 * One offer or answer passing from one party to the other: new states of each media section, before any
 * port is chosen.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Family } from "../core/endpoint.ts";
import type { NgRequest } from "../ng/request.ts";
import {
  attributeOf,
  directionOf,
  hasAttribute,
  type Sdp,
  type SdpDirection,
  type SdpMedia,
} from "../sdp/mod.ts";
import {
  acceptedGroups,
  bundleAnswer,
  bundleOffer,
  type Bundling,
  offersBundle,
  UNBUNDLED,
} from "./bundle.ts";
import { midExtension, signalledSources } from "./bundle_text.ts";
import { editCodecs, ignoreCodecs, singleCodec } from "./codec_edit.ts";
import { type Codec, commonCodecs, parseCodecs } from "./codecs.ts";
import { editExtensions } from "./extensions.ts";
import { isFinal } from "./final.ts";
import { fillHidden, isHidden, isPlainTwin } from "./hidden.ts";
import { readIce } from "./ice.ts";
import { answerMux, offerMux } from "./mux.ts";
import type { Negotiation } from "./negotiation.ts";
import {
  canonicalProtocol,
  isSecure,
  mediaKind,
  plainProtocol,
  rewriteProtocol,
  translateProtocol,
} from "./protocol.ts";
import { isRelayed } from "./relayed.ts";
import { type Remote, remoteOf } from "./remote.ts";
import { answerSecurity, offerSecurity, type SecureOutcome, shareSecurity } from "./secure.ts";
import type { SecureState } from "./secure_state.ts";
import { type MediaState, NEW_MEDIA } from "./state.ts";

/** One media section after the message. */
export interface NegotiatedMedia {
  /** Section of the incoming description; undefined when it lacks one that existed. */
  readonly section: SdpMedia | undefined;
  /** As the sender of the description has it now. */
  readonly from: MediaState;
  /** As the receiver has it now. */
  readonly to: MediaState;
  /** Codecs to write. */
  readonly codecs: readonly Codec[];
  /** Protocol to write. */
  readonly protocol: string;
  /** Direction to write. */
  readonly direction: SdpDirection;
  /** The section named one itself. */
  readonly directionGiven: boolean;
  /** Family of the address in the incoming description. */
  readonly family: Family;
  /** Header extension lines to write, without `a=`. */
  readonly extensions: readonly ByteString[];
  /** `a=extmap-allow-mixed` goes with them. */
  readonly mixed: boolean;
  /** How it is written as part of a bundle. */
  readonly bundling: Bundling;
}

/** All sections, and what could not be done as asked. */
export interface NegotiationResult {
  /** In order of the description. */
  readonly medias: readonly NegotiatedMedia[];
  /** Sentences for the reply. */
  readonly warnings: readonly string[];
}

/**
 * Works out the states of all sections.
 *
 * @throws SdpError when the description is incomplete
 */
export function negotiate(asked: Negotiation): NegotiationResult {
  const input = { ...asked, sdp: fillHidden(asked.sdp, asked.from) };
  const warnings: string[] = [];
  // the number of sections the receiver sees never shrinks (RFC 3264 section 8)
  const count = Math.max(input.sdp.medias.length, input.to.length);
  const medias: NegotiatedMedia[] = [];
  const { kind, sdp, request } = input;
  const { from, to } = input;
  const endToEnd = (section: SdpMedia) => input.secure === undefined && usesDtls(sdp, section);
  const groups = kind === "offer"
    ? acceptedGroups({ sdp, options: request.bundle, from, to, endToEnd })
    : [];
  const bundled = new Set(groups.flat());
  for (let i = 0; i < count; i++) {
    const section = input.sdp.medias[i];
    const [before, other] = [from[i] ?? NEW_MEDIA, to[i] ?? NEW_MEDIA];
    medias.push(
      section === undefined
        ? missing(before, other)
        : negotiateMedia(input, section, before, other, bundled.has(i), warnings),
    );
  }
  const arranged = kind === "offer"
    ? bundleOffer(medias, sdp, groups, request.bundle)
    : bundleAnswer(medias, sdp, request.bundle);
  return { medias: shareSecurity(arranged), warnings };
}

/** What a section is taken for that nobody has described: its `m=` line has to name something. */
const UNKNOWN = { type: "audio", protocol: "RTP/AVP", kind: "rtp" } as const;

/** A section that existed but is not described any more counts as rejected. */
function missing(from: MediaState, to: MediaState): NegotiatedMedia {
  // sections may have been counted by connecting parties, and described by nobody
  const { type, protocol, kind } = [to, from].find((state) => state.type !== "") ?? UNKNOWN;
  const known = { type, protocol, kind };
  return {
    section: undefined,
    from: { ...from, ...(from.initialized ? {} : known), rejected: true },
    to: { ...to, ...known, rejected: true },
    codecs: [],
    protocol,
    direction: "inactive",
    directionGiven: false,
    family: from.rtp?.family ?? 4,
    extensions: [],
    mixed: false,
    bundling: UNBUNDLED,
  };
}

/** A section that one of the two does not know. */
function hide(section: SdpMedia, from: MediaState, to: MediaState): NegotiatedMedia {
  const { type, formats } = section.media;
  const protocol = canonicalProtocol(section.media.protocol);
  const kind = mediaKind(type, protocol);
  const silent = { type, protocol, formats, kind, rejected: true, send: false, recv: false };
  return {
    ...missing(from, to),
    section,
    from: from.hidden ? from : { ...from, ...silent },
    to: from.hidden ? { ...to, rejected: true } : { ...to, ...silent, hidden: true },
    protocol,
  };
}

function negotiateMedia(
  input: Negotiation,
  section: SdpMedia,
  from: MediaState,
  to: MediaState,
  bundled: boolean,
  warnings: string[],
): NegotiatedMedia {
  const { request, kind, sdp, settings } = input;
  const { media } = section;
  const twin = kind === "offer" && to.type === "" && input.secure !== undefined &&
    isPlainTwin(request, sdp, section);
  if (from.hidden || twin || isHidden(request, kind, media.type, to)) {
    return hide(section, from, to);
  }
  const signalled = remoteOf(request, settings, sdp, section);
  const remote = usesIce(input, section) ? withoutHold(signalled) : signalled;
  const asked = request.flags.has("passthrough") || request.flags.has("no passthrough");
  const passthrough = asked ? request.flags.has("passthrough") : from.passthrough;
  const relayed = !asked && input.secure !== undefined &&
    isRelayed({ request, kind, sdp, section, from, to });
  const ownIce = relayed && readIce(sdp, section) !== undefined;
  const mediaType = relayed
    ? "relayed"
    : passthrough
    ? "passthrough"
    : mediaKind(media.type, media.protocol);
  const heard = mediaType === "rtp" ? parseCodecs(media.formats, section.lines) : [];
  const codecs = writtenCodecs(input, heard, to);
  const given = directionOf(sdp, section);
  const direction = withHold(given ?? "sendrecv", remote.held);
  const recv = direction === "sendrecv" || direction === "sendonly";
  const send = direction === "sendrecv" || direction === "recvonly";
  const muxed = mediaType === "rtp" && (hasAttribute(section, "rtcp-mux") || remote.samePort);
  const mux = kind === "offer"
    ? offerMux(muxed, request.rtcpMux, from.mux, to.mux)
    : answerMux(muxed, to.mux, to.muxAlways);
  const mid = attributeOf(section, "mid")?.param;
  const extensions = editExtensions(input, section, from.masked, to.masked);
  const reset = request.flags.has("reset");
  const portless = bundled && hasAttribute(section, "bundle-only");
  const rejected = (media.port === 0 && !portless) || codecs === undefined;
  const learning = request.endpointLearning ?? settings.endpointLearning;
  const echo = echoOf(request);
  const ends = mediaType === "rtp" && input.secure !== undefined &&
    (kind === "offer" || !isForeign(from) || !isForeign(to));
  const nextFrom: MediaState = {
    ...from,
    type: media.type,
    protocol: canonicalProtocol(media.protocol),
    kind: mediaType,
    formats: media.formats,
    codecs: ignoreCodecs(heard, request.codec),
    initialized: true,
    rejected,
    rtp: remote.rtp ?? from.rtp,
    rtcp: remote.rtp === undefined ? from.rtcp : remote.rtcp,
    origin: `${sdp.session.origin?.sessionId} ${sdp.session.origin?.version}`,
    held: remote.held,
    send,
    recv,
    mux: mediaType === "rtp" ? mux.from : "none",
    rtcpMuxed: kind === "answer" ? mux.from === "agreed" : from.rtcpMuxed,
    muxAlways: mux.fromAlways,
    // an answer brings no names of its own (RFC 5888 section 8.1)
    mid: kind === "answer" || mid === undefined || mid === "" ? from.mid : mid,
    midExtension: midExtension(sdp, section),
    ssrcs: signalledSources(section),
    ptime: attributeOf(section, "ptime")?.param,
    learning,
    asymmetric: request.flags.has("asymmetric"),
    strictSource: settings.strictSource || request.flags.has("strict source"),
    handover: request.flags.has("media handover"),
    unidirectional: request.flags.has("unidirectional"),
    generateRtcp: request.generateRtcp ?? from.generateRtcp,
    feedback: hasAttribute(section, "rtcp-fb"),
    pierceNat: from.pierceNat || request.flags.has("pierce NAT"),
    dtls: mediaType === "rtp" && !ends && usesDtls(sdp, section),
    natWait: request.flags.has("NAT-wait"),
    blockShort: from.blockShort || request.flags.has("block short"),
    final: from.final || (kind === "answer" && isFinal(request)),
    passthrough: passthrough || relayed,
    ownIce,
    packetTime: kind === "offer" ? request.ptimeReverse ?? from.packetTime : from.packetTime,
    echo: echo?.from ?? from.echo,
    extensions: extensions.kept,
    masked: extensions.masked,
    resets: from.resets + (reset ? 1 : 0),
    controlling: from.controlling && !(reset && kind === "offer"),
  };
  const protocol = ends
    ? translatedProtocol(input, from.protocol, nextFrom, to)
    : outgoingProtocol(input, from.protocol, nextFrom, to, warnings);
  const edited = extensions.kept !== undefined || bundled || from.bundle !== undefined ||
    to.bundle !== undefined || (kind === "offer" && offersBundle(request.bundle, input.to));
  const security = ends ? negotiateSecurity(input, section, from, to, protocol, edited) : undefined;
  const nextTo: MediaState = {
    ...to,
    type: media.type,
    protocol,
    kind: mediaType,
    rejected,
    // what one sends the other is sent
    send: recv,
    recv: send,
    mux: mediaType === "rtp" ? mux.to : "none",
    // until there is an answer, nobody knows whether the one to give it will go along
    rtcpMuxed: kind === "answer" || !to.initialized ? mux.to === "agreed" : to.rtcpMuxed,
    muxTold: mediaType === "rtp" && mux.to === "agreed",
    dtls: nextFrom.dtls,
    muxAlways: kind === "answer" ? false : to.muxAlways,
    mid: kind === "offer" ? outgoingMid(input, nextFrom.mid ?? to.mid, section) : to.mid,
    learning: to.initialized ? to.learning : learning,
    generateRtcp: request.generateRtcp ?? to.generateRtcp,
    passthrough: passthrough || relayed,
    ownIce: relayed && to.ownIce && (kind === "offer" || ownIce),
    packetTime: kind === "offer" ? request.ptime ?? to.packetTime : to.packetTime,
    echo: echo?.to ?? to.echo,
    resets: to.resets + (reset ? 1 : 0),
    controlling: to.controlling ||
      (kind === "offer" && !asked && !relayed && (reset || (!to.initialized && !from.controlling))),
  };
  return {
    section,
    from: secured(nextFrom, security?.from, from.secure),
    to: secured(nextTo, security?.to),
    codecs: codecs ?? [],
    protocol,
    direction: request.flags.has("original sendrecv") ? given ?? "sendrecv" : direction,
    directionGiven: given !== undefined,
    family: remote.family,
    extensions: extensions.lines,
    mixed: extensions.mixed,
    bundling: UNBUNDLED,
  };
}

/**
 * Codecs to write: as edited by the `codec` key, and for an answer those that were offered.
 *
 * @returns undefined when none is left and the section is to be rejected for that
 */
function writtenCodecs(
  { request, kind }: Negotiation,
  heard: readonly Codec[],
  to: MediaState,
): readonly Codec[] | undefined {
  const offered = kind === "answer" ? commonCodecs(heard, to.codecs) : heard;
  const edited = editCodecs(offered, request.codec);
  if (edited.length === 0 && heard.length > 0) {
    return request.flags.has("allow no codec media") ? undefined : offered;
  }
  return kind === "answer" && request.flags.has("single codec") ? singleCodec(edited) : edited;
}

/** DTLS-SRTP (RFC 5764) is offered or chosen: a fingerprint in force and no SDES key beside it. */
function usesDtls(sdp: Sdp, section: SdpMedia): boolean {
  return (hasAttribute(section, "fingerprint") || hasAttribute(sdp.session, "fingerprint")) &&
    !hasAttribute(section, "crypto");
}

/** Keys of a section are the parties' own: it was offered so. */
function isForeign({ type, secure }: MediaState): boolean {
  return type !== "" && secure === undefined;
}

/** The address of the section does not count: ICE finds others. */
function usesIce({ secure, sdp, request }: Negotiation, section: SdpMedia): boolean {
  return secure !== undefined && !request.flags.has("reject ICE") &&
    readIce(sdp, section) !== undefined;
}

/** Before there are candidates the address is the zero one (RFC 8840 section 4.1.1). */
function withoutHold(remote: Remote): Remote {
  return remote.held ? { ...remote, rtp: undefined, rtcp: undefined, held: false } : remote;
}

/** A zero address takes away the direction towards its owner. */
function withHold(direction: SdpDirection, held: boolean): SdpDirection {
  if (!held) return direction;
  return direction === "sendrecv" || direction === "sendonly" ? "sendonly" : "inactive";
}

/**
 * The protocol towards the receiver of a description: the one it has, unless the sender has changed its own
 * or the request says otherwise.
 *
 * @param before protocol of the sender so far
 */
function outgoingProtocol(
  { request, kind }: Negotiation,
  before: ByteString,
  from: MediaState,
  to: MediaState,
  warnings: string[],
): ByteString {
  const wanted = request.transportProtocol;
  const kept = to.kind === from.kind && to.protocol !== "" ? to.protocol : from.protocol;
  const changed = from.protocol !== before;
  if (kind === "offer") {
    const protocol = changed ? from.protocol : rewriteProtocol(from.protocol, kept);
    if (wanted === undefined || wanted === "accept" || from.kind !== "rtp") return protocol;
    if (isSecure(wanted) !== isSecure(from.protocol)) {
      warnings.push(`No translation between ${from.protocol} and ${wanted}`);
    }
    return rewriteProtocol(protocol, wanted);
  }
  if (wanted === "accept" && changed) return from.protocol;
  // an answer speaks the protocol of the offer, unless encryption says that this would be a lie
  return rewriteProtocol(rewriteProtocol(from.protocol, kept), wanted);
}

/** The same where keys end here, so that any RTP profile can become any other. */
function translatedProtocol(
  { request, kind }: Negotiation,
  before: ByteString,
  from: MediaState,
  to: MediaState,
): ByteString {
  const wanted = request.transportProtocol;
  const kept = to.kind === from.kind && to.protocol !== "" ? to.protocol : from.protocol;
  const changed = from.protocol !== before;
  if (kind === "offer") {
    const told = translateProtocol(changed ? from.protocol : kept, wanted);
    return request.osrtp.has("offer-legacy") ? plainProtocol(told) : told;
  }
  if (wanted === "accept" && changed) return from.protocol;
  // what was not offered with keys cannot be answered with them, nor the other way round
  return rewriteProtocol(kept, wanted);
}

function negotiateSecurity(
  { request, kind, sdp, secure }: Negotiation,
  section: SdpMedia,
  from: MediaState,
  to: MediaState,
  told: ByteString,
  edited: boolean,
): SecureOutcome {
  const exchange = {
    request,
    sdp,
    section,
    source: secure!,
    from: from.secure,
    to: to.secure,
    heard: canonicalProtocol(section.media.protocol),
    told,
    known: to.initialized,
    edited,
  };
  return kind === "offer" ? offerSecurity(exchange) : answerSecurity(exchange);
}

/** A state with its security, which has a say in who controls ICE: never a lite agent (RFC 8445 section 6.1.1). */
function secured(
  state: MediaState,
  secure: SecureState | undefined,
  before?: SecureState,
): MediaState {
  const { ice } = secure ?? {};
  // whoever restarts is in control (section 9)
  const restarted = ice !== undefined && before?.ice !== undefined &&
    ice.generation > before.ice.generation && ice.stage === "offered";
  const controlling = ice?.local.lite === true
    ? false
    : ice?.remote?.lite === true || (state.controlling && !restarted);
  return { ...state, secure, controlling };
}

/**
 * The `a=mid` for an offer's receiver: what the section is known by, else one of ours when `generate mid` or
 * a bundle asks for it.
 */
function outgoingMid(
  { sdp, request, to }: Negotiation,
  mid: ByteString | undefined,
  section: SdpMedia,
): ByteString | undefined {
  const wanted = request.flags.has("generate mid") || offersBundle(request.bundle, to);
  if (mid !== undefined || section.media.port === 0 || !wanted) return mid;
  const taken = new Set(sdp.medias.map((media) => attributeOf(media, "mid")?.param));
  for (const state of to) taken.add(state.mid);
  let number = sdp.medias.indexOf(section) + 1;
  while (taken.has(String(number))) number += sdp.medias.length;
  return String(number);
}

/** `media echo` for the sender and the receiver of the message. */
function echoOf(
  request: NgRequest,
): { from: MediaState["echo"]; to: MediaState["echo"] } | undefined {
  switch (request.mediaEcho) {
    case "blackhole":
    case "sinkhole":
      return { from: "blackhole", to: "blackhole" };
    case "forward":
      return { from: "blackhole", to: "echo" };
    case "backwards":
      return { from: "echo", to: "blackhole" };
    case "both":
      return { from: "echo", to: "echo" };
    default:
      return undefined;
  }
}
