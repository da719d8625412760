import assert from "node:assert/strict";
import { optionsManual } from "./manual.ts";
import { envName, GROUPS, isOptionName, OPTION_NAMES, optionNamed } from "./options.ts";

Deno.test("every option is in exactly one group", () => {
  const grouped = GROUPS.flatMap(({ options }) => Object.keys(options));
  assert.deepEqual(grouped.toSorted(), OPTION_NAMES.toSorted());
});

Deno.test("letters and environment variables are unique", () => {
  const letters = OPTION_NAMES.flatMap((name) => optionNamed(name).short ?? []);
  assert.equal(new Set(letters).size, letters.length);
  assert.equal(new Set(OPTION_NAMES.map(envName)).size, OPTION_NAMES.length);
});

Deno.test("every default can be written and read back", () => {
  for (const name of OPTION_NAMES) {
    const option = optionNamed(name);
    if (option.default === undefined || option.repeat) continue;
    if (option.default === "") continue;
    assert.deepEqual(option.read([option.write(option.default)], "decimal"), option.default, name);
  }
});

Deno.test("help sentences have no period and begin with a capital or a code word", () => {
  for (const name of OPTION_NAMES) {
    assert.match(optionNamed(name).help, /^[A-Z`].*[^.]$/, name);
  }
});

Deno.test("isOptionName knows own names only", () => {
  assert.ok(isOptionName("port-min"));
  for (const name of ["constructor", "__proto__", "toString", ""]) assert.ok(!isOptionName(name));
});

Deno.test("envName derives names, and keeps those of rtpengine", () => {
  assert.equal(envName("port-min"), "RTPEDGE_PORT_MIN");
  assert.equal(envName("redis-auth-pw"), "RTPENGINE_REDIS_AUTH_PW");
});

Deno.test("optionsManual has a row of four cells for every option", () => {
  const rows = optionsManual().split("\n").filter((line) => /^\| `/.test(line));
  assert.equal(rows.length, OPTION_NAMES.length);
  for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 6, row);
});
