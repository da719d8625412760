import assert from "node:assert/strict";
import { takesEffectAtReload } from "./live.ts";
import { type Config, OPTION_NAMES, optionNamed } from "./options.ts";
import { settingsFrom } from "./settings.ts";

Deno.test("takesEffectAtReload() knows every option that becomes a setting", () => {
  const defaults = Object.fromEntries(
    OPTION_NAMES.map((name) => [name, optionNamed(name).default]),
  ) as unknown as Config;
  const read = new Set<string>();
  settingsFrom(
    new Proxy(defaults, {
      get(target, name) {
        read.add(String(name));
        return Reflect.get(target, name);
      },
    }),
  );
  // given to sockets when they are opened
  read.delete("control-tos");
  for (const name of OPTION_NAMES) {
    if (read.has(name)) assert.ok(takesEffectAtReload(name), name);
  }
  assert.ok(read.size > 10);
  for (const name of ["interface", "listen-ng", "num-threads", "journal", "control-tos"] as const) {
    assert.ok(!takesEffectAtReload(name), name);
  }
});
