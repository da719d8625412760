/**
 * Whether the parts of a rule that change packets, and those that tell sections apart, can be carried out;
 * the relay core refuses the same ones.
 *
 * @module
 */

import { MID_MAX } from "./abi_bundle.ts";
import type { Rule, RuleBundle, RuleOutput } from "./types.ts";

const MAX_SECTIONS = 8;
const MAX_SSRCS = 8;
const MAX_SILENCE = 8;
const MAX_EXTENSION = 255;

/** What is wrong with the table of silence patterns. */
export function silenceProblem({ silence = [] }: Pick<Rule, "silence">): string | undefined {
  const patterns = silence.filter(({ byte }) => byte !== undefined);
  if (patterns.length > MAX_SILENCE) {
    return `${patterns.length} silence patterns are more than ${MAX_SILENCE}`;
  }
  const types = silence.map(({ payloadType }) => payloadType);
  if (new Set(types).size < types.length) return "a payload type is silenced in two ways";
  const wrong = patterns.find(({ byte }) => !isWithin(byte!, 0, 255));
  if (wrong !== undefined) return `silence pattern ${wrong.byte} is not within 0..255`;
  return payloadTypeProblem(types);
}

/** What is wrong with payload types. */
export function payloadTypeProblem(types: readonly number[] = []): string | undefined {
  const wrong = types.find((type) => !isWithin(type, 0, 127));
  return wrong === undefined ? undefined : `payload type ${wrong} is not within 0..127`;
}

/** What is wrong with a bundle. */
export function bundleProblem({ midExtension = 0, sections }: RuleBundle): string | undefined {
  if (!isWithin(midExtension, 0, MAX_EXTENSION)) return `${midExtension} is no header extension`;
  if (!isWithin(sections.length, 1, MAX_SECTIONS)) return `a bundle of ${sections.length} sections`;
  for (const { mid, payloadTypes, ssrcs } of sections) {
    const problem = midProblem(mid) ?? payloadTypeProblem(payloadTypes);
    if (problem !== undefined) return problem;
    if (ssrcs.length > MAX_SSRCS) return `${ssrcs.length} SSRCs of section ${mid}`;
    const wrong = ssrcs.find((ssrc) => !isWithin(ssrc, 0, 0xffffffff));
    if (wrong !== undefined) return `${wrong} is no SSRC`;
  }
  if (new Set(sections.map(({ mid }) => mid)).size < sections.length) {
    return "two sections of one MID";
  }
  // within one section an SSRC may be told twice
  const ssrcs = sections.flatMap((section) => [...new Set(section.ssrcs)]);
  return new Set(ssrcs).size < ssrcs.length ? "an SSRC of two sections" : undefined;
}

/** What is wrong with what an output changes. @param sections of the rule's bundle */
export function editProblem(
  { section, mid, extensions = [] }: RuleOutput,
  sections: number,
): string | undefined {
  if (section !== undefined && !isWithin(section, 0, sections - 1)) {
    return `section ${section} of ${sections}`;
  }
  const id = [...extensions, ...(mid === undefined ? [] : [mid.id])]
    .find((one) => !isWithin(one, 1, MAX_EXTENSION));
  if (id !== undefined) return `${id} is no header extension`;
  return mid && midProblem(mid.value);
}

function midProblem(mid: string): string | undefined {
  const bytes = [...mid].every((char) => isWithin(char.charCodeAt(0), 0, 255));
  return bytes && isWithin(mid.length, 1, MID_MAX) ? undefined : `"${mid}" is no MID`;
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
