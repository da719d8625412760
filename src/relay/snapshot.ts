/**
 * Whether a snapshot of counters that somebody kept can be one at all.
 *
 * @module
 */

import type { PayloadCounters, SlotCounters, SsrcCounters } from "./types.ts";

/** RTPE_PAYLOAD_TYPES. */
export const PAYLOAD_TYPES = 8;
/** RTPE_SSRC_TRACKS. */
export const SSRC_TRACKS = 4;
const U32 = 0xffffffff;
/** 2^53 - 1 microseconds, in milliseconds. */
const LAST_TIME = Math.floor(Number.MAX_SAFE_INTEGER / 1000);
/** RFC 3550 jitter never exceeds the largest jump of timestamps that counts, in ms. */
const MAX_JITTER = 10_000;

type Limits<T> = readonly (readonly [keyof T, number])[];

const SLOT_LIMITS: Limits<SlotCounters> = [
  ["rxPackets", Number.MAX_SAFE_INTEGER],
  ["rxBytes", Number.MAX_SAFE_INTEGER],
  ["rxErrors", Number.MAX_SAFE_INTEGER],
  ["txPackets", Number.MAX_SAFE_INTEGER],
  ["txBytes", Number.MAX_SAFE_INTEGER],
  ["txErrors", Number.MAX_SAFE_INTEGER],
  ["punted", Number.MAX_SAFE_INTEGER],
  ["lastRx", LAST_TIME],
  ["lastTx", LAST_TIME],
  ["dropSource", U32],
  ["dropMalformed", U32],
  ["dropFiltered", U32],
  ["dropNoRule", U32],
  ["dropAuth", U32],
  ["dropReplay", U32],
];
const SSRC_LIMITS: Limits<SsrcCounters> = [
  ["ssrc", U32],
  ["packets", Number.MAX_SAFE_INTEGER],
  ["bytes", Number.MAX_SAFE_INTEGER],
  ["payloadBytes", Number.MAX_SAFE_INTEGER],
  ["first", LAST_TIME],
  ["last", LAST_TIME],
  ["payloadType", 127],
  ["clockRate", 1_000_000],
  ["lastTimestamp", U32],
  ["maxSequence", 0xffff],
  ["cycles", 0xfffe],
  ["duplicates", U32],
  ["reordered", U32],
  ["resets", U32],
];

const PAYLOAD_LIMITS: Limits<PayloadCounters> = [
  ["payloadType", 127],
  ["packets", Number.MAX_SAFE_INTEGER],
  ["bytes", Number.MAX_SAFE_INTEGER],
];

/** @throws RangeError naming the first value that cannot be */
export function checkSnapshot(past: SlotCounters): void {
  checkCounts(past, SLOT_LIMITS, "");
  if (past.rxErrors > past.rxPackets) {
    throw new RangeError(`rxErrors ${past.rxErrors} are more than rxPackets ${past.rxPackets}`);
  }
  if (past.learned && past.remote === undefined) {
    throw new RangeError("a remote endpoint is learned and there is none");
  }
  if (past.ssrcs.length > SSRC_TRACKS) {
    throw new RangeError(`${past.ssrcs.length} RTP sources are more than ${SSRC_TRACKS}`);
  }
  for (const source of past.ssrcs) checkSource(source);
  const distinct = new Set(past.ssrcs.map(({ ssrc }) => ssrc));
  if (distinct.size < past.ssrcs.length) throw new RangeError("an SSRC is there twice");
  checkPayloads(past.payloads ?? []);
}

function checkPayloads(payloads: readonly PayloadCounters[]): void {
  if (payloads.length > PAYLOAD_TYPES) {
    throw new RangeError(`${payloads.length} payload types are more than ${PAYLOAD_TYPES}`);
  }
  for (const one of payloads) {
    checkCounts(one, PAYLOAD_LIMITS, ` of payload type ${one.payloadType}`);
  }
  const distinct = new Set(payloads.map(({ payloadType }) => payloadType));
  if (distinct.size < payloads.length) throw new RangeError("a payload type is there twice");
}

function checkSource(source: SsrcCounters): void {
  const of = ` of SSRC ${source.ssrc}`;
  checkCounts(source, SSRC_LIMITS, of);
  if (source.clockRate === 0) throw new RangeError(`clockRate 0${of} is no rate`);
  if (source.payloadBytes > source.bytes) {
    throw new RangeError(`payloadBytes ${source.payloadBytes}${of} are more than its bytes`);
  }
  const expected = source.packets + source.lost;
  if (!Number.isInteger(source.lost) || expected < 0 || expected > U32) {
    throw new RangeError(`lost ${source.lost}${of} does not fit its packets`);
  }
  if (!(source.jitter >= 0 && source.jitter <= MAX_JITTER)) {
    throw new RangeError(`jitter ${source.jitter}${of} is not within 0..${MAX_JITTER} ms`);
  }
}

function checkCounts<T>(values: T, limits: Limits<T>, of: string): void {
  for (const [name, limit] of limits) {
    const value = values[name];
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= limit) {
      continue;
    }
    throw new RangeError(`${String(name)} ${String(value)}${of} is not within 0..${limit}`);
  }
}
