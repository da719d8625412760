import assert from "node:assert/strict";
import { COMMANDS } from "../ng/command_table.ts";
import { Bench } from "./fixture_test_support.ts";

/** Commands carried out by other parts. */
const ELSEWHERE = ["ping", "statistics", "cli"];

Deno.test("commands are marked as working exactly when there is a handler", () => {
  const handlers = [...new Bench().service.handlers.keys(), ...ELSEWHERE];
  const working = Object.keys(COMMANDS).filter((name) => COMMANDS[name]!.part === undefined);
  assert.deepEqual(working.toSorted(), handlers.toSorted());
});
