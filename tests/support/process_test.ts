import assert from "node:assert/strict";
import { Daemon, must, run, until } from "./process.ts";

Deno.test("run() returns code and both outputs", async () => {
  const finished = await run(["sh", "-c", "cat; echo error >&2; exit 3"], { stdin: "input" });
  assert.deepEqual(finished, { success: false, code: 3, stdout: "input", stderr: "error\n" });
});

Deno.test("run() kills what takes too long", async () => {
  const finished = await run(["sleep", "20"], { timeout: 50 });
  assert.equal(finished.success, false);
});

Deno.test("must() throws with the program's words", async () => {
  await assert.rejects(must(["sh", "-c", "echo why >&2; exit 1"]), /ended with code 1: why/);
  assert.equal(await must(["echo", "fine"]), "fine\n");
});

Deno.test("Daemon.line() finds past and coming lines of both outputs", async () => {
  await using daemon = new Daemon("cat", ["sh", "-c", "echo one; echo two >&2; cat"]);
  await daemon.line(/^one$/);
  await daemon.line(/^two$/);
  daemon.write("three\n");
  assert.equal(await daemon.line(/^th/), "three");
});

Deno.test("Daemon.line() fails when the program ends or the time passes", async () => {
  await using ended = new Daemon("true", ["true"]);
  await assert.rejects(ended.line(/never/), /ended before it printed/);
  await using quiet = new Daemon("cat", ["cat"]);
  await assert.rejects(quiet.line(/never/, 20), /did not print .* in 20 ms/);
});

Deno.test("Daemon.stop() ends a program that ignores SIGTERM, and twice is once", async () => {
  const daemon = new Daemon("stubborn", [
    "sh",
    "-c",
    "trap '' TERM; echo on; while :; do read x; done",
  ]);
  await daemon.line(/^on$/);
  await daemon.stop(50);
  await daemon.stop(50);
  assert.equal(daemon.ended, true);
});

Deno.test("until() returns the first value and gives up in time", async () => {
  let calls = 0;
  assert.equal(await until("third", () => ++calls === 3 ? calls : undefined, 1000, 1), 3);
  await assert.rejects(until("never", () => undefined, 10, 1), /never: not within 10 ms/);
});
