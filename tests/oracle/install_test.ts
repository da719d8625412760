import assert from "node:assert/strict";
import { missingPackages, oracleFolder } from "./install.ts";
import { pickMirror } from "./mirror.ts";
import { PACKAGES, SUITE } from "./packages.ts";

Deno.test("pickMirror() takes the main archive and neither security nor other repositories", () => {
  const lines = [
    "https://packages.example/apt stable",
    "http://mirror.example/debian-security/ bookworm-security",
    "http://mirror.example/debian/ bookworm",
    "http://mirror.example/debian/ bookworm-updates",
  ].join("\n");
  assert.equal(pickMirror(lines), "http://mirror.example/debian");
});

Deno.test("pickMirror() finds nothing where there is nothing", () => {
  assert.equal(pickMirror(""), undefined);
  assert.equal(pickMirror("https://packages.example/apt stable\ncdrom:/x y"), undefined);
});

Deno.test("missingPackages() asks for what the stamp does not name", () => {
  const wanted = { suite: "s", packages: ["a", "b"] };
  assert.deepEqual(missingPackages(undefined, wanted), ["a", "b"]);
  assert.deepEqual(missingPackages({ suite: "s", packages: ["a"] }, wanted), ["b"]);
  assert.deepEqual(missingPackages({ suite: "s", packages: ["b", "a", "c"] }, wanted), []);
  assert.deepEqual(missingPackages({ suite: "old", packages: ["a", "b"] }, wanted), ["a", "b"]);
});

Deno.test("oracleFolder() is outside the tree", () => {
  assert.match(oracleFolder(), /\/rtpedge\/oracle$/);
  assert.ok(!oracleFolder().startsWith(new URL("../../", import.meta.url).pathname));
});

Deno.test("PACKAGES has no package twice and a suite", () => {
  assert.equal(new Set(PACKAGES).size, PACKAGES.length);
  assert.match(SUITE, /^[a-z]+$/);
});
