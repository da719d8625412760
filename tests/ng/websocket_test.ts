/**
 * Requirements B2-13, B2-14 and the WebSocket part of D2-20.
 *
 * @module
 */

import assert from "node:assert/strict";
import WsClient from "ws";
import { rawHttp, SocketClient, StreamClient, within } from "./clients.ts";
import { openRig, type Rig } from "./rig.ts";

const NG = "ng.rtpengine.com";
const PING = "d7:command4:pinge";
const PONG = "d6:result4:ponge";

const UPGRADE = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
  `Sec-WebSocket-Protocol: ${NG}\r\n\r\n`;

function url(rig: Rig, path = "/"): string {
  return `ws://127.0.0.1:${rig.http.port}${path}`;
}

Deno.test("B2-13 each subprotocol answers in binary, to text and to binary frames", async () => {
  await using rig = await openRig();
  const cases: [string, string, string][] = [
    [NG, `c1 ${PING}`, `c1 ${PONG}`],
    ["ng-plain.rtpengine.com", '{"command":"ping"}', '{"result":"pong"}'],
    ["cli.rtpengine.com", "list totals", "you said list totals\n"],
    ["echo.rtpengine.com", "any\x00thing\xff", "any\x00thing\xff"],
  ];
  for (const [protocol, message, reply] of cases) {
    using client = await SocketClient.connect(url(rig), protocol);
    assert.equal(client.socket.protocol, protocol);
    for (const kind of ["text", "binary"] as const) {
      client.send(message, kind);
      assert.deepEqual(
        await client.receive(),
        { text: reply, binary: true },
        `${protocol} ${kind}`,
      );
    }
  }
});

Deno.test("B2-13 D2-20 text frames may hold bytes that are not UTF-8", async () => {
  await using rig = await openRig();
  using client = await SocketClient.connect(url(rig), NG);
  const sdp = "v=0\r\ns=J\xfcrgen \x80\xff\r\n";
  const request = `1_2 d3:sdp${sdp.length}:${sdp}7:command5:offere`;
  assert.equal(await client.ask(request, "text"), `1_2 d3:sdp${sdp.length}:${sdp}6:result2:oke`);
});

Deno.test("B2-13 D2-20 replies of 256 KiB come as one frame, requests of 1 MiB are taken", async () => {
  await using rig = await openRig();
  using client = await SocketClient.connect(url(rig), NG);
  assert.equal((await client.ask("1 d7:command3:big5:limiti262100ee")).length, 262_128);
  const value = "\xfe".repeat(1_000_000);
  assert.equal(
    await client.ask(`2 d7:command4:echo5:value1000000:${value}e`),
    `2 d5:value1000000:${value}6:result2:oke`,
  );
  client.send("x".repeat(1 << 21));
  assert.equal(await client.closed(), 1009);
});

Deno.test("B2-13 D2-20 a message in fragments, with pings between, is one message", async () => {
  await using rig = await openRig();
  using client = await SocketClient.connect(url(rig), NG);
  let ponged = false;
  client.socket.on("pong", () => ponged = true);
  const parts = ["c1 d7:com", "mand4:pi", "nge"];
  parts.forEach((part, i) => {
    client.socket.send(part, { fin: i === parts.length - 1, binary: false });
    client.socket.ping();
  });
  assert.deepEqual(await client.receive(), { text: `c1 ${PONG}`, binary: true });
  assert.ok(ponged);
});

Deno.test("B2-13 a client without a known subprotocol is refused", async () => {
  await using rig = await openRig();
  const handshake = (extra: string): string =>
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
    `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n${extra}\r\n`;
  assert.match(await rawHttp(rig.http, handshake("")), /^HTTP\/1.1 400 /);
  const unknown = handshake("Sec-WebSocket-Protocol: foo\r\n");
  assert.match(await rawHttp(rig.http, unknown), /^HTTP\/1.1 400 /);
  const evil = handshake(`Sec-WebSocket-Protocol: ${NG}\r\nOrigin: http://evil.example\r\n`);
  assert.match(await rawHttp(rig.http, evil), /^HTTP\/1.1 403 /);
  using client = await StreamClient.connect(rig.http);
  await client.send(handshake(`Sec-WebSocket-Protocol: foo,${NG}, echo.rtpengine.com\r\n`));
  const accepted = await client.read(171);
  assert.match(accepted, /^HTTP\/1.1 101 /);
  assert.match(accepted, /Sec-WebSocket-Protocol: ng\.rtpengine\.com\r\n/);
});

Deno.test("B2-14 any path will do", async () => {
  await using rig = await openRig();
  for (const path of ["/", "/ng", "/ping", "/some/where?else=1", "/%zz"]) {
    using client = await SocketClient.connect(url(rig, path), NG);
    assert.equal(await client.ask(`c${path} ${PING}`, "text"), `c${path} ${PONG}`);
  }
});

