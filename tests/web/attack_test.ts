import assert from "node:assert/strict";
import { rawHttp, StreamClient } from "../ng/clients.ts";
import { OPERATIONS } from "../../src/web/mod.ts";
import { type Ask, cookieOf, PASSWORD, pathOf, USERS, WebRig } from "./rig.ts";

function attempt(rig: WebRig, name: string, password: string) {
  return rig.ask("/session", { method: "POST", body: { name, password } });
}

Deno.test("brute force: the sixth guess has to wait, and so has the right password", async () => {
  await using rig = await WebRig.open();
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) statuses.push((await attempt(rig, USERS.admin, `wrong ${i}`)).status);
  assert.deepEqual(statuses, [401, 401, 401, 401, 401, 429]);
  const locked = await attempt(rig, USERS.admin, PASSWORD);
  assert.equal(locked.status, 429);
  assert.equal(locked.json.error.code, "locked");
  assert.equal(locked.headers.get("retry-after"), "1");
  rig.clock.advance(1000);
  assert.equal((await attempt(rig, USERS.admin, PASSWORD)).status, 201);
});

Deno.test("brute force: a hundred guesses at once are five guesses", async () => {
  await using rig = await WebRig.open();
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => attempt(rig, USERS.admin, `wrong ${i}`)),
  );
  assert.equal(answers.filter(({ status }) => status === 401).length, 5);
  assert.equal(answers.filter(({ status }) => status === 429).length, 95);
});

Deno.test("brute force: answers do not tell whether there is such a user", async () => {
  await using rig = await WebRig.open();
  const known = await attempt(rig, USERS.admin, "wrong");
  const unknown = await attempt(rig, "nobody", "wrong");
  assert.deepEqual([unknown.status, unknown.json], [known.status, known.json]);
});

Deno.test("session fixation: a cookie from outside never becomes a session", async () => {
  await using rig = await WebRig.open();
  const fixed = "F".repeat(43);
  const before = await rig.signIn(USERS.admin);
  for (const former of [fixed, before.cookie]) {
    const answer = await rig.ask("/session", {
      method: "POST",
      body: { name: USERS.admin, password: PASSWORD },
      cookie: former,
    });
    assert.equal(answer.status, 201);
    assert.notEqual(cookieOf(answer), former);
    assert.equal((await rig.ask("/status", { cookie: former })).status, 401);
  }
});

