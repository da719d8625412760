/**
 * Descriptions of our own making, put together from those the parties gave: what a subscriber is offered and
 * what a publisher is answered.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { type SdpDirection, type SdpLine, type SdpMedia } from "../sdp/mod.ts";
import { connectionOf, isDirection, parseSdp, type Sdp } from "../sdp/mod.ts";
import type { Media } from "./media.ts";

/** One section to compose. */
export interface Part {
  /** The party's section whose lines are taken; undefined = nobody sends here any more. */
  readonly source: Media | undefined;
  /** What it stood for before, where there is no source any more. */
  readonly before: { readonly type: ByteString; readonly protocol: ByteString };
  /** `a=label` instead of the source's. */
  readonly label?: string | undefined;
}

/** Attributes that mean something only to the party that wrote them. */
const OWN = new Set(["mid", "group", "msid", "rtcp", "setup", "connection"]);

function attribute(name: string, param?: ByteString): SdpLine {
  const value = param === undefined ? name : `${name}:${param}`;
  return { type: "a", name, param, value, end: "\r\n" };
}

/**
 * A description of several parties' sections, in the session of the first of them.
 *
 * @param direction of every section
 */
export function composeSdp(parts: readonly Part[], direction: SdpDirection): Sdp {
  const parsed = new Map<unknown, Sdp>();
  const descriptionOf = ({ participant }: Media): Sdp => {
    let sdp = parsed.get(participant);
    if (sdp === undefined) {
      sdp = parseSdp(participant.description ?? "");
      parsed.set(participant, sdp);
    }
    return sdp;
  };
  const medias = parts.map((part): SdpMedia => {
    const { source, before } = part;
    const sdp = source && descriptionOf(source);
    const section = source && sdp?.medias[source.index - 1];
    if (sdp === undefined || section === undefined) return rejected(before);
    const lines = section.lines.filter(({ type, name }) =>
      type !== "a" ||
      !(isDirection(name) || OWN.has(name) || (name === "label" && part.label !== undefined))
    );
    if (part.label !== undefined) lines.push(attribute("label", part.label));
    lines.push(attribute(direction));
    const media = { ...section.media, formats: formatsOf(source!, section) };
    return { lines, media, connection: connectionOf(sdp, section) };
  });
  const first = parts.find(({ source }) => source !== undefined)?.source;
  const { session } = first === undefined ? parseSdp("v=0\r\n") : descriptionOf(first);
  const lines = session.lines.filter(({ type, name }) =>
    type === "v" || type === "o" || type === "s" || type === "t" ||
    (type === "a" && name === "fingerprint")
  );
  return { session: { ...session, lines }, medias, trailer: "" };
}

/** The formats a party may send: those its peers in the dialogue take, if they have said so. */
function formatsOf({ sinks, state }: Media, { media }: SdpMedia): ByteString {
  const heard = sinks.filter(({ type, sink }) => type === "offer/answer" && sink.state.initialized)
    .flatMap(({ sink }) => sink.state.codecs)
    .map(({ encoding, payloadType }) => encoding?.toLowerCase() ?? `#${payloadType}`);
  const sent = state.codecs.filter(({ encoding, payloadType }) =>
    heard.includes(encoding?.toLowerCase() ?? `#${payloadType}`)
  );
  return sent.length === 0 ? media.formats : sent.map(({ payloadType }) => payloadType).join(" ");
}

function rejected({ type, protocol }: Part["before"]): SdpMedia {
  const text = `v=0\r\nc=IN IP4 0.0.0.0\r\nm=${type || "audio"} 0 ${protocol || "RTP/AVP"} 0\r\n`;
  const sdp = parseSdp(text);
  const section = sdp.medias[0]!;
  return { ...section, connection: sdp.session.connection };
}
