import assert from "node:assert/strict";
import { GROUPS, parseOptions } from "./options.ts";

Deno.test("parseOptions without arguments runs everything on both sides", () => {
  const options = parseOptions([]);
  assert.deepEqual(options.only, GROUPS);
  assert.deepEqual(options.sides, ["ours", "peer"]);
  assert.equal(options.rounds, 2);
  assert.equal(options.relayMode, undefined);
});

Deno.test("parseOptions --quick shortens what is not given", () => {
  assert.equal(parseOptions(["--quick"]).seconds, 1);
  const options = parseOptions(["--quick", "--seconds=2.5"]);
  assert.equal(options.seconds, 2.5);
  assert.equal(options.rounds, 1);
});

Deno.test("parseOptions --only keeps the order of the groups", () => {
  assert.deepEqual(parseOptions(["--only=memory,cpu"]).only, ["cpu", "memory"]);
});

Deno.test("parseOptions refuses what it does not know, naming it", () => {
  assert.throws(() => parseOptions(["--only=cpu,speed"]), /not speed/);
  assert.throws(() => parseOptions(["--net=bond"]), /not bond/);
  assert.throws(() => parseOptions(["--seconds=-1"]), /--seconds.*not -1/);
  assert.throws(() => parseOptions(["--ours-only", "--peer-only"]), /exclude/);
  assert.throws(() => parseOptions(["--fast"]), /--fast/);
});

Deno.test("parseOptions --free leaves out what needs a processor of its own", () => {
  assert.deepEqual(parseOptions(["--free"]).only, ["ng", "memory"]);
  assert.deepEqual(parseOptions(["--free", "--only=ng"]).only, ["ng"]);
  assert.equal(parseOptions([]).free, false);
  assert.throws(() => parseOptions(["--free", "--only=ng,cpu"]), /--free is for/);
});
