import assert from "node:assert/strict";
import { decodeMessage, encodeMessage, frame, fromBytes, toBytes, unframe } from "./ng_codec.ts";

Deno.test("frame() and unframe() keep every byte in bencode", () => {
  const every = fromBytes(Uint8Array.from({ length: 256 }, (_, i) => i));
  const message = { command: "offer", sdp: every, list: [1, "a", { b: "c" }] };
  assert.deepEqual(unframe(frame("c1", message)), { cookie: "c1", message });
});

Deno.test("frame() and unframe() speak JSON", () => {
  const message = { command: "ping", n: 1 };
  const bytes = frame("c1", message, "json");
  assert.equal(fromBytes(bytes), 'c1 {"command":"ping","n":1}');
  assert.deepEqual(unframe(bytes), { cookie: "c1", message });
});

Deno.test("encodeMessage() writes bencode", () => {
  assert.equal(fromBytes(encodeMessage({ command: "ping" })), "d7:command4:pinge");
});

Deno.test("toBytes() takes one byte per character, and UTF-8 beyond U+00FF", () => {
  assert.deepEqual([...toBytes("a\xff")], [97, 255]);
  assert.deepEqual([...toBytes("€")], [0xe2, 0x82, 0xac]);
});

Deno.test("decodeMessage() and unframe() refuse what is no ng message", () => {
  assert.throws(() => decodeMessage(toBytes("l1:ae")), /not a dictionary/);
  assert.throws(() => unframe(toBytes("cookie")), /no cookie/);
});
