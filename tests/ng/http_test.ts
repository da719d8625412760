/**
 * Requirement B2-12 and its like: HTTP and HTTPS.
 *
 * @module
 */

import assert from "node:assert/strict";
import { request as httpsRequest } from "node:https";
import { systemClock } from "../../src/core/clock.ts";
import { generateKey, selfSign } from "../../src/tls/self_signed.ts";
import { makeAuthority } from "./authority.ts";
import { get, post, rawHttp, SocketClient, StreamClient, within } from "./clients.ts";
import { openRig } from "./rig.ts";

const PING = "d7:command4:pinge";
const PONG = "d6:result4:ponge";
const NG = "application/x-rtpengine-ng";

function head(response: string): string {
  return response.split("\r\n")[0] ?? "";
}

Deno.test("B2-12 POST /ng carries messages with a cookie", async () => {
  await using rig = await openRig();
  assert.deepEqual(await post(rig.http, "/ng", `c1 ${PING}`), {
    status: 200,
    type: NG,
    text: `c1 ${PONG}`,
  });
  assert.equal((await post(rig.http, "/ng", 'c2 {"command":"ping"}')).text, 'c2 {"result":"pong"}');
  assert.equal(
    (await post(rig.http, "/ng", "c3 x")).text,
    "c3 d6:result5:error12:error-reason22:Invalid NG data formate",
  );
  assert.equal((await post(rig.http, "/ng", "nocookie")).status, 400);
  assert.equal((await post(rig.http, "/ng", "")).status, 400);
  const first = await post(rig.http, "/ng", "same d7:command5:counte");
  assert.equal((await post(rig.http, "/ng", "same d7:command5:counte")).text, first.text);
  assert.equal(rig.executed.get("count"), 1);
});

Deno.test("B2-12 POST /ng-plain carries payloads without a cookie, never cached", async () => {
  await using rig = await openRig();
  assert.equal((await post(rig.http, "/ng-plain", PING)).text, PONG);
  const json = await post(rig.http, "/ng-plain", '{"command":"ping"}', "application/json");
  assert.deepEqual(json, { status: 200, type: NG, text: '{"result":"pong"}' });
  const charset = "application/json; charset=utf-8";
  assert.equal((await post(rig.http, "/ng-plain", '{"command":"ping"}', charset)).status, 200);
  await post(rig.http, "/ng-plain", "d7:command5:counte");
  await post(rig.http, "/ng-plain", "d7:command5:counte");
  assert.equal(rig.executed.get("count"), 2);
  const bytes = "\x00\xff\x80\xe9";
  assert.equal(
    (await post(rig.http, "/ng-plain", `d7:command4:echo5:value4:${bytes}e`)).text,
    `d5:value4:${bytes}6:result2:oke`,
  );
});

Deno.test("B2-12 GET /ping, /metrics and /cli, POST /cli, OPTIONS", async () => {
  await using rig = await openRig();
  assert.deepEqual(await get(rig.http, "/ping"), { status: 200, text: "pong\n" });
  assert.deepEqual(await get(rig.http, "/ping?x=1"), { status: 200, text: "pong\n" });
  assert.match((await get(rig.http, "/metrics")).text, /^# HELP rtpengine_sessions/);
  const cli = "you said list totals\n";
  assert.equal((await get(rig.http, "/cli/list+totals")).text, cli);
  assert.equal((await get(rig.http, "/cli/list%20totals")).text, cli);
  assert.equal((await get(rig.http, "/cli/a%2Bb/c")).text, "you said a+b/c\n");
  assert.equal((await get(rig.http, "/cli/")).text, "you said \n");
  assert.equal((await get(rig.http, "/cli/%zz")).status, 400);
  assert.equal((await post(rig.http, "/cli", "list totals\n", "text/plain")).text, cli);
  assert.equal((await post(rig.http, "/cli", "a\xff", "text/plain")).text, "you said a\xff\n");
  const options = await rawHttp(
    rig.http,
    "OPTIONS /anything HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
  );
  assert.equal(head(options), "HTTP/1.1 200 OK");
  for (const path of ["/", "/foo", "/ping/", "/ng", "/cli"]) {
    assert.deepEqual(await get(rig.http, path), { status: 404, text: "not found\n" }, path);
  }
});

Deno.test("HTTP takes no body without its content type, nor one that is too long", async () => {
  await using rig = await openRig({ limits: { maxMessage: 100_000 } });
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    assert.equal((await post(rig.http, "/ng", `c ${PING}`, type)).status, 415, type);
    assert.equal((await post(rig.http, "/ng-plain", PING, type)).status, 415, type);
  }
  assert.equal((await post(rig.http, "/cli", "terminate all", NG)).status, 415);
  assert.equal((await post(rig.http, "/ng", `c ${"x".repeat(100_000)}`)).status, 413);
  const chunked = await rawHttp(
    rig.http,
    `POST /ng HTTP/1.1\r\nHost: x\r\nContent-Type: ${NG}\r\nTransfer-Encoding: chunked\r\n\r\n` +
      `30000\r\n${"x".repeat(0x30000)}\r\n0\r\n\r\n`,
  );
  assert.equal(head(chunked), "HTTP/1.1 413 Payload Too Large");
  assert.equal(rig.requests.length, 0);
});

