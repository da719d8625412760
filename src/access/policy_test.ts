import assert from "node:assert/strict";
import { bearerToken, ControlGuard, OPEN_GUARD } from "./guard.ts";
import { actorOf, decide, permissionsOf } from "./policy.ts";
import { ANONYMOUS, type Permission, type Subject } from "./types.ts";

const SUBJECTS: readonly (readonly [Subject, string])[] = [
  [ANONYMOUS, ""],
  [{ kind: "user", name: "v", role: "viewer" }, "read"],
  [{ kind: "user", name: "o", role: "operator" }, "operate read"],
  [{ kind: "user", name: "a", role: "admin" }, "admin operate read"],
  [{ kind: "token", name: "n", scopes: ["ng"] }, "ng"],
  [{ kind: "token", name: "r", scopes: ["read"] }, "read"],
  [{ kind: "token", name: "nr", scopes: ["ng", "read"] }, "ng read"],
  [{ kind: "token", name: "a", scopes: ["admin"] }, "admin ng operate read"],
  [{ kind: "certificate", name: "sip" }, "ng read"],
  [{ kind: "console" }, "admin ng operate read"],
];

Deno.test("permissionsOf() gives each subject exactly its permissions", () => {
  for (const [subject, expected] of SUBJECTS) {
    assert.equal([...permissionsOf(subject)].sort().join(" "), expected, actorOf(subject));
  }
});

Deno.test("decide() tells who is not known from who may not", () => {
  for (const [subject, expected] of SUBJECTS) {
    for (const needed of ["ng", "read", "operate", "admin"] as const) {
      const decision = expected.split(" ").includes(needed)
        ? "allow"
        : subject.kind === "anonymous"
        ? "unauthenticated"
        : "forbidden";
      assert.equal(decide(subject, needed), decision, `${actorOf(subject)} ${needed}`);
    }
    assert.equal(decide(subject, "none"), "allow");
    const known = subject.kind === "anonymous" ? "unauthenticated" : "allow";
    assert.equal(decide(subject, "known"), known);
  }
});

Deno.test("ControlGuard.grant() demands nothing where nothing is demanded", () => {
  const grant = OPEN_GUARD.grant({ token: "nonsense" }, "admin");
  assert.ok(grant.allowed);
  assert.equal(grant.subject, ANONYMOUS);
});

Deno.test("ControlGuard.grant() takes tokens and certificates, and says what is wrong", () => {
  const guard = new ControlGuard({
    demands: true,
    identify: (token) =>
      token === "good" ? { kind: "token", name: "t", scopes: ["ng"] } : undefined,
  });
  const because = (presented: Parameters<typeof guard.grant>[0], needed: Permission) => {
    const grant = guard.grant(presented, needed);
    return grant.allowed ? "allow" : grant.because;
  };
  assert.equal(because({}, "ng"), "unauthenticated");
  assert.equal(because({ token: "bad" }, "ng"), "unauthenticated");
  assert.equal(because({ token: "good" }, "ng"), "allow");
  assert.equal(because({ token: "good" }, "admin"), "forbidden");
  assert.equal(because({ certificate: "proxy" }, "ng"), "allow");
  assert.equal(because({ certificate: "proxy" }, "admin"), "forbidden");
  assert.equal(because({ token: "bad", certificate: "proxy" }, "ng"), "unauthenticated");
});

Deno.test("ControlGuard asks anew whether anything is demanded", () => {
  let demands = false;
  const guard = new ControlGuard({ demands: () => demands });
  assert.equal(guard.grant({}, "ng").allowed, true);
  demands = true;
  assert.equal(guard.grant({}, "ng").allowed, false);
});

Deno.test("a guard without tokens refuses every token", () => {
  const guard = new ControlGuard({ demands: true });
  assert.equal(
    guard.grant({ token: `rtpe_${"0".repeat(12)}_${"A".repeat(43)}` }, "ng").allowed,
    false,
  );
});

Deno.test("bearerToken() reads one scheme only", () => {
  assert.equal(bearerToken("Bearer abc"), "abc");
  assert.equal(bearerToken("bearer   abc "), "abc");
  for (
    const bad of [undefined, "", "Basic abc", "Bearer", "Bearer a b", `Bearer ${"x".repeat(300)}`]
  ) {
    assert.equal(bearerToken(bad), undefined, String(bad));
  }
});
