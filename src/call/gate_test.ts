import assert from "node:assert/strict";
import { passingTypes, silencePatterns } from "./gate.ts";

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
  ], "8 means something else here, and of two meanings the first counts");
  const many = Array.from(
    { length: 20 },
    (_, i) => ({ payloadType: 100 + i, encoding: "PCMA/8000" }),
  );
  assert.equal(silencePatterns(many).length, 8);
});
