/**
 * Packets as test phones send them, and the words for what they hear.
 *
 * @module
 */

import { buildReceiverReport, buildRtp, toBytes } from "../support/mod.ts";

/** An element of the one-byte form of header extensions (RFC 8285 section 4.2). */
export interface Element {
  readonly id: number;
  readonly value: string;
}

/** An RTP packet whose payload is a text. */
export function rtp(
  payloadType: number,
  ssrc: number,
  sequence: number,
  text: string,
  ...elements: Element[]
): Uint8Array {
  const payload = toBytes(text);
  const bare = buildRtp({ payloadType, sequence, timestamp: sequence * 160, ssrc, payload });
  if (elements.length === 0) return bare;
  const body = elements.flatMap(({ id, value }) => [id << 4 | value.length - 1, ...toBytes(value)]);
  while (body.length % 4 !== 0) body.push(0);
  const head = [0xbe, 0xde, 0, body.length / 4];
  const bytes = Uint8Array.from([...bare.subarray(0, 12), ...head, ...body, ...payload]);
  bytes[0] = 0x90;
  return bytes;
}

/** An RTCP packet. */
export function rtcp(ssrc: number): Uint8Array {
  return buildReceiverReport(ssrc);
}

/** `rtp 8 ssrc=1111 #1 "text" [1=a]`, `rtcp ssrc=1111`, or hexadecimal. */
export function describePacket(data: string): string {
  const bytes = toBytes(data);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = bytes[1] ?? 0;
  if (bytes.length >= 8 && type >= 200 && type <= 204) return `rtcp ssrc=${ssrcText(view, 4)}`;
  if (bytes.length <= 12 || (bytes[0] ?? 0) >> 6 !== 2) return `0x${bytes.toHex()}`;
  let start = 12;
  let extension = "";
  if (((bytes[0] ?? 0) & 0x10) !== 0) {
    start += 4 + 4 * view.getUint16(14);
    extension = ` [${elementsOf(bytes.subarray(16, start)).join(" ")}]`;
  }
  const text = String.fromCharCode(...bytes.subarray(start));
  return `rtp ${type & 0x7f} ssrc=${ssrcText(view, 8)} #${view.getUint16(2)} "${text}"${extension}`;
}

function ssrcText(view: DataView, at: number): string {
  return view.getUint32(at).toString(16);
}

function elementsOf(bytes: Uint8Array): string[] {
  const found: string[] = [];
  for (let i = 0; i < bytes.length;) {
    const head = bytes[i++] ?? 0;
    if (head === 0) continue;
    const length = (head & 15) + 1;
    found.push(`${head >> 4}=${String.fromCharCode(...bytes.subarray(i, i + length))}`);
    i += length;
  }
  return found;
}
