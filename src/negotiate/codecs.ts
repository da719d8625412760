/**
 * Format lists of RTP sections: payload types, their encodings, and which of an answer's are kept.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { MAX_SDP_FORMATS, SdpError, type SdpLine } from "../sdp/mod.ts";

/** One payload type of a format list. */
export interface Codec {
  /** 0..127 */
  readonly payloadType: number;
  /** `PCMA/8000` or `opus/48000/2`, undefined for a dynamic one without `a=rtpmap`. */
  readonly encoding: ByteString | undefined;
}

/** Static payload types (RFC 3551 section 6). */
const STATIC: readonly (string | undefined)[] = [
  "PCMU/8000",
  undefined,
  undefined,
  "GSM/8000",
  "G723/8000",
  "DVI4/8000",
  "DVI4/16000",
  "LPC/8000",
  "PCMA/8000",
  "G722/8000",
  "L16/44100/2",
  "L16/44100",
  "QCELP/8000",
  "CN/8000",
  "MPA/90000",
  "G728/8000",
  "DVI4/11025",
  "DVI4/22050",
  "G729/8000",
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  "CelB/90000",
  "JPEG/90000",
  undefined,
  "nv/90000",
  undefined,
  undefined,
  "H261/90000",
  "MPV/90000",
  "MP2T/90000",
  "H263/90000",
];

/** Lists seen lately, by format list and `a=rtpmap` lines: most endpoints offer the same few. */
const cache = new Map<string, readonly Codec[]>();
const CACHE_SIZE = 512;

/**
 * The codecs of an RTP section in order of preference.
 *
 * @param formats format list of the `m=` line; none at all stands for payload type 0
 * @throws SdpError `Incomplete SDP specification` for what is not a payload type
 */
export function parseCodecs(formats: ByteString, lines: readonly SdpLine[]): readonly Codec[] {
  let key = formats;
  for (const line of lines) {
    if (line.name === "rtpmap" && line.param !== undefined) key += "\n" + line.param;
  }
  const known = cache.get(key);
  if (known !== undefined) return known;
  const codecs = readCodecs(formats, lines);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(key, codecs);
  return codecs;
}

function readCodecs(formats: ByteString, lines: readonly SdpLine[]): readonly Codec[] {
  const words = formats.split(" ").filter((word) => word !== "");
  if (words.length > MAX_SDP_FORMATS) {
    throw new SdpError("Failed to parse SDP", `more than ${MAX_SDP_FORMATS} payload types`);
  }
  if (words.length === 0) return [{ payloadType: 0, encoding: undefined }];
  const maps = new Map<number, ByteString>();
  for (const { name, param } of lines) {
    if (name !== "rtpmap" || param === undefined) continue;
    const space = param.indexOf(" ");
    const payloadType = space < 0 ? -1 : parsePayloadType(param.slice(0, space));
    const encoding = withoutChannel(param.slice(space + 1).trim());
    if (payloadType >= 0 && isEncoding(encoding)) maps.set(payloadType, encoding);
  }
  return words.map((word) => {
    const payloadType = parsePayloadType(word);
    if (payloadType < 0) {
      throw new SdpError("Incomplete SDP specification", `${word} is not a payload type`);
    }
    return { payloadType, encoding: maps.get(payloadType) ?? STATIC[payloadType] };
  });
}

/** 0..127, or -1 for anything else. */
export function parsePayloadType(text: ByteString): number {
  if (text.length < 1 || text.length > 3) return -1;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value <= 127 ? value : -1;
}

/** `name/rate` and what may follow. */
function isEncoding(text: ByteString): boolean {
  const slash = text.indexOf("/");
  const digit = text.charCodeAt(slash + 1);
  return slash > 0 && digit >= 49 && digit <= 57;
}

/** One channel is the default and not written (RFC 8866 section 6.6). */
function withoutChannel(encoding: ByteString): ByteString {
  return /^[^/]+\/[0-9]+\/1$/.test(encoding) ? encoding.slice(0, -2) : encoding;
}

/** Encoding names are case-insensitive. */
function codecKey({ payloadType, encoding }: Codec): string {
  return encoding === undefined ? `#${payloadType}` : encoding.toLowerCase();
}

/**
 * The codecs of an answer that the offer had, by encoding: a payload type number may differ between the
 * directions (RFC 3264 section 5.1). An answer that has none of them is left alone, as nobody here could
 * translate.
 */
export function commonCodecs(
  answered: readonly Codec[],
  offered: readonly Codec[],
): readonly Codec[] {
  if (answered === offered || offered.length === 0) return answered;
  const keys = new Set(offered.map(codecKey));
  const common = answered.filter((codec) => keys.has(codecKey(codec)));
  return common.length === 0 ? answered : common;
}