Deno.test("WSS serves the same on the port of HTTPS", async () => {
  await using rig = await openRig();
  using client = await SocketClient.connect(`wss://127.0.0.1:${rig.https.port}/x`, NG, rig.cert);
  assert.equal(await client.ask(`c ${PING}`, "text"), `c ${PONG}`);
});

Deno.test("the runtime's own WebSocket is served", async () => {
  await using rig = await openRig();
  const socket = new WebSocket(url(rig), [NG]);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve) => socket.onopen = resolve);
  const reply = new Promise<string>((resolve) => {
    socket.onmessage = ({ data }) => resolve(new TextDecoder().decode(data));
  });
  socket.send(`c ${PING}`);
  assert.equal(await reply, `c ${PONG}`);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
});

Deno.test("replies keep the order of requests although one is slow", async () => {
  await using rig = await openRig();
  using client = await SocketClient.connect(url(rig), NG);
  client.send("1 d7:command4:slowe");
  client.send(`2 ${PING}`);
  using other = await SocketClient.connect(url(rig), NG);
  assert.equal(await other.ask(`3 ${PING}`), `3 ${PONG}`);
  rig.release();
  assert.equal((await client.receive()).text, "1 d4:donei1e6:result2:oke");
  assert.equal((await client.receive()).text, `2 ${PONG}`);
});

Deno.test("D2-20 a client that does not read is stopped, then ended", async () => {
  await using rig = await openRig({ limits: { sendTimeout: 500, maxUnread: 200_000 } });
  using client = await StreamClient.connect(rig.http);
  await client.send(UPGRADE);
  await client.read(171);
  // 2000 masked frames, and not a byte of the answers is read.
  let frames = "";
  for (let i = 1000; i < 3000; i++) {
    const message = `${i} d7:command3:big5:limiti100000ee`;
    frames += `\x82${String.fromCharCode(0x80 | message.length)}\0\0\0\0${message}`;
  }
  await client.send(frames);
  await within(
    10_000,
    "the connection to end",
    (async () => {
      while (rig.listeners.connections().http > 0) await new Promise((r) => setTimeout(r, 50));
    })(),
  );
  assert.ok((rig.executed.get("big") ?? 0) < 200, `${rig.executed.get("big")} replies made`);
});

Deno.test("quiet connections are pinged, dead ones ended", async () => {
  await using rig = await openRig({ limits: { pingInterval: 300, deadAfter: 2500 } });
  using alive = await SocketClient.connect(url(rig), NG);
  let pings = 0;
  alive.socket.on("ping", () => pings++);
  const dead = new WsClient(url(rig), [NG], { autoPong: false });
  await new Promise((resolve) => dead.once("open", resolve));
  const code = await within(6000, "the dead one to end", new Promise((r) => dead.on("close", r)));
  assert.equal(code, 1006);
  assert.ok(pings >= 1, `${pings} pings`);
  assert.equal(await alive.ask(`c ${PING}`), `c ${PONG}`);
});

Deno.test("broken frames end the connection, not the server", async () => {
  await using rig = await openRig();
  for (
    const frame of [
      "\x82\x03abc", // not masked
      "\x83\x80\x00\x00\x00\x00", // reserved opcode
      "\xf2\x80\x00\x00\x00\x00", // reserved bits
      "\x80\x80\x00\x00\x00\x00", // continuation of nothing
      "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00", // 2^63 bytes
      "\x89\xfe\x01\x00\x00\x00\x00\x00", // long ping
    ]
  ) {
    using client = await StreamClient.connect(rig.http);
    await client.send(UPGRADE + frame);
    assert.match(await client.readAll(), /^HTTP\/1.1 101 /);
  }
  using client = await SocketClient.connect(url(rig), NG);
  assert.equal(await client.ask(`c ${PING}`), `c ${PONG}`);
});

Deno.test("D2-20 a thousand reconnects leave nothing behind", async () => {
  await using rig = await openRig();
  for (let i = 0; i < 1000; i += 20) {
    await Promise.all(Array.from({ length: 20 }, async (_, k) => {
      const client = await SocketClient.connect(url(rig), NG);
      assert.equal(await client.ask(`${i + k} ${PING}`, "text"), `${i + k} ${PONG}`);
      if (k % 2 === 0) client.socket.close();
      else client.socket.terminate();
    }));
  }
  await within(
    5000,
    "connections to end",
    (async () => {
      while (rig.listeners.connections().http > 0) await new Promise((r) => setTimeout(r, 10));
    })(),
  );
});

Deno.test("closing says goodbye with 1001", async () => {
  const rig = await openRig();
  using client = await SocketClient.connect(url(rig), NG);
  const closed = client.closed();
  await within(2000, "closing", rig.listeners.close(1000));
  assert.equal(await closed, 1001);
  await rig[Symbol.asyncDispose]();
});
