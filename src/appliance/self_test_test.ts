import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import type { NgDict } from "../ng/mod.ts";
import { runSelfTest, type SelfTestDeps, selfTestPlan, type TestSocket } from "./self_test.ts";

const LISTENER: Endpoint = { family: 4, address: "127.0.0.1", port: 2223 };
const PLAN = { listener: LISTENER, media: { family: 4, address: "192.0.2.1" } } as const;

/** A daemon that answers by command, and relays to the other socket when `relays`. */
function world(answers: Readonly<Record<string, Record<string, string>>>, relays = true) {
  const asked: string[] = [];
  const received = new Map<number, number>();
  const open = new Set<number>();
  let next = 5000;
  const deps: SelfTestDeps = {
    ask(_listener, message: NgDict) {
      const command = String(message.get("command"));
      asked.push(command);
      return Promise.resolve(new Map(Object.entries(answers[command] ?? {})));
    },
    open() {
      const port = next++;
      received.set(port, 0);
      open.add(port);
      const socket: TestSocket = {
        port,
        get received() {
          return received.get(port)!;
        },
        send(_datagram, to) {
          // the answer's port faces socket 5000, the offer's 5001
          const peer = to.port === 30002 ? 5001 : 5000;
          if (relays) received.set(peer, received.get(peer)! + 1);
        },
        close: () => open.delete(port),
      };
      return Promise.resolve(socket);
    },
    sleep: () => Promise.resolve(),
  };
  return { deps, asked, open };
}

const GOOD = {
  ping: { result: "pong" },
  offer: { result: "ok", sdp: "v=0\r\nm=audio 30000 RTP/AVP 0\r\n" },
  answer: { result: "ok", sdp: "v=0\r\nm=audio 30002 RTP/AVP 0\r\n" },
  delete: { result: "ok" },
};

Deno.test("runSelfTest makes a call, counts its packets, and ends it", async () => {
  const { deps, asked, open } = world(GOOD);
  assert.equal(await runSelfTest(PLAN, deps), "the daemon answers, and relayed 50 of 50 packets");
  assert.deepEqual(asked, ["ping", "offer", "answer", "delete"]);
  assert.equal(open.size, 0);
});

Deno.test("runSelfTest fails when packets do not arrive, and ends the call all the same", async () => {
  const { deps, asked, open } = world(GOOD, false);
  await assert.rejects(runSelfTest(PLAN, deps), /of 25 packets each way, 0 and 0 arrived/);
  assert.equal(asked.at(-1), "delete");
  assert.equal(open.size, 0);
});

Deno.test("runSelfTest says what the daemon refused", async () => {
  const refusal = { result: "error", "error-reason": "Ran out of ports" };
  await assert.rejects(
    runSelfTest(PLAN, world({ ...GOOD, answer: refusal }).deps),
    /answer is refused: Ran out of ports/,
  );
  await assert.rejects(
    runSelfTest(PLAN, world({ ...GOOD, ping: { result: "error" } }).deps),
    /127\.0\.0\.1:2223 answers a ping with "error"/,
  );
});

Deno.test("runSelfTest leaves out what the configuration or the network does not allow", async () => {
  const { deps } = world({ ...GOOD, offer: { result: "load limit" } });
  assert.match(await runSelfTest(PLAN, deps), /takes no new calls/);
  assert.match(await runSelfTest({}, deps), /no listen-ng/);
  assert.match(await runSelfTest({ listener: LISTENER }, deps), /no address for media yet/);
});

Deno.test("selfTestPlan prefers loopback, and asks wildcards there", () => {
  const plan = (addresses: readonly string[]) =>
    selfTestPlan({
      listeners: {
        ng: addresses.map((address) => ({
          family: address.includes(":") ? 6 : 4,
          address,
          port: 1,
        })),
      } as unknown as Parameters<typeof selfTestPlan>[0]["listeners"],
      interfaces: { addresses: [], aliases: new Map() },
    }).listener?.address;
  assert.equal(plan(["192.0.2.1", "127.0.0.1"]), "127.0.0.1");
  assert.equal(plan(["0.0.0.0"]), "127.0.0.1");
  assert.equal(plan(["::"]), "::1");
  assert.equal(plan(["192.0.2.1"]), "192.0.2.1");
  assert.equal(plan([]), undefined);
});
