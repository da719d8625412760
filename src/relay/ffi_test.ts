import assert from "node:assert/strict";
import { openFilesOf } from "../daemon/usage.ts";
import { limitOpenFiles } from "./ffi.ts";

function limits(): [soft: number, hard: number] {
  const text = Deno.readTextFileSync("/proc/self/limits");
  const hard = Number(/^Max open files\s+\d+\s+(\d+)/m.exec(text)![1]);
  return [openFilesOf(text), hard];
}

Deno.test("limitOpenFiles changes the soft limit and leaves the hard one", () => {
  const [soft, hard] = limits();
  try {
    assert.equal(limitOpenFiles(hard - 1), true);
    assert.deepEqual(limits(), [hard - 1, hard]);
  } finally {
    assert.equal(limitOpenFiles(soft), true);
  }
  assert.deepEqual(limits(), [soft, hard]);
});

Deno.test("limitOpenFiles says when the system refuses", () => {
  const before = limits();
  assert.equal(limitOpenFiles(2 ** 52), false);
  assert.deepEqual(limits(), before);
});
