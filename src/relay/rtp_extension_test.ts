import assert from "node:assert/strict";
import { editExtensions, type ExtensionEdit, extensionElements } from "./rtp_extension.ts";

const PAYLOAD = [1, 2, 3];

/** A packet with one contributing source and this extension block. */
function packet(...block: number[]): Uint8Array {
  const first = block.length > 0 ? 0x91 : 0x81;
  return Uint8Array.from([first, 8, ...new Array<number>(14).fill(7), ...block, ...PAYLOAD]);
}

function elements(...block: number[]): [number, number[]][] {
  return [...extensionElements(packet(...block))].map(({ id, value }) => [id, [...value]]);
}

/** The extension block of a packet after an edit. */
function edited(edit: ExtensionEdit, ...block: number[]): number[] {
  const before = packet(...block);
  const after = editExtensions(before, edit);
  assert.deepEqual(after.subarray(1, 16), before.subarray(1, 16));
  assert.deepEqual([...after.subarray(-PAYLOAD.length)], PAYLOAD);
  assert.equal(after[0], after.length > 16 + PAYLOAD.length ? 0x91 : 0x81);
  return [...after.subarray(16, -PAYLOAD.length)];
}

Deno.test("extensionElements reads both forms and skips padding", () => {
  assert.deepEqual(elements(0xbe, 0xde, 0, 2, 0x10, 7, 0, 0x21, 8, 9, 0, 0), [[1, [7]], [2, [
    8,
    9,
  ]]]);
  assert.deepEqual(elements(0x10, 0x0f, 0, 2, 1, 0, 0, 200, 2, 8, 9, 0), [[1, []], [200, [8, 9]]]);
  assert.deepEqual(elements(), []);
  assert.deepEqual(elements(0xbe, 0xdf, 0, 1, 0x10, 7, 0, 0), [], "of another kind");
});

Deno.test("extensionElements ends where nothing can be read", () => {
  const first = [[1, [7]]];
  assert.deepEqual(elements(0xbe, 0xde, 0, 1, 0x10, 7, 0x21, 8), first, "a value that goes on");
  assert.deepEqual(elements(0xbe, 0xde, 0, 2, 0x10, 7, 0xf0, 0, 0x20, 8, 0, 0), first, "15");
  assert.deepEqual(
    elements(0xbe, 0xde, 0, 2, 0x10, 7, 0x01, 0, 0x20, 8, 0, 0),
    first,
    "0 with length",
  );
  assert.deepEqual(elements(0x10, 0, 0, 1, 1, 1, 7, 2), first, "an identifier alone");
  assert.deepEqual(elements(0x10, 0, 0, 1, 1, 1, 7, 0), first);
});

Deno.test("editExtensions keeps what is allowed", () => {
  const two = [0xbe, 0xde, 0, 1, 0x10, 7, 0x20, 8];
  assert.deepEqual(edited({ allow: [2] }, ...two), [0xbe, 0xde, 0, 1, 0x20, 8, 0, 0]);
  assert.deepEqual(edited({ allow: [] }, ...two), []);
  assert.deepEqual(edited({ allow: [1, 2], strip: 2 }, ...two), [0xbe, 0xde, 0, 1, 0x10, 7, 0, 0]);
  assert.deepEqual(edited({}, ...two), two);
  const foreign = [1, 2, 0, 1, 9, 9, 9, 9];
  assert.deepEqual(edited({}, ...foreign), foreign);
  assert.deepEqual(edited({ allow: [1] }, ...foreign), []);
  assert.deepEqual(edited({ allow: [1] }), []);
});

Deno.test("editExtensions adds an element, in the form it needs", () => {
  const add = { id: 4, value: Uint8Array.of(0x30) };
  assert.deepEqual(edited({ add }), [0xbe, 0xde, 0, 1, 0x40, 0x30, 0, 0]);
  assert.deepEqual(
    edited({ add }, 0xbe, 0xde, 0, 1, 0x40, 1, 0x10, 7),
    [0xbe, 0xde, 0, 1, 0x10, 7, 0x40, 0x30],
  );
  assert.deepEqual(
    edited({ add }, 0x10, 3, 0, 1, 4, 0, 9, 0),
    [0x10, 3, 0, 2, 9, 0, 4, 1, 0x30, 0, 0, 0],
  );
  const high = { add: { id: 15, value: Uint8Array.of(0x30) } };
  assert.deepEqual(
    edited(high, 0xbe, 0xde, 0, 1, 0x10, 7, 0, 0),
    [0x10, 0, 0, 2, 1, 1, 7, 15, 1, 0x30, 0, 0],
  );
  const long = { add: { id: 1, value: new Uint8Array(17).fill(5) } };
  assert.deepEqual(edited(long).slice(0, 7), [0x10, 0, 0, 5, 1, 17, 5]);
  const foreign = [1, 2, 0, 1, 9, 9, 9, 9];
  assert.deepEqual(edited({ add }, ...foreign), foreign);
  assert.deepEqual(edited({ add, allow: [] }, ...foreign), [0xbe, 0xde, 0, 1, 0x40, 0x30, 0, 0]);
});
