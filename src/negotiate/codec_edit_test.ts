import assert from "node:assert/strict";
import { editCodecs, ignoreCodecs, matchesCodec, singleCodec } from "./codec_edit.ts";
import type { Codec } from "./codecs.ts";

const CODECS: readonly Codec[] = [
  { payloadType: 8, encoding: "PCMA/8000" },
  { payloadType: 0, encoding: "PCMU/8000" },
  { payloadType: 96, encoding: "opus/48000/2" },
  { payloadType: 101, encoding: "telephone-event/8000" },
  { payloadType: 97, encoding: undefined },
];

function numbers(codecs: readonly Codec[]): number[] {
  return codecs.map(({ payloadType }) => payloadType);
}

function edit(operations: Record<string, string[]>): number[] {
  return numbers(editCodecs(CODECS, new Map(Object.entries(operations))));
}

Deno.test("editCodecs strips by name, by rate, and everything", () => {
  assert.deepEqual(edit({}), [8, 0, 96, 101, 97]);
  assert.deepEqual(edit({ strip: ["pcma", "opus"] }), [0, 101, 97]);
  assert.deepEqual(edit({ strip: ["opus/48000", "PCMU/16000"] }), [8, 0, 96, 101, 97]);
  assert.deepEqual(edit({ strip: ["opus/48000/2", "PCMU/8000/1"] }), [8, 101, 97]);
  assert.deepEqual(edit({ strip: ["all"] }), []);
  assert.deepEqual(edit({ mask: ["PCMA"], consume: ["PCMU"] }), [96, 101, 97]);
});

Deno.test("editCodecs keeps what except, offer and accept name, in the order of offer", () => {
  assert.deepEqual(edit({ strip: ["all"], except: ["PCMU", "telephone-event"] }), [0, 101]);
  assert.deepEqual(edit({ strip: ["all"], offer: ["opus", "PCMA"] }), [96, 8]);
  assert.deepEqual(edit({ strip: ["all"], offer: ["PCMU"], accept: ["PCMA"] }), [0, 8]);
  assert.deepEqual(edit({ offer: ["opus"] }), [8, 0, 96, 101, 97], "nothing is stripped");
  assert.deepEqual(edit({ strip: ["all"], offer: ["GSM"] }), []);
});

Deno.test("ignoreCodecs leaves out what counts as not offered", () => {
  assert.deepEqual(numbers(ignoreCodecs(CODECS, new Map([["ignore", ["PCMA"]]]))), [
    0,
    96,
    101,
    97,
  ]);
  assert.equal(ignoreCodecs(CODECS, new Map()), CODECS);
});

Deno.test("singleCodec keeps the first real codec and its companions", () => {
  assert.deepEqual(numbers(singleCodec(CODECS.toReversed())), [97, 101]);
  assert.deepEqual(numbers(singleCodec(CODECS)), [8, 101]);
  const events = CODECS.slice(3, 4);
  assert.equal(singleCodec(events), events);
});

Deno.test("matchesCodec ignores further fields of a codec string", () => {
  assert.equal(matchesCodec(CODECS[0]!, "PCMA/8000/1/64000/20"), true);
  assert.equal(matchesCodec(CODECS[0]!, "PCMA//"), true);
  assert.equal(matchesCodec(CODECS[4]!, "PCMA"), false);
});
