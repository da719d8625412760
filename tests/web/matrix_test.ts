import assert from "node:assert/strict";
import { OPERATIONS } from "../../src/web/mod.ts";
import { type Ask, CONSOLE, pathOf, USERS, WebRig } from "./rig.ts";

type Op = (typeof OPERATIONS)[number];
type Verdict = "allow" | "unauthenticated" | "forbidden";

/** Who may do what, written down apart from the program's own table. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  anonymous: ["none"],
  viewer: ["none", "known", "read"],
  operator: ["none", "known", "read", "operate"],
  admin: ["none", "known", "read", "operate", "admin"],
  "token ng": ["none", "known"],
  "token read": ["none", "known", "read"],
  "token ng and read": ["none", "known", "read"],
  "token admin": ["none", "known", "read", "operate", "admin"],
  "token expired": ["none"],
  "token revoked": ["none"],
  "token made up": ["none"],
  "session ended": ["none"],
  "session made up": ["none"],
  "scheme Basic": ["none"],
};

/** What each operation needs, written down apart from the program's own table. */
const NEEDS: Readonly<Record<string, string>> = {
  getSession: "none",
  setUp: "none",
  signIn: "none",
  signOut: "known",
  changeOwnPassword: "known",
  getStatus: "read",
  getHealth: "read",
  getConfiguration: "admin",
  listCalls: "read",
  getCall: "read",
  terminateCall: "operate",
  blockCall: "operate",
  sendNg: "admin",
  getLive: "read",
  watchLive: "read",
  getHistory: "read",
  listClients: "read",
  listUsers: "admin",
  createUser: "admin",
  changeUser: "admin",
  removeUser: "admin",
  listTokens: "admin",
  createToken: "admin",
  revokeToken: "admin",
  readAudit: "admin",
  startCapture: "operate",
  listCaptures: "operate",
  getCapture: "operate",
  stopCapture: "operate",
  readCapture: "operate",
  removeCapture: "operate",
  readLog: "read",
  tailLog: "read",
  downloadLog: "read",
  getCertificate: "admin",
  uploadCertificate: "admin",
  removeCertificate: "admin",
  renewCertificate: "admin",
  getConfigurationFile: "admin",
  proposeConfiguration: "admin",
  applyConfiguration: "admin",
  listRevisions: "admin",
  getRevision: "admin",
  revertConfiguration: "admin",
  listAllowLists: "admin",
  changeAllowList: "admin",
  makeBackup: "admin",
  inspectBackup: "admin",
  restoreBackup: "admin",
  makeSupportBundle: "admin",
  getSystem: "read",
};

async function credentials(rig: WebRig): Promise<Readonly<Record<string, Ask>>> {
  const create = (expires?: number) =>
    rig.access.tokens.create({ name: "x", scopes: ["admin"], expires }, CONSOLE);
  const ended = await rig.signIn(USERS.admin);
  rig.clock.advance(31 * 60_000);
  const [viewer, operator, admin] = [
    await rig.signIn(USERS.viewer),
    await rig.signIn(USERS.operator),
    await rig.signIn(USERS.admin),
  ];
  const expired = create(rig.clock.wall() + 1).text;
  rig.clock.advance(1);
  const revoked = create();
  rig.access.tokens.revoke(revoked.token.id, CONSOLE);
  return {
    anonymous: {},
    viewer,
    operator,
    admin,
    "token ng": { token: rig.token("ng") },
    "token read": { token: rig.token("read") },
    "token ng and read": { token: rig.token("ng", "read") },
    "token admin": { token: rig.token("admin") },
    "token expired": { token: expired },
    "token revoked": { token: revoked.text },
    "token made up": { token: `rtpe_${"0".repeat(12)}_${"A".repeat(43)}` },
    "session ended": ended,
    "session made up": { cookie: "A".repeat(43), csrf: "A".repeat(43) },
    // a good cookie does not make up for a header that is no good
    "scheme Basic": { ...admin, headers: { Authorization: "Basic YWRhOnBhc3M=" } },
  };
}

function verdictOf({ status, json }: Awaited<ReturnType<WebRig["ask"]>>): Verdict {
  const code = json?.error?.code;
  if (status === 401 && code === "unauthenticated") return "unauthenticated";
  if (status === 403 && code === "forbidden") return "forbidden";
  return "allow";
}

/** A body that is refused only after everything about the sender has been looked at. */
function harmless(operation: Op): Ask {
  const method = operation.method.toUpperCase();
  return operation.body === undefined ? { method } : { method, body: { "not": "an input" } };
}

Deno.test("every operation is in the matrix, and needs what the matrix says", () => {
  const declared = Object.fromEntries(OPERATIONS.map(({ id, needs }) => [id, needs]));
  assert.deepEqual(declared, NEEDS);
});

Deno.test("every operation with every credential does what the matrix says", async () => {
  await using rig = await WebRig.open();
  const all = await credentials(rig);
  assert.deepEqual(Object.keys(all).sort(), Object.keys(MAY).sort());
  let asked = 0;
  for (const operation of OPERATIONS) {
    // it would end the session the other operations need
    if (operation.id === "signOut") continue;
    for (const [who, credential] of Object.entries(all)) {
      const needs = NEEDS[operation.id]!;
      const expected: Verdict = MAY[who]!.includes(needs)
        ? "allow"
        : MAY[who]!.includes("known")
        ? "forbidden"
        : "unauthenticated";
      const path = pathOf(operation, "nothing-of-this-name");
      const answer = await rig.ask(path, { ...harmless(operation), ...credential });
      assert.ok(answer.status < 500, `${operation.id} as ${who}: ${rig.logs.at(-1)}`);
      assert.equal(verdictOf(answer), expected, `${operation.id} as ${who}`);
      if (expected !== "allow") {
        assert.ok(
          answer.json.error.message && answer.json.error.hint,
          `${operation.id}: what to do`,
        );
      }
      asked++;
      rig.clock.advance(100);
    }
  }
  assert.equal(asked, (OPERATIONS.length - 1) * Object.keys(MAY).length);
});

Deno.test("signing out needs to be signed in, and ends that session only", async () => {
  await using rig = await WebRig.open();
  const [one, two] = [await rig.signIn(USERS.viewer), await rig.signIn(USERS.viewer)];
  assert.equal((await rig.ask("/session", { method: "DELETE" })).status, 401);
  const out = await rig.ask("/session", { method: "DELETE", ...one });
  assert.equal(out.status, 204);
  assert.match(out.headers.get("set-cookie") ?? "", /^__Host-rtpedge=; .*Max-Age=0$/);
  assert.equal((await rig.ask("/status", one)).status, 401);
  assert.equal((await rig.ask("/status", two)).status, 200);
});

Deno.test("an unknown path is unknown to everybody alike", async () => {
  await using rig = await WebRig.open();
  const admin = await rig.signIn(USERS.admin);
  for (
    const path of ["/nothing", "/users/a/b", "/calls/", "/%2e%2e/%2e%2e/etc/x", "/..%2f..%2fx"]
  ) {
    const answers: string[] = [];
    for (const credential of [undefined, admin.cookie]) {
      const response = await rig.fetch(`/api/v1${path}`, {
        headers: credential === undefined ? {} : { Cookie: `__Host-rtpedge=${credential}` },
      });
      answers.push(`${response.status} ${await response.text()}`);
    }
    assert.match(answers[0] ?? "", /^404 /, path);
    assert.equal(answers[0], answers[1], path);
  }
});
