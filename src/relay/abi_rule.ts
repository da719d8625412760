/**
 * Rules as `struct rtpe_rule` followed by `struct rtpe_output`s and, for a bundle, `struct rtpe_bundle`.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { type AddrCodec, LITTLE_ENDIAN } from "./abi_addr.ts";
import { BundleCodec, MID_MAX, payloadTypes, setBits, within, writeMid } from "./abi_bundle.ts";
import { type AbiLayout, AbiMismatch, type StructLayout } from "./abi_layout.ts";
import { SrtpCodec } from "./abi_srtp.ts";
import type { Learning, PacketClass, Rule, RuleOutput, Slot } from "./types.ts";

const RULE_ABI = 2;

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
  bundle: 1 << 7,
  blockShort: 1 << 8,
  oneWay: 1 << 9,
} as const;
const OUT_FLAGS = {
  follow: 1 << 0,
  ssrcRewrite: 1 << 1,
  silence: 1 << 3,
  extensionFilter: 1 << 4,
  mid: 1 << 5,
  section: 1 << 6,
  asReceived: 1 << 7,
} as const;
const MAX_SILENCE = 8;

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
  block_short: 16,
  silence_pass: 16,
  n_silence: 4,
  silence: 2 * MAX_SILENCE,
  decrypt: 0,
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
  section: 1,
  mid_id: 1,
  mid_len: 1,
  mid: MID_MAX,
  ext_allow: 32,
  encrypt: 0,
} as const;

/** Writes rules. */
export class RuleCodec {
  readonly #addr: AddrCodec;
  readonly #rule: StructLayout<keyof typeof RULE_FIELDS>;
  readonly #output: StructLayout<keyof typeof OUTPUT_FIELDS>;
  readonly #bundle: BundleCodec;
  readonly #srtp: SrtpCodec;
  /** Used for every rule: memory outside the heap is dear. */
  #bytes = new Uint8Array(4096);
  #view = new DataView(this.#bytes.buffer);

  /** @throws AbiMismatch */
  constructor(layout: AbiLayout, addr: AddrCodec) {
    this.#addr = addr;
    this.#rule = layout.require("rtpe_rule", RULE_FIELDS);
    this.#output = layout.require("rtpe_output", OUTPUT_FIELDS);
    this.#bundle = new BundleCodec(layout);
    this.#srtp = new SrtpCodec(layout);
    const silence = layout.require("rtpe_silence", { payload_type: 1, byte: 1 });
    if (silence.size !== 2 || silence.offset.byte !== 1) {
      throw new AbiMismatch("its silence patterns are not pairs");
    }
  }

  /**
   * The bytes of a rule, valid until the next call.
   *
   * @param local endpoint of the slot the rule is for
   * @param localOf local endpoint of the slot of an output
   * @throws RangeError for an address, a port, a TOS, a payload type or any other number that is none
   */
  encode(
    rule: Rule,
    local: Endpoint,
    localOf: (slot: Slot) => Endpoint | undefined,
  ): Uint8Array<ArrayBuffer> {
    const { size: head, offset: at } = this.#rule;
    const tail = head + rule.outputs.length * this.#output.size;
    const bytes = this.#room(rule.bundle === undefined ? tail : tail + this.#bundle.size);
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
    if (rule.payloadTypes === undefined) bytes.fill(0xff, at.pt_allow, at.pt_allow + 16);
    else setBits(view, at.pt_allow, payloadTypes(rule.payloadTypes));
    if (rule.blockShort !== undefined) setBits(view, at.block_short, payloadTypes(rule.blockShort));
    if (rule.silence !== undefined) this.#writeSilence(view, rule.silence);
    if (rule.decrypt !== undefined) this.#srtp.write(bytes, at.decrypt, rule.decrypt);
    view.setUint32(at.n_outputs, rule.outputs.length, LITTLE_ENDIAN);
    for (let i = 0; i < rule.outputs.length; i++) {
      const output = rule.outputs[i]!;
      this.#writeOutput(view, head + i * this.#output.size, output, localOf(output.slot));
    }
    if (rule.bundle !== undefined) this.#bundle.write(view, tail, rule.bundle);
    return bytes;
  }

