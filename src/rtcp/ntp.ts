/**
 * NTP timestamps (RFC 3550 section 4).
 *
 * @module
 */

/** Seconds from 1900 to 1970. */
const EPOCH = 2_208_988_800;
const FRACTION = 2 ** 32;

/** A moment as NTP counts it. */
export interface NtpTime {
  /** Seconds since 1900, modulo 2^32. */
  readonly ntpSeconds: number;
  /** In 1/2^32 s. */
  readonly ntpFraction: number;
}

/** NTP time of a moment of the wall clock, milliseconds since 1970. */
export function ntpTime(wall: number): NtpTime {
  const seconds = Math.floor(wall / 1000);
  const fraction = Math.floor((wall - seconds * 1000) / 1000 * FRACTION);
  return { ntpSeconds: (seconds + EPOCH) >>> 0, ntpFraction: fraction >>> 0 };
}

/** The middle 32 bits: 1/65536 s. */
export function ntpMiddle({ ntpSeconds, ntpFraction }: NtpTime): number {
  return ((ntpSeconds & 0xffff) * 65536 + (ntpFraction >>> 16)) >>> 0;
}

/** Milliseconds as a delay field of 1/65536 s; what cannot be said is 0. */
export function ntpDelay(ms: number): number {
  const delay = Math.round(ms * 65.536);
  return delay >= 0 && delay <= 0xffffffff ? delay : 0;
}
