import assert from "node:assert/strict";
import bencode from "bencode";
import { fromBytes, toBytes } from "../core/bytes.ts";
import { decodeBencode, encodeBencode } from "./bencode.ts";
import { DecodeError } from "./errors.ts";
import { MAX_DEPTH, MAX_VALUES } from "./limits.ts";
import type { NgDict, NgValue, ReplyValue } from "./types.ts";

function decode(text: string): NgDict {
  return decodeBencode(toBytes(text)).value;
}

function fails(text: string, message: RegExp): void {
  assert.throws(() => decode(text), (error) => {
    assert.ok(error instanceof DecodeError, String(error));
    assert.match(error.message, message);
    return true;
  }, text.slice(0, 60));
}

Deno.test("decodeBencode() reads strings, integers, lists and dictionaries in order", () => {
  const dict = decode("d1:b3:foo1:ai-42e1:ll1:x0:i0ee1:dd1:zi1eee");
  assert.deepEqual([...dict.keys()], ["b", "a", "l", "d"]);
  assert.equal(dict.get("b"), "foo");
  assert.equal(dict.get("a"), -42);
  assert.deepEqual(dict.get("l"), ["x", "", 0]);
  assert.deepEqual(dict.get("d"), new Map([["z", 1]]));
});

Deno.test("decodeBencode() keeps every byte value in keys, short and long strings", () => {
  const all = fromBytes(Uint8Array.from({ length: 256 }, (_, i) => i));
  const dict = decode(`d256:${all}256:${all}4:\xff\x00\x80e1:\xe9e`);
  assert.equal(dict.get(all), all);
  assert.equal(dict.get("\xff\x00\x80e"), "\xe9");
});

Deno.test("decodeBencode() takes the first of equal keys", () => {
  assert.equal(decode("d1:a1:x1:a1:ye").get("a"), "x");
});

Deno.test("decodeBencode() tells where the dictionary ends and ignores what follows", () => {
  const { value, end } = decodeBencode(toBytes("d1:ai1eeXX"));
  assert.equal(value.get("a"), 1);
  assert.equal(end, 8);
});

Deno.test("decodeBencode() keeps integers beyond 2^53 exact", () => {
  assert.equal(decode("d1:ai9007199254740991ee").get("a"), 9007199254740991);
  assert.equal(decode("d1:ai9007199254740993ee").get("a"), 9007199254740993n);
  assert.equal(decode("d1:ai-9223372036854775808ee").get("a"), -9223372036854775808n);
  fails("d1:ai9223372036854775808ee", /64 bits at byte 4/);
  fails("d1:ai99999999999999999999999ee", /too long at byte 4/);
});

Deno.test("decodeBencode() names what is wrong and where", () => {
  const cases: [string, RegExp][] = [
    ["", /not a dictionary at byte 0/],
    ["le", /not a dictionary at byte 0/],
    ["i1e", /not a dictionary at byte 0/],
    ["4:ping", /not a dictionary at byte 0/],
    ["d", /dictionary is cut short at byte 1/],
    ["d7:command", /value is cut short at byte 10/],
    ["d7:comm", /string is longer than the message at byte 1/],
    ["d1", /string length is cut short at byte 2/],
    ["d1:a", /value is cut short at byte 4/],
    ["d1:al", /list is cut short at byte 5/],
    ["d1:ai12", /integer is cut short at byte 4/],
    ["d1:ai-ee", /no digits at byte 4/],
    ["d1:aiee", /no digits at byte 4/],
    ["d1:ai-0ee", /leading zero at byte 4/],
    ["d1:ai007ee", /leading zero at byte 4/],
    ["d1:ai1.5ee", /stray character at byte 6/],
    ["d1:ai+5ee", /stray character at byte 5/],
    ["d1:ai--5ee", /stray character at byte 6/],
    ["d1:a-3:ee", /unknown type of value at byte 4/],
    ["d-3:i1ee", /key is not a string at byte 1/],
    ["di5ei6ee", /key is not a string at byte 1/],
    ["d1:a03:abce", /leading zero at byte 4/],
    ["d1:a00:e", /leading zero at byte 4/],
    ["d1:a3xabce", /lacks a colon at byte 5/],
    ["d1:a99999999999:abce", /longer than the message at byte 4/],
    ["d1:a10:abce", /longer than the message at byte 4/],
    ["d1:aXe", /unknown type of value at byte 4/],
  ];
  for (const [text, message] of cases) fails(text, message);
});

