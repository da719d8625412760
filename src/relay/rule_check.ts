/**
 * Whether a rule can be carried out at all; the relay core refuses the same ones.
 *
 * @module
 */

import type { Family } from "../core/endpoint.ts";
import { bundleProblem, editProblem, payloadTypeProblem, silenceProblem } from "./edit_check.ts";
import { srtpKeysProblem } from "./abi_srtp.ts";
import type { Rule, RuleOutput } from "./types.ts";

/** RTPE_MAX_OUTPUTS. */
export const MAX_OUTPUTS = 32;
const MAX_LEARN_MS = 3_600_000;

/**
 * Why a rule contradicts itself.
 *
 * @param family of the port the rule is for
 * @param familyOf family of another open slot, undefined when it is not open
 */
export function ruleProblem(
  rule: Rule,
  family: Family,
  familyOf: (slot: number) => Family | undefined,
): string | undefined {
  if (rule.opaque && (rule.rtcpMux || rule.rtcpOnly)) {
    return "a port that carries other than RTP cannot carry RTCP";
  }
  if (rule.opaque && rule.bundle !== undefined) {
    return "a port that carries other than RTP has no sections";
  }
  if (rule.rtcpMux && rule.rtcpOnly) return "a port for RTCP only cannot be muxed";
  if (!(rule.learnMs >= 0 && rule.learnMs <= MAX_LEARN_MS)) {
    return `learning window of ${rule.learnMs} ms is not within 0..${MAX_LEARN_MS}`;
  }
  if (rule.remote !== undefined && rule.remote.family !== family) {
    return `remote endpoint ${rule.remote.address} is not of the port's family`;
  }
  if (rule.outputs.length > MAX_OUTPUTS) {
    return `${rule.outputs.length} outputs are more than ${MAX_OUTPUTS}`;
  }
  const problem = silenceProblem(rule) ?? (rule.bundle && bundleProblem(rule.bundle)) ??
    payloadTypeProblem(rule.blockShort);
  if (problem !== undefined) return problem;
  if (rule.decrypt !== undefined) {
    if (rule.opaque) return "a port that carries other than RTP has no SRTP";
    const wrong = srtpKeysProblem(rule.decrypt);
    if (wrong !== undefined) return wrong;
  }
  for (const output of rule.outputs) {
    const outputFamily = familyOf(output.slot);
    if (outputFamily === undefined) return `output slot ${output.slot} is not open`;
    if (output.match.length === 0) return `output to slot ${output.slot} matches nothing`;
    if (output.dst !== undefined && output.dst.family !== outputFamily) {
      return `destination ${output.dst.address} is not of the family of slot ${output.slot}`;
    }
    const wrong = secureProblem(output, rule.decrypt !== undefined) ??
      editProblem(output, rule.bundle?.sections.length ?? 0);
    if (wrong !== undefined) return `output to slot ${output.slot}: ${wrong}`;
  }
  return undefined;
}

/** Why an output cannot send what it is told to under keys, or as it came. */
function secureProblem(output: RuleOutput, sealed: boolean): string | undefined {
  if (output.encrypt !== undefined) {
    const problem = srtpKeysProblem(output.encrypt);
    if (problem !== undefined) return problem;
  }
  if (!output.asReceived) return undefined;
  if (!sealed) return "packets pass as they came only where they come in under keys";
  const changed = output.encrypt !== undefined || output.ssrcOut !== undefined ||
    output.silence === true || output.mid !== undefined || output.extensions !== undefined;
  return changed ? "packets cannot pass as they came and be changed" : undefined;
}
