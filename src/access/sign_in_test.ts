import assert from "node:assert/strict";
import { AccessError } from "./error.ts";
import {
  CONSOLE,
  type Fixture,
  openFixture,
  openWithAdmin,
  PASSWORD,
} from "./fixture_test_support.ts";

const HOME = "192.0.2.1";

/** @returns `ok`, or the kind of refusal */
async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "ok";
  } catch (error) {
    if (error instanceof AccessError) return error.problem;
    throw error;
  }
}

function sign({ access }: Fixture, password = PASSWORD, address = HOME, name = "ada") {
  return access.signIn.signIn({ name, password }, address);
}

Deno.test("the first administrator needs the code, and it is good once", async () => {
  using fixture = openFixture();
  const { signIn } = fixture.access;
  const code = signIn.setupCode!;
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  const admin = { name: "ada", password: PASSWORD };
  assert.equal(await outcome(signIn.setUp("0000-0000-0000", admin, HOME)), "bad credentials");
  assert.equal(
    await outcome(signIn.setUp(code, { ...admin, password: "ada" }, HOME)),
    "weak password",
  );
  const typed = code.toLowerCase().replaceAll("-", " ").replaceAll("0", "o").replaceAll("1", "l");
  const { cookie, session } = await signIn.setUp(typed, admin, HOME);
  assert.equal(session.user.role, "admin");
  assert.ok(signIn.session(cookie));
  assert.equal(signIn.setupCode, undefined);
  assert.equal(await outcome(signIn.setUp(code, { ...admin, name: "eve" }, HOME)), "set up");
});

Deno.test("two set-ups at once make one administrator", async () => {
  using fixture = openFixture();
  const { signIn, users } = fixture.access;
  const code = signIn.setupCode!;
  const outcomes = await Promise.all(
    ["ada", "eve"].map((name) => outcome(signIn.setUp(code, { name, password: PASSWORD }, HOME))),
  );
  assert.deepEqual(outcomes.sort(), ["ok", "set up"]);
  assert.equal(users.size, 1);
});

Deno.test("guesses at the set-up code are slowed down, wherever they come from", async () => {
  using fixture = openFixture();
  const { signIn } = fixture.access;
  const outcomes: string[] = [];
  for (let i = 0; i < 8; i++) {
    outcomes.push(
      await outcome(signIn.setUp("no", { name: "eve", password: PASSWORD }, `198.51.100.${i}`)),
    );
  }
  assert.deepEqual(outcomes, [...Array(5).fill("bad credentials"), ...Array(3).fill("locked")]);
});

Deno.test("signIn() gives each sign-in a session of its own and ends the one before", async () => {
  using fixture = await openWithAdmin();
  const { signIn } = fixture.access;
  const one = await sign(fixture);
  const two = await signIn.signIn({ name: "ADA", password: PASSWORD }, HOME, one.cookie);
  assert.notEqual(one.cookie, two.cookie);
  assert.notEqual(one.session.csrf, two.session.csrf);
  assert.equal(signIn.session(one.cookie), undefined);
  assert.equal(signIn.session(two.cookie)?.user.name, "ada");
  signIn.signOut(two.cookie);
  assert.equal(signIn.session(two.cookie), undefined);
});

Deno.test("a cookie nobody was given is no session, and none is made of it", async () => {
  using fixture = await openWithAdmin();
  const { signIn } = fixture.access;
  const fixed = "A".repeat(43);
  const { cookie } = await signIn.signIn({ name: "ada", password: PASSWORD }, HOME, fixed);
  assert.notEqual(cookie, fixed);
  for (const bad of [fixed, "", cookie + "A", "x".repeat(1 << 20)]) {
    assert.equal(signIn.session(bad), undefined);
  }
});

Deno.test("sessions end after rest, after a day's work, and with their user", async () => {
  using fixture = await openWithAdmin();
  const { access, clock, database } = fixture;
  const idle = await sign(fixture);
  clock.advance(30 * 60_000);
  assert.equal(access.signIn.session(idle.cookie), undefined);
  const busy = await sign(fixture);
  for (let i = 0; i < 12 * 6 - 1; i++) {
    clock.advance(10 * 60_000);
    assert.ok(access.signIn.session(busy.cookie), `${i}`);
  }
  clock.advance(10 * 60_000);
  assert.equal(access.signIn.session(busy.cookie), undefined);
  await access.users.create({ name: "bob", role: "viewer", password: PASSWORD }, CONSOLE);
  const bob = await sign(fixture, PASSWORD, HOME, "bob");
  access.users.remove("bob", CONSOLE);
  assert.equal(access.signIn.session(bob.cookie), undefined);
  const left = await sign(fixture);
  clock.advance(31 * 60_000);
  access.signIn.tidy();
  assert.equal(access.signIn.session(left.cookie), undefined);
  assert.ok(database.user("ada")?.lastLogin);
});

