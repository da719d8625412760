/**
 * Rules as `struct rtpe_rule` followed by `struct rtpe_output`s.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { type AddrCodec, LITTLE_ENDIAN } from "./abi_addr.ts";
import type { AbiLayout, StructLayout } from "./abi_layout.ts";
import type { Learning, PacketClass, Rule, RuleOutput, Slot } from "./types.ts";

const RULE_ABI = 1;

/** RTPE_CLASS_*. */
export const CLASS_BITS: Readonly<Record<PacketClass, number>> = {
  "rtp": 1 << 0,
  "rtcp": 1 << 1,
  "stun": 1 << 2,
  "dtls": 1 << 3,
  "other": 1 << 4,
  "unknown-ssrc": 1 << 5,
  "filtered-pt": 1 << 6,
  "bad-source": 1 << 7,
};

const SOURCE_ACTIONS: Readonly<Record<Rule["sourceAction"], number>> = {
  ignore: 0,
  drop: 1,
  handover: 2,
};
const LEARNINGS: Readonly<Record<Learning, number>> = {
  off: 0,
  immediate: 1,
  delayed: 2,
  heuristic: 3,
};
const RULE_FLAGS = {
  relearn: 1 << 0,
  blackhole: 1 << 1,
  rtcpMux: 1 << 2,
  rtcpOnly: 1 << 3,
  opaque: 1 << 4,
  trackSsrc: 1 << 5,
  waitInput: 1 << 6,
} as const;
const OUT_FOLLOW = 1 << 0;
const OUT_SSRC_REWRITE = 1 << 1;

const RULE_FIELDS = {
  size: 4,
  abi: 4,
  local: 0,
  remote: 0,
  source_action: 1,
  learning: 1,
  flags: 2,
  learn_ms: 4,
  punt: 4,
  pt_allow: 16,
  n_outputs: 4,
} as const;
const OUTPUT_FIELDS = {
  src: 0,
  dst: 0,
  slot: 4,
  match: 2,
  flags: 2,
  ssrc_in: 4,
  ssrc_out: 4,
  tos: 1,
  tos_set: 1,
} as const;

/** Writes rules. */
export class RuleCodec {
  readonly #addr: AddrCodec;
  readonly #rule: StructLayout<keyof typeof RULE_FIELDS>;
  readonly #output: StructLayout<keyof typeof OUTPUT_FIELDS>;
  /** Used for every rule: memory outside the heap is dear. */
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);

  /** @throws AbiMismatch */
  constructor(layout: AbiLayout, addr: AddrCodec) {
    this.#addr = addr;
    this.#rule = layout.require("rtpe_rule", RULE_FIELDS);
    this.#output = layout.require("rtpe_output", OUTPUT_FIELDS);
  }

  /**
   * The bytes of a rule, valid until the next call.
   *
   * @param local endpoint of the slot the rule is for
   * @param localOf local endpoint of the slot of an output
   * @throws RangeError for an address, a port, a TOS or a payload type that is none
   */
  encode(
    rule: Rule,
    local: Endpoint,
    localOf: (slot: Slot) => Endpoint | undefined,
  ): Uint8Array<ArrayBuffer> {
    const { size: head, offset: at } = this.#rule;
    const bytes = this.#room(head + rule.outputs.length * this.#output.size);
    const view = this.#view;
    view.setUint32(at.size, bytes.length, LITTLE_ENDIAN);
    view.setUint32(at.abi, RULE_ABI, LITTLE_ENDIAN);
    this.#addr.write(view, at.local, local);
    if (rule.remote !== undefined) this.#addr.write(view, at.remote, rule.remote);
    view.setUint8(at.source_action, SOURCE_ACTIONS[rule.sourceAction]);
    view.setUint8(at.learning, LEARNINGS[rule.learning]);
    view.setUint16(at.flags, ruleFlags(rule), LITTLE_ENDIAN);
    view.setUint32(at.learn_ms, rule.learnMs, LITTLE_ENDIAN);
    view.setUint32(at.punt, classMask(rule.punt), LITTLE_ENDIAN);
    for (const [i, word] of payloadTypeMask(rule.payloadTypes).entries()) {
      view.setUint32(at.pt_allow + i * 4, word, LITTLE_ENDIAN);
    }
    view.setUint32(at.n_outputs, rule.outputs.length, LITTLE_ENDIAN);
    for (const [i, output] of rule.outputs.entries()) {
      this.#writeOutput(view, head + i * this.#output.size, output, localOf(output.slot));
    }
    return bytes;
  }

  #room(size: number): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length < size) {
      this.#bytes = new Uint8Array(size);
      this.#view = new DataView(this.#bytes.buffer);
    }
    return this.#bytes.subarray(0, size).fill(0);
  }

  #writeOutput(
    view: DataView,
    offset: number,
    output: RuleOutput,
    local: Endpoint | undefined,
  ): void {
    const at = this.#output.offset;
    if (local !== undefined) this.#addr.write(view, offset + at.src, local);
    let flags = 0;
    if (output.dst !== undefined) this.#addr.write(view, offset + at.dst, output.dst);
    else flags |= OUT_FOLLOW;
    if (output.ssrcOut !== undefined) flags |= OUT_SSRC_REWRITE;
    view.setUint32(offset + at.slot, output.slot, LITTLE_ENDIAN);
    view.setUint16(offset + at.match, classMask(output.match), LITTLE_ENDIAN);
    view.setUint16(offset + at.flags, flags, LITTLE_ENDIAN);
    view.setUint32(offset + at.ssrc_in, output.ssrcIn ?? 0, LITTLE_ENDIAN);
    view.setUint32(offset + at.ssrc_out, output.ssrcOut ?? 0, LITTLE_ENDIAN);
    if (output.tos === undefined) return;
    if (!Number.isInteger(output.tos) || output.tos < 0 || output.tos > 255) {
      throw new RangeError(`TOS ${output.tos} is not within 0..255`);
    }
    view.setUint8(offset + at.tos, output.tos);
    view.setUint8(offset + at.tos_set, 1);
  }
}

function ruleFlags(rule: Rule): number {
  let flags = rule.opaque || rule.rtcpOnly ? 0 : RULE_FLAGS.trackSsrc;
  for (
    const name of ["relearn", "blackhole", "rtcpMux", "rtcpOnly", "opaque", "waitInput"] as const
  ) {
    if (rule[name]) flags |= RULE_FLAGS[name];
  }
  return flags;
}

function classMask(classes: readonly PacketClass[]): number {
  return classes.reduce((mask, name) => mask | CLASS_BITS[name], 0);
}

function payloadTypeMask(types: readonly number[] | undefined): Uint32Array {
  const words = new Uint32Array(4);
  if (types === undefined) return words.fill(0xffffffff);
  for (const type of types) {
    if (!Number.isInteger(type) || type < 0 || type > 127) {
      throw new RangeError(`payload type ${type} is not within 0..127`);
    }
    words[type >> 5]! |= 1 << (type & 31);
  }
  return words;
}
