import assert from "node:assert/strict";
import { parseIni } from "./ini.ts";
import { readTemplates } from "./templates.ts";

const FILE =
  "[rtpengine]\ntemplates = t\n[t]\ndefault = trust-address ICE=remove\nWebRTC=x=[a b]\n";

Deno.test("readTemplates takes the keys of the section for names", () => {
  const warnings: string[] = [];
  const templates = readTemplates("t", parseIni(FILE), "f", warnings);
  assert.deepEqual([...templates], [["default", "trust-address ICE=remove"], [
    "WebRTC",
    "x=[a b]",
  ]]);
  assert.deepEqual(warnings, []);
});

Deno.test("readTemplates is quiet when nobody asks, and says when there is nothing to read", () => {
  const warnings: string[] = [];
  assert.equal(readTemplates(undefined, undefined, undefined, warnings).size, 0);
  assert.deepEqual(warnings, []);
  readTemplates("u", parseIni(FILE), "/etc/f", warnings);
  readTemplates("u", undefined, undefined, warnings);
  assert.deepEqual(warnings, [
    "templates: /etc/f has no section [u]",
    "templates: there is no configuration file to take [u] from",
  ]);
});
