/**
 * HEP3: one packet as its chunks (EEP draft of the HEP protocol, revision 3).
 *
 * @module
 */

import { toBytes } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { parseIp } from "../core/ip.ts";

/** Protocol numbers of captured payloads. */
export const HEP_PROTOCOLS = {
  /** RTCP as JSON. */
  RTCP_JSON: 5,
  /** ng messages, unless configured otherwise. */
  NG: 61,
} as const;

/** IP protocol numbers. */
const IP_PROTOCOL = { udp: 17, tcp: 6 } as const;
/** Address families as HEP counts them: those of Linux. */
const FAMILY = { 4: 2, 6: 10 } as const;
/** All of a packet, in its own length field. */
const MAX_LENGTH = 0xffff;

/** What was captured. */
export interface HepCapture {
  /** How it travelled. */
  readonly transport: "udp" | "tcp";
  /** Who sent it. */
  readonly source: Endpoint;
  /** Who received it; of the same family. */
  readonly destination: Endpoint;
  /** Wall-clock ms, with fraction. */
  readonly time: number;
  /** Kind of payload, 0..255. */
  readonly protocol: number;
  /** Number of the agent that captures, 32 bits. */
  readonly captureId: number;
  /** What captures are correlated by, one char per byte. */
  readonly correlationId: string;
  /** The payload. */
  readonly payload: Uint8Array;
}

/** Writes a packet; undefined when it would be longer than HEP can say. */
export function encodeHep(capture: HepCapture): Uint8Array<ArrayBuffer> | undefined {
  const { source, destination, time } = capture;
  const us = Math.round(time * 1000);
  const seconds = Math.floor(us / 1e6);
  const v4 = source.family === 4;
  const chunks: readonly Chunk[] = [
    [1, u8(FAMILY[source.family])],
    [2, u8(IP_PROTOCOL[capture.transport])],
    [7, u16(source.port)],
    [8, u16(destination.port)],
    [9, u32(seconds)],
    [10, u32(us - seconds * 1e6)],
    [11, u8(capture.protocol)],
    [12, u32(capture.captureId)],
    [v4 ? 3 : 5, addressBytes(source)],
    [v4 ? 4 : 6, addressBytes(destination)],
    [17, toBytes(capture.correlationId)],
    [15, capture.payload],
  ];
  const length = chunks.reduce((sum, [, data]) => sum + CHUNK_HEADER + data.length, HEADER);
  if (length > MAX_LENGTH) return undefined;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set(toBytes("HEP3"));
  view.setUint16(4, length);
  let at = HEADER;
  for (const [type, data] of chunks) {
    view.setUint16(at + 2, type); // vendor 0 stands before it
    view.setUint16(at + 4, CHUNK_HEADER + data.length);
    bytes.set(data, at + CHUNK_HEADER);
    at += CHUNK_HEADER + data.length;
  }
  return bytes;
}

type Chunk = readonly [type: number, data: Uint8Array];
const HEADER = 6;
const CHUNK_HEADER = 6;

function u8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

function addressBytes({ address, family }: Endpoint): Uint8Array {
  return Uint8Array.from(parseIp(address)?.bytes ?? new Uint8Array(family === 4 ? 4 : 16));
}
