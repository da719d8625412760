import { Validator } from "@seriousme/openapi-schema-validator";
import assert from "node:assert/strict";
import { OPERATIONS } from "../../src/web/mod.ts";
import { buildRtp } from "../support/mod.ts";
import { type Answer, AUDIO, PASSWORD, USERS, WebRig } from "./rig.ts";

/** The answer is what the operation says it is. */
function checked(id: string, answer: Answer): Answer["json"] {
  const operation = OPERATIONS.find((one) => one.id === id);
  assert.ok(operation, id);
  const expected = operation.status ?? (operation.response === undefined ? 204 : 200);
  assert.equal(answer.status, expected, JSON.stringify(answer.json));
  return operation.response?.parse(answer.json, id);
}

Deno.test("the first administrator is set up with the code, once, and is signed in", async () => {
  await using rig = await WebRig.open({ fresh: true });
  assert.equal(checked("getSession", await rig.ask("/session")).needsSetup, true);
  const code = rig.access.signIn.setupCode!;
  const setUp = (given: string, password = PASSWORD) =>
    rig.ask("/setup", { method: "POST", body: { code: given, name: "ada", password } });
  assert.equal((await setUp("0000-0000-0000")).status, 401);
  const weak = await setUp(code, "short");
  assert.deepEqual([weak.status, weak.json.error.code], [422, "weak_password"]);
  const session = checked("setUp", await setUp(code));
  assert.deepEqual([session.role, session.needsSetup], ["admin", false]);
  assert.equal((await setUp(code)).status, 409);
});

Deno.test("users are added, changed and removed, and the audit log says so", async () => {
  await using rig = await WebRig.open();
  const admin = await rig.signIn(USERS.admin);
  const user = { name: "bob", role: "viewer", password: PASSWORD };
  const make = () => rig.ask("/users", { method: "POST", ...admin, body: user });
  checked("createUser", await make());
  assert.equal((await make()).status, 409);
  const change = { method: "PATCH", ...admin, body: { role: "operator" } };
  assert.equal(checked("changeUser", await rig.ask("/users/bob", change)).role, "operator");
  assert.equal(checked("listUsers", await rig.ask("/users", admin)).length, 4);
  checked("removeUser", await rig.ask("/users/bob", { method: "DELETE", ...admin }));
  assert.equal((await rig.ask("/users/bob", { method: "DELETE", ...admin })).status, 404);
  const last = await rig.ask(`/users/${USERS.admin}`, { method: "DELETE", ...admin });
  assert.equal(last.json.error.code, "last_admin");
  const audit = checked("readAudit", await rig.ask("/audit?kind=change&limit=3", admin));
  assert.deepEqual(
    audit.map((
      entry: Record<string, unknown>,
    ) => [entry["actor"], entry["address"], entry["action"]]),
    ["user.remove", "user.role", "user.create"].map((action) => ["user ada", "127.0.0.1", action]),
  );
  assert.deepEqual(audit[1].before, { role: "viewer" });
  assert.deepEqual(audit[1].after, { role: "operator" });
});

Deno.test("one changes one's own password with the present one, and stays signed in", async () => {
  await using rig = await WebRig.open();
  const [here, elsewhere] = [await rig.signIn(USERS.viewer), await rig.signIn(USERS.viewer)];
  const next = "quite another passphrase";
  const change = (present: string) =>
    rig.ask("/session/password", { method: "POST", ...here, body: { present, password: next } });
  assert.equal((await change("wrong")).status, 401);
  checked("changeOwnPassword", await change(PASSWORD));
  assert.equal((await rig.ask("/status", here)).status, 200);
  assert.equal((await rig.ask("/status", elsewhere)).status, 401);
  const again = await rig.ask("/session", {
    method: "POST",
    body: { name: USERS.viewer, password: next },
  });
  assert.equal(again.status, 201);
});

Deno.test("a token is made, listed, used and revoked", async () => {
  await using rig = await WebRig.open();
  const admin = await rig.signIn(USERS.admin);
  const body = { name: "prometheus", scopes: ["read"] };
  const made = checked("createToken", await rig.ask("/tokens", { method: "POST", ...admin, body }));
  assert.equal((await rig.ask("/status", { token: made.text })).status, 200);
  const [listed] = checked("listTokens", await rig.ask("/tokens", admin));
  assert.equal(listed.createdBy, "user ada");
  assert.ok(listed.lastUsed > 0);
  const revoke = { method: "DELETE", ...admin };
  checked("revokeToken", await rig.ask(`/tokens/${made.token.id}`, revoke));
  assert.equal((await rig.ask("/status", { token: made.text })).status, 401);
});

