/**
 * What every engine changes in RTP packets on their way: silence, header extensions, MID; and which are too
 * short to pass.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Rule, RuleOutput } from "../../src/relay/mod.ts";
import type { Case } from "./case.ts";
import { type Bridge, bridge, passes } from "./forwarding.ts";
import { type Bench, rule } from "./harness.ts";
import { rtcp, rtp } from "./packets.ts";

const HEADER = [0, 1, 0, 0, 0, 160, 0x11, 0x22, 0x33, 0x44];
const PAYLOAD = [1, 2, 3, 4, 5];
const CSRC = [9, 9, 9, 9];

/** An RTP packet from its parts. */
function packet(
  { type = 8, extension = [] as number[], csrc = [] as number[], payload = PAYLOAD, padding = 0 },
): Uint8Array {
  const first = 0x80 | (padding > 0 ? 0x20 : 0) | (extension.length > 0 ? 0x10 : 0);
  const end = padding > 0 ? [...new Array<number>(padding - 1).fill(0), padding] : [];
  const parts = [[first | csrc.length / 4, type], HEADER, csrc, extension, payload, end];
  return Uint8Array.from(parts.flat());
}

/** A block of one-byte elements. */
function oneByte(...body: number[]): number[] {
  return [0xbe, 0xde, 0, body.length / 4, ...body];
}

/** A block of two-byte elements. */
function twoByte(...body: number[]): number[] {
  return [0x10, 0, 0, body.length / 4, ...body];
}

/** A bridge whose output from `a` to `b` does something to packets. */
async function editor(
  bench: Bench,
  output: Partial<RuleOutput>,
  parts: Partial<Rule> = {},
): Promise<Bridge> {
  const between = await bridge(bench);
  const outputs = [{ slot: between.portB.slot, match: ["rtp", "rtcp"] as const, ...output }];
  bench.engine.setRule(
    between.portA.slot,
    rule({ remote: between.a.endpoint, outputs, ...parts }),
  );
  return between;
}

/** What `b` gets when `a` sends this. */
async function sent({ a, b, portA }: Bridge, payload: Uint8Array): Promise<number[]> {
  await a.send(portA.local, payload);
  return [...(await b.next()).payload];
}

async function becomes(between: Bridge, before: Uint8Array, after: Uint8Array): Promise<void> {
  assert.deepEqual(await sent(between, before), [...after]);
}

const SILENCE = [{ payloadType: 8, byte: 0xd5 }, { payloadType: 0, byte: 0xff }, {
  payloadType: 101,
}] as const;

