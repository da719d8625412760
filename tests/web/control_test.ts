import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import { makeAuthority } from "../ng/authority.ts";
import { rawHttp, SocketClient, StreamClient } from "../ng/clients.ts";
import { CONSOLE, WebRig } from "./rig.ts";

const PING = "d7:command4:pinge";
const PONG = "d6:result4:ponge";
const NG = "application/x-rtpengine-ng";

async function status(rig: WebRig, path: string, token?: string, body?: string): Promise<number> {
  const response = await rig.fetch(path, {
    method: body === undefined ? "GET" : "POST",
    ...(body === undefined ? {} : { body }),
    headers: {
      ...(body === undefined ? {} : { "Content-Type": path === "/cli" ? "text/plain" : NG }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    },
  });
  await response.body?.cancel();
  return response.status;
}

/** A WebSocket; undefined when it was refused. */
async function socket(rig: WebRig, path: string, protocol = "ng.rtpengine.com") {
  const url = `wss://127.0.0.1:${rig.at("https").port}${path}`;
  return await SocketClient.connect(url, protocol, rig.cert).catch(() => undefined);
}

async function stream(rig: WebRig, kind: "tcpNg" | "cli", text: string): Promise<string> {
  using client = await StreamClient.connect(rig.at(kind));
  await client.send(text);
  await client.conn.closeWrite();
  return await client.readAll();
}

Deno.test("without control-auth nothing is demanded and tokens do no harm", async () => {
  await using rig = await WebRig.open();
  assert.equal(await status(rig, "/metrics"), 200);
  assert.equal(await status(rig, "/ng", "nonsense", `a ${PING}`), 200);
  assert.equal(await status(rig, "/cli/list"), 200);
  assert.equal(await stream(rig, "tcpNg", `a ${PING}`), `a ${PONG}`);
  assert.equal(await stream(rig, "cli", "list\n"), "you said list\n");
  using open = await socket(rig, "/");
  assert.equal(await open?.ask(`a ${PING}`), `a ${PONG}`);
});

Deno.test("HTTP: each route takes the scopes it needs", async () => {
  await using rig = await WebRig.open({ guarded: true });
  const tokens = {
    none: undefined,
    wrong: `rtpe_${"0".repeat(12)}_${"A".repeat(43)}`,
    ng: rig.token("ng"),
    read: rig.token("read"),
    admin: rig.token("admin"),
  };
  const expected = {
    "/ping": { none: 200, wrong: 200, ng: 200, read: 200, admin: 200 },
    "/metrics": { none: 401, wrong: 401, ng: 403, read: 200, admin: 200 },
    "/ng": { none: 401, wrong: 401, ng: 200, read: 403, admin: 200 },
    "/ng-plain": { none: 401, wrong: 401, ng: 200, read: 403, admin: 200 },
    "/cli": { none: 401, wrong: 401, ng: 403, read: 403, admin: 200 },
    "/cli/list": { none: 401, wrong: 401, ng: 403, read: 403, admin: 200 },
  };
  const bodies: Record<string, string> = { "/ng": `a ${PING}`, "/ng-plain": PING, "/cli": "list" };
  for (const [path, row] of Object.entries(expected)) {
    for (const [name, wanted] of Object.entries(row)) {
      const token = tokens[name as keyof typeof tokens];
      assert.equal(await status(rig, path, token, bodies[path]), wanted, `${path} ${name}`);
    }
  }
});

Deno.test("HTTP: nothing of a body is read before the credential is good", async () => {
  await using rig = await WebRig.open({ guarded: true });
  const answer = await rawHttp(
    rig.at("http"),
    `POST /ng HTTP/1.1\r\nHost: x\r\nContent-Type: ${NG}\r\nContent-Length: 1000000\r\n\r\n`,
  );
  assert.match(answer, /^HTTP\/1\.1 401 /);
  assert.match(answer, /www-authenticate: Bearer realm="rtpedge"/i);
  assert.match(answer, /connection: close/i);
});

Deno.test("a session of a browser is no credential for ng", async () => {
  await using rig = await WebRig.open({ guarded: true });
  const { cookie, csrf } = await rig.signIn("ada");
  const response = await rig.fetch("/ng", {
    method: "POST",
    body: `a ${PING}`,
    headers: { "Content-Type": NG, Cookie: `__Host-rtpedge=${cookie}`, "X-CSRF-Token": csrf },
  });
  assert.equal(response.status, 401);
  await response.body?.cancel();
});

Deno.test("WebSocket: a token in the path or in a header, good for the subprotocol", async () => {
  await using rig = await WebRig.open({ guarded: true });
  const [ng, read, admin] = [rig.token("ng"), rig.token("read"), rig.token("admin")];
  for (const path of [`/${ng}`, `/${ng}/`, `/${ng}/some/path`, `/${ng}?x`, `/${admin}/`]) {
    using open = await socket(rig, path);
    assert.equal(await open?.ask(`a ${PING}`), `a ${PONG}`, path);
  }
  for (
    const path of ["/", `/${read}/`, `/x/${ng}`, `/${ng}x/`, `/?token=${ng}`, `/${ng.slice(1)}`]
  ) {
    assert.equal(await socket(rig, path), undefined, path);
  }
  assert.equal(await socket(rig, `/${ng}`, "cli.rtpengine.com"), undefined);
  using cli = await socket(rig, `/${admin}`, "cli.rtpengine.com");
  assert.equal(await cli?.ask("list"), "you said list\n");
  assert.ok(!rig.logs.some((line) => line.includes(ng)), "tokens are in no log");
});

Deno.test("WebSocket: a connection ends when its token is revoked", async () => {
  await using rig = await WebRig.open({ guarded: true });
  const { token, text } = rig.access.tokens.create({ name: "x", scopes: ["ng"] }, CONSOLE);
  using open = await socket(rig, `/${text}`);
  assert.equal(await open?.ask(`a ${PING}`), `a ${PONG}`);
  rig.access.tokens.revoke(token.id, CONSOLE);
  assert.equal(await open?.closed(), 1006);
});

Deno.test("TCP: the first line is a token, wherever the segments end", async () => {
  await using rig = await WebRig.open({ guarded: true });
  const ng = rig.token("ng");
  assert.equal(
    await stream(rig, "tcpNg", `Bearer ${ng}\na ${PING}b ${PING}`),
    `a ${PONG}b ${PONG}`,
  );
  assert.equal(await stream(rig, "tcpNg", `bearer ${ng}\r\na ${PING}`), `a ${PONG}`);
  using slow = await StreamClient.connect(rig.at("tcpNg"));
  for (const byte of `Bearer ${ng}\nb ${PING}`) await slow.send(byte);
  assert.equal(await slow.read(`b ${PONG}`.length), `b ${PONG}`);
});

Deno.test("TCP: without a token nothing is answered, and nothing is waited for", async () => {
  await using rig = await WebRig.open({ guarded: true });
  for (
    const start of [
      `a ${PING}`,
      "\n",
      "Bearer\n",
      `Bearer ${rig.token("read")}\na ${PING}`,
      `Bearer rtpe_${"0".repeat(12)}_${"A".repeat(43)}\na ${PING}`,
      `Bearer ${"x".repeat(10_000)}`,
      "GET / HTTP/1.1\r\n\r\n",
    ]
  ) {
    using client = await StreamClient.connect(rig.at("tcpNg"));
    await client.send(start);
    assert.equal(await client.readAll().catch(() => ""), "", start.slice(0, 40));
  }
});

Deno.test("TCP: a connection ends with the first message after its token was revoked", async () => {
  await using rig = await WebRig.open({ guarded: true });
  const { token, text } = rig.access.tokens.create({ name: "x", scopes: ["ng"] }, CONSOLE);
  using client = await StreamClient.connect(rig.at("tcpNg"));
  await client.send(`Bearer ${text}\na ${PING}`);
  assert.equal(await client.read(`a ${PONG}`.length), `a ${PONG}`);
  rig.access.tokens.revoke(token.id, CONSOLE);
  await client.send(`b ${PING}`);
  assert.equal(await client.readAll(), "");
});

Deno.test("the control tree on TCP needs a token for everything", async () => {
  await using rig = await WebRig.open({ guarded: true });
  const admin = rig.token("admin");
  assert.equal(
    await stream(rig, "cli", `Bearer ${admin}\nlist totals\n`),
    "you said list totals\n",
  );
  assert.match(await stream(rig, "cli", "list\n"), /^a token .* is needed; .*Bearer TOKEN\n$/);
  assert.match(await stream(rig, "cli", `Bearer ${rig.token("ng")}\nlist\n`), /not good for admin/);
});

Deno.test("a token for calls is none for the ng command cli", async () => {
  await using rig = await WebRig.open({ guarded: true });
  const cli = "d4:body4:list7:command3:clie";
  const ask = (token: string, cookie: string) =>
    stream(rig, "tcpNg", `Bearer ${token}\n${cookie} ${cli}`);
  assert.match(await ask(rig.token("ng"), "a"), /calls only/);
  assert.match(await ask(rig.token("admin"), "b"), /4:body4:done/);
  using open = await socket(rig, `/${rig.token("ng")}`);
  assert.match(await open?.ask(`c ${cli}`) ?? "", /calls only/);
});

Deno.test("client certificates are good for ng and metrics, and strangers' are nothing", async () => {
  const [authority, stranger] = [await makeAuthority(), await makeAuthority()];
  await using rig = await WebRig.open({ guarded: true, clientCa: authority.cert });
  const ask = async (
    identity: { cert: string; key: string } | undefined,
    path: string,
  ): Promise<number> => {
    using client = Deno.createHttpClient({ caCerts: [rig.cert], ...identity });
    const response = await fetch(`${rig.url}${path}`, { client });
    await response.body?.cancel();
    return response.status;
  };
  const [own, other] = [await authority.issue(), await stranger.issue()];
  assert.equal(await ask(own, "/metrics"), 200);
  assert.equal(await ask(own, "/cli/list"), 403);
  assert.equal(await ask(own, "/api/v1/status"), 200);
  assert.equal(await ask(own, "/api/v1/users"), 403);
  assert.equal(await ask(undefined, "/metrics"), 401);
  assert.equal(await ask(other, "/metrics").catch(() => 401), 401);
  assert.equal(await ask(other, "/ping").catch(() => 200), 200);
});

Deno.test("WebSocket over TLS: a client certificate speaks ng, a stranger's does not", async () => {
  const [authority, stranger] = [await makeAuthority(), await makeAuthority()];
  await using rig = await WebRig.open({ guarded: true, clientCa: authority.cert });
  const upgrade = async (identity: { cert: string; key: string } | undefined, protocol: string) => {
    const { address, port } = rig.at("https");
    const socket = connectTls({ host: address, port, ca: rig.cert, ...identity });
    await once(socket, "secureConnect");
    socket.write(
      `GET / HTTP/1.1\r\nHost: ${address}:${port}\r\nConnection: Upgrade\r\n` +
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
        `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: ${protocol}\r\n\r\n`,
    );
    const [answer] = await once(socket, "data") as [Uint8Array];
    socket.destroy();
    return Number(/^HTTP\/1\.1 (\d+)/.exec(new TextDecoder().decode(answer))?.[1]);
  };
  const [own, other] = [await authority.issue(), await stranger.issue()];
  assert.equal(await upgrade(own, "ng.rtpengine.com"), 101);
  assert.equal(await upgrade(own, "cli.rtpengine.com"), 403);
  assert.equal(await upgrade(undefined, "ng.rtpengine.com"), 401);
  assert.equal(await upgrade(other, "ng.rtpengine.com").catch(() => 401), 401);
});

Deno.test("each kind of listener has an allow-list of its own", async () => {
  await using rig = await WebRig.open({ allow: { tcpNg: ["192.0.2.1"], cli: ["loopback"] } });
  assert.equal(await stream(rig, "tcpNg", `a ${PING}`).catch(() => ""), "");
  assert.equal(await stream(rig, "cli", "list\n"), "you said list\n");
  assert.equal(await status(rig, "/metrics"), 200);
});