Deno.test("a change of role holds for sessions that are open", async () => {
  using fixture = await openWithAdmin();
  const { access } = fixture;
  await access.users.create({ name: "bob", role: "admin", password: PASSWORD }, CONSOLE);
  const { cookie } = await sign(fixture, PASSWORD, HOME, "bob");
  await access.users.change("bob", { role: "viewer" }, CONSOLE);
  assert.equal(access.signIn.session(cookie)?.user.role, "viewer");
});

Deno.test("a user has a bounded number of sessions, the newest", async () => {
  using fixture = await openWithAdmin();
  const first = await sign(fixture);
  for (let i = 0; i < 20; i++) {
    fixture.clock.advance(1);
    await sign(fixture);
  }
  assert.equal(fixture.access.signIn.session(first.cookie), undefined);
});

Deno.test("guesses at a password are slowed down, whoever is asked for", async () => {
  using fixture = await openWithAdmin();
  for (const name of ["ada", "nobody"]) {
    const outcomes: string[] = [];
    for (let i = 0; i < 7; i++) {
      outcomes.push(await outcome(sign(fixture, "wrong", `198.51.100.${i}`, name)));
    }
    const expected = [...Array(5).fill("bad credentials"), "locked", "locked"];
    assert.deepEqual(outcomes, expected, name);
  }
  assert.equal(await outcome(sign(fixture)), "locked", "the right password has to wait as well");
  fixture.clock.advance(1000);
  assert.equal(await outcome(sign(fixture)), "ok");
  const refused = fixture.entries.filter(({ kind }) => kind === "refusal");
  assert.equal(refused.length, 10, "attempts that had to wait are not written down");
});

Deno.test("one source cannot try one password on many users", async () => {
  using fixture = await openWithAdmin();
  const outcomes: string[] = [];
  for (let i = 0; i < 12; i++) {
    // one customer's IPv6 network
    outcomes.push(await outcome(sign(fixture, "wrong", `2001:db8::${i}`, `user${i}`)));
  }
  assert.deepEqual(outcomes, [...Array(10).fill("bad credentials"), "locked", "locked"]);
  assert.equal(await outcome(sign(fixture, PASSWORD, "2001:db8:0:1::1")), "ok");
});

Deno.test("many attempts at once are no way around the wait", async () => {
  using fixture = await openWithAdmin();
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, i) => outcome(sign(fixture, "wrong", `198.51.100.${i}`))),
  );
  assert.equal(outcomes.filter((one) => one === "bad credentials").length, 5);
});

Deno.test("others cannot lock a user out of where they have signed in before", async () => {
  using fixture = await openWithAdmin();
  await sign(fixture);
  for (let i = 0; i < 9; i++) await outcome(sign(fixture, "wrong", `198.51.100.${i}`));
  assert.equal(await outcome(sign(fixture, PASSWORD, "203.0.113.9")), "locked");
  assert.equal(await outcome(sign(fixture)), "ok");
});

Deno.test("a right password does not make a source's other guesses undone", async () => {
  using fixture = await openWithAdmin();
  const outcomes: string[] = [];
  for (let i = 0; i < 12; i++) {
    await outcome(sign(fixture));
    outcomes.push(await outcome(sign(fixture, "wrong", HOME, `victim${i}`)));
  }
  assert.ok(outcomes.includes("locked"), outcomes.join());
});

Deno.test("hostile names and passwords are refused like any other", async () => {
  using fixture = await openWithAdmin();
  const hostile = ["", "\0", "ada\0", "' OR 1=1 --", "x".repeat(1 << 20), "\ud800", "constructor"];
  for (const [i, name] of hostile.entries()) {
    assert.equal(await outcome(sign(fixture, "wrong", `203.0.113.${i}`, name)), "bad credentials");
    assert.equal(
      await outcome(sign(fixture, name, `198.51.100.${i}`, `n${i}`)),
      "bad credentials",
    );
  }
});

Deno.test("confirm() takes the present password only, and slows down guesses", async () => {
  using fixture = await openWithAdmin();
  const { signIn } = fixture.access;
  assert.equal(await outcome(signIn.confirm("ada", PASSWORD, HOME)), "ok");
  const outcomes: string[] = [];
  for (let i = 0; i < 6; i++) outcomes.push(await outcome(signIn.confirm("ada", "wrong", HOME)));
  assert.deepEqual(outcomes, [...Array(5).fill("bad credentials"), "locked"]);
});

Deno.test("a record of another cost is made anew at the next sign-in", async () => {
  using fixture = await openWithAdmin();
  const { Passwords } = await import("./password.ts");
  fixture.database.setPassword("ada", await new Passwords({ n: 3, r: 8, p: 1 }).hash(PASSWORD));
  await sign(fixture);
  assert.match(fixture.database.user("ada")!.password, /^scrypt\$4\$/);
  assert.equal(await outcome(sign(fixture)), "ok");
});
