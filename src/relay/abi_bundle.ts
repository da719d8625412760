/**
 * Bundles as `struct rtpe_bundle`, and what its fields have in common with those of rules.
 *
 * @module
 */

import { LITTLE_ENDIAN } from "./abi_addr.ts";
import { type AbiLayout, AbiMismatch, type StructLayout } from "./abi_layout.ts";
import type { RuleBundle } from "./types.ts";

/** RTPE_MID_MAX. */
export const MID_MAX = 32;
/** RTPE_MAX_SECTIONS. */
const MAX_SECTIONS = 8;
/** RTPE_SECTION_SSRCS. */
const SECTION_SSRCS = 8;

const SECTION_FIELDS = {
  mid_len: 1,
  n_ssrcs: 1,
  mid: MID_MAX,
  payload_types: 16,
  ssrcs: 4 * SECTION_SSRCS,
} as const;

/** Writes bundles. */
export class BundleCodec {
  /** Size of the struct in bytes. */
  readonly size: number;
  readonly #at: StructLayout<"mid_extension" | "n_sections" | "sections">["offset"];
  readonly #section: StructLayout<keyof typeof SECTION_FIELDS>;

  /** @throws AbiMismatch */
  constructor(layout: AbiLayout) {
    const bundle = layout.require("rtpe_bundle", { mid_extension: 1, n_sections: 1, sections: 0 });
    this.size = bundle.size;
    this.#at = bundle.offset;
    this.#section = layout.require("rtpe_section", SECTION_FIELDS);
    if (layout.fieldSize("rtpe_bundle", "sections") !== MAX_SECTIONS * this.#section.size) {
      throw new AbiMismatch(`its bundles do not have ${MAX_SECTIONS} sections`);
    }
  }

  /** Writes a bundle where all bytes are zero. @throws RangeError naming what does not fit */
  write(view: DataView, offset: number, { midExtension = 0, sections }: RuleBundle): void {
    const at = this.#at;
    view.setUint8(offset + at.mid_extension, within(midExtension, 0, 255, "MID extension"));
    view.setUint8(offset + at.n_sections, within(sections.length, 1, MAX_SECTIONS, "sections"));
    for (const [i, section] of sections.entries()) {
      this.#writeSection(view, offset + at.sections + i * this.#section.size, section);
    }
  }

  #writeSection(view: DataView, offset: number, section: RuleBundle["sections"][number]): void {
    const at = this.#section.offset;
    view.setUint8(offset + at.mid_len, writeMid(view, offset + at.mid, section.mid));
    setBits(view, offset + at.payload_types, payloadTypes(section.payloadTypes));
    const count = within(section.ssrcs.length, 0, SECTION_SSRCS, "SSRCs of a section");
    view.setUint8(offset + at.n_ssrcs, count);
    for (const [i, ssrc] of section.ssrcs.entries()) {
      within(ssrc, 0, 0xffffffff, "SSRC");
      view.setUint32(offset + at.ssrcs + i * 4, ssrc, LITTLE_ENDIAN);
    }
  }
}

/** Writes the bytes of a MID. @returns how many. @throws RangeError when they do not fit */
export function writeMid(view: DataView, offset: number, mid: string): number {
  within(mid.length, 1, MID_MAX, "bytes of a MID");
  for (let i = 0; i < mid.length; i++) {
    view.setUint8(offset + i, within(mid.charCodeAt(i), 0, 255, "byte of a MID"));
  }
  return mid.length;
}

/** Sets bits of a bitmap of 32-bit words. */
export function setBits(view: DataView, offset: number, bits: readonly number[]): void {
  for (const bit of bits) {
    const at = offset + (bit >> 5) * 4;
    view.setUint32(at, view.getUint32(at, LITTLE_ENDIAN) | 1 << (bit & 31), LITTLE_ENDIAN);
  }
}

/** The same, when all are payload types. @throws RangeError naming one that is none */
export function payloadTypes(types: readonly number[]): readonly number[] {
  for (const type of types) within(type, 0, 127, "payload type");
  return types;
}

/** The same number, when it is a whole one within limits. @throws RangeError naming it */
export function within(value: number, least: number, most: number, what: string): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${what} ${value} is not within ${least}..${most}`);
}
