import assert from "node:assert/strict";
import { notifySender, ServiceManager, socketAddress } from "./notify.ts";

Deno.test("socketAddress writes paths with an end and abstract names without", () => {
  const path = socketAddress("/run/n")!;
  assert.equal(path.length, 2 + 6 + 1);
  assert.equal(path.at(-1), 0);
  assert.deepEqual([...path.subarray(2, 8)], [...new TextEncoder().encode("/run/n")]);
  const abstract = socketAddress("@name")!;
  assert.equal(abstract.length, 2 + 5);
  assert.equal(abstract[2], 0);
  assert.equal(abstract[3], "n".charCodeAt(0));
});

Deno.test("socketAddress refuses what is no path, and what is too long", () => {
  for (const path of ["", "/", "@", "run/notify", `/${"x".repeat(107)}`]) {
    assert.equal(socketAddress(path), undefined, path);
  }
  assert.ok(socketAddress(`/${"x".repeat(106)}`));
});

Deno.test("notifySender says that nobody is there", () => {
  const send = notifySender(`/tmp/rtpedge-no-such-socket-${crypto.randomUUID()}`)!;
  assert.equal(send("READY=1"), false);
  assert.equal(notifySender(undefined), undefined);
});

Deno.test("ServiceManager tells what happens, and how often it has to", () => {
  const sent: string[] = [];
  const open = () => (text: string) => {
    sent.push(text);
    return true;
  };
  const manager = new ServiceManager(
    { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "30000000", WATCHDOG_PID: "7" },
    7,
    open,
  );
  manager.ready("up");
  manager.alive();
  manager.stopping();
  assert.deepEqual(sent, ["READY=1\nSTATUS=up", "WATCHDOG=1", "STOPPING=1"]);
  assert.equal(manager.watchdogMs, 10_000);
});

Deno.test("ServiceManager leaves the watchdog of others alone", () => {
  const open = () => () => true;
  const other = { NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "30000000", WATCHDOG_PID: "8" };
  assert.equal(new ServiceManager(other, 7, open).watchdogMs, 0);
  assert.equal(new ServiceManager({ ...other, WATCHDOG_USEC: "soon" }, 8, open).watchdogMs, 0);
  assert.equal(new ServiceManager({ WATCHDOG_USEC: "30000000" }, 7).watchdogMs, 0);
});
