import assert from "node:assert/strict";
import { EditError, editSection } from "./edit.ts";
import { parseIni } from "./ini.ts";

const TEXT = `# a comment
[rtpengine]
interface = 192.0.2.1   

# timeout = 60
port-min=30000
port-min = 31000

[templates]
default = trust-address
`;

function edited(changes: Record<string, string | undefined>, text = TEXT): string {
  return editSection(text, "rtpengine", new Map(Object.entries(changes)));
}

Deno.test("editSection() changes a value and nothing else", () => {
  assert.equal(
    edited({ interface: "any" }),
    TEXT.replace("interface = 192.0.2.1   ", "interface = any"),
  );
});

Deno.test("editSection() leaves one line of an option that was there twice", () => {
  assert.equal(
    edited({ "port-min": "32000" }),
    TEXT.replace("port-min=30000\nport-min = 31000", "port-min = 32000"),
  );
  assert.equal(edited({ "port-min": undefined }), TEXT.replace(/port-min.*\n/g, ""));
});

Deno.test("editSection() puts a new option behind the comment that shows it, or at the end", () => {
  assert.equal(edited({ timeout: "90" }), TEXT.replace("= 60\n", "= 60\ntimeout = 90\n"));
  assert.equal(edited({ tos: "184" }), TEXT.replace("31000\n", "31000\ntos = 184\n"));
});

Deno.test("editSection() does not look into other sections", () => {
  const text = edited({ default: "x" });
  assert.equal(parseIni(text).sections.get("templates")?.entries.get("default")?.line, 11);
  assert.match(text, /default = trust-address/);
  assert.match(text, /31000\ndefault = x\n/);
});

Deno.test("editSection() makes the section when there is none", () => {
  assert.equal(edited({ tos: "1" }, ""), "[rtpengine]\ntos = 1\n");
  assert.equal(edited({ tos: "1" }, "[other]\n"), "[other]\n\n[rtpengine]\ntos = 1\n");
  assert.equal(edited({ tos: undefined }, ""), "");
});

Deno.test("editSection() lets nobody smuggle a line or a section in", () => {
  for (const value of ["1\n[other]", "1\r2", "1\0"]) {
    assert.throws(() => edited({ tos: value }), EditError);
  }
});
