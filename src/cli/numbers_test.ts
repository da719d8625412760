import assert from "node:assert/strict";
import { parseDecimal, parseInteger, parseUnsigned } from "./numbers.ts";

Deno.test("parseInteger reads the digits a text starts with", () => {
  for (const [text, value] of [["5", 5], [" 5", 5], ["+5", 5], ["-5", -5], ["010", 10]] as const) {
    assert.deepEqual(parseInteger(text), { value }, text);
  }
  assert.deepEqual(parseInteger("12abc"), { value: 12 });
  assert.deepEqual(parseInteger("0x10"), { value: 0 });
});

Deno.test("parseInteger says why a text is no number", () => {
  for (const text of ["", "x", "-", "x5", "."]) {
    assert.deepEqual(parseInteger(text), { failure: "no digits found" }, text);
  }
  assert.deepEqual(parseInteger("99999999999999999999"), { failure: "errno=34" });
});

Deno.test("parseUnsigned refuses what is negative", () => {
  assert.deepEqual(parseUnsigned("-1"), { failure: "errno=0" });
  assert.deepEqual(parseUnsigned("0"), { value: 0 });
});

Deno.test("parseDecimal reads decimals and exponents, nothing negative or infinite", () => {
  const values = [["0.5", 0.5], ["1e2", 100], [".5", 0.5], ["3.", 3], ["7 apples", 7]] as const;
  for (const [text, value] of values) {
    assert.deepEqual(parseDecimal(text), { value }, text);
  }
  assert.deepEqual(parseDecimal("-0.1"), { failure: "errno=0" });
  assert.deepEqual(parseDecimal("1e999"), { failure: "errno=34" });
  for (const text of ["inf", "nan", "", "x"]) {
    assert.deepEqual(parseDecimal(text), { failure: "no digits found" }, text);
  }
});
