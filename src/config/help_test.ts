import assert from "node:assert/strict";
import { helpText } from "./help.ts";
import { GROUPS, OPTION_NAMES, optionNamed } from "./options.ts";

Deno.test("helpText names every option once as an entry or in the list at the end", () => {
  const help = helpText(100);
  for (const name of OPTION_NAMES) {
    const { surface } = optionNamed(name);
    const pattern = new RegExp(`--${name}(?=[=\\s])`, "g");
    const head = help.slice(help.indexOf("Program:"));
    const count = [...head.matchAll(pattern)].length;
    assert.equal(count, surface === "environment" ? 0 : 1, name);
  }
});

Deno.test("helpText fits the terminal where words allow it", () => {
  for (const columns of [50, 80, 100, 300]) {
    const width = Math.min(Math.max(columns, 70), 110);
    for (const line of helpText(columns).split("\n")) {
      const words = line.trim().split(/\s+/);
      assert.ok(line.length <= width || words.length <= 3, `${columns}: ${line}`);
      assert.equal(line, line.trimEnd());
    }
  }
});

Deno.test("helpText shows letters, arguments, defaults with units, and marks", () => {
  const help = helpText(100);
  assert.match(help, /^ {2}-m, --port-min=INT +Lowest port for media \[30000\]$/m);
  assert.match(help, /^ {2}-d, --delete-delay=SECONDS[^[]*\[30 s\]$/m);
  assert.match(help, /^ {6}--strict-source \* /m);
  assert.match(help, /^ {2}-n, --listen-ng=\[ADDRESS:\]PORT \+$/m);
});

Deno.test("helpText has the groups that are in effect", () => {
  const help = helpText(80);
  for (const { title, options } of GROUPS) {
    const inEffect = Object.values(options).some(({ status }) => status === "now");
    assert.equal(help.includes(`\n${title}:\n`), inEffect, title);
  }
});
