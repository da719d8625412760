/**
 * RTP packets and G.711 samples for tests: built and taken apart independently of the product.
 *
 * @module
 */

/** Fields of an RTP packet (RFC 3550 section 5.1) without CSRCs and extension. */
export interface RtpPacket {
  /** 0 to 127. */
  readonly payloadType: number;
  /** 0 to 65535. */
  readonly sequence: number;
  /** 32 bits, in units of the clock rate. */
  readonly timestamp: number;
  /** 32 bits. */
  readonly ssrc: number;
  /** The marker bit; absent: 0. */
  readonly marker?: boolean;
  /** All that follows the header. */
  readonly payload: Uint8Array;
}

/** Writes an RTP packet. */
export function buildRtp(packet: RtpPacket): Uint8Array {
  const bytes = new Uint8Array(12 + packet.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, (packet.marker === true ? 0x80 : 0) | packet.payloadType);
  view.setUint16(2, packet.sequence & 0xffff);
  view.setUint32(4, packet.timestamp >>> 0);
  view.setUint32(8, packet.ssrc >>> 0);
  bytes.set(packet.payload, 12);
  return bytes;
}

/** Reads an RTP packet; `undefined` if it is not one. CSRCs and an extension are skipped. */
export function parseRtp(bytes: Uint8Array): RtpPacket | undefined {
  if (bytes.length < 12 || (bytes[0] ?? 0) >> 6 !== 2) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let start = 12 + 4 * (view.getUint8(0) & 15);
  if ((view.getUint8(0) & 0x10) !== 0) {
    if (start + 4 > bytes.length) return undefined;
    start += 4 + 4 * view.getUint16(start + 2);
  }
  if (start > bytes.length) return undefined;
  return {
    payloadType: view.getUint8(1) & 0x7f,
    marker: view.getUint8(1) >= 0x80,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: bytes.subarray(start),
  };
}

/** An RTCP receiver report without report blocks (RFC 3550 section 6.4.2). */
export function buildReceiverReport(ssrc: number): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x80);
  view.setUint8(1, 201);
  view.setUint16(2, 1);
  view.setUint32(4, ssrc >>> 0);
  return bytes;
}

/** Decodes one A-law octet to a 16-bit sample (G.711). */
export function decodeAlaw(octet: number): number {
  const value = octet ^ 0x55;
  const exponent = (value >> 4) & 7;
  const mantissa = ((value & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (value & 0x80) !== 0 ? magnitude : -magnitude;
}

/** Encodes a 16-bit sample as the A-law octet that comes closest (G.711). */
export function encodeAlaw(sample: number): number {
  let best = 0;
  for (let octet = 1; octet < 256; octet++) {
    const worse = Math.abs(decodeAlaw(octet) - sample) >= Math.abs(decodeAlaw(best) - sample);
    if (!worse) best = octet;
  }
  return best;
}

/** Decodes one mu-law octet to a 16-bit sample (G.711). */
export function decodeUlaw(octet: number): number {
  const value = ~octet & 0xff;
  const magnitude = ((((value & 15) << 3) + 0x84) << ((value >> 4) & 7)) - 0x84;
  return (value & 0x80) !== 0 ? -magnitude : magnitude;
}

/**
 * Share of a signal's power that lies at one frequency, by Goertzel's algorithm: near 1 for that pure
 * tone, near 0 for others.
 *
 * @param frequency hertz
 * @param rate samples per second
 */
export function toneShare(
  samples: ArrayLike<number>,
  frequency: number,
  rate: number,
): number {
  const coefficient = 2 * Math.cos(2 * Math.PI * frequency / rate);
  let s1 = 0;
  let s2 = 0;
  let power = 0;
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i] ?? 0;
    const s0 = x + coefficient * s1 - s2;
    s2 = s1;
    s1 = s0;
    power += x * x;
  }
  if (power === 0) return 0;
  const atFrequency = s1 * s1 + s2 * s2 - coefficient * s1 * s2;
  return 2 * atFrequency / (samples.length * power);
}
