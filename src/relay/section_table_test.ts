import assert from "node:assert/strict";
import { SectionTable } from "./section_table.ts";
import type { RuleBundle } from "./types.ts";

const AUDIO = { mid: "a", payloadTypes: [8, 127], ssrcs: [10] };
const VIDEO = { mid: "vi", payloadTypes: [96, 127], ssrcs: [20] };
const BUNDLE: RuleBundle = { midExtension: 3, sections: [AUDIO, VIDEO] };

function table(bundle = BUNDLE): SectionTable {
  const made = new SectionTable();
  made.install(bundle);
  return made;
}

function packet(ssrc: number, payloadType: number, mid?: string): Uint8Array {
  const block = mid === undefined
    ? []
    : [0xbe, 0xde, 0, 1, 3 << 4 | mid.length - 1, ...[...mid].map((char) => char.charCodeAt(0))];
  while (block.length % 4 !== 0) block.push(0);
  const bytes = Uint8Array.from([
    mid === undefined ? 0x80 : 0x90,
    payloadType,
    ...new Array(10).fill(0),
    ...block,
  ]);
  new DataView(bytes.buffer).setUint32(8, ssrc);
  return bytes;
}

Deno.test("SectionTable believes the MID, then the SSRC, then the payload type", () => {
  const known = table();
  assert.equal(known.sectionOf(packet(1, 127, "vi"), 0), 1);
  assert.equal(known.sectionOf(packet(1, 8), 0), 1);
  assert.equal(known.sectionOf(packet(20, 8, "a"), 0), 0);
  assert.equal(known.sectionOf(packet(20, 8), 0), 1, "signalled");
  assert.equal(known.sectionOf(packet(2, 96), 0), 1);
  assert.equal(known.sectionOf(packet(3, 127), 0), undefined, "of two");
  assert.equal(known.sectionOf(packet(3, 9), 0), undefined, "of none");
  assert.equal(known.sectionOf(packet(10, 8, "b"), 0), undefined, "a name of none");
  assert.deepEqual([1, 2, 3, 10].map((ssrc) => known.sectionOfSsrc(ssrc)), [1, 1, undefined, 0]);
});

Deno.test("SectionTable gives away only what is idle, the longest first", () => {
  const known = table();
  for (let ssrc = 100; ssrc < 200; ssrc++) known.sectionOf(packet(ssrc, 127, "a"), ssrc - 100);
  assert.equal(known.sectionOfSsrc(115), 0);
  assert.equal(known.sectionOfSsrc(116), undefined);
  known.sectionOf(packet(100, 127), 20_000);
  known.sectionOf(packet(116, 127, "a"), 30_000);
  assert.equal(known.sectionOfSsrc(116), undefined, "nobody has been silent for long enough");
  known.sectionOf(packet(116, 127, "a"), 30_001);
  assert.deepEqual([100, 101, 102, 116].map((ssrc) => known.sectionOfSsrc(ssrc)), [
    0,
    undefined,
    0,
    0,
  ]);
});

Deno.test("SectionTable forgets when sections become others", () => {
  const known = table();
  known.sectionOf(packet(1, 127, "vi"), 0);
  known.install({ ...BUNDLE, sections: [{ ...AUDIO, payloadTypes: [] }, VIDEO] });
  assert.equal(known.sectionOfSsrc(1), 1);
  known.install({ ...BUNDLE, sections: [VIDEO, AUDIO] });
  assert.equal(known.sectionOfSsrc(1), undefined);
  assert.equal(known.sectionOfSsrc(20), 0);
  known.install(undefined);
  assert.equal(known.sectionOfSsrc(20), undefined);
  assert.equal(known.sectionOf(packet(20, 96), 0), undefined);
});

Deno.test("SectionTable reads no MID of a party that has none", () => {
  const known = table({ sections: [AUDIO, VIDEO] });
  assert.equal(known.sectionOf(packet(10, 8, "vi"), 0), 0);
});
