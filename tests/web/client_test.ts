import assert from "node:assert/strict";
import { AdminClient, AdminError, NgClient, NgRefusal } from "../../src/client/mod.ts";
import { OPERATIONS } from "../../src/web/mod.ts";
import { WebRig } from "./rig.ts";
import { CONFIG_PATH } from "./upkeep_rig.ts";

const SDP = "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n" +
  "m=audio 4000 RTP/AVP 8\r\n";

/** Code blocks of the document. */
async function examples(): Promise<string[]> {
  const text = await Deno.readTextFile(new URL("../../docs/client.md", import.meta.url));
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code]) => code ?? "");
}

/** Runs an example as it stands. @returns what it prints */
async function play(rig: WebRig, code: string): Promise<string[]> {
  const printed: string[] = [];
  const console = { log: (...words: unknown[]) => void printed.push(words.map(String).join(" ")) };
  const { address, port } = rig.at("http");
  const given = {
    url: `http://${address}:${port}`,
    token: rig.token("admin"),
    offer: SDP,
    answer: SDP.replace("4000", "5000"),
    console,
    AdminClient,
    AdminError,
    NgClient,
    NgRefusal,
  };
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  await new AsyncFunction(...Object.keys(given), code)(...Object.values(given));
  return printed;
}

Deno.test("the examples of docs/client.md do what they say", async () => {
  await using rig = await WebRig.open({ guarded: true });
  const [call, look, configure, refusals, ...rest] = await examples();
  assert.deepEqual(rest, []);
  const [printed] = await play(rig, call!);
  assert.match(printed ?? "", /m=audio 30\d\d\d RTP\/AVP 8/);
  assert.equal(rig.bench.service.registry.size, 0);
  rig.call("call-2", { "from-tag": "alice" });
  rig.call("call-3", { "from-tag": "bob" });
  assert.deepEqual(await play(rig, look!), ["0.0.0 fake", "1 call-2 alice,"]);
  assert.deepEqual([...rig.bench.service.registry.calls()].map(({ callId }) => callId), ["call-3"]);
  assert.deepEqual(await play(rig, configure!), ["timeout 60 → 90 at once"]);
  assert.match(rig.upkeep.files.get(CONFIG_PATH) ?? "", /timeout = 90/);
  const [refused, unknown] = await play(rig, refusals!);
  assert.match(refused ?? "", /^401 the token is unknown or has ended sign in/);
  assert.equal(unknown, "Unknown call-id");
});

Deno.test("AdminClient manages users and tokens", async () => {
  await using rig = await WebRig.open();
  const { address, port } = rig.at("http");
  const client = new AdminClient({
    url: `http://${address}:${port}/some/path`,
    token: rig.token("admin"),
  });
  const user = { name: "bob", role: "viewer", password: "correct horse battery" } as const;
  assert.equal((await client.createUser(user)).role, "viewer");
  await assert.rejects(client.createUser(user), (error) => {
    assert.ok(error instanceof AdminError);
    assert.deepEqual([error.status, error.code], [409, "exists"]);
    return true;
  });
  assert.equal((await client.users()).length, 4);
  await client.removeUser("bob");
  const { token, text } = await client.createToken({ name: "t", scopes: ["ng"] });
  assert.ok(text.includes(token.id));
  assert.equal((await client.tokens()).length, 2);
  await client.revokeToken(token.id);
  assert.equal((await client.health()).level, "ok");
});

/** What only browsers do, and what has no end. */
const NOT_FOR_PROGRAMS = [
  "getSession",
  "setUp",
  "signIn",
  "signOut",
  "changeOwnPassword",
  "watchLive",
  "tailLog",
];

Deno.test("AdminClient has a method for every operation, at its path", async () => {
  const asked: string[] = [];
  const client = new AdminClient({
    url: "http://localhost",
    fetch(url, { method }) {
      asked.push(`${method} ${new URL(url).pathname}`);
      return Promise.resolve(new Response("{}"));
    },
  });
  const calls: readonly (() => Promise<unknown>)[] = [
    () => client.status(),
    () => client.health(),
    () => client.system(),
    () => client.now(),
    () => client.history("1h", ["calls"]),
    () => client.clients(),
    () => client.calls(),
    () => client.call("x"),
    () => client.terminate("x"),
    () => client.block("x", "media", true),
    () => client.ng({ command: "ping" }),
    () => client.startCapture("x"),
    () => client.captures(),
    () => client.capture("x"),
    () => client.stopCapture("x"),
    () => client.readCapture("x"),
    () => client.removeCapture("x"),
    () => client.logs(),
    () => client.logFile(),
    () => client.users(),
    () => client.createUser({ name: "x", role: "viewer", password: "" }),
    () => client.changeUser("x", {}),
    () => client.removeUser("x"),
    () => client.tokens(),
    () => client.createToken({ name: "x", scopes: ["ng"] }),
    () => client.revokeToken("x"),
    () => client.audit(),
    () => client.certificate(),
    () => client.uploadCertificate("x"),
    () => client.removeCertificate(),
    () => client.renewCertificate(),
    () => client.configuration(),
    () => client.configurationFile(),
    () => client.proposeConfiguration({}),
    () => client.applyConfiguration("", ""),
    () => client.revisions(),
    () => client.revision(1),
    () => client.revertConfiguration(1),
    () => client.allowLists(),
    () => client.changeAllowList("x", []),
    () => client.backup(),
    () => client.inspectBackup(""),
    () => client.restore("", []),
    () => client.supportBundle(),
  ];
  for (const call of calls) await call();
  const expected = OPERATIONS.filter(({ id }) => !NOT_FOR_PROGRAMS.includes(id))
    .map(({ method, path }) =>
      `${method.toUpperCase()} /api/v1${path.replace("{number}", "1").replace(/\{\w+\}/, "x")}`
    );
  assert.deepEqual(asked.toSorted(), expected.toSorted());
});

Deno.test("AdminClient reads logs, changes the configuration, and makes a backup", async () => {
  await using rig = await WebRig.open();
  const { address, port } = rig.at("http");
  const client = new AdminClient({ url: `http://${address}:${port}`, token: rig.token("admin") });
  const { version } = await client.configurationFile();
  const { text, changes } = await client.proposeConfiguration({
    changes: [{ name: "timeout", value: "75" }],
  });
  assert.deepEqual(changes.map(({ name, live }) => [name, live]), [["timeout", true]]);
  const { revision } = await client.applyConfiguration(text, version, "a test");
  assert.equal((await client.revisions())[0]?.comment, "a test");
  assert.match((await client.revision(revision)).text, /timeout = 75/);
  assert.equal((await client.audit({ limit: 1 }))[0]?.action, "configuration.apply");
  const backup = await client.backup();
  assert.equal((await client.inspectBackup(backup)).sealed, false);
  rig.upkeep.services.logs.add({
    time: 0,
    level: 4,
    subsystem: "core",
    callId: undefined,
    message: "hello",
    fields: {},
  });
  assert.equal((await client.logs({ level: "warning" })).entries[0]?.message, "hello");
  assert.match(await client.logFile(), /WARNING core: hello\n$/);
  assert.equal((await client.supportBundle()).length, 2);
});

Deno.test("a client gives up when nothing answers", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr as Deno.NetAddr;
  const client = new NgClient({ url: `http://127.0.0.1:${port}`, timeoutMs: 100 });
  await assert.rejects(client.ping(), /timed? ?out/i);
  silent.close();
  assert.throws(() => new NgClient({ url: "no url" }), TypeError);
});