Deno.test("the cookie is for this host over TLS, out of reach of scripts and other sites", async () => {
  await using rig = await WebRig.open();
  const answer = await attempt(rig, USERS.admin, PASSWORD);
  assert.match(
    answer.headers.get("set-cookie") ?? "",
    /^__Host-rtpedge=[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
  );
});

Deno.test("two cookies of our name are none", async () => {
  await using rig = await WebRig.open();
  const { cookie } = await rig.signIn(USERS.admin);
  const headers = { Cookie: `__Host-rtpedge=${cookie}; __Host-rtpedge=${cookie}` };
  assert.equal((await rig.ask("/status", { headers })).status, 401);
});

Deno.test("CSRF: no change without the session's own secret", async () => {
  await using rig = await WebRig.open();
  const [admin, other] = [await rig.signIn(USERS.admin), await rig.signIn(USERS.admin)];
  const changes = OPERATIONS.filter(({ method, needs }) => method !== "get" && needs !== "none");
  assert.ok(changes.length >= 7);
  const wrong: Ask[] = [{}, { csrf: "" }, { csrf: other.csrf }, { csrf: `${admin.csrf}x` }];
  for (const operation of changes) {
    for (const ask of wrong) {
      const answer = await rig.ask(pathOf(operation, USERS.viewer), {
        method: operation.method.toUpperCase(),
        cookie: admin.cookie,
        ...(operation.body === undefined ? {} : { body: {} }),
        ...ask,
      });
      assert.equal(answer.json?.error?.code, "csrf", `${operation.id} ${JSON.stringify(ask)}`);
      rig.clock.advance(1000);
    }
  }
  assert.equal(rig.access.users.size, 3);
});

Deno.test("CSRF: pages of other sites are refused before anything else", async () => {
  await using rig = await WebRig.open();
  const admin = await rig.signIn(USERS.admin);
  for (
    const headers of [
      { "Origin": "https://evil.example" },
      { "Origin": "null" },
      { "Sec-Fetch-Site": "cross-site" },
      { "Sec-Fetch-Site": "same-site" },
    ]
  ) {
    const response = await rig.fetch("/api/v1/session", {
      method: "POST",
      body: JSON.stringify({ name: USERS.admin, password: PASSWORD }),
      headers: { "Content-Type": "application/json", ...headers } as Record<string, string>,
    });
    assert.equal(response.status, 403, JSON.stringify(headers));
    await response.body?.cancel();
    const read = await rig.fetch("/api/v1/users", {
      headers: { Cookie: `__Host-rtpedge=${admin.cookie}`, ...headers } as Record<string, string>,
    });
    assert.equal(read.status, 403);
    assert.equal(read.headers.get("access-control-allow-origin"), null);
    await read.body?.cancel();
  }
});

Deno.test("CSRF: forms and texts are no JSON", async () => {
  await using rig = await WebRig.open();
  for (
    const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
  ) {
    const answer = await rig.ask("/session", {
      method: "POST",
      body: { name: USERS.admin, password: PASSWORD },
      headers: { "Content-Type": type },
    });
    assert.equal(answer.status, 415, type);
  }
});

Deno.test("clients that are not this host need TLS for the admin API", async () => {
  await using rig = await WebRig.open();
  const { address, port } = rig.at("http");
  const response = await fetch(`http://${address}:${port}/api/v1/session`);
  assert.equal(response.status, 200, "this host may");
  await response.body?.cancel();
});

Deno.test("bodies that are too long, broken or hostile are refused", async () => {
  await using rig = await WebRig.open();
  const post = async (body: string): Promise<number> => {
    const response = await rig.fetch("/api/v1/session", {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json" },
    });
    const { error } = await response.json();
    assert.ok(error.message && error.hint && error.code);
    return response.status;
  };
  assert.equal(await post("x".repeat(70_000)), 413);
  assert.equal(await post(""), 400);
  assert.equal(await post("{"), 400);
  assert.equal(await post("[".repeat(60_000)), 400);
  assert.equal(await post("[".repeat(30_000) + "]".repeat(30_000)), 422);
  assert.equal(await post("null"), 422);
  assert.equal(await post('{"name":"ada"}'), 422);
  assert.equal(await post('{"name":"ada","password":"x","role":"admin"}'), 422);
  assert.equal(await post('{"name":{"$ne":""},"password":{"$ne":""}}'), 422);
  assert.equal(await post(`{"name":"${"a".repeat(65)}","password":"x"}`), 422);
  assert.equal(await post('{"__proto__":{"name":"ada"},"name":"ada","password":"x"}'), 422);
  assert.equal(await post('{"name":"a\\u0000da","password":"\\ud800"}'), 401);
});

Deno.test("a body longer than it says, and one that never ends, are given up", async () => {
  await using rig = await WebRig.open({ limits: { receiveTimeout: 300 } });
  const head =
    "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  const chunked = await rawHttp(
    rig.at("http"),
    `${head}Transfer-Encoding: chunked\r\n\r\n` + "1000\r\n" + "x".repeat(0x1000) + "\r\n" +
      ("1000\r\n" + "x".repeat(0x1000) + "\r\n").repeat(20),
  );
  assert.match(chunked, /^HTTP\/1\.1 413 /);
  assert.match(chunked, /connection: close/i);
  using slow = await StreamClient.connect(rig.at("http"));
  await slow.send(`${head}Content-Length: 100\r\n\r\n{`);
  await slow.readAll();
});

Deno.test("headers that never end are given up", async () => {
  await using rig = await WebRig.open({ limits: { receiveTimeout: 300 } });
  using slow = await StreamClient.connect(rig.at("http"));
  await slow.send("GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nX: ");
  const answer = await slow.readAll();
  assert.doesNotMatch(answer, /^HTTP\/1\.1 200/);
  const huge = await rawHttp(
    rig.at("http"),
    `GET /api/v1/session HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(70_000)}\r\n\r\n`,
  );
  assert.match(huge, /^HTTP\/1\.1 4\d\d /);
});

