/**
 * What is kept from passing although it was negotiated: `block media`, `silence media`, `block DTMF`.
 * Calls, parties and edges have a gate each; a packet passes when all three let it.
 *
 * @module
 */

import type { Codec } from "../negotiate/mod.ts";
import type { Rule } from "../relay/types.ts";

/** What a gate can be told to keep back. */
export type GateName = "media" | "silence" | "dtmf";

/** Which gates are shut. */
export interface Gate {
  /** RTP does not pass, but for telephone events. */
  media: boolean;
  /** RTP passes with silence in it. */
  silence: boolean;
  /** Telephone events (RFC 4733) do not pass. */
  dtmf: boolean;
}

/** A gate that lets everything pass. */
export function openGate(): Gate {
  return { media: false, silence: false, dtmf: false };
}

/** Rule.silence takes no more. */
const MAX_PATTERNS = 8;
const PAYLOAD_TYPES = 128;

/** Bytes that are silence, by name and clock rate of the codec. */
const PATTERNS: ReadonlyMap<string, number> = new Map([
  ["pcma/8000", 0xd5],
  ["pcmu/8000", 0xff],
  ["g722/8000", 0xfa],
]);

/** Payload types that mean these codecs even when nobody mentions them (RFC 3551 section 6). */
const STATIC: readonly (readonly [number, string])[] = [
  [8, "pcma/8000"],
  [0, "pcmu/8000"],
  [9, "g722/8000"],
];

/** Payload types that carry telephone events. */
function eventTypes(codecs: readonly Codec[]): number[] {
  const events = codecs.filter(({ encoding }) => /^telephone-event\//i.test(encoding ?? ""));
  return [...new Set(events.map(({ payloadType }) => payloadType))];
}

/**
 * Payload types let through. Under `block media` events pass when both sides speak of them; under
 * `block DTMF` it is enough that one does.
 *
 * @param sent codecs of the sender
 * @param heard codecs of who listens to it
 * @returns undefined for all
 */
export function passingTypes(
  { media, dtmf }: Pick<Gate, "media" | "dtmf">,
  sent: readonly Codec[],
  heard: readonly Codec[],
): Rule["payloadTypes"] {
  if (!media && !dtmf) return undefined;
  if (media) {
    const both = eventTypes(heard);
    return dtmf ? [] : eventTypes(sent).filter((type) => both.includes(type));
  }
  const events = eventTypes([...sent, ...heard]);
  if (events.length === 0) return undefined;
  return Array.from({ length: PAYLOAD_TYPES }, (_, type) => type)
    .filter((type) => !events.includes(type));
}

/** Codecs whose frames have one size, apart from silence descriptors. */
const FIXED_SIZE: ReadonlySet<string> = new Set([
  "pcma/8000",
  "pcmu/8000",
  "g722/8000",
  "g723/8000",
  "g729/8000",
]);

/** Payload types whose packets `block short` measures. @param codecs of the sender */
export function fixedSizeTypes(codecs: readonly Codec[]): number[] {
  const fixed = codecs.filter(({ encoding }) => FIXED_SIZE.has(codecName(encoding)));
  return [...new Set(fixed.map(({ payloadType }) => payloadType))];
}

function codecName(encoding = ""): string {
  return encoding.toLowerCase().replace(/\/1$/, "");
}

/** Comfort noise (RFC 3389) is as good as silence. */
const NOISE = "cn/8000";
const NOISE_TYPE = 13;

/**
 * The byte that is silence for each payload type whose codec has one, and the payload types that may be
 * heard although the media is silenced: telephone events and comfort noise. What is of no such type cannot
 * be silenced and does not pass.
 *
 * @param codecs of who listens, then of the sender: of two meanings of a payload type the first counts
 */
export function silencePatterns(codecs: readonly Codec[]): NonNullable<Rule["silence"]> {
  const found = new Map<number, number>();
  const passing: number[] = [];
  const named = new Set<number>();
  for (const { payloadType, encoding } of codecs) {
    if (encoding === undefined || named.has(payloadType)) continue;
    named.add(payloadType);
    const name = codecName(encoding);
    const byte = PATTERNS.get(name);
    if (byte !== undefined) found.set(payloadType, byte);
    if (name === NOISE || name.startsWith("telephone-event/")) passing.push(payloadType);
  }
  if (!named.has(NOISE_TYPE)) passing.push(NOISE_TYPE);
  for (const [payloadType, codec] of STATIC) {
    if (!named.has(payloadType)) found.set(payloadType, PATTERNS.get(codec)!);
  }
  return limitPatterns([
    ...[...found].map(([payloadType, byte]) => ({ payloadType, byte })),
    ...passing.map((payloadType) => ({ payloadType })),
  ]);
}

/** As many patterns as a rule takes, one entry per payload type: the first. */
export function limitPatterns(table: NonNullable<Rule["silence"]>): NonNullable<Rule["silence"]> {
  const seen = new Set<number>();
  let patterns = 0;
  return table.filter(({ payloadType, byte }) => {
    if (seen.has(payloadType)) return false;
    seen.add(payloadType);
    return byte === undefined || ++patterns <= MAX_PATTERNS;
  });
}
