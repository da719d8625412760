import assert from "node:assert/strict";
import { AccessError } from "./error.ts";
import { checkPassword, DEFAULT_COST, Passwords } from "./password.ts";

const CHEAP = { n: 4, r: 8, p: 1 };

Deno.test("Passwords.verify() takes the password of a record and no other", async () => {
  const passwords = new Passwords(CHEAP);
  const record = await passwords.hash("correct horse");
  assert.match(record, /^scrypt\$4\$8\$1\$/);
  assert.equal(await passwords.verify("correct horse", record), true);
  assert.equal(await passwords.verify("correct horsf", record), false);
  assert.equal(await passwords.verify("", record), false);
  assert.notEqual(await passwords.hash("correct horse"), record, "salt");
});

Deno.test("Passwords.verify() is false for a user who is not there and for damaged records", async () => {
  const passwords = new Passwords(CHEAP);
  const record = await passwords.hash("correct horse");
  for (
    const bad of [
      undefined,
      "",
      "plain",
      record.replace("$4$", "$40$"),
      record.replace("$8$", "$99$"),
      record.slice(0, -4),
      record.replace("scrypt", "md5"),
    ]
  ) {
    assert.equal(await passwords.verify("correct horse", bad), false, String(bad));
  }
});

Deno.test("Passwords.verify() knows records of another cost, and that they are outdated", async () => {
  const record = await new Passwords(CHEAP).hash("correct horse");
  const passwords = new Passwords({ n: 5, r: 8, p: 1 });
  assert.equal(await passwords.verify("correct horse", record), true);
  assert.equal(passwords.isOutdated(record), true);
  assert.equal(passwords.isOutdated(await passwords.hash("x")), false);
});

Deno.test("Passwords compares Unicode in one form", async () => {
  const passwords = new Passwords(CHEAP);
  const record = await passwords.hash("caf\u00e9 au lait");
  assert.equal(await passwords.verify("cafe\u0301 au lait", record), true);
});

Deno.test("Passwords lets a bounded number wait", async () => {
  const passwords = new Passwords(CHEAP);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 60 }, () => passwords.hash("correct horse")),
  );
  const refused = outcomes.filter(({ status }) => status === "rejected");
  assert.equal(refused.length, 60 - 34);
  for (const outcome of refused) {
    assert.ok(outcome.status === "rejected" && outcome.reason instanceof AccessError);
    assert.equal(outcome.reason.problem, "busy");
  }
  await passwords.hash("correct horse");
});

Deno.test("the default cost takes 32 MiB", () => {
  assert.equal(128 * DEFAULT_COST.r * 2 ** DEFAULT_COST.n, 32 << 20);
});

Deno.test("checkPassword() refuses what is short, long, plain or the user's name", () => {
  for (
    const bad of [
      "",
      "short-one",
      "x".repeat(300),
      "aaaaaaaaaaaaaaaa",
      "ada-lovelace-1815",
      "password1234",
      "Passw0rd!!!!",
    ]
  ) {
    assert.throws(() => checkPassword(bad, "lovelace"), AccessError, bad);
  }
  checkPassword("correct horse battery", "lovelace");
  checkPassword("пароль длинный", "ada");
});
