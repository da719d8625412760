import assert from "node:assert/strict";
import { gzip, tar } from "./tar.ts";

const decoder = new TextDecoder();

Deno.test("tar() writes headers that others read, and bodies in whole blocks", () => {
  const archive = tar([{ name: "a/b.txt", text: "é" }, { name: "c", text: "" }], 1_700_000_000_000);
  assert.equal(archive.length, 512 * 5);
  const field = (at: number, length: number) => decoder.decode(archive.subarray(at, at + length));
  assert.equal(field(0, 8), "a/b.txt\0");
  assert.equal(parseInt(field(124, 11), 8), 2);
  assert.equal(parseInt(field(136, 11), 8), 1_700_000_000);
  assert.equal(field(257, 8), "ustar\x0000");
  const header = archive.slice(0, 512);
  header.fill(32, 148, 156);
  assert.equal(parseInt(field(148, 6), 8), header.reduce((sum, byte) => sum + byte, 0));
  assert.equal(field(512, 3), "é\0");
  assert.equal(field(1024, 2), "c\0");
});

Deno.test("tar() has no names that lead out of the archive", () => {
  for (const name of ["/etc/x", "../x", "a/../../x", "", "a\nb", "x".repeat(101)]) {
    assert.throws(() => tar([{ name, text: "" }], 0), RangeError, name);
  }
});

Deno.test("gzip() packs what is unpacked again", async () => {
  const bytes = tar([{ name: "x", text: "y".repeat(100_000) }], 0);
  const packed = await gzip(bytes);
  assert.ok(packed.length < bytes.length / 10);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  assert.deepEqual(new Uint8Array(await new Response(stream).arrayBuffer()), bytes);
});
