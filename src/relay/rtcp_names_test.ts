import assert from "node:assert/strict";
import { rtcpNames } from "./rtcp_names.ts";

/** A packet of `words` words after the header, numbered from 1000 times its type. */
function part(type: number, count: number, words: number): number[] {
  const body = Array.from({ length: words }, (_, i) => type * 1000 + i + 1);
  const bytes = body.flatMap((
    word,
  ) => [word >>> 24, word >>> 16 & 255, word >>> 8 & 255, word & 255]);
  return [0x80 | count, type, words >> 8, words & 255, ...bytes];
}

function names(...parts: number[][]) {
  return rtcpNames(Uint8Array.from(parts.flat()));
}

Deno.test("rtcpNames tells who reports, and about whom", () => {
  assert.deepEqual(names(part(200, 2, 18), part(201, 1, 7), part(202, 1, 2)), {
    own: [200001, 201001],
    heard: [200007, 200013, 201002],
  });
});

Deno.test("rtcpNames tells who leaves and what feedback is about", () => {
  assert.deepEqual(names(part(205, 1, 3), part(206, 15, 4), part(207, 0, 2), part(203, 2, 2)), {
    own: [207001, 203001, 203002],
    heard: [205002, 206002],
  });
});

Deno.test("rtcpNames finds nobody in packets without a word", () => {
  assert.deepEqual(names(part(207, 0, 0), part(192, 0, 1), part(203, 0, 0)), {
    own: [],
    heard: [],
  });
});
