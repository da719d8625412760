import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import type { Entry } from "./format.ts";
import { SUBSYSTEMS } from "./level.ts";
import { Logs, type LogsOptions } from "./logs.ts";

function make(options: Partial<LogsOptions> = {}) {
  const entries: Entry[] = [];
  const clock = new FakeClock(1_700_000_000_000);
  const logs = new Logs({ level: 6, sink: (entry) => entries.push(entry), clock, ...options });
  return { entries, clock, logs, messages: () => entries.map(({ message }) => message) };
}

Deno.test("Logger hands complete entries to the sink", () => {
  const { entries, clock, logs } = make();
  clock.advance(5);
  logs.logger("http").error("broken", { port: 80 });
  assert.deepEqual(entries, [{
    time: 1_700_000_000_005,
    level: 3,
    subsystem: "http",
    callId: undefined,
    message: "broken",
    fields: { port: 80 },
  }]);
});

Deno.test("Logger has a method for each level", () => {
  const { entries, logs } = make({ level: 7 });
  const log = logs.logger("core");
  log.critical("x");
  log.error("x");
  log.warning("x");
  log.notice("x");
  log.info("x");
  log.debug("x");
  assert.deepEqual(entries.map(({ level }) => level), [2, 3, 4, 5, 6, 7]);
});

Deno.test("Logger takes braces in messages as they are", () => {
  const { logs, messages } = make();
  logs.logger("core").info('{a} {{b}} {"c":1}', { a: 1 });
  assert.deepEqual(messages(), ['{a} {{b}} {"c":1}']);
});

Deno.test("Logger drops what is above its threshold without making the message", () => {
  const { logs, messages } = make({ level: 4 });
  const log = logs.logger("core");
  log.info(() => assert.fail("made a message nobody wants"));
  log.limited("info", "k", () => assert.fail("made a message nobody wants"));
  log.warning(() => "made");
  assert.deepEqual(messages(), ["made"]);
  assert.deepEqual([log.enabled("warning"), log.enabled("notice")], [true, false]);
});

Deno.test("Logger puts the call-id of a call on every line", () => {
  const { entries, logs } = make();
  const log = logs.logger("control").forCall("c1");
  log.info("a", { "call-id": "field" });
  log.limited("info", "k", "b");
  assert.deepEqual(entries.map(({ callId }) => callId), ["c1", "c1"]);
  assert.deepEqual(entries[0]?.fields, { "call-id": "field" });
});

Deno.test("Logger takes a call-id out of the fields when it has none", () => {
  const { entries, logs } = make();
  logs.logger("control").info("a", { "call-id": "c2", n: 1 });
  assert.equal(entries[0]?.callId, "c2");
  assert.deepEqual(entries[0]?.fields, { n: 1 });
});

Deno.test("Logs have a threshold for each subsystem", () => {
  const { logs, messages } = make({ level: 5, levels: { ice: 7, rtcp: -1, http: undefined } });
  logs.logger("ice").debug("ice");
  logs.logger("rtcp").critical("rtcp");
  logs.logger("http").info("http");
  logs.logger("core").notice("core");
  assert.deepEqual(messages(), ["ice", "core"]);
});

Deno.test("Logs change thresholds while loggers are in use, those of calls too", () => {
  const { logs, messages } = make({ level: 4 });
  const call = logs.logger("core").forCall("c");
  call.debug("1");
  logs.setLevel(7, "core");
  call.debug("2");
  logs.setLevel(3);
  call.warning("3");
  assert.deepEqual(messages(), ["2"]);
  assert.deepEqual(SUBSYSTEMS.map((name) => logs.level(name)), SUBSYSTEMS.map(() => 3));
});

Deno.test("Logs shift thresholds and keep them between -1 and 7", () => {
  const { logs } = make({ level: 6, levels: { ice: -1 } });
  logs.shiftLevels(1);
  logs.shiftLevels(1);
  assert.deepEqual([logs.level("core"), logs.level("ice")], [7, 1]);
  for (let i = 0; i < 20; i++) logs.shiftLevels(-1);
  assert.deepEqual([logs.level("core"), logs.level("ice")], [-1, -1]);
});

Deno.test("Logger limits lines of a key and says how many it held back", () => {
  const { clock, logs, messages } = make({ limit: { lines: 2, window: 1000, keys: 10 } });
  const log = logs.logger("core");
  for (let i = 0; i < 5; i++) log.limited("warning", "bad packet", `packet ${i}`);
  clock.advance(1000);
  log.limited("warning", "bad packet", "packet 5");
  assert.deepEqual(messages(), ["packet 0", "packet 1", "suppressed 3 lines", "packet 5"]);
});

Deno.test("Logger limits subsystems apart, and calls of a subsystem together", () => {
  const { logs, messages } = make({ limit: { lines: 1, window: 1000, keys: 10 } });
  logs.logger("core").forCall("a").limited("info", "k", "1");
  logs.logger("core").forCall("b").limited("info", "k", "2");
  logs.logger("http").limited("info", "k", "3");
  assert.deepEqual(messages(), ["1", "3"]);
});

Deno.test("Logs tell of lines held back when no other line does", () => {
  const { clock, entries, logs } = make({ limit: { lines: 1, window: 1000, keys: 10 } });
  logs.logger("core").limited("info", "k", "1");
  logs.logger("core").limited("info", "k", "2");
  clock.advance(1000);
  logs.tellSuppressed();
  logs.tellSuppressed();
  assert.deepEqual(entries.map(({ message, fields }) => [message, fields["key"]]), [
    ["1", undefined],
    ["suppressed 1 lines", "core k"],
  ]);
});

Deno.test("Logger of a call under debugging passes every level, others keep theirs", () => {
  const debugCalls = new Set<string>();
  const { logs, messages } = make({ level: 5, debugCalls });
  const call = logs.logger("core").forCall("c");
  call.debug("before");
  debugCalls.add("c");
  call.debug("during");
  logs.logger("core").forCall("d").debug("another call");
  logs.logger("core").debug("no call");
  debugCalls.delete("c");
  call.debug("after");
  assert.deepEqual(messages(), ["during"]);
});
