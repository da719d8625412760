import assert from "node:assert/strict";
import { parseIni, splitList, unescapeValue } from "./ini.ts";

function valuesOf(content: string, section = "s"): Record<string, string> {
  const { sections, problems } = parseIni(content);
  assert.deepEqual(problems, []);
  const entries = [...sections.get(section)?.entries.values() ?? []];
  return Object.fromEntries(entries.map(({ key, value }) => [key, value]));
}

Deno.test("parseIni reads sections, keys and comments", () => {
  assert.deepEqual(valuesOf("# one\n\n[s]\na = 1\n  # two\n[t]\nb=2\n"), { a: "1" });
  assert.deepEqual(valuesOf("[s]\na = 1\n[t]\nb=2\n", "t"), { b: "2" });
});

Deno.test("parseIni drops blanks around keys and values, keeps those inside", () => {
  assert.deepEqual(valuesOf("  [s]  \n\ta  =  one two \t \n"), { a: "one two" });
});

Deno.test("parseIni keeps # and = inside values", () => {
  assert.deepEqual(valuesOf("[s]\na = b=c # d\n"), { a: "b=c # d" });
});

Deno.test("parseIni takes empty values, a byte order mark and Windows line ends", () => {
  assert.deepEqual(valuesOf("\ufeff[s]\r\na=\r\nb=1\r\n"), { a: "", b: "1" });
});

Deno.test("parseIni continues a section that appears again", () => {
  assert.deepEqual(valuesOf("[s]\na=1\n[t]\n[s]\nb=2"), { a: "1", b: "2" });
});

Deno.test("parseIni lets the later of two values win and says so", () => {
  const { sections, problems } = parseIni("[s]\na=1\na=2\n");
  assert.equal(sections.get("s")?.entries.get("a")?.value, "2");
  assert.deepEqual(problems.map(({ line, fatal }) => [line, fatal]), [[3, false]]);
  assert.match(problems[0]!.message, /"a" was given in line 2 already/);
});

Deno.test("parseIni counts lines from 1", () => {
  const entry = parseIni("[s]\n\n# x\na=1").sections.get("s")?.entries.get("a");
  assert.equal(entry?.line, 4);
});

Deno.test("parseIni lists every line it cannot read", () => {
  const { problems, sections } = parseIni("early=1\n[s\n; note\n[s]\njunk\n=5\nok=1\n[]\n");
  assert.deepEqual(problems.map(({ line, fatal }) => [line, fatal]), [
    [1, true],
    [2, true],
    [3, true],
    [5, true],
    [6, true],
    [8, true],
  ]);
  assert.match(problems[0]!.message, /"early" stands before the first \[section\]/);
  assert.match(problems[2]!.message, /comments begin with #/);
  assert.equal(sections.get("s")?.entries.get("ok")?.value, "1");
});

Deno.test("parseIni keeps odd names as plain keys", () => {
  assert.deepEqual(Object.keys(valuesOf("[s]\nconstructor=1\nhasOwnProperty=2")), [
    "constructor",
    "hasOwnProperty",
  ]);
});

Deno.test("unescapeValue replaces the escapes of key files", () => {
  assert.equal(unescapeValue("a\\sb\\tc\\nd\\re\\\\f"), "a b\tc\nd\re\\f");
  assert.equal(unescapeValue("\\x \\"), "\\x \\");
});

Deno.test("splitList splits at semicolons, trims, and drops empty items", () => {
  assert.deepEqual(splitList("a; b ;;c;"), ["a", "b", "c"]);
  assert.deepEqual(splitList(""), []);
  assert.deepEqual(splitList("a\\;b;c\\sd"), ["a;b", "c d"]);
  assert.deepEqual(splitList("a\\\\;b"), ["a\\", "b"]);
});
