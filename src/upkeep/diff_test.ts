import assert from "node:assert/strict";
import { diffLines } from "./diff.ts";

function shown(before: string, after: string): string {
  const signs = { same: " ", removed: "-", added: "+" };
  return diffLines(before, after).map(({ kind, text }) => signs[kind] + text).join("|");
}

Deno.test("diffLines() finds what was removed and added", () => {
  assert.equal(shown("a\nb\nc\n", "a\nx\nc\n"), " a|-b|+x| c");
  assert.equal(shown("a\nb\n", "a\nb\n"), " a| b");
  assert.equal(shown("", "a\n"), "+a");
  assert.equal(shown("a\n", ""), "-a");
  assert.equal(shown("a\nb\nc\nd\n", "b\nc\nd\ne\n"), "-a| b| c| d|+e");
  assert.equal(shown("1\n2\n1\n", "1\n1\n"), " 1|-2| 1");
});

Deno.test("diffLines() gives back both texts, whatever they are", () => {
  let seed = 1;
  const random = (n: number) => (seed = seed * 48_271 % 0x7fffffff) % n;
  for (let round = 0; round < 200; round++) {
    const make = () => Array.from({ length: random(12) }, () => `${random(4)}\n`).join("");
    const [before, after] = [make(), make()];
    const lines = diffLines(before, after);
    const pick = (not: string) =>
      lines.filter(({ kind }) => kind !== not).map(({ text }) => `${text}\n`).join("");
    assert.equal(pick("added"), before);
    assert.equal(pick("removed"), after);
  }
});

Deno.test("diffLines() of long texts that have nothing in common ends soon", () => {
  const text = (word: string) => Array.from({ length: 8000 }, (_, i) => `${word} ${i}\n`).join("");
  assert.equal(diffLines(text("a"), text("b")).length, 16_000);
});
