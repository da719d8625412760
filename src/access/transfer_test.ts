import assert from "node:assert/strict";
import { AccessError } from "./error.ts";
import { CONSOLE, openFixture, openWithAdmin, PASSWORD } from "./fixture_test_support.ts";
import { type AccessRows, checkRows, parseRows } from "./transfer.ts";

Deno.test("users and tokens of a backup replace those there are", async () => {
  using from = await openWithAdmin();
  await from.access.users.create({ name: "vera", role: "viewer", password: PASSWORD }, CONSOLE);
  const { text } = from.access.tokens.create({ name: "t", scopes: ["ng"] }, CONSOLE);
  const rows = parseRows(JSON.parse(JSON.stringify(from.access.export())));
  using to = openFixture();
  await to.access.users.create({ name: "eve", role: "admin", password: PASSWORD }, CONSOLE);
  const former = to.access.tokens.create({ name: "x", scopes: ["admin"] }, CONSOLE);
  const session = await to.access.signIn.signIn({ name: "eve", password: PASSWORD }, "192.0.2.1");
  to.access.replace(rows, CONSOLE);
  assert.deepEqual(to.access.users.list().map(({ name }) => name), ["ada", "vera"]);
  assert.equal(to.access.signIn.session(session.cookie), undefined);
  assert.equal(to.access.tokens.identify(former.text), undefined);
  assert.equal(to.access.tokens.identify(text)?.kind, "token");
  await to.access.signIn.signIn({ name: "ada", password: PASSWORD }, "192.0.2.1");
  const { action, before, after } = to.entries.at(-1)!;
  assert.equal(action, "access.restore");
  assert.match(before ?? "", /eve \(admin\)/);
  assert.match(after ?? "", /vera \(viewer\)/);
  assert.doesNotMatch(after ?? "", /scrypt/);
});

Deno.test("sessions of users who are the same in the backup go on", async () => {
  using fixture = await openWithAdmin();
  const { access } = fixture;
  const { cookie } = await access.signIn.signIn({ name: "ada", password: PASSWORD }, "192.0.2.1");
  access.replace(access.export(), CONSOLE);
  assert.equal(access.signIn.session(cookie)?.user.name, "ada");
});

Deno.test("checkRows() refuses what cannot be right", async () => {
  using fixture = await openWithAdmin();
  fixture.access.tokens.create({ name: "t", scopes: ["ng"] }, CONSOLE);
  const good = fixture.access.export();
  checkRows(good);
  const [user, token] = [good.users[0]!, good.tokens[0]!];
  const bad: AccessRows[] = [
    { ...good, users: [] },
    { ...good, users: [{ ...user, role: "viewer" }] },
    { ...good, users: [{ ...user, role: "root" as "admin" }] },
    { ...good, users: [{ ...user, name: "../x" }] },
    { ...good, users: [{ ...user, password: "plain" }] },
    { ...good, users: [user, { ...user, name: "ADA" }] },
    { ...good, users: Array.from({ length: 201 }, (_, i) => ({ ...user, name: `u${i}` })) },
    { ...good, tokens: [token, token] },
    { ...good, tokens: [{ ...token, hash: "x" }] },
    { ...good, tokens: [{ ...token, scopes: ["all" as "ng"] }] },
    { ...good, tokens: [{ ...token, name: "a\nb" }] },
  ];
  for (const rows of bad) assert.throws(() => checkRows(rows), AccessError, JSON.stringify(rows));
  assert.equal(fixture.access.users.size, 1);
});

Deno.test("parseRows() takes nothing but users and tokens", () => {
  for (
    const value of [
      null,
      [],
      {},
      { users: {}, tokens: [] },
      { users: [1], tokens: [] },
      { users: [{ name: 1 }], tokens: [] },
      { users: [], tokens: [{ id: "x" }] },
    ]
  ) {
    assert.throws(() => parseRows(value), AccessError, JSON.stringify(value));
  }
});
