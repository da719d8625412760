/**
 * Addresses of both families: who asks and what was asked is known in one spelling.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { post, SocketClient, StreamClient } from "./clients.ts";
import { openRig, type Rig } from "./rig.ts";

async function askAll(rig: Rig, address: string): Promise<void> {
  const host = address.includes(":") ? `[${address}]` : address;
  const family = address.includes(":") ? 6 : 4;
  const at = ({ port }: Endpoint): Endpoint => ({ family, address, port });
  using stream = await StreamClient.connect(at(rig.tcp));
  await stream.send(`1${address} d7:command4:echoe`);
  await stream.expect(`1${address} d6:result2:oke`);
  const web = { ...at(rig.http), address: host };
  assert.equal((await post(web, "/ng-plain", "d7:command4:echoe")).text, "d6:result2:oke");
  using socket = await SocketClient.connect(`ws://${host}:${rig.http.port}/`, "ng.rtpengine.com");
  assert.equal(await socket.ask("3 d7:command4:echoe"), "3 d6:result2:oke");
  using cli = await StreamClient.connect(at(rig.cli));
  await cli.send("x\n");
  assert.equal(await cli.readAll(), "you said x\n");
  for (const { source } of rig.requests.splice(0)) {
    assert.equal(source.peer.address, address, source.transport);
    assert.equal(source.peer.family, family, source.transport);
    assert.equal(source.local.address, address, source.transport);
    assert.ok(source.peer.port > 0);
    const port = source.transport === "tcp" ? rig.tcp.port : rig.http.port;
    assert.equal(source.local.port, port, source.transport);
  }
}

Deno.test("all stream listeners serve IPv6", async () => {
  await using rig = await openRig({ streams: { family: 6, address: "::1", port: 0 } });
  await askAll(rig, "::1");
});

Deno.test("a listener on :: serves both families and knows IPv4 clients as such", async () => {
  await using rig = await openRig({
    streams: { family: 6, address: "::", port: 0 },
    allow: ["127.0.0.1", "::1"],
  });
  await askAll(rig, "127.0.0.1");
  await askAll(rig, "::1");
});
