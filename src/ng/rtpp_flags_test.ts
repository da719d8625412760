import assert from "node:assert/strict";
import { parseFlagString } from "./rtpp_flags.ts";

Deno.test("parseFlagString() reads words, pairs, lists and dictionaries", () => {
  assert.deepEqual(parseFlagString("  a b=c\td=[x y] e=[f=1 g=[h i]]  "), [
    { word: "a" },
    { key: "b", value: "c" },
    { key: "d", value: ["x", "y"] },
    { key: "e", value: new Map<string, unknown>([["f", "1"], ["g", ["h", "i"]]]) },
  ]);
});

Deno.test("parseFlagString() takes a pair among words for a word", () => {
  assert.deepEqual(parseFlagString("a=[x y=z]"), [{ key: "a", value: ["x", "y=z"] }]);
});

Deno.test("parseFlagString() survives unbalanced brackets and empty parts", () => {
  assert.deepEqual(parseFlagString(""), []);
  assert.deepEqual(parseFlagString("a=[b"), [{ key: "a", value: ["b"] }]);
  assert.deepEqual(parseFlagString("a] ] b"), [{ word: "a" }, { word: "b" }]);
  assert.deepEqual(parseFlagString("a=[]"), [{ key: "a", value: [] }]);
  assert.deepEqual(parseFlagString("a= b"), [{ key: "a", value: "" }, { word: "b" }]);
  assert.deepEqual(parseFlagString("=x"), [{ key: "", value: "x" }]);
});

Deno.test("parseFlagString() bounds nesting", () => {
  const items = parseFlagString("a=[".repeat(10_000));
  assert.ok(items.length >= 1);
  assert.doesNotThrow(() => parseFlagString("]".repeat(100_000)));
});

Deno.test("parseFlagString() reads lists in lists, and lists without a key", () => {
  assert.deepEqual(parseFlagString("a=[[x y] z] [p q] r"), [
    { key: "a", value: [["x", "y"], "z"] },
    { list: ["p", "q"] },
    { word: "r" },
  ]);
});
