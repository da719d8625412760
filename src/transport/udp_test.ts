import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import type { ReplyDict } from "../ng/types.ts";
import { FakeSockets, makeContext } from "./fixture.ts";
import { listenUdp } from "./udp.ts";

const PEER: Endpoint = { family: 4, address: "192.0.2.1", port: 5555 };
const LOCAL: Endpoint = { family: 4, address: "198.51.100.2", port: 2223 };
const WILDCARD: Endpoint = { family: 4, address: "0.0.0.0", port: 0 };

Deno.test("listenUdp() answers to the sender from the address that was asked", () => {
  const sockets = new FakeSockets();
  const listener = listenUdp(sockets, WILDCARD, 0, makeContext());
  assert.equal(listener.bound.port, 2223);
  sockets.arrive("1 d7:command4:pinge", PEER, LOCAL);
  assert.deepEqual(sockets.sent, [{
    text: "1 d6:result4:ponge",
    destination: PEER,
    local: LOCAL,
  }]);
});

Deno.test("listenUdp() is silent without a cookie and to strangers", () => {
  const sockets = new FakeSockets();
  const context = makeContext({}, ["192.0.2.1"]);
  listenUdp(sockets, WILDCARD, 0, context);
  sockets.arrive("nocookie", PEER, LOCAL);
  sockets.arrive("1 d7:command4:pinge", { ...PEER, address: "192.0.2.9" }, LOCAL);
  assert.deepEqual(sockets.sent, []);
  assert.deepEqual(context.admission.refused, { source: 1, rate: 0 });
});

Deno.test("listenUdp() logs a reply that the system does not take", () => {
  const sockets = new FakeSockets();
  sockets.takes = false;
  const context = makeContext();
  listenUdp(sockets, WILDCARD, 0, context);
  sockets.arrive("1 d7:command4:pinge", PEER, LOCAL);
  assert.deepEqual(context.messages, ["A reply could not be sent"]);
});

Deno.test("listenUdp() lets replies under way out before it closes", async () => {
  let release = (): void => {};
  const sockets = new FakeSockets();
  const context = makeContext({
    slow: () => new Promise<ReplyDict>((resolve) => release = () => resolve({})),
  });
  const listener = listenUdp(sockets, WILDCARD, 0, context);
  sockets.arrive("1 d7:command4:slowe", PEER, LOCAL);
  const closing = listener.close(10_000);
  assert.equal(sockets.closed, 0);
  release();
  await closing;
  assert.equal(sockets.sent[0]?.text, "1 d6:result2:oke");
  assert.equal(sockets.closed, 1);
});

Deno.test("listenUdp() closes at once when asked to, and sends nothing after that", async () => {
  let release = (): void => {};
  const sockets = new FakeSockets();
  const context = makeContext({
    slow: () => new Promise<ReplyDict>((resolve) => release = () => resolve({})),
  });
  const listener = listenUdp(sockets, WILDCARD, 0, context);
  sockets.arrive("1 d7:command4:slowe", PEER, LOCAL);
  await listener.close(0);
  release();
  await Promise.resolve();
  assert.deepEqual(sockets.sent, []);
  assert.equal(sockets.closed, 1);
});
