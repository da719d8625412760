import assert from "node:assert/strict";
import { fromBytes, fromText, toBytes } from "../core/bytes.ts";
import { DecodeError } from "./errors.ts";
import { decodeJson, encodeJson } from "./json.ts";
import { MAX_DEPTH } from "./limits.ts";
import type { NgDict } from "./types.ts";

function decode(text: string): NgDict {
  return decodeJson(toBytes(text));
}

function fails(text: string, message: RegExp): void {
  assert.throws(() => decode(text), (error) => {
    assert.ok(error instanceof DecodeError, String(error));
    assert.match(error.message, message);
    return true;
  }, text.slice(0, 60));
}

Deno.test("decodeJson() reads all kinds of values", () => {
  const dict = decode(
    ' { "s" : "x" , "i":-5,"f":1.5,"e":1e2,"t":true,"F":false,"n":null,"a":[1,[],{}],"o":{"k":"v"} } \n',
  );
  assert.deepEqual([...dict], [
    ["s", "x"],
    ["i", -5],
    ["f", "1.5"],
    ["e", 100],
    ["t", 1],
    ["F", 0],
    ["n", ""],
    ["a", [1, [], new Map()]],
    ["o", new Map([["k", "v"]])],
  ]);
});

Deno.test("decodeJson() turns escapes into UTF-8 bytes and keeps raw bytes", () => {
  const dict = decode(String.raw`{"k":"a\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00\u0000"}`);
  assert.equal(dict.get("k"), fromText('a"\\/\b\f\n\r\tA\u00e9\u20ac\u{1f600}\0'));
  assert.equal(decode('{"k":"\xff\x80\xe9"}').get("k"), "\xff\x80\xe9");
  assert.equal(decode('{"k":"raw\r\n\x01"}').get("k"), "raw\r\n\x01");
  assert.equal(decode('{"k":"%41%ff%"}').get("k"), "%41%ff%");
});

Deno.test("decodeJson() keeps integers beyond 2^53 exact and longer ones as text", () => {
  const dict = decode(
    '{"a":9007199254740993,"b":-9223372036854775808,"c":123456789012345678901234}',
  );
  assert.equal(dict.get("a"), 9007199254740993n);
  assert.equal(dict.get("b"), -9223372036854775808n);
  assert.equal(dict.get("c"), "123456789012345678901234");
});

Deno.test("decodeJson() takes the last of equal keys and no key for a prototype", () => {
  assert.equal(decode('{"a":1,"a":2}').get("a"), 2);
  const dict = decode('{"__proto__":{"polluted":1},"10":"x","9":"y"}');
  assert.deepEqual([...dict.keys()], ["__proto__", "10", "9"]);
  assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
});

Deno.test("decodeJson() names what is wrong and where", () => {
  const cases: [string, RegExp][] = [
    ["", /not an object at byte 0/],
    ["[1]", /not an object at byte 0/],
    ["{", /key is not a string at byte 1/],
    ['{"a"', /key lacks a colon at byte 4/],
    ['{"a":', /not a JSON value at byte 5/],
    ['{"a":1', /object is cut short at byte 6/],
    ['{"a":[1', /array is cut short at byte 7/],
    ['{"a":"x', /string is cut short at byte 7/],
    ['{"a":"x\\', /string is cut short at byte 8/],
    ['{"a":1,}', /key is not a string at byte 7/],
    ['{"a":[1,]}', /not a JSON value at byte 8/],
    ["{a:1}", /key is not a string at byte 1/],
    ["{'a':1}", /key is not a string at byte 1/],
    ['{"a":1} x', /text after the object at byte 8/],
    ['{"a":1}{"b":2}', /text after the object at byte 7/],
    ['{"a":"\\x"}', /unknown escape at byte 6/],
    ['{"a":"\\u12"}', /four hex digits at byte 8/],
    ['{"a":"\\ud800"}', /unpaired surrogate/],
    ['{"a":"\\udc00x"}', /unpaired surrogate/],
    ['{"a":"\\ud800\\u0041"}', /unpaired surrogate/],
    ['{"a":NaN}', /not a JSON value/],
    ['{"a":nul}', /unknown word at byte 5/],
    ['{"a":01}', /object is cut short at byte 6/],
    ['{"a":.5}', /not a JSON value/],
    ['{"a":-}', /not a JSON value/],
    ['{"a":+1}', /not a JSON value/],
    [`{"a":${"9".repeat(101)}}`, /number is too long/],
  ];
  for (const [text, message] of cases) fails(text, message);
});

Deno.test("decodeJson() bounds depth", () => {
  const nested = (depth: number): string => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
  decode(nested(MAX_DEPTH - 1));
  fails(nested(MAX_DEPTH), /nested too deeply/);
  fails(nested(1_000_000), /nested too deeply/);
});

Deno.test("encodeJson() writes compact JSON in the order of insertion", () => {
  assert.equal(
    encodeJson({ z: 1, u: undefined, a: ["x", 2n, 0.25, -0], m: new Map([["k", {}]]) }),
    '{"z":1,"a":["x",2,0.25,0],"m":{"k":{}}}',
  );
  assert.throws(() => encodeJson({ a: NaN }), RangeError);
});

Deno.test("encodeJson() escapes quotes and controls, and leaves bytes above 0x7f alone", () => {
  assert.equal(
    encodeJson('"\\\b\f\n\r\t\x01\x1f\x7f/%<>\x80\xff'),
    String.raw`"\"\\\b\f\n\r\t\u0001\u001f\u007f/%<>` + '\x80\xff"',
  );
});

Deno.test("decodeJson() undoes encodeJson() for every byte value", () => {
  const all = fromBytes(Uint8Array.from({ length: 256 }, (_, i) => i));
  const text = encodeJson({ [all]: all });
  assert.equal(decode(text).get(all), all);
});

Deno.test("encodeJson() writes what JSON.parse reads", () => {
  const value = { command: "offer", sdp: 'v=0\r\ns="x"\\\r\n', list: ["a", 1, { b: -2.5 }] };
  assert.deepEqual(JSON.parse(encodeJson(value)), value);
});
