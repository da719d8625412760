import assert from "node:assert/strict";
import { AbiLayout, AbiMismatch } from "./abi_layout.ts";

const TEXT = "struct pair 12\npair.first 0 4\npair.second 8 4\n\nstruct other 8\nother.first 0 8\n";

Deno.test("AbiLayout gives size and offsets of the fields asked for", () => {
  const layout = new AbiLayout(TEXT);
  const pair = layout.require("pair", { first: 4, second: 4 });
  assert.deepEqual(pair, { size: 12, offset: { first: 0, second: 8 } });
  assert.equal(layout.fieldSize("other", "first"), 8);
  assert.equal(layout.fieldSize("other", "second"), 0);
});

Deno.test("AbiLayout takes fields before their struct", () => {
  const layout = new AbiLayout("pair.first 4 4\nstruct pair 8");
  assert.deepEqual(layout.require("pair", { first: 4 }), { size: 8, offset: { first: 4 } });
});

Deno.test("AbiLayout names what library and program do not agree on", () => {
  const layout = new AbiLayout(TEXT);
  const wrong: readonly [() => unknown, RegExp][] = [
    [() => layout.require("triple", {}), /it has no struct triple/],
    [() => layout.require("pair", { third: 4 }), /it has no field pair\.third/],
    [() => layout.require("pair", { second: 8 }), /pair\.second has 4 bytes instead of 8/],
    [() => new AbiLayout("pair.x 10 4\nstruct pair 12").require("pair", { x: 4 }), /lies outside/],
    [() => new AbiLayout("pair.x 0 4").require("pair", { x: 4 }), /it has no struct pair/],
    [() => new AbiLayout("struct pair"), /describes itself with "struct pair"/],
    [() => new AbiLayout("<html>"), /describes itself/],
  ];
  for (const [act, message] of wrong) {
    assert.throws(act, (error) => {
      assert.ok(error instanceof AbiMismatch);
      assert.match(error.message, message);
      assert.match(error.message, /make -C ffi lib/);
      return true;
    });
  }
});
