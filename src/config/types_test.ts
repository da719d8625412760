import assert from "node:assert/strict";
import { BadValue, type Option, type Radix } from "./option.ts";
import {
  choice,
  cidrs,
  flag,
  float,
  formatCidr,
  formatListen,
  integer,
  integers,
  isHostName,
  listen,
  listText,
  path,
  peer,
  period,
  seconds,
  text,
} from "./types.ts";

const HELP = { help: "Test" };

function read<T>(option: Option<T>, value: string, radix: Radix = "c"): T {
  return option.read([value], radix);
}

function refuses(option: Option<unknown>, values: string[], radix: Radix = "c"): void {
  for (const value of values) {
    assert.throws(() => read(option, value, radix), BadValue, JSON.stringify(value));
  }
}

Deno.test("flag reads the usual words for true and false", () => {
  for (const word of ["true", "TRUE", "yes", "on", "1"]) assert.equal(read(flag(HELP), word), true);
  for (const word of ["false", "no", "Off", "0"]) assert.equal(read(flag(HELP), word), false);
  refuses(flag(HELP), ["", "2", "maybe"]);
});

Deno.test("integer reads C notation on the command line", () => {
  const option = integer({ ...HELP, default: 0 });
  assert.equal(read(option, "10"), 10);
  assert.equal(read(option, "010"), 8);
  assert.equal(read(option, "0x1F"), 31);
  assert.equal(read(option, "-7"), -7);
  assert.equal(read(option, "+7"), 7);
  refuses(option, ["", "7x", "08", "1.5", "1e3", " 1", "0x", "--1", "2147483648"]);
});

Deno.test("integer reads plain decimal numbers elsewhere", () => {
  const option = integer({ ...HELP, default: 0 });
  assert.equal(read(option, "010", "decimal"), 10);
  refuses(option, ["0x10", "7x"], "decimal");
});

Deno.test("integer keeps to its range and names it", () => {
  const option = integer({ ...HELP, default: 5, min: 1, max: 65535 });
  assert.equal(read(option, "65535"), 65535);
  refuses(option, ["0", "65536", "-1"]);
  assert.throws(() => read(option, "0"), /^BadValue: "0" is not an integer from 1 to 65535$/);
});

Deno.test("integer without a default may be absent", () => {
  assert.equal(integer(HELP).default, undefined);
});

Deno.test("seconds takes no negative number", () => {
  refuses(seconds({ ...HELP, default: 30 }), ["-1"]);
});

Deno.test("period gives its default for 0 and less", () => {
  const option = period({ ...HELP, default: 60 });
  assert.deepEqual(["0", "-5", "12"].map((value) => read(option, value)), [60, 60, 12]);
  refuses(option, ["x"]);
});

Deno.test("float reads fractions and exponents", () => {
  const option = float({ ...HELP, default: 0, min: 0 });
  assert.deepEqual(["1.5", ".5", "2", "1e2"].map((value) => read(option, value)), [
    1.5,
    0.5,
    2,
    100,
  ]);
  refuses(option, ["", "abc", "-1", "NaN", "Infinity", "0x1"]);
});

Deno.test("choice ignores case and gives the canonical word", () => {
  const option = choice(["off", "CN"], { ...HELP, default: "off" });
  assert.equal(read(option, "OFF"), "off");
  assert.equal(read(option, "cn"), "CN");
  assert.throws(() => read(option, "x"), /"x" is not one of off or CN/);
});

Deno.test("text takes anything, path takes no empty one", () => {
  assert.equal(read(text(HELP), ""), "");
  assert.equal(read(path(HELP), "/a b"), "/a b");
  refuses(path(HELP), ["", "a\0b"]);
});

Deno.test("integers reads each item", () => {
  assert.deepEqual(integers(HELP).read(["1", "-1"], "decimal"), [1, -1]);
  refuses(integers(HELP), ["1 2"]);
});

Deno.test("listen reads ports, addresses and names", () => {
  const cases: [string, string | undefined, number][] = [
    ["2223", undefined, 2223],
    ["127.0.0.1:2223", "127.0.0.1", 2223],
    ["[::1]:2223", "::1", 2223],
    ["[2001:DB8:0::1]:1", "2001:db8::1", 1],
    ["[127.0.0.1]:2223", "127.0.0.1", 2223],
    ["localhost:65535", "localhost", 65535],
  ];
  for (const [item, host, port] of cases) {
    assert.deepEqual(read(listen(HELP), item), [{ host, port }], item);
  }
});

Deno.test("listen refuses what is no place to listen at", () => {
  refuses(listen(HELP), [
    "",
    "0",
    "65536",
    "127.0.0.1",
    "127.0.0.1:0",
    "127.0.0.1:99999",
    "::1",
    "::1:2223",
    "[::1]",
    "[::g]:1",
    "1.2.3:1",
    "256.1.1.1:1",
    ":2223",
    "*:2223",
    "a b:1",
    "abc",
  ]);
});

Deno.test("formatListen is the inverse of reading", () => {
  for (const item of ["2223", "127.0.0.1:2223", "[::1]:2223", "localhost:1"]) {
    assert.equal(read(listen(HELP), item).map(formatListen).join(";"), item);
  }
});

Deno.test("peer needs a host", () => {
  assert.deepEqual(read(peer(HELP), "h.example:9060"), { host: "h.example", port: 9060 });
  refuses(peer(HELP), ["9060", "h.example"]);
});

Deno.test("cidrs reads addresses and ranges", () => {
  assert.deepEqual(cidrs(HELP).read(["10.0.0.0/8", "192.0.2.7", "2001:DB8::/32", "::/0"], "c"), [
    { address: "10.0.0.0", family: 4, prefix: 8 },
    { address: "192.0.2.7", family: 4, prefix: 32 },
    { address: "2001:db8::", family: 6, prefix: 32 },
    { address: "::", family: 6, prefix: 0 },
  ]);
  refuses(cidrs(HELP), ["", "10.0.0.0/33", "10.0.0.0/", "10/8", "::1/129", "host", "1.2.3.4/8/9"]);
});

Deno.test("formatCidr leaves out the prefix of single addresses", () => {
  const ranges = cidrs(HELP).read(["10.0.0.0/8", "192.0.2.7", "::1"], "c");
  assert.deepEqual(ranges.map(formatCidr), ["10.0.0.0/8", "192.0.2.7", "::1"]);
});

Deno.test("isHostName follows the grammar of DNS", () => {
  for (const name of ["a", "a.b", "x-1.example.", "_sip.example"]) assert.ok(isHostName(name));
  for (const name of ["", "-a", "a-", "a..b", "a b", "a/b", "x".repeat(64)]) {
    assert.ok(!isHostName(name), name);
  }
});

Deno.test("listText joins words", () => {
  assert.equal(listText(["a"]), "a");
  assert.equal(listText(["a", "b", "c"]), "a, b or c");
});
