/**
 * Our answer to a publisher: which codec of each section is taken, and in which direction media goes.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import {
  type Codec,
  isSecure,
  type NegotiatedMedia,
  type NegotiationResult,
} from "../negotiate/mod.ts";
import type { NgRequest } from "../ng/request.ts";
import { hasAttribute, isDirection, type Sdp, type SdpMedia } from "../sdp/mod.ts";
import type { Participant } from "./participant.ts";

/** What a publisher is answered, and what subscribers will be told of it. */
export interface Accepted {
  /** The answer as if another party had given it. */
  readonly answer: ByteString;
  /** The publisher's description without the codecs that were not taken. */
  readonly description: ByteString;
}

const EOL = "\r\n";
/** Port of the party that is not there; no packet is ever sent to it. */
const NOWHERE = 9;

/**
 * Makes the answer.
 *
 * @returns undefined when no section has anything to take
 */
export function acceptedDescription(
  request: NgRequest,
  sdp: Sdp,
  offered: NegotiationResult,
  { session }: Participant,
): Accepted | undefined {
  const { origin } = session;
  const id = origin?.sessionId ?? String(randomId());
  const version = origin?.version ?? String(randomId());
  let answer = `v=0${EOL}o=- ${id} ${version} IN IP4 0.0.0.0${EOL}s=rtpedge${EOL}t=0 0${EOL}`;
  let description = "";
  for (const { type, value } of sdp.session.lines) description += `${type}=${value}${EOL}`;
  let taken = 0;
  for (const media of offered.medias) {
    const { section, from } = media;
    if (section === undefined) {
      answer += `m=${media.to.type} 0 ${media.protocol} 0${EOL}c=IN IP4 0.0.0.0${EOL}`;
      description += `m=${media.to.type} 0 ${media.protocol} 0${EOL}`;
      continue;
    }
    const codecs = from.kind === "rtp" ? takenCodecs(request, from.codecs) : undefined;
    // encrypted media takes keys of our own in the answer
    const sealed = from.secure === undefined && (from.dtls || isSecure(from.protocol));
    const rejected = from.rejected || sealed || codecs?.length === 0;
    if (!rejected) taken++;
    answer += answerSection(request, media, section, codecs, rejected);
    description += narrowed(section, codecs, rejected);
  }
  return taken === 0 ? undefined : { answer, description };
}

function randomId(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1;
}

/** The codecs taken: the first, or by `codec accept`: all of them, any, or the first that is wished for. */
function takenCodecs({ codec }: NgRequest, codecs: readonly Codec[]): readonly Codec[] {
  const accept = codec.get("accept");
  if (accept === undefined) return codecs.slice(0, 1);
  for (const wish of accept) {
    const word = wish.toLowerCase();
    if (word === "all") return codecs;
    if (word === "any") return codecs.slice(0, 1);
    const found = codecs.find(({ encoding }) => {
      const name = encoding?.toLowerCase() ?? "";
      return name === word || name.startsWith(`${word}/`);
    });
    if (found !== undefined) return [found];
  }
  return [];
}

function formatsOf({ media }: SdpMedia, codecs: readonly Codec[] | undefined): string {
  return codecs?.map(({ payloadType }) => payloadType).join(" ") || media.formats;
}

/** Whether a line speaks of a payload type that was not taken. */
function isForeign(name: string, param: string | undefined, codecs: readonly Codec[] | undefined) {
  if (codecs === undefined || !["rtpmap", "fmtp", "rtcp-fb"].includes(name)) return false;
  const type = param?.split(" ")[0];
  return type !== "*" && !codecs.some(({ payloadType }) => String(payloadType) === type);
}

function answerSection(
  request: NgRequest,
  { from }: NegotiatedMedia,
  section: SdpMedia,
  codecs: readonly Codec[] | undefined,
  rejected: boolean,
): ByteString {
  const { media } = section;
  const port = rejected ? 0 : NOWHERE;
  let text = `m=${media.type} ${port} ${media.protocol} ${formatsOf(section, codecs)}${EOL}` +
    `c=IN IP4 0.0.0.1${EOL}`;
  if (rejected) return text;
  for (const { type, name, param, value } of section.lines) {
    if (type !== "a" || !["rtpmap", "fmtp", "ptime"].includes(name)) continue;
    if (!isForeign(name, param, codecs)) text += `a=${value}${EOL}`;
  }
  const receives = from.recv;
  const sends = from.send && request.flags.has("bidirectional");
  text += `a=${
    receives ? (sends ? "sendrecv" : "recvonly") : sends ? "sendonly" : "inactive"
  }${EOL}`;
  const refused = request.rtcpMux.has("reject") && !request.rtcpMux.has("accept");
  if (hasAttribute(section, "rtcp-mux") && !refused) text += `a=rtcp-mux${EOL}`;
  return text;
}

/** A section without the codecs that were not taken. */
function narrowed(
  section: SdpMedia,
  codecs: readonly Codec[] | undefined,
  rejected: boolean,
): ByteString {
  const { media, lines } = section;
  let text = `m=${media.type} ${rejected ? 0 : media.port} ${media.protocol} ` +
    formatsOf(section, codecs) + EOL;
  for (const { type, name, param, value } of lines.slice(1)) {
    const dropped = type === "a" && (isDirection(name) || isForeign(name, param, codecs));
    if (!dropped) text += `${type}=${value}${EOL}`;
  }
  return text;
}
