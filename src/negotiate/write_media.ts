/**
 * Media sections of the rewritten description. RTP sections are written in a fixed order: what we know
 * first, then what we do not know in its own order, then what is ours.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { NgRequest } from "../ng/request.ts";
import { isDirection, type Sdp, type SdpMedia } from "../sdp/mod.ts";
import { parsePayloadType } from "./codecs.ts";
import type { NegotiatedMedia } from "./negotiate.ts";
import type { SecureSource } from "./secure_state.ts";
import type { Facing } from "./state.ts";
import { withConnection, writeRelayed } from "./relayed.ts";
import { type SecureWriting, writeIce, writeKeys } from "./write_secure.ts";

const EOL = "\r\n";

/** ICE as a whole is between us and each peer, so nothing of one peer's reaches the other. */
const ICE_ATTRIBUTES = new Set([
  "candidate",
  "end-of-candidates",
  "remote-candidates",
  "ice-ufrag",
  "ice-pwd",
  "ice-lite",
  "ice-options",
  "ice-mismatch",
  "ice-pacing",
]);

/** Keying attributes: handed on, since encrypted media is. They follow our own lines. */
const KEYING_ATTRIBUTES = new Set(["crypto", "fingerprint", "setup", "tls-id"]);

/** Whether an attribute is about keys. */
export function isKeyingAttribute(name: string): boolean {
  return KEYING_ATTRIBUTES.has(name);
}

/** Whether an attribute belongs to ICE. */
export function isIceAttribute(name: string): boolean {
  return ICE_ATTRIBUTES.has(name);
}

/** What a media section is written from. */
export interface MediaWriting {
  readonly request: NgRequest;
  readonly kind: "offer" | "answer";
  readonly sdp: Sdp;
  readonly media: NegotiatedMedia;
  /** Our side; undefined for a section without ports of ours. */
  readonly facing: Facing | undefined;
  /** `IN IP4 address` to write into `c=`. */
  readonly connection: string;
  /** Our fingerprint. */
  readonly source: SecureSource | undefined;
  /** The session level is written as it is. */
  readonly verbatim: boolean;
}

/** Text of one section. */
export function writeMedia(writing: MediaWriting): ByteString {
  const { media, facing } = writing;
  const { section } = media;
  if (section === undefined) return writeMissing(media);
  if (media.from.rejected) return writeRejected(media, section);
  if (media.from.kind === "passthrough") return writePassthrough(writing.sdp, section);
  if (facing === undefined) return writeRejected(media, section);
  if (media.from.kind === "relayed") return writeRelayed({ ...writing, facing }, section);
  return media.from.kind === "rtp"
    ? writeRtp(writing, section, facing)
    : writeOpaque(writing, section, facing);
}

/** A section the sender forgot: rejected, because the receiver counts on it. */
function writeMissing({ to }: NegotiatedMedia): ByteString {
  const formats = to.formats === "" ? "0" : to.formats;
  let text = `m=${to.type} 0 ${to.protocol} ${formats}${EOL}c=${zero(4)}${EOL}`;
  if (to.mid !== undefined) text += `a=mid:${to.mid}${EOL}`;
  return text;
}

/** A rejected section says no more than is needed to recognise it. */
function writeRejected({ from, to, protocol, family }: NegotiatedMedia, section: SdpMedia) {
  let text = mediaLine(from.type, 0, protocol, section.media.formats);
  for (const { type, value } of section.lines) if (type === "i") text += `i=${value}${EOL}`;
  text += `c=${zero(family)}${EOL}`;
  for (const { type, value } of section.lines) if (type === "b") text += `b=${value}${EOL}`;
  if (from.kind !== "rtp") {
    for (const line of section.lines) {
      if (line.type === "a" && !isIceAttribute(line.name)) text += `a=${line.value}${EOL}`;
    }
  } else {
    if (to.mid !== undefined) text += `a=mid:${to.mid}${EOL}`;
    for (const { name, value } of section.lines) if (name === "label") text += `a=${value}${EOL}`;
  }
  return text;
}

/** Media that does not pass through here: nothing changes but that the section names its own address. */
function writePassthrough(sdp: Sdp, section: SdpMedia): ByteString {
  let text = "";
  for (const { type, value } of withConnection(sdp, section)) text += `${type}=${value}${EOL}`;
  return text;
}

function writeOpaque(
  { sdp, media, connection, source }: MediaWriting,
  section: SdpMedia,
  facing: Facing,
) {
  let text = mediaLine(media.from.type, facing.rtpPort, media.protocol, section.media.formats);
  text += information(section) + `c=${connection}${EOL}`;
  for (const { type, name, value } of section.lines) {
    if (type === "m" || type === "i" || type === "c") continue;
    if (name === "extmap" || !isIceAttribute(name)) text += `${type}=${value}${EOL}`;
  }
  return source === undefined ? text : text + inheritedKeying(sdp, section);
}

