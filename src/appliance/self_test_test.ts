import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { Endpoint } from "../core/endpoint.ts";
import type { NgDict } from "../ng/mod.ts";
import { runSelfTest, type SelfTestDeps, selfTestPlan, type TestSocket } from "./self_test.ts";
import { askDaemon } from "./self_test_io.ts";

const LISTENER: Endpoint = { family: 4, address: "127.0.0.1", port: 2223 };
const PLAN = { way: { listener: LISTENER }, media: { family: 4, address: "192.0.2.1" } } as const;

/** A daemon that answers by command, and relays to the other socket when `relays`. */
function world(answers: Readonly<Record<string, Record<string, string>>>, relays = true) {
  const asked: string[] = [];
  const received = new Map<number, number>();
  const open = new Set<number>();
  let next = 5000;
  const deps: SelfTestDeps = {
    ask(_way, message: NgDict) {
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
  assert.match(await runSelfTest({}, deps), /does not let this host in: neither/);
  assert.match(await runSelfTest({ way: PLAN.way }, deps), /no address for media yet/);
});

/** The way found with these ng listeners and options. */
function wayOf(addresses: readonly string[], options: Readonly<Record<string, unknown>> = {}) {
  const ng = addresses.map((address) => ({
    family: address.includes(":") ? 6 : 4,
    address,
    port: 1,
  }));
  const config = {
    "control-allow": [],
    "control-allow-ng": [],
    "data-dir": "/state",
    "access-db": "access.db",
    ...options,
  };
  const { way } = selfTestPlan(
    { config, listeners: { ng }, interfaces: { addresses: [] } } as unknown as Parameters<
      typeof selfTestPlan
    >[0],
  );
  return way === undefined || "socket" in way ? way : way.listener.address;
}

Deno.test("selfTestPlan prefers loopback, and asks wildcards there", () => {
  assert.equal(wayOf(["192.0.2.1", "127.0.0.1"]), "127.0.0.1");
  assert.equal(wayOf(["0.0.0.0"]), "127.0.0.1");
  assert.equal(wayOf(["::"]), "::1");
  assert.equal(wayOf(["192.0.2.1"]), "192.0.2.1");
});

Deno.test("selfTestPlan asks the console's socket where no listener lets this host in", () => {
  const console = { socket: "/state/console/socket" };
  const only = (address: string) => [{ family: 4, address, prefix: 32 }];
  assert.deepEqual(wayOf([]), console);
  assert.deepEqual(wayOf(["0.0.0.0"], { "control-allow-ng": only("192.0.2.20") }), console);
  assert.deepEqual(wayOf(["127.0.0.1"], { "control-allow": only("192.0.2.20") }), console);
  // the common list counts where there is none for ng
  const here = { "control-allow": only("192.0.2.20"), "control-allow-ng": only("127.0.0.1") };
  assert.equal(wayOf(["0.0.0.0"], here), "127.0.0.1");
  // an address of this host is where its packets come from
  const own = { "control-allow-ng": only("192.0.2.1") };
  assert.equal(wayOf(["127.0.0.1", "192.0.2.1"], own), "192.0.2.1");
  assert.equal(wayOf([], { "access-db": "none" }), undefined);
});

Deno.test("askDaemon speaks ng through the socket of the console, and tells refusals", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Uint8Array) => body += new TextDecoder().decode(chunk));
    request.on("end", () => {
      asked.push([request.method, request.url, JSON.parse(body)]);
      response.statusCode = asked.length === 1 ? 200 : 503;
      response.end(JSON.stringify({ reply: { result: "pong" }, milliseconds: 1 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  try {
    const ping = new Map([["command", "ping"]]) as NgDict;
    const reply = await askDaemon({ socket: path }, ping);
    assert.equal(reply.get("result"), "pong");
    assert.deepEqual(asked, [["POST", "/api/v1/ng", { message: { command: "ping" } }]]);
    await assert.rejects(askDaemon({ socket: path }, ping), /socket: status 503: \{"reply"/);
    await assert.rejects(askDaemon({ socket: `${folder}/none` }, ping), /ENOENT/);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    await Deno.remove(folder, { recursive: true });
  }
});
