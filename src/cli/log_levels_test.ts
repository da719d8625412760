import assert from "node:assert/strict";
import type { Settings } from "../core/settings.ts";
import { LOG_SYSTEMS, LogLevels } from "./log_levels.ts";

function levels() {
  const settings = { logLevel: 6 } as Settings;
  return { settings, levels: new LogLevels(settings) };
}

Deno.test("LogLevels starts with the common level everywhere but in internals", () => {
  const { levels: all } = levels();
  for (const [name, level] of all.entries()) {
    assert.equal(level, name === "internals" ? -1 : 6, name);
  }
  assert.equal([...all.entries()].length, LOG_SYSTEMS.length);
  assert.equal(all.get("nope"), undefined);
});

Deno.test("LogLevels follows the common level when that changes elsewhere", () => {
  const { settings, levels: all } = levels();
  all.set("ice", 2);
  settings.logLevel = 7;
  assert.equal(all.get("core"), 7);
  assert.equal(all.get("http"), 7);
  assert.equal(all.get("ice"), 2);
});

Deno.test("LogLevels.setAll sets every subsystem, internals too", () => {
  const { settings, levels: all } = levels();
  all.set("ice", 2);
  all.setAll(4);
  assert.equal(settings.logLevel, 4);
  assert.equal([...all.entries()].every(([, level]) => level === 4), true);
});

Deno.test("LogLevels.set of core moves the common level and leaves the others", () => {
  const { settings, levels: all } = levels();
  assert.equal(all.set("core", 3), true);
  assert.equal(settings.logLevel, 3);
  assert.equal(all.get("core"), 3);
  assert.equal(all.get("http"), 6);
  assert.equal(all.get("internals"), -1);
  assert.equal(all.set("nope", 3), false);
});

Deno.test("LogLevels.restore puts every level back", () => {
  const { settings, levels: all } = levels();
  all.set("ice", 2);
  const before = new Map(all.entries());
  all.setAll(7);
  all.set("http", 1);
  all.restore(before);
  assert.deepEqual(new Map(all.entries()), before);
  assert.equal(settings.logLevel, 6);
});
