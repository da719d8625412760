import assert from "node:assert/strict";
import { fixedSizeTypes, limitPatterns, passingTypes, silencePatterns } from "./gate.ts";

const EVENTS = { payloadType: 101, encoding: "telephone-event/8000" };
const WIDE = { payloadType: 110, encoding: "Telephone-Event/48000" };
const PCMA = { payloadType: 8, encoding: "PCMA/8000" };
const NAMELESS = { payloadType: 97, encoding: undefined };

Deno.test("passingTypes lets everything through an open gate", () => {
  assert.equal(passingTypes({ media: false, dtmf: false }, [EVENTS], [EVENTS]), undefined);
});

Deno.test("passingTypes leaves the events both sides speak of when media is blocked", () => {
  const gate = { media: true, dtmf: false };
  assert.deepEqual(passingTypes(gate, [PCMA, EVENTS, WIDE], [WIDE, EVENTS, EVENTS]), [101, 110]);
  assert.deepEqual(passingTypes(gate, [PCMA, EVENTS], [PCMA, NAMELESS]), []);
  assert.deepEqual(passingTypes({ media: true, dtmf: true }, [EVENTS], [EVENTS]), []);
});

Deno.test("passingTypes takes out the events either side speaks of when DTMF is blocked", () => {
  const gate = { media: false, dtmf: true };
  const types = passingTypes(gate, [PCMA, EVENTS], [WIDE])!;
  assert.equal(types.length, 126);
  assert.ok(!types.includes(101) && !types.includes(110));
  assert.equal(passingTypes(gate, [PCMA], [PCMA]), undefined);
});

Deno.test("silencePatterns knows the codecs that have one, by name and by static number", () => {
  assert.deepEqual(silencePatterns([]), [
    { payloadType: 8, byte: 0xd5 },
    { payloadType: 0, byte: 0xff },
    { payloadType: 9, byte: 0xfa },
    { payloadType: 13 },
  ]);
  const named = [
    { payloadType: 96, encoding: "pcmu/8000/1" },
    { payloadType: 8, encoding: "opus/48000/2" },
    { payloadType: 96, encoding: "PCMA/8000" },
    NAMELESS,
  ];
  assert.deepEqual(silencePatterns(named), [
    { payloadType: 96, byte: 0xff },
    { payloadType: 0, byte: 0xff },
    { payloadType: 9, byte: 0xfa },
    { payloadType: 13 },
  ], "8 means something else here, and of two meanings the first counts");
  const many = Array.from(
    { length: 20 },
    (_, i) => ({ payloadType: 100 + i, encoding: "PCMA/8000" }),
  );
  assert.equal(silencePatterns(many).filter(({ byte }) => byte !== undefined).length, 8);
});

Deno.test("silencePatterns lets telephone events and comfort noise be heard", () => {
  const codecs = [PCMA, EVENTS, WIDE, { payloadType: 98, encoding: "CN/8000" }, NAMELESS];
  const passing = silencePatterns(codecs).filter(({ byte }) => byte === undefined);
  assert.deepEqual(passing.map(({ payloadType }) => payloadType), [101, 110, 98, 13]);
  const other = [{ payloadType: 13, encoding: "opus/48000/2" }];
  assert.ok(!silencePatterns(other).some(({ payloadType }) => payloadType === 13));
});

Deno.test("fixedSizeTypes are those of codecs whose frames have one size", () => {
  const codecs = [
    PCMA,
    EVENTS,
    NAMELESS,
    { payloadType: 18, encoding: "G729/8000/1" },
    { payloadType: 99, encoding: "pcmu/16000" },
    { payloadType: 96, encoding: "opus/48000/2" },
    PCMA,
  ];
  assert.deepEqual(fixedSizeTypes(codecs), [8, 18]);
});

Deno.test("limitPatterns keeps the first of each payload type, and all that pass as they are", () => {
  const of = (payloadType: number) => ({ payloadType, byte: 1 });
  const many = Array.from({ length: 12 }, (_, type) => of(type));
  assert.deepEqual(limitPatterns([{ payloadType: 3 }, ...many, { payloadType: 20 }]), [
    { payloadType: 3 },
    ...[0, 1, 2, 4, 5, 6, 7, 8].map(of),
    { payloadType: 20 },
  ]);
});