Deno.test("decodeBencode() bounds depth, values and time", () => {
  const nested = (depth: number): string => `d1:a${"l".repeat(depth)}${"e".repeat(depth)}e`;
  decode(nested(MAX_DEPTH - 1));
  fails(nested(MAX_DEPTH), /nested too deeply at byte 67/);
  fails(nested(1_000_000), /nested too deeply/);
  fails(`d1:a${"d1:a".repeat(1_000_000)}`, /nested too deeply/);
  fails("d1:al" + "0:".repeat(MAX_VALUES) + "ee", /too many values/);
  // A length of very many digits must not take long either.
  fails(`d${"9".repeat(1_000_000)}:`, /longer than the message at byte 1/);
  fails(`d1:ai${"9".repeat(1_000_000)}ee`, /too long/);
});

Deno.test("decodeBencode() does not take dictionaries for objects", () => {
  const dict = decode("d9:__proto__d1:ai1ee11:constructor1:xe");
  assert.deepEqual([...dict.keys()], ["__proto__", "constructor"]);
  assert.equal(({} as Record<string, unknown>)["a"], undefined);
});

Deno.test("decodeBencode() agrees with npm bencode on random valid input", () => {
  let seed = 1;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % n;
  };
  const make = (depth: number): ReplyValue => {
    const kind = random(depth > 3 ? 2 : 4);
    if (kind === 0) return random(2 ** 24) - 2 ** 23;
    if (kind === 1) {
      return Array.from({ length: random(40) }, () => String.fromCharCode(random(128))).join("");
    }
    if (kind === 2) return Array.from({ length: random(5) }, () => make(depth + 1));
    return Object.fromEntries(
      Array.from({ length: random(5) }, (_, i) => [`key ${i}${random(9)}`, make(depth + 1)]),
    );
  };
  for (let i = 0; i < 300; i++) {
    const bytes = toBytes(encodeBencode({ top: make(0) }));
    assert.deepEqual(plain(decodeBencode(bytes).value), plainOracle(bencode.decode(bytes)));
  }
});

Deno.test("decodeBencode() reads what npm bencode writes", () => {
  const bytes = bencode.encode({ z: "foo", a: [1, -2, "x\u00e9"], n: { k: 0 } });
  assert.deepEqual(plain(decodeBencode(bytes).value), {
    a: [1, -2, "x\xc3\xa9"],
    n: { k: 0 },
    z: "foo",
  });
});

function plain(value: NgValue): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
}

function plainOracle(value: unknown): unknown {
  if (value instanceof Uint8Array) return fromBytes(value);
  if (Array.isArray(value)) return value.map(plainOracle);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainOracle(item)]));
}

Deno.test("encodeBencode() keeps the order of insertion and leaves undefined out", () => {
  assert.equal(
    encodeBencode({ z: 1, a: undefined, b: ["x", 2n], m: new Map([["k\xff", "v"]]) }),
    "d1:zi1e1:bl1:xi2ee1:md2:k\xff1:vee",
  );
});

Deno.test("encodeBencode() writes integers as integers and fractions as strings", () => {
  assert.equal(
    encodeBencode([0, -0, -7, 2 ** 53, 0.5, 1e21]),
    [
      "l",
      "i0ei0ei-7e",
      "i9007199254740992e",
      "8:0.500000",
      "i1000000000000000000000e",
      "e",
    ].join(""),
  );
  assert.equal(encodeBencode(18446744073709551615n), "i18446744073709551615e");
  assert.throws(() => encodeBencode({ a: NaN }), /not a finite number: NaN/);
  assert.throws(() => encodeBencode({ a: Infinity }), RangeError);
});