  /** Forgets the rule encoded last: it may have had keys in it. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  #writeSilence(view: DataView, table: NonNullable<Rule["silence"]>): void {
    const at = this.#rule.offset;
    payloadTypes(table.map(({ payloadType }) => payloadType));
    const pass = table.filter(({ byte }) => byte === undefined);
    setBits(view, at.silence_pass, pass.map(({ payloadType }) => payloadType));
    const patterns = table.filter(({ byte }) => byte !== undefined);
    if (patterns.length > MAX_SILENCE) {
      throw new RangeError(`${patterns.length} silence patterns are more than ${MAX_SILENCE}`);
    }
    view.setUint32(at.n_silence, patterns.length, LITTLE_ENDIAN);
    for (const [i, { payloadType, byte = 0 }] of patterns.entries()) {
      view.setUint8(at.silence + i * 2, payloadType);
      view.setUint8(at.silence + i * 2 + 1, within(byte, 0, 255, "silence pattern"));
    }
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
    let flags = this.#writeEdits(view, offset, output);
    if (output.dst !== undefined) this.#addr.write(view, offset + at.dst, output.dst);
    else flags |= OUT_FLAGS.follow;
    if (output.asReceived) flags |= OUT_FLAGS.asReceived;
    if (output.encrypt !== undefined) {
      this.#srtp.write(this.#bytes, offset + at.encrypt, output.encrypt);
    }
    if (output.ssrcOut !== undefined) flags |= OUT_FLAGS.ssrcRewrite;
    view.setUint32(offset + at.slot, output.slot, LITTLE_ENDIAN);
    view.setUint16(offset + at.match, classMask(output.match), LITTLE_ENDIAN);
    view.setUint16(offset + at.flags, flags, LITTLE_ENDIAN);
    view.setUint32(offset + at.ssrc_in, output.ssrcIn ?? 0, LITTLE_ENDIAN);
    view.setUint32(offset + at.ssrc_out, output.ssrcOut ?? 0, LITTLE_ENDIAN);
    if (output.tos === undefined) return;
    view.setUint8(offset + at.tos, within(output.tos, 0, 255, "TOS"));
    view.setUint8(offset + at.tos_set, 1);
  }

  /** @returns the flags that say which edits there are */
  #writeEdits(view: DataView, offset: number, output: RuleOutput): number {
    const at = this.#output.offset;
    let flags = output.silence === true ? OUT_FLAGS.silence : 0;
    if (output.section !== undefined) {
      flags |= OUT_FLAGS.section;
      view.setUint8(offset + at.section, within(output.section, 0, 255, "section"));
    }
    if (output.mid !== undefined) {
      flags |= OUT_FLAGS.mid;
      view.setUint8(offset + at.mid_id, within(output.mid.id, 1, 255, "MID extension"));
      view.setUint8(offset + at.mid_len, writeMid(view, offset + at.mid, output.mid.value));
    }
    if (output.extensions !== undefined) {
      flags |= OUT_FLAGS.extensionFilter;
      for (const id of output.extensions) within(id, 1, 255, "header extension");
      setBits(view, offset + at.ext_allow, output.extensions);
    }
    return flags;
  }
}

function ruleFlags(rule: Rule): number {
  let flags = rule.opaque || rule.rtcpOnly ? 0 : RULE_FLAGS.trackSsrc;
  if (rule.bundle !== undefined) flags |= RULE_FLAGS.bundle;
  if (rule.blockShort !== undefined) flags |= RULE_FLAGS.blockShort;
  for (
    const name of [
      "relearn",
      "blackhole",
      "rtcpMux",
      "rtcpOnly",
      "opaque",
      "waitInput",
      "oneWay",
    ] as const
  ) {
    if (rule[name]) flags |= RULE_FLAGS[name];
  }
  return flags;
}

function classMask(classes: readonly PacketClass[]): number {
  return classes.reduce((mask, name) => mask | CLASS_BITS[name], 0);
}