Deno.test("calls are listed, searched and paged", async () => {
  await using rig = await WebRig.open();
  for (let i = 0; i < 25; i++) rig.call(`call-${i}`, { "from-tag": `tag-${i}`, label: `l${i}` });
  const token = rig.token("read");
  const list = async (query: string) =>
    checked("listCalls", await rig.ask(`/calls${query}`, { token }));
  const ids = (page: { calls: { id: string }[] }) => page.calls.map(({ id }) => id);
  assert.equal((await list("")).total, 25);
  assert.deepEqual(ids(await list("?limit=2")), ["call-24", "call-23"]);
  assert.deepEqual(ids(await list("?limit=2&offset=3&sort=oldest")), ["call-3", "call-4"]);
  assert.deepEqual(ids(await list("?search=TAG-7")), ["call-7"]);
  assert.deepEqual(ids(await list("?search=l13")), ["call-13"]);
  assert.equal((await list("?search=198.51.100.1")).total, 25);
  assert.equal((await list("?search=PCMA")).total, 25);
  assert.equal((await list("?search=nothing")).total, 0);
  assert.equal((await list("?state=foreign")).total, 0);
  for (
    const bad of [
      "?limit=0",
      "?limit=501",
      "?limit=x",
      "?offset=-1",
      "?sort=up",
      "?sort=-mos,,id",
      "?sort=id,id,id,id,id",
      "?problem=all",
      "?forwarder=nobody",
      "?lossOver=101",
      "?lossOver=x",
      "?x=1",
      "?limit=1&limit=2",
    ]
  ) {
    assert.equal((await rig.ask(`/calls${bad}`, { token })).status, 422, bad);
  }
});

Deno.test("calls are sorted by several columns and filtered by what is wrong with them", async () => {
  await using rig = await WebRig.open();
  const { bench } = rig;
  const pass = (ms: number) => [rig.clock, bench.clock].forEach((clock) => clock.advance(ms));
  /** An answered call, and how its parties send packets with these sequence numbers. */
  const call = (id: string) => {
    const offered = bench.offer(AUDIO, { "call-id": id });
    const answered = bench.answer(AUDIO.replace("4000", "5000"), { "call-id": id });
    return (party: "a" | "b", ...sequences: number[]) => {
      const [reply, port] = party === "a" ? [answered, 4000] : [offered, 5000];
      for (const sequence of sequences) {
        const payload = new Uint8Array(160);
        const packet = buildRtp({ payloadType: 8, sequence, timestamp: 0, ssrc: port, payload });
        const source = { family: 4, address: "198.51.100.1", port } as const;
        bench.engine.inject(bench.slot(reply), packet, source);
      }
    };
  };
  call("quiet");
  const fine = call("fine");
  const half = call("half");
  pass(20_000);
  fine("a", 1, 2, 3, 4);
  fine("b", 1, 2, 3, 4);
  half("a", 1, 2);
  const lossy = call("lossy");
  lossy("a", 1, 2, 3, 8);
  lossy("b", 1, 2, 3, 4);
  call("young");
  const token = rig.token("read");
  const ids = async (query: string): Promise<string> => {
    const page = checked("listCalls", await rig.ask(`/calls?${query}`, { token }));
    return page.calls.map(({ id }: { id: string }) => id).join(" ");
  };
  assert.equal(await ids(""), "young lossy half fine quiet");
  assert.equal(await ids("sort=started"), "quiet fine half lossy young");
  assert.equal(await ids("sort=-duration"), "quiet fine half lossy young");
  assert.equal(await ids("sort=id"), "fine half lossy quiet young");
  assert.equal(await ids("sort=-packets,id"), "fine lossy half quiet young");
  assert.equal(await ids("sort=packets,-id"), "young quiet half lossy fine");
  assert.equal(await ids("sort=-loss,started"), "lossy fine half quiet young");
  assert.equal(await ids("sort=-parties,from,state,-id"), "young quiet lossy half fine");
  assert.equal(await ids("sort=id&limit=2&offset=1"), "half lossy");
  assert.equal(await ids("lossOver=33"), "lossy");
  assert.equal(await ids("lossOver=34"), "");
  assert.equal(await ids("lossOver=0"), "lossy");
  assert.equal(await ids("problem=no-media"), "quiet");
  assert.equal(await ids("problem=one-way"), "half");
  pass(10_001);
  assert.equal(await ids("problem=no-media"), "young lossy half fine quiet");
  assert.equal(await ids("forwarder=core&limit=1"), "young");
  assert.equal(await ids("forwarder=kernel"), "");
  const { calls: [row] } = checked(
    "listCalls",
    await rig.ask("/calls?search=lossy", { token }),
  );
  assert.deepEqual([row.packets, row.lost, row.forwarder, row.problem], [8, 4, "core", "no-media"]);
});

