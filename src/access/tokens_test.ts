import assert from "node:assert/strict";
import { AccessError } from "./error.ts";
import { CONSOLE, openFixture } from "./fixture_test_support.ts";
import { parseToken } from "./secret.ts";
import { MAX_TOKENS, Tokens } from "./tokens.ts";

Deno.test("a token is known by its text until it is revoked", () => {
  using fixture = openFixture();
  const { tokens } = fixture.access;
  const { token, text } = tokens.create({ name: "kamailio", scopes: ["ng", "ng"] }, CONSOLE);
  assert.deepEqual(token.scopes, ["ng"]);
  assert.deepEqual(tokens.identify(text), { kind: "token", name: "kamailio", scopes: ["ng"] });
  tokens.revoke(token.id, CONSOLE);
  assert.equal(tokens.identify(text), undefined);
  assert.throws(() => tokens.revoke(token.id, CONSOLE), AccessError);
  assert.deepEqual(fixture.entries.map(({ action }) => action), ["token.create", "token.revoke"]);
});

Deno.test("a token's secret is in no table and in no list", () => {
  using fixture = openFixture();
  const { text } = fixture.access.tokens.create({ name: "x", scopes: ["read"] }, CONSOLE);
  const secret = parseToken(text)!.secret;
  const kept = JSON.stringify([
    fixture.database.tokens(),
    fixture.database.audit({ limit: 100 }),
    fixture.access.tokens.list(),
  ]);
  assert.equal(kept.includes(secret), false);
  assert.equal(JSON.stringify(fixture.access.tokens.list()).includes("hash"), false);
});

Deno.test("a token ends when it says", () => {
  using fixture = openFixture();
  const { access, clock } = fixture;
  const expires = clock.wall() + 1000;
  const { text } = access.tokens.create({ name: "x", scopes: ["ng"], expires }, CONSOLE);
  clock.advance(999);
  assert.ok(access.tokens.identify(text));
  clock.advance(1);
  assert.equal(access.tokens.identify(text), undefined);
  assert.throws(
    () => access.tokens.create({ name: "y", scopes: ["ng"], expires }, CONSOLE),
    /ended already/,
  );
});

Deno.test("tokens outlive the process, with their last use to the minute", () => {
  using fixture = openFixture();
  const { access, clock, database } = fixture;
  const { text } = access.tokens.create({ name: "x", scopes: ["ng"] }, CONSOLE);
  clock.advance(5000);
  access.tokens.identify(text);
  const used = clock.wall();
  clock.advance(59_000);
  access.tokens.identify(text);
  const again = new Tokens(database, clock, access.audit);
  assert.equal(again.list()[0]?.lastUsed, used);
  assert.ok(again.identify(text));
});

Deno.test("what is nearly a token is none", () => {
  using fixture = openFixture();
  const { tokens } = fixture.access;
  const { text } = tokens.create({ name: "x", scopes: ["admin"] }, CONSOLE);
  const last = text.at(-1) === "A" ? "B" : "A";
  for (
    const bad of [
      "",
      text.slice(0, -1),
      text + "A",
      text.slice(0, -1) + last,
      text.toUpperCase(),
      ` ${text}`,
      `${text}\n`,
      text.replace("rtpe_", "rtpe_0"),
      "x".repeat(1 << 20),
    ]
  ) {
    assert.equal(tokens.identify(bad), undefined, bad.slice(0, 80));
  }
});

Deno.test("tokens have names, and there is an end to them", () => {
  using fixture = openFixture();
  const { tokens } = fixture.access;
  for (const name of ["", "x".repeat(65), "a\nb"]) {
    assert.throws(() => tokens.create({ name, scopes: ["ng"] }, CONSOLE), AccessError);
  }
  for (let i = 0; i < MAX_TOKENS; i++) tokens.create({ name: `t${i}`, scopes: ["ng"] }, CONSOLE);
  assert.throws(() => tokens.create({ name: "more", scopes: ["ng"] }, CONSOLE), /there are 500/);
});