Deno.test("HTTP takes chunked and pipelined requests", async () => {
  await using rig = await openRig();
  const reply = await rawHttp(
    rig.http,
    `POST /ng HTTP/1.1\r\nHost: x\r\nContent-Type: ${NG}\r\nTransfer-Encoding: chunked\r\n\r\n` +
      `5\r\nc1 d7\r\nf\r\n:command4:pinge\r\n0\r\n\r\n` +
      `GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
  );
  assert.match(reply, /c1 d6:result4:pongeHTTP\/1.1 200 OK\r\n[^]*\r\n\r\npong\n$/);
});

Deno.test("HTTP/1.0 is served without a Host, as health checks ask", async () => {
  await using rig = await openRig();
  const reply = await rawHttp(rig.http, "GET /ping HTTP/1.0\r\n\r\n");
  assert.match(reply, /^HTTP\/1\.[01] 200 OK\r\n[^]*\r\n\r\npong\n$/);
  const later = await rawHttp(rig.http, "GET /ping HTTP/1.1\r\n\r\n");
  assert.equal(head(later), "HTTP/1.1 400 Bad Request");
});

Deno.test("HTTP ignores upgrades it does not know", async () => {
  await using rig = await openRig();
  const reply = await rawHttp(
    rig.http,
    "GET /ping HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, close\r\n\r\n",
  );
  assert.match(reply, /^HTTP\/1.1 200 OK\r\n[^]*pong\n$/);
});

Deno.test("HTTP answers nonsense with 400 and goes on", async () => {
  await using rig = await openRig();
  const nonsense = [
    "garbage\r\n\r\n",
    "BREW /ping HTTP/1.1\r\nHost: x\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "POST /ng HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "POST /ng HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "POST /ng HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    `GET /ping HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(40_000)}\r\n\r\n`,
  ];
  for (const request of nonsense) {
    assert.equal(head(await rawHttp(rig.http, request)), "HTTP/1.1 400 Bad Request", request);
  }
  assert.equal((await get(rig.http, "/ping")).status, 200);
});

Deno.test("HTTP gives up on requests that do not arrive", async () => {
  await using rig = await openRig({ limits: { receiveTimeout: 500, idleTimeout: 1500 } });
  for (
    const part of [
      "",
      "GET /ping HTTP/1.1\r\nHo",
      `POST /ng HTTP/1.1\r\nHost: x\r\nContent-Type: ${NG}\r\nContent-Length: 50\r\n\r\nc d7`,
    ]
  ) {
    assert.match(await rawHttp(rig.http, part), /^$|^HTTP\/1.1 408/, part);
  }
  const kept = await rawHttp(rig.http, "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n");
  assert.match(kept, /pong\n$/, "an unused connection is closed");
});

Deno.test("pages of other origins get nothing", async () => {
  await using rig = await openRig();
  const ask = async (headers: Record<string, string>): Promise<number> => {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const reply = await rawHttp(
      rig.http,
      `GET /cli/terminate+all HTTP/1.1\r\nHost: relay:8080\r\nConnection: close\r\n${lines}\r\n`,
    );
    assert.doesNotMatch(reply, /access-control/i);
    return Number(head(reply).split(" ")[1]);
  };
  assert.equal(await ask({ Origin: "http://evil.example" }), 403);
  assert.equal(await ask({ Origin: "https://relay:8080" }), 403);
  assert.equal(await ask({ Origin: "null" }), 403);
  assert.equal(await ask({ "Sec-Fetch-Site": "cross-site" }), 403);
  assert.equal(await ask({ "Sec-Fetch-Site": "same-origin" }), 200);
  assert.equal(await ask({ Origin: "http://relay:8080" }), 200);
  assert.equal(await ask({}), 200);
});

Deno.test("HTTPS serves the same, and takes another certificate while running", async () => {
  await using rig = await openRig();
  const url = `https://127.0.0.1:${rig.https.port}/ping`;
  const fetchWith = async (cert: string): Promise<string> => {
    using client = Deno.createHttpClient({ caCerts: [cert], poolMaxIdlePerHost: 0 });
    return await (await fetch(url, { client })).text();
  };
  assert.equal(await fetchWith(rig.cert), "pong\n");
  const key = await generateKey();
  assert.throws(() => rig.listeners.replaceTls({ cert: rig.cert, key }), /does not belong/);
  assert.throws(() => rig.listeners.replaceTls({ cert: "junk", key }), /not PEM/);
  assert.equal(await fetchWith(rig.cert), "pong\n", "a bad certificate changes nothing");
  const current = await selfSign(key, [], systemClock.wall());
  rig.listeners.replaceTls({ cert: current, key });
  assert.equal(await fetchWith(current), "pong\n");
  await assert.rejects(fetchWith(rig.cert));
});

