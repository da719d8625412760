import assert from "node:assert/strict";
import { AccessError } from "./error.ts";
import { CONSOLE, openFixture, openWithAdmin, PASSWORD } from "./fixture_test_support.ts";

async function rejects(work: Promise<unknown>, problem: AccessError["problem"]): Promise<void> {
  await assert.rejects(work, (error) => error instanceof AccessError && error.problem === problem);
}

Deno.test("users have names of letters, whatever their case, and good passwords", async () => {
  using fixture = await openWithAdmin();
  const { users } = fixture.access;
  const make = (name: string, password = PASSWORD) =>
    users.create({ name, role: "viewer", password }, CONSOLE);
  for (const name of ["", "-x", "a b", "a/b", "x".repeat(65), "a\n", "é", "__proto__"]) {
    await rejects(make(name), "bad name");
  }
  await rejects(make("ADA"), "exists");
  await rejects(make("bob", "short"), "weak password");
  await make("bob");
  assert.deepEqual(users.list().map(({ name, role }) => `${name} ${role}`), [
    "ada admin",
    "bob viewer",
  ]);
  assert.equal(JSON.stringify(users.list()).includes("scrypt"), false);
});

Deno.test("there is always an administrator left", async () => {
  using fixture = await openWithAdmin();
  const { users } = fixture.access;
  assert.throws(() => users.remove("ada", CONSOLE), /last administrator/);
  await rejects(users.change("ada", { role: "viewer" }, CONSOLE), "last admin");
  await users.create({ name: "bob", role: "admin", password: PASSWORD }, CONSOLE);
  await users.change("ada", { role: "viewer" }, CONSOLE);
  assert.throws(() => users.remove("bob", CONSOLE), /last administrator/);
  users.remove("ada", CONSOLE);
  await rejects(users.change("ada", { role: "admin" }, CONSOLE), "unknown");
});

Deno.test("a change that fails changes nothing", async () => {
  using fixture = await openWithAdmin();
  const { access, database } = fixture;
  const before = database.user("ada")?.password;
  await rejects(
    access.users.change("ada", { role: "viewer", password: "quite another one" }, CONSOLE),
    "last admin",
  );
  assert.equal(database.user("ada")?.password, before);
  assert.deepEqual(fixture.entries.map(({ action }) => action), ["user.create"]);
});

Deno.test("a new password ends the sessions, but not the one that asked", async () => {
  using fixture = await openWithAdmin();
  const { access, database } = fixture;
  const sign = () => access.signIn.signIn({ name: "ada", password: PASSWORD }, "192.0.2.1");
  const [one, two] = [await sign(), await sign()];
  const { hashSecret } = await import("./secret.ts");
  await access.users.change(
    "ada",
    { password: "quite another one" },
    CONSOLE,
    hashSecret(one.cookie),
  );
  assert.ok(access.signIn.session(one.cookie));
  assert.equal(access.signIn.session(two.cookie), undefined);
  assert.equal(JSON.stringify(database.audit({ limit: 9 })).includes("quite"), false);
});

Deno.test("the audit log says who, from where, what it was and what it is", async () => {
  using fixture = await openWithAdmin();
  const { access } = fixture;
  const by = {
    subject: { kind: "user", name: "ada", role: "admin" },
    address: "192.0.2.7",
  } as const;
  await access.users.create({ name: "bob", role: "viewer", password: PASSWORD }, by);
  await access.users.change("bob", { role: "operator" }, by);
  access.users.remove("bob", by);
  const entries = access.audit.read({ limit: 3 });
  assert.deepEqual(
    entries.map(({ actor, address, action, target, before, after }) =>
      [actor, address, action, target, before, after].join("|")
    ),
    [
      'user ada|192.0.2.7|user.remove|bob|{"role":"operator"}|',
      'user ada|192.0.2.7|user.role|bob|{"role":"viewer"}|{"role":"operator"}',
      'user ada|192.0.2.7|user.create|bob||{"role":"viewer"}',
    ],
  );
  const [first] = entries;
  assert.deepEqual(access.audit.read({ limit: 1, before: first!.number }), [entries[1]]);
});

Deno.test("the audit log is bounded in every direction", () => {
  using fixture = openFixture();
  const { access, database } = fixture;
  const by = { subject: { kind: "anonymous" }, address: "x".repeat(9999) } as const;
  access.audit.refusal(by, {
    action: "login",
    target: "a\n\0b".repeat(999),
    after: "y".repeat(99_999),
  });
  const [entry] = access.audit.read({ limit: 1 });
  assert.equal(entry?.address.length, 256);
  assert.equal(entry.target.length, 256);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(entry.target, /[\x00-\x1f]/);
  assert.ok((entry.after?.length ?? 0) <= 4096);
  JSON.parse(entry.after ?? "");
  const row = {
    at: 1,
    actor: "",
    address: "",
    action: "",
    target: "",
    before: undefined,
    after: undefined,
  };
  for (let i = 0; i < 30; i++) {
    database.addAudit({ ...row, kind: "change" }, 10);
    database.addAudit({ ...row, kind: "refusal" }, 5);
  }
  assert.equal(access.audit.read({ limit: 100, kind: "change" }).length, 10);
  assert.equal(access.audit.read({ limit: 100, kind: "refusal" }).length, 5);
});
