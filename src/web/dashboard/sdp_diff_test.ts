import assert from "node:assert/strict";
import { diffLines } from "./sdp_diff.ts";

function marked(before: string, after: string): string[] {
  const signs = { same: " ", removed: "-", added: "+" };
  return diffLines(before, after).map(({ kind, text }) => signs[kind] + text);
}

Deno.test("diffLines() marks what differs and keeps the order of both", () => {
  assert.deepEqual(
    marked("v=0\r\no=a\r\nc=IN IP4 1\r\nm=audio 1\r\n", "v=0\no=a\nc=IN IP4 2\nm=audio 1\na=x\n"),
    [" v=0", " o=a", "-c=IN IP4 1", "+c=IN IP4 2", " m=audio 1", "+a=x"],
  );
  assert.deepEqual(marked("", ""), []);
  assert.deepEqual(marked("a\n", ""), ["-a"]);
  assert.deepEqual(marked("", "a\n"), ["+a"]);
});

Deno.test("diffLines() gives back both texts", () => {
  const before = "a\nb\nc\nd\nb\n";
  const after = "b\nc\nx\nb\na\n";
  const lines = diffLines(before, after);
  const text = (kind: string) =>
    lines.filter((line) => line.kind !== kind).map((line) => `${line.text}\n`).join("");
  assert.equal(text("added"), before);
  assert.equal(text("removed"), after);
});

Deno.test("diffLines() shows very long texts whole", () => {
  const long = Array.from({ length: 700 }, (_, i) => `line ${i}`).join("\n");
  assert.equal(diffLines(long, long).length, 1400);
});
