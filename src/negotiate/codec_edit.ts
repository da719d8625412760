/**
 * The `codec` key as far as it edits lists: what is left out of a description and in which order the rest
 * stands. Operations that need a transcoder leave out what they would translate.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Codec } from "./codecs.ts";

/** `codec` operations by name, each a list of codec strings. */
export type CodecOperations = ReadonlyMap<string, readonly ByteString[]>;

/** Operations whose codecs are not written. */
const REMOVING = ["strip", "mask", "consume"];
/** Operations whose codecs survive `strip=all`. */
const KEEPING = ["except", "offer", "accept"];

/**
 * Applies `strip`, `mask`, `consume`, `except`, `offer` and `accept`. Codecs named by `offer` come in its
 * order when all others are stripped.
 */
export function editCodecs(
  codecs: readonly Codec[],
  operations: CodecOperations,
): readonly Codec[] {
  if (operations.size === 0) return codecs;
  const removed = REMOVING.flatMap((name) => operations.get(name) ?? []);
  const kept = KEEPING.flatMap((name) => operations.get(name) ?? []);
  const all = removed.some((spec) => spec === "all" || spec === "full");
  const left = codecs.filter((codec) => {
    if (removed.some((spec) => matchesCodec(codec, spec))) return false;
    return !all || kept.some((spec) => matchesCodec(codec, spec));
  });
  const order = operations.get("offer");
  return all && order !== undefined ? sortBy(left, order) : left;
}

/** Applies `ignore`: codecs that count as not offered, although they are offered onward. */
export function ignoreCodecs(
  codecs: readonly Codec[],
  operations: CodecOperations,
): readonly Codec[] {
  const ignored = operations.get("ignore");
  if (ignored === undefined) return codecs;
  return codecs.filter((codec) => !ignored.some((spec) => matchesCodec(codec, spec)));
}

/** `single codec`: the first real codec, and the telephone events and comfort noise beside it. */
export function singleCodec(codecs: readonly Codec[]): readonly Codec[] {
  const first = codecs.find((codec) => !isSupplemental(codec));
  if (first === undefined) return codecs;
  return codecs.filter((codec) => codec === first || isSupplemental(codec));
}

/**
 * Whether a codec string (`name[/clock[/channels…]]`) means a codec. A name alone means every rate; with a
 * rate, one channel unless it says more. Names are case-insensitive.
 */
export function matchesCodec({ encoding }: Codec, spec: ByteString): boolean {
  if (encoding === undefined) return false;
  const [name = "", rate, channels = "1"] = encoding.toLowerCase().split("/");
  const [wantedName = "", wantedRate, wantedChannels = "1"] = spec.toLowerCase().split("/");
  if (name !== wantedName) return false;
  if (wantedRate === undefined || wantedRate === "") return true;
  return rate === wantedRate && channels === (wantedChannels === "" ? "1" : wantedChannels);
}

function isSupplemental({ encoding }: Codec): boolean {
  const name = encoding?.toLowerCase().split("/", 1)[0];
  return name === "telephone-event" || name === "cn";
}

/** Stable: what the list does not name stays behind, in its order. */
function sortBy(codecs: readonly Codec[], order: readonly ByteString[]): readonly Codec[] {
  const rank = (codec: Codec): number => {
    const at = order.findIndex((spec) => matchesCodec(codec, spec));
    return at < 0 ? order.length : at;
  };
  return codecs.toSorted((a, b) => rank(a) - rank(b));
}
