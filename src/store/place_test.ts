import assert from "node:assert/strict";
import { asideStamp, databaseFile } from "./place.ts";

Deno.test("databaseFile puts relative names into the data directory", () => {
  assert.equal(databaseFile("calls.db", "/var/lib/x"), "/var/lib/x/calls.db");
  assert.equal(databaseFile("/srv/calls.db", "/var/lib/x"), "/srv/calls.db");
  for (const none of [undefined, "", "none"]) assert.equal(databaseFile(none, "/x"), undefined);
});

Deno.test("asideStamp is a moment that can stand in a file's name", () => {
  assert.equal(asideStamp(Date.UTC(2026, 10, 21, 6, 10, 18, 999)), "20261121T061018");
});
