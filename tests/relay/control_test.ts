/**
 * Control sockets on the native relay.
 *
 * @module
 */

import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { makeEndpoint } from "../../src/core/ip.ts";
import { type ControlSocket, type NativeRelay, startNativeRelay } from "../../src/relay/mod.ts";
import { ipv6Unavailable, libraryMissing, sleep, until } from "./harness.ts";

const missing = libraryMissing();
const noIpv6 = await ipv6Unavailable();

function test(name: string, fn: () => Promise<void>, problem = missing): void {
  const suffix = problem === undefined ? "" : ` (not here: ${problem})`;
  Deno.test({ name: `control socket ${name}${suffix}`, ignore: problem !== undefined, fn });
}

interface Stage extends Disposable {
  readonly relay: NativeRelay;
  client(address: string): Promise<Client>;
}

interface Client {
  readonly endpoint: Endpoint;
  readonly replies: { payload: string; from: string }[];
  send(text: string, port: number, address: string): void;
}

function stage(): Stage {
  const relay = startNativeRelay({ mode: "sockets", maxSlots: 2 });
  const sockets: Socket[] = [];
  return {
    relay,
    async client(address) {
      const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
      sockets.push(socket);
      socket.bind({ address, port: 0 });
      await once(socket, "listening");
      const replies: Client["replies"] = [];
      socket.on("message", (payload, from) => {
        replies.push({ payload: payload.toString("latin1"), from: `${from.address} ${from.port}` });
      });
      return {
        endpoint: makeEndpoint(address, socket.address().port)!,
        replies,
        send: (text, port, to) => socket.send(text, port, to),
      };
    },
    [Symbol.dispose]() {
      for (const socket of sockets) socket.close();
      relay.engine.shutdown();
    },
  };
}

/** Answers each datagram with its own bytes. */
function echo(socket: ControlSocket): void {
  socket.onDatagram((payload, source, local) => {
    assert.equal(socket.send(payload, source, local), true);
  });
}

test("on a wildcard address answers from the address that was asked", async () => {
  using set = stage();
  const socket = set.relay.controlSockets.open(makeEndpoint("0.0.0.0", 0)!, 0);
  echo(socket);
  assert.deepEqual([socket.bound.address, socket.bound.port > 0], ["0.0.0.0", true]);
  const client = await set.client("127.0.0.1");
  for (const address of ["127.0.0.1", "127.0.0.2", "127.0.0.3"]) {
    client.send("ping", socket.bound.port, address);
    await until("a reply comes", () => client.replies.length === 1);
    const expected = { payload: "ping", from: `${address} ${socket.bound.port}` };
    assert.deepEqual(client.replies.pop(), expected);
  }
  socket.close();
});

test("works over IPv6, beside an IPv4 one on the same port", async () => {
  using set = stage();
  const { controlSockets } = set.relay;
  const six = controlSockets.open(makeEndpoint("::", 0)!, 0);
  const four = controlSockets.open(makeEndpoint("0.0.0.0", six.bound.port)!, 0);
  echo(six);
  echo(four);
  const clients = [await set.client("::1"), await set.client("127.0.0.1")];
  for (const client of clients) {
    client.send("ping", six.bound.port, client.endpoint.address);
    await until("a reply comes", () => client.replies.length === 1);
    assert.equal(client.replies[0]?.from, `${client.endpoint.address} ${six.bound.port}`);
  }
  six.close();
  four.close();
}, missing ?? noIpv6);

test("carries datagrams of every size up to the largest, bytes unchanged", async () => {
  using set = stage();
  const socket = set.relay.controlSockets.open(makeEndpoint("127.0.0.1", 0)!, 0);
  const lengths: number[] = [];
  let intact = true;
  socket.onDatagram((payload) => {
    lengths.push(payload.length);
    intact &&= payload.every((byte, i) => byte === (i * 7 & 255));
  });
  const client = createSocket("udp4");
  client.bind({ address: "127.0.0.1", port: 0 });
  await once(client, "listening");
  const sizes = [0, 1, 7, 8, 9, 1472, 9000, 65507];
  for (const size of sizes) {
    const payload = Uint8Array.from({ length: size }, (_, i) => i * 7 & 255);
    await new Promise((resolve) => client.send(payload, socket.bound.port, "127.0.0.1", resolve));
  }
  await until("all come", () => lengths.length === sizes.length);
  assert.deepEqual(lengths, sizes);
  assert.ok(intact);
  client.close();
  socket.close();
});

test("reads every datagram of ten bursts of fifty", async () => {
  using set = stage();
  const socket = set.relay.controlSockets.open(makeEndpoint("127.0.0.1", 0)!, 0);
  const heard: string[] = [];
  socket.onDatagram((payload) => heard.push(new TextDecoder().decode(payload).trim()));
  const client = await set.client("127.0.0.1");
  for (let i = 0; i < 500; i++) {
    client.send(`${i}`.padEnd(1000), socket.bound.port, "127.0.0.1");
    // what the system buffers for a socket is limited
    if (i % 50 === 49) await until(`burst ${i} comes`, () => heard.length === i + 1);
  }
  assert.deepEqual(new Set(heard).size, 500);
  assert.deepEqual(set.relay.lost(), { punts: 0, datagrams: 0 });
  socket.close();
});

test("names the address that cannot be had", () => {
  using set = stage();
  const { controlSockets } = set.relay;
  const socket = controlSockets.open(makeEndpoint("127.0.0.1", 0)!, 0);
  const again = { ...socket.bound };
  assert.throws(() => controlSockets.open(again, 0), {
    message: `cannot listen on UDP 127.0.0.1:${again.port}: address already in use`,
  });
  assert.throws(
    () => controlSockets.open(makeEndpoint("192.0.2.77", 1)!, 0),
    /192\.0\.2\.77:1: not an address of this host/,
  );
  socket.close();
  controlSockets.open(again, 0).close();
  return Promise.resolve();
});

test("closed sends and tells nothing any more", async () => {
  using set = stage();
  const socket = set.relay.controlSockets.open(makeEndpoint("127.0.0.1", 0)!, 0);
  socket.onDatagram(() => assert.fail("a datagram after closing"));
  const client = await set.client("127.0.0.1");
  client.send("late", socket.bound.port, "127.0.0.1");
  socket.close();
  socket.close();
  assert.equal(socket.send(new Uint8Array(1), client.endpoint, socket.bound), false);
  await sleep(30);
  assert.deepEqual(client.replies, []);
});