/** The cases. */
export const editingCases: readonly Case[] = [
  {
    name: "fills payloads with silence and leaves the rest of the packet as it is",
    async run(bench) {
      const parts = { silence: SILENCE, rtcpMux: true };
      const between = await editor(bench, { silence: true }, parts);
      const extension = oneByte(0x10, 7, 0, 0);
      const shape = { extension, csrc: CSRC, padding: 4 };
      const silent = new Array<number>(5).fill(0xd5);
      await becomes(between, packet(shape), packet({ ...shape, payload: silent }));
      await becomes(
        between,
        packet({ type: 0x80, payload: [1] }),
        packet({ type: 0x80, payload: [0xff] }),
      );
      await becomes(between, packet({ payload: [] }), packet({ payload: [] }));
      await passes(between, rtcp());
    },
  },
  {
    name: "passes events unsilenced when told to, and drops what it cannot silence",
    async run(bench) {
      const between = await editor(bench, { silence: true }, { silence: SILENCE });
      await between.a.send(between.portA.local, packet({ type: 96 }));
      await passes(between, packet({ type: 101 }));
      const { dropFiltered, rxErrors } = bench.engine.counters(between.portA.slot);
      assert.deepEqual([dropFiltered, rxErrors], [1, 1]);
    },
  },
  {
    name: "silences one output and not the other, whatever leaves first",
    async run(bench) {
      const between = await bridge(bench);
      const { a, b, portA, portB } = between;
      const c = await bench.peer();
      const to = { slot: portB.slot, match: ["rtp"] as const };
      const outputs = [
        { ...to, silence: true },
        { ...to, dst: c.endpoint },
        { ...to, silence: true, ssrcOut: 5 },
      ];
      bench.engine.setRule(
        portA.slot,
        rule({ remote: a.endpoint, outputs, silence: [{ payloadType: 8, byte: 0xd5 }] }),
      );
      for (const type of [8, 96]) await a.send(portA.local, packet({ type }));
      const silent = packet({ payload: new Array<number>(5).fill(0xd5) });
      assert.deepEqual((await b.next()).payload, silent);
      new DataView(silent.buffer).setUint32(8, 5);
      assert.deepEqual((await b.next()).payload, silent);
      assert.deepEqual((await c.next()).payload, packet({}));
      assert.deepEqual((await c.next()).payload, packet({ type: 96 }));
      assert.equal(bench.engine.counters(portA.slot).rxErrors, 0);
    },
  },
  {
    name: "takes header extensions out that are not allowed, in either form",
    async run(bench) {
      const between = await editor(bench, { extensions: [2, 15, 200] });
      const tail = { csrc: CSRC, padding: 2 };
      const edited = (before: number[], after: number[]) =>
        becomes(
          between,
          packet({ ...tail, extension: before }),
          packet({ ...tail, extension: after }),
        );
      await edited(oneByte(0x10, 7, 0x21, 8, 9, 0, 0x30, 6), oneByte(0x21, 8, 9, 0));
      await edited(oneByte(0x10, 7, 0, 0), []);
      await edited(twoByte(1, 0, 200, 1, 7, 2, 0, 0), twoByte(200, 1, 7, 2, 0, 0, 0, 0));
      await edited([0x10, 0x0f, 0, 1, 15, 2, 4, 4], [0x10, 0x0f, 0, 1, 15, 2, 4, 4]);
      await edited(oneByte(), []);
      await becomes(between, packet(tail), packet(tail));
    },
  },
  {
    name: "takes all header extensions out when none is allowed",
    async run(bench) {
      const between = await editor(bench, { extensions: [] });
      for (
        const extension of [oneByte(0x10, 7, 0, 0), twoByte(1, 2, 3, 4), [1, 2, 0, 1, 9, 9, 9, 9]]
      ) {
        await becomes(between, packet({ extension }), packet({}));
      }
    },
  },
  {
    name: "keeps what stands before a header extension it cannot read, and nothing behind it",
    async run(bench) {
      const between = await editor(bench, { extensions: [2, 3] });
      const cut = async (before: number[], after: number[]) =>
        await becomes(between, packet({ extension: before }), packet({ extension: after }));
      await cut(oneByte(0x20, 7, 0x3f, 1), oneByte(0x20, 7, 0, 0)); // sixteen bytes claimed
      await cut(oneByte(0x20, 7, 0xf0, 0x20), oneByte(0x20, 7, 0, 0)); // 15: stop
      await cut(oneByte(0x20, 7, 0x02, 0x30), oneByte(0x20, 7, 0, 0)); // padding with a length
      await cut(twoByte(2, 0, 3, 255), twoByte(2, 0, 0, 0)); // 255 bytes claimed
      await cut(twoByte(2, 1, 7, 3), twoByte(2, 1, 7, 0)); // an identifier without a length
      await cut(oneByte(0x3f, 1, 2, 3), []);
    },
  },
  {
    name: "writes the MID into packets with and without header extensions",
    async run(bench) {
      const between = await editor(bench, { mid: { id: 4, value: "v1" } });
      const mid = [0x41, 0x76, 0x31];
      const shape = { csrc: CSRC, padding: 3 };
      const written = (before: number[], after: number[]) =>
        becomes(
          between,
          packet({ ...shape, extension: before }),
          packet({ ...shape, extension: after }),
        );
      await written([], oneByte(...mid, 0));
      await written(oneByte(0x10, 7, 0, 0), oneByte(0x10, 7, ...mid, 0, 0, 0));
      await written(oneByte(0x40, 7, 0x10, 8), oneByte(0x10, 8, ...mid, 0, 0, 0)); // replaced
      await written(twoByte(1, 0, 4, 0), twoByte(1, 0, 4, 2, 0x76, 0x31, 0, 0));
      // not an extension of RFC 8285: there can be only one
      const foreign = [1, 2, 0, 1, 9, 9, 9, 9];
      await written(foreign, foreign);
    },
  },
  {
    name: "writes a MID that needs the two-byte form in it, and turns the others into it",
    async run(bench) {
      const long = "a".repeat(17);
      const bytes = [...long].map((char) => char.charCodeAt(0));
      const between = await editor(bench, { mid: { id: 3, value: long }, extensions: [1] });
      const expected = twoByte(1, 2, 7, 8, 3, 17, ...bytes, 0);
      for (const before of [oneByte(0x11, 7, 8, 0), oneByte(0x11, 7, 8, 0x50, 9, 0, 0, 0)]) {
        await becomes(
          between,
          packet({ extension: before }),
          packet({ extension: expected }),
        );
      }
      const high = await editor(bench, { mid: { id: 15, value: "0" } });
      await becomes(high, packet({}), packet({ extension: twoByte(15, 1, 0x30, 0) }));
      // what is not allowed makes room for the MID
      const only = await editor(bench, { mid: { id: 1, value: "0" }, extensions: [] });
      await becomes(
        only,
        packet({ extension: [1, 2, 0, 1, 9, 9, 9, 9] }),
        packet({ extension: oneByte(0x10, 0x30, 0, 0) }),
      );
    },
  },
  {
    name: "does everything to one packet at once",
    async run(bench) {
      const between = await editor(bench, {
        silence: true,
        extensions: [2],
        mid: { id: 1, value: "0" },
        ssrcOut: 0xfedcba98,
      }, { silence: SILENCE });
      const after = packet({
        csrc: CSRC,
        padding: 4,
        payload: new Array<number>(5).fill(0xd5),
        extension: oneByte(0x20, 7, 0x10, 0x30),
      });
      new DataView(after.buffer).setUint32(8, 0xfedcba98);
      const before = { csrc: CSRC, padding: 4, extension: oneByte(0x50, 6, 0x20, 7) };
      await becomes(between, packet(before), after);
    },
  },
  {
    name: "drops packets with less payload than their type's first one",
    async run(bench) {
      const between = await editor(bench, {}, { blockShort: [8, 0] });
      const { a, portA } = between;
      const of = (size: number, type = 8) => packet({ type, payload: new Array(size).fill(7) });
      await passes(between, of(0)); // measures nothing
      await passes(between, of(20));
      for (const size of [19, 0, 1]) await a.send(portA.local, of(size));
      await a.send(portA.local, packet({ payload: new Array(19).fill(7), padding: 4 }));
      await passes(between, of(20));
      await passes(between, of(40));
      await passes(between, of(10, 0));
      await a.send(portA.local, of(9, 0));
      await passes(between, of(1, 96));
      await passes(between, of(20));
      assert.equal(bench.engine.counters(portA.slot).dropFiltered, 5);
    },
  },
  {
    name: "measures anew with each rule what is too short",
    async run(bench) {
      const between = await editor(bench, {}, { blockShort: [8] });
      await passes(between, rtp(1));
      const outputs = [{ slot: between.portB.slot, match: ["rtp"] as const }];
      const parts = { remote: between.a.endpoint, outputs, blockShort: [8] };
      bench.engine.setRule(between.portA.slot, rule(parts));
      await passes(between, packet({}));
    },
  },
  {
    name: "refuses edits that contradict themselves, and keeps the old rule",
    async run(bench) {
      const between = await bridge(bench);
      const { portA, portB } = between;
      const to = (parts: Partial<RuleOutput>) => ({
        outputs: [{ slot: portB.slot, match: ["rtp"] as const, ...parts }],
      });
      const wrong: readonly Partial<Rule>[] = [
        to({ section: 0 }),
        to({ mid: { id: 0, value: "0" } }),
        to({ mid: { id: 256, value: "0" } }),
        to({ mid: { id: 1, value: "" } }),
        to({ mid: { id: 1, value: "a".repeat(33) } }),
        to({ mid: { id: 1, value: "\u0416" } }),
        to({ extensions: [0] }),
        to({ extensions: [256] }),
        { silence: [{ payloadType: 128 }] },
        { silence: [{ payloadType: 1, byte: 256 }] },
        { silence: [{ payloadType: 1, byte: 2 }, { payloadType: 1, byte: 3 }] },
        { silence: [{ payloadType: 1, byte: 2 }, { payloadType: 1 }] },
        { silence: Array.from({ length: 9 }, (_, payloadType) => ({ payloadType, byte: 1 })) },
        { blockShort: [128] },
      ];
      for (const parts of wrong) {
        assert.throws(() => bench.engine.setRule(portA.slot, rule(parts)), Error);
      }
      await passes(between, rtp(1));
    },
  },
];
