import assert from "node:assert/strict";
import { nearest, suggestion } from "./suggest.ts";

Deno.test("nearest finds the word with the fewest edits", () => {
  const words = ["port-min", "port-max", "timeout"];
  assert.equal(nearest("port-mim", words), "port-min");
  assert.equal(nearest("timeotu", words), "timeout");
  assert.equal(nearest("PORT-MAX", words), "port-max");
});

Deno.test("nearest finds nothing when nothing is near", () => {
  assert.equal(nearest("zzz", ["port-min"]), undefined);
  assert.equal(nearest("ab", ["cd"]), undefined);
  assert.equal(nearest("", ["a"]), undefined);
});

Deno.test("suggestion is empty or a question", () => {
  assert.equal(suggestion("prot", ["port"], "--"), ' (did you mean "--port"?)');
  assert.equal(suggestion("x", ["port"]), "");
});
