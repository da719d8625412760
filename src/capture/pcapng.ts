/**
 * Packets as a pcapng file (draft-ietf-opsawg-pcapng): raw IP, with headers made for the UDP payloads, times
 * in microseconds, directions and comments.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { parseIp } from "../core/ip.ts";

/** LINKTYPE_RAW: packets begin with an IP header. */
const LINKTYPE_RAW = 101;
const OPTION = { end: 0, comment: 1, application: 4, name: 2, resolution: 9, flags: 2, lost: 5 };
const UDP_HEADER = 8;
const PROTOCOL_UDP = 17;
const TTL = 64;

/** A UDP packet to be written. */
export interface UdpPacket {
  /** Wall-clock ms with fraction. */
  readonly time: number;
  /** Where it came from. */
  readonly source: Endpoint;
  /** Where it went; of the same family. */
  readonly destination: Endpoint;
  /** It left this host. */
  readonly outgoing: boolean;
  /** At most 65,507 bytes. */
  readonly payload: Uint8Array;
}

/** The beginning of a file: section header and the one interface. */
export function pcapngHead(application: string, comment: string): Uint8Array<ArrayBuffer> {
  const section = new Uint8Array(16);
  const view = new DataView(section.buffer);
  view.setUint32(0, 0x1a2b3c4d, true);
  view.setUint16(4, 1, true);
  view.setInt32(8, -1, true);
  view.setInt32(12, -1, true);
  const device = new Uint8Array(8);
  new DataView(device.buffer).setUint16(0, LINKTYPE_RAW, true);
  return concat([
    block(0x0a0d0d0a, [
      section,
      option(OPTION.application, text(application)),
      option(OPTION.comment, text(comment)),
      option(OPTION.end),
    ]),
    block(1, [
      device,
      option(OPTION.name, text("rtpedge")),
      option(OPTION.resolution, new Uint8Array([6])),
      option(OPTION.end),
    ]),
  ]);
}

/** One packet. */
export function pcapngPacket(packet: UdpPacket): Uint8Array<ArrayBuffer> {
  const ip = ipPacket(packet);
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  const microseconds = BigInt(Math.round(packet.time * 1000));
  view.setUint32(4, Number(microseconds >> 32n), true);
  view.setUint32(8, Number(microseconds & 0xffffffffn), true);
  view.setUint32(12, ip.length, true);
  view.setUint32(16, ip.length, true);
  const flags = new Uint8Array([packet.outgoing ? 2 : 1, 0, 0, 0]);
  return block(6, [head, padded(ip), option(OPTION.flags, flags), option(OPTION.end)]);
}

/** The end: how many packets could not be copied. */
export function pcapngEnd(lost: number, time: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(12);
  const view = new DataView(head.buffer);
  const microseconds = BigInt(Math.round(time * 1000));
  view.setUint32(4, Number(microseconds >> 32n), true);
  view.setUint32(8, Number(microseconds & 0xffffffffn), true);
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, BigInt(lost), true);
  return block(5, [head, option(OPTION.lost, count), option(OPTION.end)]);
}

function ipPacket({ source, destination, payload }: UdpPacket): Uint8Array {
  const [from, to] = [bytesOf(source), bytesOf(destination)];
  const length = UDP_HEADER + payload.length;
  const header = source.family === 4 ? 20 : 40;
  const packet = new Uint8Array(header + length);
  const view = new DataView(packet.buffer);
  if (source.family === 4) {
    view.setUint16(0, 0x4500);
    view.setUint16(2, packet.length);
    view.setUint8(8, TTL);
    view.setUint8(9, PROTOCOL_UDP);
    packet.set(from, 12);
    packet.set(to, 16);
    view.setUint16(10, fold(sum(packet.subarray(0, header))) ^ 0xffff);
  } else {
    view.setUint32(0, 6 << 28);
    view.setUint16(4, length);
    view.setUint8(6, PROTOCOL_UDP);
    view.setUint8(7, TTL);
    packet.set(from, 8);
    packet.set(to, 24);
  }
  view.setUint16(header, source.port);
  view.setUint16(header + 2, destination.port);
  view.setUint16(header + 4, length);
  packet.set(payload, header + UDP_HEADER);
  const pseudo = sum(from) + sum(to) + PROTOCOL_UDP + length;
  const checksum = fold(pseudo + sum(packet.subarray(header))) ^ 0xffff;
  view.setUint16(header + 6, checksum === 0 ? 0xffff : checksum);
  return packet;
}

function bytesOf({ address }: Endpoint): Uint8Array {
  const ip = parseIp(address);
  if (ip === undefined) throw new RangeError(`"${address}" is no IP address`);
  return ip.bytes;
}

function sum(bytes: Uint8Array): number {
  let total = 0;
  for (let at = 0; at < bytes.length; at += 2) total += (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
  return total;
}

function fold(total: number): number {
  let folded = total;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(8);
  const tail = new Uint8Array(4);
  const length = 12 + parts.reduce((total, part) => total + part.length, 0);
  new DataView(head.buffer).setUint32(0, type, true);
  new DataView(head.buffer).setUint32(4, length, true);
  new DataView(tail.buffer).setUint32(0, length, true);
  return concat([head, ...parts, tail]);
}

function option(code: number, value = new Uint8Array()): Uint8Array {
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint16(0, code, true);
  new DataView(head.buffer).setUint16(2, value.length, true);
  return concat([head, padded(value)]);
}

function padded(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % 4;
  return rest === 0 ? bytes : concat([bytes, new Uint8Array(4 - rest)]);
}

function text(value: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(value).slice(0, 4096);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
