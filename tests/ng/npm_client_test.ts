/**
 * The npm `rtpengine-client` over all its transports, against the listeners.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { within } from "./clients.ts";
import { openRig } from "./rig.ts";

type Reply = Record<string, unknown>;

interface NpmClient extends EventEmitter {
  readonly socket: EventEmitter;
  ping(...to: unknown[]): Promise<Reply>;
  offer(...args: unknown[]): Promise<Reply>;
  list(...args: unknown[]): Promise<Reply>;
  close(): void;
}

const { Client, TcpClient, WsClient } = createRequire(import.meta.url)(
  "rtpengine-client",
) as Record<
  "Client" | "TcpClient" | "WsClient",
  new (options: unknown) => NpmClient
>;

const SDP = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

async function exercise(client: NpmClient, to: readonly unknown[]): Promise<void> {
  assert.deepEqual(await client.ping(...to), { result: "pong" });
  const offer = { "call-id": "c1", "from-tag": "f", "sdp": SDP, "flags": ["trust-address"] };
  assert.deepEqual(await client.offer(...to, offer), { sdp: SDP, result: "ok" });
  const unknown = await client.list(...to);
  assert.deepEqual(unknown, { result: "error", "error-reason": "Unrecognized command" });
}

Deno.test("npm rtpengine-client works over UDP", async () => {
  await using rig = await openRig();
  const client = new Client({ timeout: 3000, localAddress: "127.0.0.1" });
  await within(3000, "socket", new Promise((resolve) => client.once("listening", resolve)));
  await exercise(client, [rig.udp.port, rig.udp.address]);
  client.close();
});

Deno.test("npm rtpengine-client works over TCP", async () => {
  await using rig = await openRig();
  const client = new TcpClient({ hostport: `127.0.0.1:${rig.tcp.port}`, timeout: 3000 });
  await within(3000, "connection", new Promise((resolve) => client.once("connect", resolve)));
  await exercise(client, []);
  client.close();
});

Deno.test("npm rtpengine-client works over WebSocket", async () => {
  await using rig = await openRig();
  const client = new WsClient({ url: `ws://127.0.0.1:${rig.http.port}/`, timeout: 3000 });
  await within(3000, "connection", new Promise((resolve) => client.once("listening", resolve)));
  await exercise(client, []);
  // It would connect again for ever.
  client.socket.removeAllListeners("close");
  client.close();
});
