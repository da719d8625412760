import assert from "node:assert/strict";
import { COMMANDS } from "./command_table.ts";
import { FLAG_TABLE } from "./flag_table.ts";
import { KEY_TABLE } from "./key_table.ts";

/** Flags whose effect is on the request itself, or none. */
const OF_THE_REQUEST = new Set([
  "all",
  "generate RTCP",
  "no port latching",
  "pad crypto",
  "symmetric",
  "trickle ICE",
  "WebRTC",
]);
/** Keys that are read by their member of the request, by the dispatcher, or have no effect to look for. */
const OF_THE_PROTOCOL = new Set(["command", "flags", "rtpp-flags", "template", "supports"]);

/** Keys that are read only to say that they have no effect yet. */
const OF_A_WARNING = new Set(["DTMF-security"]);

/** The product's code without the tables that declare the words. */
async function sources(folder: URL = new URL("../", import.meta.url)): Promise<string> {
  let text = "";
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) text += await sources(new URL(`${entry.name}/`, folder));
    else if (/^(?!.*(_table|_test|_test_support)\.ts$).*\.ts$/.test(entry.name)) {
      text += await Deno.readTextFile(new URL(entry.name, folder));
    }
  }
  return text;
}

Deno.test("flags are marked as working exactly when something looks at them", async () => {
  const text = await sources();
  const read = (flag: string) => text.includes(`flags.has("${flag}")`);
  const wrong = Object.entries(FLAG_TABLE).filter(([flag, { part }]) =>
    !OF_THE_REQUEST.has(flag) && read(flag) !== (part === undefined)
  );
  assert.deepEqual(wrong.map(([flag]) => flag), []);
});

Deno.test("keys without a member of the request are marked as working when something reads them", async () => {
  const text = await sources();
  const kept = Object.entries(KEY_TABLE).filter(([key, { apply }]) =>
    apply === undefined && !OF_THE_PROTOCOL.has(key) && !OF_A_WARNING.has(key)
  );
  const wrong = kept.filter(([key, { part }]) =>
    text.includes(`get("${key}")`) !== (part === undefined)
  );
  assert.deepEqual(wrong.map(([key]) => key), []);
});

Deno.test("every word says what it means in a phrase without period", () => {
  for (const [name, { help }] of [COMMANDS, FLAG_TABLE, KEY_TABLE].flatMap(Object.entries)) {
    assert.match(help, /^[A-Z`].*[^.]$/, name);
  }
});