Deno.test("one call shows its graph and its streams, and can be ended", async () => {
  await using rig = await WebRig.open();
  const id = rig.call("a/b?c%d é@example", { "from-tag": "from" });
  const operator = await rig.signIn(USERS.operator);
  const path = `/calls/${encodeURIComponent(id)}`;
  const call = checked("getCall", await rig.ask(path, operator));
  assert.equal(call.summary.id, id);
  assert.deepEqual(call.parties.map(({ tag }: { tag: string }) => tag), ["from", ""]);
  assert.deepEqual(
    call.edges.map(({ from, to, type }: Record<string, unknown>) => [from, to, type]),
    [
      [1, 0, "offer/answer"],
      [0, 1, "offer/answer"],
    ],
  );
  const [media] = call.parties[1].medias;
  assert.equal(media.type, "audio");
  assert.ok(media.streams[0].local);
  assert.ok(media.streams[0].counters);
  assert.deepEqual(call.forwarding, { by: "core", reason: "no kernel table is in use; a test" });
  const viewer = await rig.signIn(USERS.viewer);
  assert.equal((await rig.ask(path, { method: "DELETE", ...viewer })).status, 403);
  assert.equal(rig.bench.service.registry.size, 1);
  checked("terminateCall", await rig.ask(path, { method: "DELETE", ...operator }));
  assert.equal(rig.bench.service.registry.size, 0);
  assert.equal((await rig.ask(path, operator)).status, 404);
  const [entry] = rig.access.audit.read({ limit: 1, kind: "change" });
  assert.deepEqual([entry?.actor, entry?.action, entry?.target], [
    "user otto",
    "call.terminate",
    id,
  ]);
});

Deno.test("status, health and configuration are what they say", async () => {
  await using rig = await WebRig.open();
  const token = rig.token("admin");
  checked("getStatus", await rig.ask("/status", { token }));
  checked("getHealth", await rig.ask("/health", { token }));
  checked("getConfiguration", await rig.ask("/configuration", { token }));
});

Deno.test("live numbers, history and clients are what they say", async () => {
  await using rig = await WebRig.open();
  const token = rig.token("read");
  assert.equal(checked("getLive", await rig.ask("/now", { token })).calls, 2);
  checked("listClients", await rig.ask("/clients", { token }));
  const all = checked("getHistory", await rig.ask("/history", { token }));
  assert.deepEqual([all.range, all.stepMs], ["5m", 1000]);
  const some = await rig.ask("/history?range=24h&fields=latency,mos,calls", { token });
  assert.deepEqual(some.json.fields, ["latency", "mos", "calls"]);
  assert.deepEqual(some.json.rows, [[rig.clock.wall() - 1000, 0.3333, null, 2]]);
  for (const bad of ["?range=1y", "?fields=calls,password", "?fields="]) {
    assert.equal((await rig.ask(`/history${bad}`, { token })).status, 422, bad);
  }
});

Deno.test("live numbers end with the session of who watches", async () => {
  await using rig = await WebRig.open();
  const viewer = await rig.signIn(USERS.viewer);
  const watch = () =>
    rig.fetch("/api/v1/live", { headers: { Cookie: `__Host-rtpedge=${viewer.cookie}` } });
  const response = await watch();
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const reader = response.body!.getReader();
  rig.hub.publish({ n: 0 });
  assert.equal(new TextDecoder().decode((await reader.read()).value), 'data: {"n":0}\n\n');
  await rig.ask("/session", { method: "DELETE", ...viewer });
  for (let n = 1; n <= 10; n++) rig.hub.publish({ n });
  let last = await reader.read();
  while (!last.done) last = await reader.read();
  assert.equal(rig.hub.size, 0);
  const again = await watch();
  assert.equal(again.status, 401);
  await again.body?.cancel();
});

Deno.test("the OpenAPI document has every operation, and its references lead somewhere", async () => {
  await using rig = await WebRig.open();
  const { json: document, headers } = await rig.ask("/openapi.json");
  assert.equal(headers.get("content-type"), "application/json");
  assert.match(document.openapi, /^3\.1\.\d$/);
  const seen: string[] = [];
  for (
    const [path, methods] of Object.entries<Record<string, Record<string, never>>>(document.paths)
  ) {
    for (const [method, operation] of Object.entries<Record<string, unknown>>(methods)) {
      seen.push(String(operation["operationId"]));
      const declared = OPERATIONS.find(({ id }) => id === operation["operationId"]);
      assert.deepEqual([declared?.path, declared?.method], [path, method]);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters = operation["parameters"] as {
        in: string;
        name: string;
        required: boolean;
      }[];
      const described = parameters.filter((parameter) => parameter.in === "path");
      assert.deepEqual(described.map(({ name }) => name), inPath, path);
      assert.ok(described.every(({ required }) => required));
      assert.ok(Object.keys(operation["responses"] as object).includes("default"));
    }
  }
  assert.deepEqual(seen.sort(), OPERATIONS.map(({ id }) => id).sort());
  for (const [, reference] of JSON.stringify(document).matchAll(/"\$ref":"#([^"]*)"/g)) {
    let at: unknown = document;
    for (const key of (reference ?? "").split("/").slice(1)) {
      at = (at as Record<string, unknown>)[key];
    }
    assert.ok(at, `${reference}`);
  }
});

Deno.test("the OpenAPI document is valid by the schema of OpenAPI 3.1", async () => {
  await using rig = await WebRig.open();
  const { json: document } = await rig.ask("/openapi.json");
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  assert.equal(valid, true, JSON.stringify(errors));
  assert.equal(validator.version, "3.1");
  // the validator is able to say no
  const broken = structuredClone(document);
  broken.paths["/session"].get.responses = { "200": { content: 5 } };
  assert.equal((await new Validator().validate(broken)).valid, false);
});