Deno.test("HTTPS and WSS take clients with a certificate only, when told so", async () => {
  const authority = await makeAuthority();
  const stranger = await makeAuthority();
  await using rig = await openRig({ clientCa: authority.cert });
  const ask = async (identity: { cert: string; key: string } | undefined): Promise<string> => {
    using client = Deno.createHttpClient({ caCerts: [rig.cert], ...identity });
    const response = await fetch(`https://127.0.0.1:${rig.https.port}/ping`, { client });
    return await response.text();
  };
  assert.equal(await ask(await authority.issue()), "pong\n");
  await assert.rejects(ask(undefined));
  await assert.rejects(ask(await stranger.issue()));
  rig.listeners.replaceTls({ cert: rig.cert, key: rig.key });
  assert.equal(await ask(await authority.issue()), "pong\n", "after a reload");
  await assert.rejects(ask(await stranger.issue()));
  await assert.rejects(ask(undefined));
  const socketUrl = `wss://127.0.0.1:${rig.https.port}/`;
  await assert.rejects(SocketClient.connect(socketUrl, "ng.rtpengine.com", rig.cert));
});

Deno.test("HTTPS survives connections that are no TLS", async () => {
  await using rig = await openRig({ limits: { receiveTimeout: 500 } });
  for (const start of ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01", "\x00".repeat(100), ""]) {
    using client = await StreamClient.connect(rig.https);
    await client.send(start);
    await client.readAll();
  }
  using client = Deno.createHttpClient({ caCerts: [rig.cert] });
  const response = await fetch(`https://127.0.0.1:${rig.https.port}/ping`, { client });
  assert.equal(await response.text(), "pong\n");
});

Deno.test("HTTP connections are limited per source and counted down", async () => {
  await using rig = await openRig({ limits: { maxConnectionsPerSource: 2 } });
  using first = await StreamClient.connect(rig.http);
  using second = await StreamClient.connect(rig.http);
  for (const client of [first, second]) {
    await client.send("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.read(5);
  }
  using third = await StreamClient.connect(rig.http);
  assert.equal(await third.readAll(), "");
  first[Symbol.dispose]();
  await within(
    3000,
    "the first to end",
    (async () => {
      while (rig.listeners.connections().http > 1) await new Promise((r) => setTimeout(r, 10));
    })(),
  );
  assert.equal((await get(rig.http, "/ping")).status, 200);
});

Deno.test("HTTP closes within its grace although clients keep connections", async () => {
  const rig = await openRig();
  using client = await StreamClient.connect(rig.http);
  await client.send("GET /ping HTTP/1.1\r\nHost: x\r\n\r\n");
  await client.read(5);
  await within(1500, "closing", rig.listeners.close(500));
  await client.readAll();
  await rig[Symbol.asyncDispose]();
});

Deno.test("node's own HTTPS client is served too", async () => {
  await using rig = await openRig();
  const text = await new Promise<string>((resolve, reject) => {
    const body = `c ${PING}`;
    const request = httpsRequest({
      host: "127.0.0.1",
      port: rig.https.port,
      path: "/ng",
      method: "POST",
      ca: rig.cert,
      agent: false,
      headers: { "Content-Type": NG, "Content-Length": body.length },
    }, (response) => {
      let all = "";
      response.on("data", (chunk) => all += chunk);
      response.on("end", () => resolve(all));
    });
    request.on("error", reject);
    request.end(body);
  });
  assert.equal(text, `c ${PONG}`);
});
