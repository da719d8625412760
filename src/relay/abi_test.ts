import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import { AddrCodec, LITTLE_ENDIAN } from "./abi_addr.ts";
import { CounterCodec, CounterView } from "./abi_counters.ts";
import { EventCodec } from "./abi_events.ts";
import { AbiLayout, AbiMismatch } from "./abi_layout.ts";
import { encodeOptions } from "./abi_options.ts";
import { RuleCodec } from "./abi_rule.ts";
import { loadRelayLibrary, readText } from "./ffi.ts";
import { locateLibrary } from "./library.ts";
import type { Rule } from "./types.ts";
import { rule } from "./rule_test_support.ts";

/** The layout of the library that is built, or why there is none. */
function describeLibrary(): AbiLayout | string {
  try {
    const library = loadRelayLibrary(locateLibrary());
    return new AbiLayout(
      readText((buffer, length) => library.rtpe_abi_describe(buffer, length)),
    );
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const described = describeLibrary();

/** A test against the library's own layout. */
function testLayout(name: string, run: (layout: AbiLayout, addr: AddrCodec) => void): void {
  const missing = typeof described === "string";
  Deno.test({
    name: missing ? `${name} (not here: ${described})` : name,
    ignore: missing,
    fn() {
      if (!missing) run(described, new AddrCodec(described));
    },
  });
}

const v4: Endpoint = { family: 4, address: "192.0.2.1", port: 5004 };
const v6: Endpoint = { family: 6, address: "2001:db8::1", port: 65535 };

const plain = rule();

testLayout("AddrCodec reads what it wrote, and none for none", (_layout, addr) => {
  for (const endpoint of [v4, v6, { ...v4, port: 0 }]) {
    assert.deepEqual(addr.read(new DataView(addr.encode(endpoint).buffer), 0), endpoint);
  }
  assert.equal(addr.read(new DataView(addr.encode(undefined).buffer), 0), undefined);
});

testLayout("AddrCodec refuses what is no endpoint", (_layout, addr) => {
  for (
    const endpoint of [
      { ...v4, address: "2001:db8::1" },
      { ...v6, address: "192.0.2.1" },
      { ...v4, address: "example" },
      { ...v4, port: 65536 },
      { ...v4, port: -1 },
    ]
  ) {
    assert.throws(() => addr.encode(endpoint), RangeError);
  }
});

testLayout("RuleCodec writes every field where the library reads it", (layout, addr) => {
  const at = layout.require("rtpe_rule", {
    "size": 4,
    "abi": 4,
    "local": 24,
    "remote": 24,
    "source_action": 1,
    "learning": 1,
    "flags": 2,
    "learn_ms": 4,
    "punt": 4,
    "pt_allow": 16,
    "n_outputs": 4,
    "decrypt": 0,
  });
  const out = layout.require("rtpe_output", {
    "src": 24,
    "dst": 24,
    "slot": 4,
    "match": 2,
    "flags": 2,
    "ssrc_in": 4,
    "ssrc_out": 4,
    "tos": 1,
    "tos_set": 1,
    "encrypt": 0,
  });
  const rule: Rule = {
    ...plain,
    remote: v6,
    sourceAction: "handover",
    learning: "heuristic",
    learnMs: 1234,
    relearn: true,
    rtcpMux: true,
    waitInput: true,
    punt: ["stun", "dtls", "bad-source"],
    payloadTypes: [0, 31, 32, 127],
    outputs: [
      { slot: 7, match: ["rtp", "rtcp"], dst: v4, tos: 184, ssrcIn: 1, ssrcOut: 0xffffffff },
      { slot: 8, match: ["other"] },
    ],
  };
  const bytes = new RuleCodec(layout, addr).encode(rule, v6, (slot) => slot === 7 ? v4 : v6);
  assert.equal(bytes.length, at.size + 2 * out.size);
  const view = new DataView(bytes.buffer);
  const u32 = (offset: number) => view.getUint32(offset, LITTLE_ENDIAN);
  const u16 = (offset: number) => view.getUint16(offset, LITTLE_ENDIAN);
  assert.deepEqual([u32(at.offset.size), u32(at.offset.abi)], [bytes.length, 2]);
  assert.deepEqual(addr.read(view, at.offset.local), v6);
  assert.deepEqual(addr.read(view, at.offset.remote), v6);
  assert.deepEqual([bytes[at.offset.source_action], bytes[at.offset.learning]], [2, 3]);
  assert.equal(u16(at.offset.flags), 1 | 4 | 32 | 64); // relearn, mux, track, wait
  assert.equal(u32(at.offset.learn_ms), 1234);
  assert.equal(u32(at.offset.punt), 4 | 8 | 128);
  const allowed = [0, 4, 8, 12].map((offset) => u32(at.offset.pt_allow + offset));
  assert.deepEqual(allowed, [0x80000001, 1, 0, 0x80000000]);
  assert.equal(u32(at.offset.n_outputs), 2);
  assert.equal(bytes[at.offset.decrypt], 0);
  const first = at.size;
  assert.deepEqual(addr.read(view, first + out.offset.src), v4);
  assert.deepEqual(addr.read(view, first + out.offset.dst), v4);
  assert.equal(u32(first + out.offset.slot), 7);
  assert.deepEqual([u16(first + out.offset.match), u16(first + out.offset.flags)], [3, 2]);
  assert.deepEqual(
    [u32(first + out.offset.ssrc_in), u32(first + out.offset.ssrc_out)],
    [1, 0xffffffff],
  );
  assert.deepEqual([bytes[first + out.offset.tos], bytes[first + out.offset.tos_set]], [184, 1]);
  const second = first + out.size;
  assert.equal(addr.read(view, second + out.offset.dst), undefined);
  assert.deepEqual([u16(second + out.offset.match), u16(second + out.offset.flags)], [16, 1]);
  assert.equal(bytes[second + out.offset.tos_set], 0);
});

testLayout("RuleCodec writes what changes packets and tells sections apart", (layout, addr) => {
  const at = layout.require("rtpe_rule", {
    "flags": 2,
    "block_short": 16,
    "silence_pass": 16,
    "n_silence": 4,
    "silence": 16,
  });
  const out = layout.require("rtpe_output", {
    "flags": 2,
    "section": 1,
    "mid_id": 1,
    "mid_len": 1,
    "mid": 32,
    "ext_allow": 32,
  });
  const bundle = layout.require("rtpe_bundle", { mid_extension: 1, n_sections: 1, sections: 0 });
  const section = layout.require("rtpe_section", {
    "mid_len": 1,
    "n_ssrcs": 1,
    "mid": 32,
    "payload_types": 16,
    "ssrcs": 32,
  });
  const rule: Rule = {
    ...plain,
    blockShort: [127],
    silence: [{ payloadType: 101 }, { payloadType: 8, byte: 0xd5 }, { payloadType: 0, byte: 255 }],
    bundle: {
      midExtension: 3,
      sections: [
        { mid: "0", payloadTypes: [], ssrcs: [] },
        { mid: "vi", payloadTypes: [32], ssrcs: [1, 0xffffffff] },
      ],
    },
    outputs: [{
      slot: 7,
      match: ["rtp"],
      dst: v4,
      silence: true,
      section: 1,
      mid: { id: 14, value: "\xff0" },
      extensions: [1, 255],
    }],
  };
  const bytes = new RuleCodec(layout, addr).encode(rule, v4, () => v4);
  assert.equal(bytes.length, at.size + out.size + bundle.size);
  const view = new DataView(bytes.buffer);
  const u32 = (offset: number) => view.getUint32(offset, LITTLE_ENDIAN);
  assert.equal(view.getUint16(at.offset.flags, LITTLE_ENDIAN), 32 | 128 | 256);
  assert.equal(u32(at.offset.block_short + 12), 0x80000000);
  assert.equal(u32(at.offset.silence_pass + 12), 1 << 5);
  assert.equal(u32(at.offset.n_silence), 2);
  const patterns = bytes.subarray(at.offset.silence, at.offset.silence + 5);
  assert.deepEqual([...patterns], [8, 0xd5, 0, 255, 0]);
  const first = at.size;
  assert.equal(view.getUint16(first + out.offset.flags, LITTLE_ENDIAN), 8 | 16 | 32 | 64);
  assert.deepEqual([bytes[first + out.offset.section], bytes[first + out.offset.mid_id]], [1, 14]);
  assert.equal(bytes[first + out.offset.mid_len], 2);
  const mid = bytes.subarray(first + out.offset.mid, first + out.offset.mid + 3);
  assert.deepEqual([...mid], [0xff, 0x30, 0]);
  const allow = first + out.offset.ext_allow;
  assert.deepEqual([u32(allow), u32(allow + 4), u32(allow + 28)], [2, 0, 0x80000000]);
  const start = at.size + out.size;
  assert.deepEqual(
    [bytes[start + bundle.offset.mid_extension], bytes[start + bundle.offset.n_sections]],
    [3, 2],
  );
  const second = start + bundle.offset.sections + section.size;
  assert.deepEqual(
    [bytes[second + section.offset.mid_len], bytes[second + section.offset.n_ssrcs]],
    [2, 2],
  );
  assert.equal(bytes[second + section.offset.mid + 1], "i".charCodeAt(0));
  assert.equal(u32(second + section.offset.payload_types + 4), 1);
  assert.equal(u32(second + section.offset.ssrcs + 4), 0xffffffff);
});

testLayout("RuleCodec lets all payload types through when none are named", (layout, addr) => {
  const at = layout.require("rtpe_rule", { "pt_allow": 16, "flags": 2 }).offset;
  const codec = new RuleCodec(layout, addr);
  const all = codec.encode(plain, v4, () => undefined).slice();
  assert.ok(all.subarray(at.pt_allow, at.pt_allow + 16).every((byte) => byte === 0xff));
  const none = codec.encode({ ...plain, payloadTypes: [] }, v4, () => undefined);
  assert.ok(none.subarray(at.pt_allow, at.pt_allow + 16).every((byte) => byte === 0));
});

testLayout("RuleCodec refuses a TOS and payload types that are none", (layout, addr) => {
  const codec = new RuleCodec(layout, addr);
  for (const tos of [-1, 256, 1.5]) {
    const outputs = [{ slot: 1, match: ["rtp"] as const, tos }];
    assert.throws(() => codec.encode({ ...plain, outputs }, v4, () => v4), /TOS/);
  }
  for (const type of [-1, 128, 0.5]) {
    assert.throws(() => codec.encode({ ...plain, payloadTypes: [type] }, v4, () => v4), /payload/);
  }
});

testLayout(
  "EventCodec reads records one after the other and copies their payload",
  (layout, addr) => {
    const codec = new EventCodec(layout, addr);
    const one = record(layout, addr, { type: 1, reason: 4, slot: 9, payload: [1, 2, 3] });
    const two = record(layout, addr, { type: 2, reason: 1, slot: 10, payload: [] });
    const buffer = new Uint8Array(one.length + two.length + 100);
    buffer.set(one);
    buffer.set(two, one.length);
    const [first, second, ...rest] = [...codec.read(buffer, one.length + two.length)];
    buffer.fill(0xee);
    assert.deepEqual(first, {
      type: 1,
      reason: 4,
      slot: 9,
      time: 1_700_000_000_123.456,
      source: v6,
      destination: v4,
      payload: new Uint8Array([1, 2, 3]),
    });
    assert.deepEqual([second?.type, second?.slot, second?.payload.length], [2, 10, 0]);
    assert.equal(rest.length, 0);
  },
);

testLayout("EventCodec refuses records whose lengths contradict each other", (layout, addr) => {
  const codec = new EventCodec(layout, addr);
  const at = layout.require("rtpe_event", { "len": 4, "payload_len": 4 });
  const good = record(layout, addr, { type: 1, reason: 1, slot: 1, payload: [1] });
  const lies: readonly [keyof typeof at.offset, number][] = [
    ["len", 0],
    ["len", at.size - 1],
    ["len", good.length + 8],
    ["payload_len", good.length],
    ["payload_len", 0xffffffff],
  ];
  for (const [field, value] of lies) {
    const bad = good.slice();
    new DataView(bad.buffer).setUint32(at.offset[field], value, LITTLE_ENDIAN);
    assert.throws(() => [...codec.read(bad, bad.length)], AbiMismatch, `${field} ${value}`);
  }
  assert.throws(() => [...codec.read(good, 3)], AbiMismatch);
});

testLayout("CounterView reads the counters of the slot asked for", (layout, addr) => {
  const codec = new CounterCodec(layout, addr);
  const memory = new ArrayBuffer(codec.size * 3);
  const view = new DataView(memory);
  const start = codec.size;
  const { slot: at, ssrc } = codec;
  view.setBigUint64(start + at.rx_packets, 1n << 33n, LITTLE_ENDIAN);
  view.setBigUint64(start + at.last_rx_us, 1_700_000_000_123_999n, LITTLE_ENDIAN);
  view.setUint32(start + at.drop_source, 0xffffffff, LITTLE_ENDIAN);
  new Uint8Array(memory).set(addr.encode(v6), start + at.remote);
  view.setUint8(start + at.confirmed, 1);
  const track = start + at.ssrc + codec.ssrcSize;
  view.setUint8(track + ssrc.in_use, 1);
  view.setUint32(track + ssrc.ssrc, 0xdeadbeef, LITTLE_ENDIAN);
  view.setBigUint64(track + ssrc.packets, 10n, LITTLE_ENDIAN);
  view.setBigUint64(track + ssrc.payload_bytes, 1600n, LITTLE_ENDIAN);
  view.setBigUint64(track + ssrc.first_us, 1_700_000_000_000_999n, LITTLE_ENDIAN);
  view.setUint32(track + ssrc.base_seq, 0x1fff8, LITTLE_ENDIAN);
  view.setUint32(track + ssrc.max_seq, 0x20003, LITTLE_ENDIAN);
  view.setUint32(track + ssrc.jitter_x16, 48000, LITTLE_ENDIAN);
  view.setUint32(track + ssrc.clock_rate, 48000, LITTLE_ENDIAN);
  view.setUint8(start + at.payload_type, 0x80);
  view.setUint8(start + at.payload_type + 1, 0x80 | 101);
  const second = start + at.payload + codec.payloadSize;
  view.setBigUint64(second + codec.payload.packets, 1n << 32n, LITTLE_ENDIAN);
  view.setBigUint64(second + codec.payload.bytes, 5n, LITTLE_ENDIAN);
  const counters = new CounterView(codec, memory);
  const read = counters.read(1);
  assert.equal(read.rxPackets, 2 ** 33);
  assert.deepEqual([read.lastRx, counters.lastRx(1)], [1_700_000_000_123, 1_700_000_000_123]);
  assert.equal(read.dropSource, 0xffffffff);
  assert.deepEqual([read.remote, read.confirmed, read.learned], [v6, true, false]);
  assert.equal(read.ssrcs.length, 1);
  const [source] = read.ssrcs;
  assert.deepEqual([source?.ssrc, source?.lost, source?.maxSequence], [0xdeadbeef, 2, 3]);
  assert.equal(source?.jitter, 62.5);
  assert.deepEqual([source.payloadBytes, source.first], [1600, 1_700_000_000_000]);
  assert.deepEqual(read.payloads, [
    { payloadType: 0, packets: 0, bytes: 0 },
    { payloadType: 101, packets: 2 ** 32, bytes: 5 },
  ]);
  assert.deepEqual([counters.read(0).rxPackets, counters.read(2).ssrcs], [0, []]);
  assert.deepEqual(counters.read(0).payloads, []);
});

testLayout("CounterView waits for whoever writes the remote endpoint", (layout, addr) => {
  const codec = new CounterCodec(layout, addr);
  const memory = new ArrayBuffer(codec.size);
  new DataView(memory).setUint32(codec.slot.remote_seq, 3, LITTLE_ENDIAN);
  assert.throws(() => new CounterView(codec, memory).read(0), /being written for ever/);
});

testLayout("encodeOptions fills in defaults and refuses numbers that are none", (layout) => {
  const { offset, size } = layout.require("rtpe_core_opts", {
    "size": 4,
    "threads": 4,
    "flags": 4,
  });
  const view = new DataView(encodeOptions(layout, { threads: 3 }).buffer);
  assert.equal(view.getUint32(offset.size, LITTLE_ENDIAN), size);
  assert.equal(view.getUint32(offset.threads, LITTLE_ENDIAN), 3);
  assert.equal(view.getUint32(offset.flags, LITTLE_ENDIAN), 0);
  for (const threads of [-1, 1.5, NaN, 2 ** 32]) {
    assert.throws(() => encodeOptions(layout, { threads }), /threads is/);
  }
});

/** A record as the core writes it. */
function record(
  layout: AbiLayout,
  addr: AddrCodec,
  parts: { type: number; reason: number; slot: number; payload: number[] },
): Uint8Array<ArrayBuffer> {
  const { size, offset } = layout.require("rtpe_event", {
    "len": 4,
    "type": 2,
    "reason": 2,
    "slot": 4,
    "payload_len": 4,
    "time_us": 8,
    "src": 24,
    "dst": 24,
  });
  const length = (size + parts.payload.length + 7) & ~7;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(offset.len, length, LITTLE_ENDIAN);
  view.setUint16(offset.type, parts.type, LITTLE_ENDIAN);
  view.setUint16(offset.reason, parts.reason, LITTLE_ENDIAN);
  view.setUint32(offset.slot, parts.slot, LITTLE_ENDIAN);
  view.setUint32(offset.payload_len, parts.payload.length, LITTLE_ENDIAN);
  view.setBigUint64(offset.time_us, 1_700_000_000_123_456n, LITTLE_ENDIAN);
  addr.write(view, offset.src, v6);
  addr.write(view, offset.dst, v4);
  bytes.set(parts.payload, size);
  return bytes;
}
