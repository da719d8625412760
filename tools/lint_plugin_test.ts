import assert from "node:assert/strict";
import plugin from "./lint_plugin.ts";

function complaints(filename: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, filename, source).map((diagnostic) => diagnostic.id);
}

Deno.test("no-ambient-time forbids clocks and timers in state machines", () => {
  const source = "Date.now(); performance.now(); setTimeout(f, 1); new Date();";
  assert.deepEqual(
    complaints("/x/src/call/call.ts", source),
    Array(4).fill("rtpedge/no-ambient-time"),
  );
});

Deno.test("no-ambient-time allows clocks where the world is touched and in tests", () => {
  for (
    const name of ["/x/src/core/clock.ts", "/x/src/transport/udp.ts", "/x/src/call/call_test.ts"]
  ) {
    assert.deepEqual(complaints(name, "Date.now(); setTimeout(f, 1);"), []);
  }
});

Deno.test("no-forbidden-import keeps folders apart", () => {
  assert.deepEqual(complaints("/x/src/sdp/parse.ts", 'import { a } from "../call/mod.ts";'), [
    "rtpedge/no-forbidden-import",
  ]);
  assert.deepEqual(complaints("/x/src/core/ip.ts", 'import { a } from "../log/mod.ts";'), [
    "rtpedge/no-forbidden-import",
  ]);
});

Deno.test("no-forbidden-import allows types and permitted folders", () => {
  assert.deepEqual(
    complaints("/x/src/sdp/parse.ts", 'import type { A } from "../call/types.ts";'),
    [],
  );
  assert.deepEqual(complaints("/x/src/call/call.ts", 'import { a } from "../sdp/mod.ts";'), []);
});

Deno.test("prefer-private-field asks for #names", () => {
  assert.deepEqual(complaints("/x/src/call/a.ts", "class A { private b = 1; private c() {} }"), [
    "rtpedge/prefer-private-field",
    "rtpedge/prefer-private-field",
  ]);
});

Deno.test("no-top-level-arrow asks for function declarations", () => {
  assert.deepEqual(complaints("/x/src/call/a.ts", "const f = () => 1; export const g = () => 2;"), [
    "rtpedge/no-top-level-arrow",
    "rtpedge/no-top-level-arrow",
  ]);
  assert.deepEqual(
    complaints("/x/src/call/a.ts", "function f() { const g = () => 1; return g; }"),
    [],
  );
});

Deno.test("error-message refuses a trailing period", () => {
  assert.deepEqual(complaints("/x/src/call/a.ts", 'throw new TypeError("Bad thing.");'), [
    "rtpedge/error-message",
  ]);
  assert.deepEqual(complaints("/x/src/call/a.ts", 'throw new TypeError("Bad thing");'), []);
});

Deno.test("no-foreign-ffi keeps the C library behind one file", () => {
  assert.deepEqual(complaints("/x/src/call/a.ts", 'Deno.dlopen("x", {});'), [
    "rtpedge/no-foreign-ffi",
  ]);
  assert.deepEqual(complaints("/x/src/relay/ffi.ts", 'Deno.dlopen("x", {});'), []);
});
