import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { type AddressInfo, createServer } from "node:net";
import { FakeClock } from "../core/clock.ts";
import { openHepSender } from "./sender.ts";

const HOST = "127.0.0.1";

Deno.test("openHepSender sends over UDP, packets before it was open included", async () => {
  const server = createSocket("udp4");
  const got: string[] = [];
  const done = Promise.withResolvers<void>();
  server.on("message", (bytes: Uint8Array) => {
    got.push(new TextDecoder().decode(bytes));
    if (got.length === 2) sender.send(new TextEncoder().encode("three"));
    if (got.length === 3) done.resolve();
  });
  await new Promise<void>((resolve) => server.bind(0, HOST, resolve));
  const { port } = server.address();
  const sender = openHepSender({ host: HOST, port, protocol: "udp" }, new FakeClock(), assert.fail);
  sender.send(new TextEncoder().encode("one"));
  sender.send(new TextEncoder().encode("two"));
  await done.promise;
  assert.deepEqual(got.slice(0, 2).sort(), ["one", "two"]);
  assert.equal(got[2], "three");
  sender.close();
  server.close();
});

Deno.test("openHepSender connects over TCP again after the server has gone", async () => {
  const clock = new FakeClock();
  const heard: string[] = [];
  const arrived = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const server = createServer((socket) => {
    socket.on("data", (bytes: Uint8Array) => {
      arrived[heard.push(new TextDecoder().decode(bytes)) - 1]?.resolve();
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  const { port } = server.address() as AddressInfo;
  const errors: string[] = [];
  const gone = Promise.withResolvers<void>();
  const sender = openHepSender({ host: HOST, port, protocol: "tcp" }, clock, (reason) => {
    errors.push(reason);
    gone.resolve();
  });
  sender.send(new TextEncoder().encode("one"));
  await arrived[0]!.promise;
  await gone.promise;
  sender.send(new TextEncoder().encode("too soon"));
  clock.advance(1000);
  sender.send(new TextEncoder().encode("two"));
  await arrived[1]!.promise;
  assert.deepEqual(heard, ["one", "two"]);
  assert(errors.length >= 1);
  sender.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

Deno.test("openHepSender tells that a server cannot be reached", async () => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, HOST, resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  const failed = Promise.withResolvers<string>();
  const server = { host: HOST, port, protocol: "tcp" } as const;
  const sender = openHepSender(server, new FakeClock(), (reason) => failed.resolve(reason));
  sender.send(new Uint8Array(1));
  assert.match(await failed.promise, /refused/i);
  sender.close();
});
