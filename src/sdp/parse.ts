/**
 * Text to model and back.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { parseAddress } from "./address.ts";
import { SdpError } from "./error.ts";
import { MAX_SDP_LENGTH, MAX_SDP_LINES, MAX_SDP_MEDIAS } from "./limits.ts";
import type {
  LineEnd,
  Sdp,
  SdpAddress,
  SdpLine,
  SdpMedia,
  SdpMediaLine,
  SdpOrigin,
  SdpSession,
} from "./model.ts";

/** Letters RFC 8866 knows; a description with any other must be rejected as a whole (section 5). */
const SESSION_TYPES = new Set("vosiuepcbtrzka");
const MEDIA_TYPES = new Set("micbka");

/**
 * Reads a session description. A blank line ends it. Syntax is checked where the value is needed later:
 * `v=`, `o=`, `c=` and `m=`; attributes are looked at by those who use them.
 *
 * @throws SdpError `Failed to parse SDP`
 */
export function parseSdp(text: ByteString): Sdp {
  if (text.length > MAX_SDP_LENGTH) throw failed(`${text.length} bytes are too long`);
  let lines: SdpLine[] = [];
  let session: SdpSession | undefined;
  const medias: SdpMedia[] = [];
  let position = 0;
  let trailer = "";
  let count = 0;
  while (position < text.length) {
    const feed = text.indexOf("\n", position);
    const next = feed < 0 ? text.length : feed + 1;
    const crlf = feed > position && text.charCodeAt(feed - 1) === 13;
    const end: LineEnd = feed < 0 ? "" : crlf ? "\r\n" : "\n";
    const stop = next - end.length;
    if (stop === position) {
      trailer = text.slice(position);
      break;
    }
    if (++count > MAX_SDP_LINES) throw failed(`more than ${MAX_SDP_LINES} lines`);
    const line = readLine(text, position, stop, end, count);
    if (line.type === "m") {
      if (session === undefined) session = makeSession(lines);
      else medias.push(makeMedia(lines));
      if (medias.length >= MAX_SDP_MEDIAS) throw failed(`more than ${MAX_SDP_MEDIAS} m= lines`);
      lines = [];
    } else if (!(session === undefined ? SESSION_TYPES : MEDIA_TYPES).has(line.type)) {
      throw failed(`line ${count} has the unexpected type ${JSON.stringify(line.type)}`);
    }
    lines.push(line);
    position = next;
  }
  if (session === undefined) session = makeSession(lines);
  else medias.push(makeMedia(lines));
  return { session, medias, trailer };
}

/** Writes a description as it was read. */
export function printSdp(sdp: Sdp): ByteString {
  let text = printLines(sdp.session.lines);
  for (const media of sdp.medias) text += printLines(media.lines);
  return text + sdp.trailer;
}

function printLines(lines: readonly SdpLine[]): ByteString {
  let text = "";
  for (const line of lines) text += line.type + "=" + line.value + line.end;
  return text;
}

function readLine(
  text: ByteString,
  from: number,
  to: number,
  end: LineEnd,
  number: number,
): SdpLine {
  if (to - from < 2 || text.charCodeAt(from + 1) !== 61 /* = */) {
    throw failed(`line ${number} is not of the form type=value`);
  }
  const type = text[from]!;
  const value = text.slice(from + 2, to);
  if (type !== "a") return { type, value, name: "", param: undefined, end };
  const colon = value.indexOf(":");
  if (colon < 0) return { type, value, name: value, param: undefined, end };
  return { type, value, name: value.slice(0, colon), param: value.slice(colon + 1), end };
}

function makeSession(lines: readonly SdpLine[]): SdpSession {
  const first = lines[0];
  if (first !== undefined && (first.type !== "v" || first.value !== "0")) {
    throw failed("the first line is not v=0");
  }
  let origin: SdpOrigin | undefined;
  let connection: SdpAddress | undefined;
  for (let i = 0; i < lines.length; i++) {
    const { type, value } = lines[i]!;
    if (type === "o") {
      if (origin !== undefined) throw failed("there are two o= lines");
      origin = readOrigin(value);
    } else if (type === "c") {
      connection = readConnection(value, connection);
    } else if (type === "v" && i > 0) {
      throw failed("there are two v= lines");
    }
  }
  return { lines, origin, connection };
}

function makeMedia(lines: readonly SdpLine[]): SdpMedia {
  let connection: SdpAddress | undefined;
  for (const { type, value } of lines) {
    if (type === "c") connection = readConnection(value, connection);
  }
  return { lines, media: readMediaLine(lines[0]!.value), connection };
}

function readConnection(value: ByteString, before: SdpAddress | undefined): SdpAddress {
  if (before !== undefined) throw failed("there are two c= lines in one section");
  const address = parseAddress(value);
  if (address === undefined) throw failed(`c=${value} has no usable address`);
  return address;
}

function readOrigin(value: ByteString): SdpOrigin {
  const words = value.split(" ", 16).filter((word) => word !== "");
  const [username, sessionId, version, netType, addressType, address] = words;
  if (
    username === undefined || sessionId === undefined || version === undefined ||
    netType === undefined || addressType === undefined || address === undefined
  ) throw failed(`o=${value} has fewer than six fields`);
  return { username, sessionId, version, netType, addressType, address };
}

function readMediaLine(value: ByteString): SdpMediaLine {
  const typeEnd = value.indexOf(" ");
  const portStart = skipSpaces(value, typeEnd);
  const portEnd = value.indexOf(" ", portStart);
  const protocolStart = skipSpaces(value, portEnd);
  if (typeEnd <= 0 || portEnd < 0 || protocolStart >= value.length) {
    throw failed(`m=${value} has fewer than three fields`);
  }
  let protocolEnd = value.indexOf(" ", protocolStart);
  if (protocolEnd < 0) protocolEnd = value.length;
  // the number of ports after a slash (RFC 8866 section 5.14) is not used by anybody
  const slash = value.indexOf("/", portStart);
  const port = parsePort(value, portStart, slash > 0 && slash < portEnd ? slash : portEnd);
  if (port < 0) throw failed(`m=${value} has no valid port`);
  return {
    type: value.slice(0, typeEnd),
    port,
    protocol: value.slice(protocolStart, protocolEnd),
    formats: value.slice(protocolEnd + 1).trim(),
  };
}

function skipSpaces(text: ByteString, from: number): number {
  let i = from + 1;
  while (i < text.length && text.charCodeAt(i) === 32) i++;
  return i;
}

/** Decimal 0..65535 of text[from..to), or -1. */
export function parsePort(text: ByteString, from: number, to: number): number {
  if (to <= from || to - from > 5) return -1;
  let port = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return -1;
    port = port * 10 + digit;
  }
  return port <= 65535 ? port : -1;
}

function failed(detail: string): SdpError {
  return new SdpError("Failed to parse SDP", detail);
}
