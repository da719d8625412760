/**
 * RTP header extensions (RFC 8285): what of `a=extmap` is written, and which elements packets may keep,
 * under the key `extmap` and the flag `strip extmap`.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { NgRequest } from "../ng/request.ts";
import type { NgValue } from "../ng/types.ts";
import { hasAttribute, type SdpLine, type SdpMedia } from "../sdp/mod.ts";
import type { Negotiation } from "./negotiation.ts";

/** Header extensions of one section after a message. */
export interface Extensions {
  /** `a=extmap` lines to write, without `a=`. */
  readonly lines: readonly ByteString[];
  /** The sender mixes headers of one and two bytes (RFC 8285 section 4.1.2). */
  readonly mixed: boolean;
  /** Identifiers that packets of the sender keep; undefined = all. */
  readonly kept: readonly number[] | undefined;
  /** Lines the sender is told are accepted although the receiver does not see them. */
  readonly masked: readonly ByteString[];
}

/** Which extensions are taken out. */
interface Edits {
  readonly strip: ReadonlySet<ByteString>;
  readonly mask: ReadonlySet<ByteString>;
}

/**
 * Extensions of a section, or of the session level where the section has none of its own. Only offers mask.
 *
 * @param before what was masked of the sender's so far
 * @param masked what was masked of the receiver's: it is told that this is accepted
 */
export function editExtensions(
  { request, kind, sdp }: Pick<Negotiation, "request" | "kind" | "sdp">,
  section: SdpMedia,
  before: readonly ByteString[],
  masked: readonly ByteString[],
): Extensions {
  const own = section.lines.filter(isExtmap);
  const lines = own.length > 0 ? own : sdp.session.lines.filter(isExtmap);
  const edits = readEdits(request, kind);
  const values = lines.map(({ value }) => value);
  const written = edits === undefined
    ? values
    : lines.filter((line) => !takes(edits.strip, line) && !takes(edits.mask, line)).map(text);
  const rest = masked.length === 0 ? written : written.filter((value) => !masked.includes(value));
  return {
    lines: [...masked, ...rest],
    mixed: hasAttribute(section, "extmap-allow-mixed") ||
      hasAttribute(sdp.session, "extmap-allow-mixed"),
    kept: edits === undefined ? undefined : written.map(identifier).filter((id) => id > 0),
    masked: edits === undefined || edits.mask.size === 0
      ? before
      : lines.filter((line) => takes(edits.mask, line) && !takes(edits.strip, line)).map(text),
  };
}

function readEdits({ flags, other }: NgRequest, kind: Negotiation["kind"]): Edits | undefined {
  if (flags.has("strip extmap")) return { strip: new Set(["all"]), mask: new Set() };
  const value = other?.get("extmap");
  if (!(value instanceof Map)) return undefined;
  const mask = kind === "offer" ? value.get("mask") : undefined;
  return { strip: words(value.get("strip")), mask: words(mask) };
}

function words(value: NgValue | undefined): ReadonlySet<ByteString> {
  const items = Array.isArray(value) ? value : [value];
  return new Set(items.filter((item) => typeof item === "string"));
}

function isExtmap({ name }: SdpLine): boolean {
  return name === "extmap";
}

function text({ value }: SdpLine): ByteString {
  return value;
}

function takes(edits: ReadonlySet<ByteString>, { param }: SdpLine): boolean {
  if (edits.size === 0) return false;
  const uri = param?.split(" ")[1];
  return edits.has("all") || (uri !== undefined && edits.has(uri));
}

/** `extmap:ID[/direction] URI`: the identifier, or 0. */
function identifier(value: ByteString): number {
  const digits = /^extmap:([0-9]{1,3})[/ ]/.exec(value)?.[1];
  const id = digits === undefined ? 0 : Number(digits);
  return id <= 255 ? id : 0;
}
