/**
 * The description a `create` offers.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { textOf, textsOf } from "../ng/request_draft.ts";
import type { NgRequest } from "../ng/request.ts";
import { NgError, type NgValue } from "../ng/types.ts";
import type { Participant } from "./participant.ts";

const EOL = "\r\n";
/** What is offered when nobody says what. */
const DEFAULT_CODECS = ["PCMU", "PCMA"];
const FIRST_DYNAMIC = 96;
const LAST_DYNAMIC = 127;

/** Codecs that have a static payload type (RFC 3551), in lower case. */
const STATIC: ReadonlyMap<string, readonly [number, string]> = new Map([
  ["pcmu", [0, "PCMU/8000"]],
  ["gsm", [3, "GSM/8000"]],
  ["g723", [4, "G723/8000"]],
  ["pcma", [8, "PCMA/8000"]],
  ["g722", [9, "G722/8000"]],
  ["cn", [13, "CN/8000"]],
  ["g729", [18, "G729/8000"]],
]);

/** Clock rates, and channels, of codecs that are usually named without. */
const DYNAMIC: ReadonlyMap<string, string> = new Map([
  ["opus", "opus/48000/2"],
  ["speex", "speex/8000"],
  ["ilbc", "iLBC/8000"],
  ["amr", "AMR/8000"],
  ["amr-wb", "AMR-WB/16000"],
  ["telephone-event", "telephone-event/8000"],
  ["vp8", "VP8/90000"],
  ["vp9", "VP9/90000"],
  ["h264", "H264/90000"],
  ["h265", "H265/90000"],
  ["av1", "AV1/90000"],
]);

/**
 * Writes it as if the party that is not there yet had offered it. Asked again, a party is offered what it has.
 *
 * @throws NgError for a codec whose clock rate is not known
 */
export function createdDescription(
  request: NgRequest,
  { medias, session }: Participant,
): ByteString {
  const random = () => String(crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1);
  const id = session.origin?.sessionId ?? random();
  const version = session.origin?.version ?? random();
  let text = `v=0${EOL}o=- ${id} ${version} IN IP4 0.0.0.0${EOL}s=rtpedge${EOL}t=0 0${EOL}`;
  const asked = request.other?.get("medias");
  if (asked === undefined && medias.length > 0) {
    for (const { state } of medias) {
      text += `m=${state.type} ${state.rejected ? 0 : 9} RTP/AVP ` +
        `${state.codecs.map(({ payloadType }) => payloadType).join(" ") || "0"}${EOL}` +
        `c=IN IP4 0.0.0.1${EOL}`;
      for (const { payloadType, encoding } of state.codecs) {
        if (encoding !== undefined) text += `a=rtpmap:${payloadType} ${encoding}${EOL}`;
      }
      text += `a=sendrecv${EOL}`;
    }
    return text;
  }
  const wished = request.codec.get("offer") ?? request.codec.get("transcode") ?? DEFAULT_CODECS;
  const sections = asked === undefined
    ? [{ type: "audio", codecs: wished }]
    : readMedias(asked, wished);
  for (const { type, codecs } of sections) text += section(type, codecs);
  return text;
}

interface Section {
  readonly type: ByteString;
  readonly codecs: readonly ByteString[];
}

function readMedias(value: NgValue, wished: readonly ByteString[]): Section[] {
  if (!Array.isArray(value) || value.length === 0) throw new NgError("Invalid list of medias");
  return value.map((item) => {
    const type = item instanceof Map ? textOf(item.get("type") ?? "audio") : undefined;
    const codecs = item instanceof Map && item.has("codecs")
      ? textsOf(item.get("codecs")!)
      : wished;
    if (
      type === undefined || !/^[a-z]+$/.test(type) || codecs === undefined || codecs.length === 0
    ) {
      throw new NgError("Invalid list of medias");
    }
    return { type, codecs };
  });
}

function section(type: ByteString, codecs: readonly ByteString[]): ByteString {
  const types: number[] = [];
  let lines = "";
  let dynamic = FIRST_DYNAMIC;
  for (const spec of codecs) {
    const [name = "", rate, channels] = spec.split("/");
    const known = rate === undefined || rate === "8000"
      ? STATIC.get(name.toLowerCase())
      : undefined;
    const encoding = known?.[1] ??
      (rate === undefined
        ? DYNAMIC.get(name.toLowerCase())
        : `${name}/${rate}${channels === undefined || channels === "1" ? "" : `/${channels}`}`);
    if (encoding === undefined || !/^[\w.+-]+\/[1-9]\d{0,6}(\/\d)?$/.test(encoding)) {
      throw new NgError(`Codec '${spec}' needs a clock rate`);
    }
    const payloadType = known?.[0] ?? dynamic++;
    if (payloadType > LAST_DYNAMIC) throw new NgError("Too many codecs");
    types.push(payloadType);
    lines += `a=rtpmap:${payloadType} ${encoding}${EOL}`;
  }
  return `m=${type} 9 RTP/AVP ${
    types.join(" ")
  }${EOL}c=IN IP4 0.0.0.1${EOL}${lines}a=sendrecv${EOL}`;
}