function writeRtp(writing: MediaWriting, section: SdpMedia, facing: Facing): ByteString {
  const { request, media } = writing;
  const { codecs, to } = media;
  const parts = sortLines(section);
  let formats = "";
  let codecLines = "";
  for (const { payloadType, encoding } of codecs) {
    formats += formats === "" ? payloadType : " " + payloadType;
    if (encoding !== undefined) codecLines += `a=rtpmap:${payloadType} ${encoding}${EOL}`;
    codecLines += parts.fmtp.get(payloadType) ?? "";
    codecLines += parts.feedback.get(payloadType) ?? "";
  }
  let extmap = media.mixed && media.extensions.length > 0 ? `a=extmap-allow-mixed${EOL}` : "";
  for (const value of media.extensions) extmap += `a=${value}${EOL}`;
  const port = media.bundling.zeroPort ? 0 : facing.rtpPort;

  let text = `m=${media.from.type} ${port} ${media.protocol} ${formats}${EOL}`;
  text += information(section) + `c=${writing.connection}${EOL}` + parts.other;
  if (to.mid !== undefined) text += `a=mid:${to.mid}${EOL}`;
  if (media.bundling.bundleOnly) text += `a=bundle-only${EOL}`;
  text += parts.label + codecLines + extmap + parts.feedbackAll + parts.attributes;
  text += `a=${media.direction}${EOL}`;
  const muxed = to.mux === "agreed";
  if (!request.flags.has("no rtcp attribute")) {
    const port = muxed ? facing.rtpPort : facing.rtcpPort;
    const full = request.flags.has("full rtcp attribute") ? " " + writing.connection : "";
    text += `a=rtcp:${port}${full}${EOL}`;
  }
  if (to.mux !== "none") text += `a=rtcp-mux${EOL}`;
  const security = securityOf(writing, facing);
  text += security === undefined ? parts.keying : writeKeys(security);
  const ptime = to.packetTime ?? parts.ptime ?? (writing.kind === "answer" ? to.ptime : undefined);
  if (ptime !== undefined) text += `a=ptime:${ptime}${EOL}`;
  text += parts.maxptime;
  return security === undefined ? text : text + writeIce(security);
}

/** Keying of the session level, which is not written there, for a section whose keys are not ours. */
function inheritedKeying(sdp: Sdp, { lines }: SdpMedia): ByteString {
  let text = "";
  for (const { name, value } of sdp.session.lines) {
    const own = lines.some((line) => line.name === name);
    if (KEYING_ATTRIBUTES.has(name) && !own) text += `a=${value}${EOL}`;
  }
  return text;
}

/** What keys and ICE towards the receiver are written from; undefined where they are not ours. */
function securityOf(
  { request, kind, media, source }: MediaWriting,
  facing: Facing,
): SecureWriting | undefined {
  const { secure, mux } = media.to;
  if (secure === undefined || source === undefined) return undefined;
  return {
    request,
    kind,
    secure,
    source,
    facing,
    components: mux === "agreed" ? 1 : 2,
  };
}

/** Lines of an RTP section by where they go. */
interface SortedLines {
  /** Lines that are not attributes: `b=`, `k=`. */
  other: ByteString;
  label: ByteString;
  readonly fmtp: Map<number, ByteString>;
  readonly feedback: Map<number, ByteString>;
  feedbackAll: ByteString;
  /** Attributes nobody here knows. */
  attributes: ByteString;
  keying: ByteString;
  ptime: ByteString | undefined;
  maxptime: ByteString;
}

function sortLines(section: SdpMedia): SortedLines {
  const sorted: SortedLines = {
    other: "",
    label: "",
    fmtp: new Map(),
    feedback: new Map(),
    feedbackAll: "",
    attributes: "",
    keying: "",
    ptime: undefined,
    maxptime: "",
  };
  for (const { type, name, param, value } of section.lines) {
    if (type !== "a") {
      if (type !== "m" && type !== "i" && type !== "c") sorted.other += `${type}=${value}${EOL}`;
      continue;
    }
    switch (name) {
      case "mid":
      case "rtcp":
      case "rtcp-mux":
      case "rtpmap":
      case "bundle-only":
      case "extmap":
      case "extmap-allow-mixed":
        break;
      case "label":
        if (sorted.label === "") sorted.label = `a=${value}${EOL}`;
        break;
      case "fmtp":
        append(sorted.fmtp, param, value);
        break;
      case "rtcp-fb":
        if (param?.startsWith("* ")) sorted.feedbackAll += `a=${value}${EOL}`;
        else append(sorted.feedback, param, value);
        break;
      case "ptime":
        sorted.ptime ??= param;
        break;
      case "maxptime":
        if (sorted.maxptime === "") sorted.maxptime = `a=${value}${EOL}`;
        break;
      default:
        if (KEYING_ATTRIBUTES.has(name)) sorted.keying += `a=${value}${EOL}`;
        else if (!isDirection(name) && !isIceAttribute(name)) {
          sorted.attributes += `a=${value}${EOL}`;
        }
    }
  }
  return sorted;
}

/** Adds `a=value` to the lines of the payload type `param` begins with. */
function append(
  lines: Map<number, ByteString>,
  param: ByteString | undefined,
  value: ByteString,
): void {
  const space = param?.indexOf(" ") ?? -1;
  const payloadType = space < 0 ? -1 : parsePayloadType(param!.slice(0, space));
  if (payloadType < 0) return;
  lines.set(payloadType, (lines.get(payloadType) ?? "") + `a=${value}${EOL}`);
}

function information(section: SdpMedia): ByteString {
  let text = "";
  for (const { type, value } of section.lines) if (type === "i") text += `i=${value}${EOL}`;
  return text;
}

function mediaLine(type: string, port: number, protocol: string, formats: string): ByteString {
  return `m=${type} ${port} ${protocol}${formats === "" ? "" : " " + formats}${EOL}`;
}

function zero(family: 4 | 6): string {
  return family === 4 ? "IN IP4 0.0.0.0" : "IN IP6 ::";
}
