/**
 * What attackers send.
 *
 * @module
 */

import { buildReceiverReport, buildRtp } from "../support/mod.ts";

/** RTP of A-law; the payload tells who sent it and which it is. */
export function speech(ssrc: number, sequence: number, mark = 0): Uint8Array {
  const payload = new Uint8Array(160).fill(mark);
  payload[0] = sequence & 0xff;
  payload[1] = sequence >> 8;
  return buildRtp({ payloadType: 8, sequence, timestamp: 160 * sequence, ssrc, payload });
}

/** What looks like SRTP with the tag of AES_CM_128_HMAC_SHA1_80, made without the key. */
export function forged(ssrc: number, sequence: number): Uint8Array {
  const packet = speech(ssrc, sequence);
  const out = new Uint8Array(packet.length + 10);
  out.set(packet.subarray(0, 12));
  crypto.getRandomValues(out.subarray(12));
  return out;
}

/** What looks like SRTCP, made without the key. */
export function forgedRtcp(ssrc: number): Uint8Array {
  const out = new Uint8Array(8 + 4 + 10);
  out.set(buildReceiverReport(ssrc));
  crypto.getRandomValues(out.subarray(8));
  // the E bit: encrypted
  out[8] = 0x80;
  return out;
}

/** Cipher suites that encrypt nothing: TLS_NULL and RSA with NULL. */
const NULL_SUITES = [0x00, 0x00, 0x00, 0x01, 0x00, 0x02, 0x00, 0x3b];
/** Extension `use_srtp` with the two AES-128-CM profiles (RFC 5764 section 4.1.1). */
const USE_SRTP = [0x00, 0x0e, 0x00, 0x07, 0x00, 0x04, 0x00, 0x01, 0x00, 0x02, 0x00];

function u16(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function u24(value: number): number[] {
  return [value >> 16, ...u16(value & 0xffff)];
}

/** Offset of the 32 random octets in {@link clientHelloNull}. */
export const HELLO_RANDOM = 27;

/** A DTLS 1.2 ClientHello that offers suites without encryption only (RFC 6347). */
export function clientHelloNull(): Uint8Array {
  const random = [...crypto.getRandomValues(new Uint8Array(32))];
  const suites = [...u16(NULL_SUITES.length), ...NULL_SUITES];
  const extensions = [...u16(USE_SRTP.length), ...USE_SRTP];
  const hello = [0xfe, 0xfd, ...random, 0, 0, ...suites, 1, 0, ...extensions];
  const handshake = [1, ...u24(hello.length), 0, 0, ...u24(0), ...u24(hello.length), ...hello];
  const sequence = [0, 0, 0, 0, 0, 0, 0, 0];
  return Uint8Array.of(22, 0xfe, 0xfd, ...sequence, ...u16(handshake.length), ...handshake);
}