Deno.test("path traversal: no path leads out of what there is, however it is written", async () => {
  await using rig = await WebRig.open();
  const { cookie } = await rig.signIn(USERS.admin);
  const up = [
    "..",
    "%2e%2e",
    "%2E.",
    "..%2f..",
    "..%5c..",
    "..;",
    "%252e%252e",
    "..%00",
    "%c0%ae%c0%ae",
  ];
  const roots = ["/ui/assets", "/ui", "/ui/calls", "/ui/system/history", "/api/v1/captures", ""];
  for (const root of roots) {
    for (const step of up) {
      const path = `${root}/${`${step}/`.repeat(6)}etc/passwd`;
      // as it stands: a client of ours would tidy it up first
      const answer = await rawHttp(
        rig.at("http"),
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: __Host-rtpedge=${cookie}\r\n` +
          "Connection: close\r\n\r\n",
      );
      assert.match(answer, /^HTTP\/1\.1 4\d\d /, path);
      assert.doesNotMatch(answer, /root:|daemon:/, path);
    }
    rig.clock.advance(5000);
  }
});

Deno.test("nothing from a request becomes a header or a line of the log", async () => {
  await using rig = await WebRig.open();
  const evil = "a%0d%0aSet-Cookie:%20x=y";
  const admin = await rig.signIn(USERS.admin);
  for (const path of [`/users/${evil}`, `/calls/${evil}`, `/${evil}`, `/calls?search=${evil}`]) {
    const answer = await rig.ask(path, { ...admin });
    assert.equal(answer.headers.get("set-cookie"), null, path);
  }
  await attempt(rig, "eve\r\nadmin signed in", "x");
  const [entry] = rig.access.audit.read({ limit: 1 });
  assert.doesNotMatch(entry?.target ?? "", /[\r\n]/);
});

Deno.test("secrets are in no answer, no audit entry and no log", async () => {
  await using rig = await WebRig.open();
  const admin = await rig.signIn(USERS.admin);
  const secret = "very secret passphrase";
  await rig.ask("/users", {
    method: "POST",
    ...admin,
    body: { name: "new", role: "viewer", password: secret },
  });
  const token = await rig.ask("/tokens", {
    method: "POST",
    ...admin,
    body: { name: "t", scopes: ["ng"] },
  });
  const text: string = token.json.text;
  const seen = JSON.stringify([
    (await rig.ask("/users", admin)).json,
    (await rig.ask("/tokens", admin)).json,
    (await rig.ask("/audit", admin)).json,
    rig.logs,
  ]);
  for (const hidden of [secret, text, text.slice(-43), admin.cookie, "scrypt$"]) {
    assert.ok(!seen.includes(hidden), hidden);
  }
});

Deno.test("a flood of requests from one address is slowed down", async () => {
  await using rig = await WebRig.open();
  const statuses: number[] = [];
  for (let i = 0; i < 13; i++) {
    const batch = Array.from({ length: 20 }, async () => (await rig.ask("/session")).status);
    statuses.push(...await Promise.all(batch));
  }
  assert.equal(statuses.filter((status) => status === 200).length, 200);
  assert.equal(statuses.filter((status) => status === 429).length, 60);
  rig.clock.advance(1000);
  assert.equal((await rig.ask("/session")).status, 200);
});

Deno.test("every answer has strict headers", async () => {
  await using rig = await WebRig.open();
  for (const path of ["/session", "/users", "/nothing", "/openapi.json"]) {
    const { headers } = await rig.ask(path);
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.equal(headers.get("x-frame-options"), "DENY");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("access-control-allow-origin"), null);
  }
});

Deno.test("DNS rebinding: names that are not ours are refused everywhere", async () => {
  await using rig = await WebRig.open({ hosts: ["relay.example.com"] });
  const get = (path: string, host: string, more = "") =>
    rawHttp(
      rig.at("http"),
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`,
    );
  for (const path of ["/ping", "/metrics", "/cli/list", "/api/v1/session"]) {
    assert.match(await get(path, "evil.example:2225"), /^HTTP\/1\.1 421 /, path);
    assert.match(await get(path, "relay.example.com"), /^HTTP\/1\.1 200 /, path);
    assert.match(await get(path, "127.0.0.1:2225"), /^HTTP\/1\.1 200 /, path);
  }
  const upgrade = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ng.rtpengine.com\r\n";
  const answer = await rawHttp(
    rig.at("http"),
    `GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: Upgrade\r\n${upgrade}\r\n`,
  );
  assert.match(answer, /^HTTP\/1\.1 421 /);
});

Deno.test("names of files come from calls, and are no headers", async () => {
  await using rig = await WebRig.open();
  const id = rig.call('a"\r\nSet-Cookie: x=y; ../../etc/passwd', { "from-tag": "t" });
  const admin = await rig.signIn(USERS.admin);
  const post = (path: string, body?: unknown) =>
    rig.ask(path, { method: "POST", ...admin, ...(body === undefined ? {} : { body }) });
  const { json } = await post(`/calls/${encodeURIComponent(id)}/capture`, {});
  const { headers } = await post(`/captures/${json.id}/file`);
  assert.equal(headers.get("set-cookie"), null);
  assert.match(
    headers.get("content-disposition") ?? "",
    /^attachment; filename="call-[A-Za-z0-9._-]+\.pcapng"$/,
  );
  assert.doesNotMatch(headers.get("content-disposition") ?? "", /\.\.\/|\//);
});

Deno.test("tails of the log are few, and those who leave make room", async () => {
  await using rig = await WebRig.open();
  const token = rig.token("read");
  const open = async () => {
    rig.clock.advance(1000);
    return await rig.fetch("/api/v1/logs/stream", {
      headers: { Authorization: `Bearer ${token}` },
    });
  };
  const tails: Response[] = [];
  for (let i = 0; i < 32; i++) tails.push(await open());
  assert.ok(tails.every(({ status }) => status === 200));
  const refused = await open();
  assert.equal(refused.status, 503);
  await refused.body?.cancel();
  for (const { body } of tails) await body?.cancel();
  for (let i = 0; i < 50; i++) {
    const again = await open();
    await again.body?.cancel();
    if (again.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail("nobody is let in again");
});
