import assert from "node:assert/strict";
import type { Endpoint } from "../core/endpoint.ts";
import { DtlsAssociation, type DtlsListener, type DtlsStanding } from "./association.ts";
import { fingerprintOf } from "./fingerprint.ts";
import type {
  DtlsEngine,
  DtlsHandshake,
  DtlsKeys,
  DtlsNews,
  DtlsPath,
  DtlsRole,
  DtlsTerms,
} from "./types.ts";

const PEER: Endpoint = { family: 4, address: "192.0.2.1", port: 5000 };
const OTHER: Endpoint = { family: 4, address: "203.0.113.66", port: 6666 };
const CERTIFICATE = Uint8Array.of(1, 2, 3);
const RIGHT = [fingerprintOf(CERTIFICATE, "sha-256")];
const KEYS: DtlsKeys = {
  suite: "AES_CM_128_HMAC_SHA1_80",
  local: { key: new Uint8Array(16), salt: new Uint8Array(14) },
  remote: { key: new Uint8Array(16).fill(1), salt: new Uint8Array(14).fill(1) },
};

/** Does what the text in a datagram says. */
class FakeHandshake implements DtlsHandshake {
  freed = false;
  heard = false;
  readonly inputs: (string | undefined)[] = [];
  path: DtlsPath;
  /** Whether what tells the peer that it may send has left. */
  accepted = false;

  constructor(readonly terms: DtlsTerms, readonly log: string[]) {
    this.path = terms;
  }

  begin(): void {
    this.inputs.push(undefined);
    this.#say("");
  }

  receive(datagram: Uint8Array): void {
    const text = new TextDecoder().decode(datagram);
    this.inputs.push(text);
    if (text !== "done") this.#say(text);
    const news = this.#newsOf(text);
    // on a thread of its own
    if (news !== undefined) queueMicrotask(() => this.terms.told(news));
  }

  aim(path: DtlsPath): void {
    this.path = path;
  }

  accept(): void {
    this.accepted = true;
    this.#say("done");
  }

  free(): void {
    this.freed = true;
  }

  #say(text: string): void {
    const { slot, destination } = this.path;
    this.log.push(`${slot === 0 ? "" : `${slot}:`}${destination.port}<re:${text}`);
  }

  #newsOf(text: string): DtlsNews | undefined {
    switch (text) {
      case "done":
        return { state: "connected", keys: KEYS };
      case "evil":
        return { state: "failed", error: "another fingerprint", mismatch: true };
      case "fail":
        return { state: "failed", error: "no common cipher", mismatch: false };
      case "bye":
        return { state: "closed" };
      default:
        return undefined;
    }
  }
}

function setUp(role: DtlsRole, fingerprints = RIGHT) {
  const handshakes: FakeHandshake[] = [];
  const log: string[] = [];
  const engine: DtlsEngine = {
    certificate: CERTIFICATE,
    handshake(terms) {
      const handshake = new FakeHandshake(terms, log);
      handshakes.push(handshake);
      return handshake;
    },
    free() {},
  };
  const timers: { ms: number; callback: () => void; cancelled: boolean }[] = [];
  const slots = { now: 0 };
  const listener: DtlsListener = {
    portTowards: () => slots.now,
    connected: (keys, peer) => void log.push(`connected ${peer.port} ${keys.suite}`),
    failed: (reason, peer, mismatch) => void log.push(`failed ${peer.port} ${reason} ${mismatch}`),
    closed: () => void log.push("closed"),
    schedule(ms, callback) {
      const timer = { ms, callback, cancelled: false };
      timers.push(timer);
      return () => void (timer.cancelled = true);
    },
  };
  const association = new DtlsAssociation(engine, role, fingerprints, listener);
  const say = async (peer: Endpoint, text: string, standing?: DtlsStanding) => {
    association.receive(peer, new TextEncoder().encode(text), standing);
    await settle();
  };
  const hello = async (peer: Endpoint, random: number, standing?: DtlsStanding) => {
    association.receive(peer, clientHello(random), standing);
    await settle();
  };
  /** Lets a second pass for every attempt there is. */
  const second = () => {
    for (const { ms, callback, cancelled } of timers) if (ms === 1000 && !cancelled) callback();
  };
  return { association, handshakes, listener, log, timers, slots, say, hello, second };
}

/** As far as it is looked at here. */
function clientHello(random: number): Uint8Array {
  const datagram = new Uint8Array(70).fill(random, 27, 59);
  datagram[0] = 22;
  datagram[13] = 1;
  return datagram;
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

Deno.test("DtlsAssociation in the passive role answers and gets keys", async () => {
  const { association, log, say } = setUp("passive");
  await say(PEER, "hello");
  assert.equal(association.connected, false);
  await say(PEER, "done");
  assert.equal(association.connected, true);
  assert.deepEqual(log, [
    "5000<re:hello",
    // before the last flight, after which the peer may send
    "connected 5000 AES_CM_128_HMAC_SHA1_80",
    "5000<re:done",
  ]);
});

Deno.test("DtlsAssociation in the active role begins once, and only with whom it is told to", async () => {
  const { association, handshakes, log, say } = setUp("active");
  await say(OTHER, "hello");
  assert.equal(handshakes.length, 0);
  association.begin(PEER);
  association.begin(PEER);
  await settle();
  assert.deepEqual(log, ["5000<re:"]);
  await say(PEER, "done");
  assert.equal(association.connected, true);
  association.begin(OTHER);
  assert.equal(handshakes.length, 1);
});

Deno.test("DtlsAssociation lets a forger spoil only its own attempt", async () => {
  const { association, handshakes, log, say } = setUp("passive");
  await say(OTHER, "hello");
  await say(OTHER, "fail");
  await say(OTHER, "evil");
  await say(PEER, "hello");
  await say(OTHER, "hello");
  await say(PEER, "done");
  assert.equal(association.connected, true);
  assert.deepEqual(log.filter((line) => /failed|connected/.test(line)), [
    "failed 6666 no common cipher false",
    "failed 6666 another fingerprint true",
    "connected 5000 AES_CM_128_HMAC_SHA1_80",
  ]);
  // the forger's attempts are gone, and it gets no new ones
  assert.equal(handshakes.filter(({ freed }) => !freed).length, 1);
  await say(OTHER, "hello");
  assert.equal(handshakes.filter(({ freed }) => !freed).length, 1);
});

Deno.test("DtlsAssociation tells each handshake which certificates will do, if any", async () => {
  const some = setUp("passive");
  await some.say(PEER, "hello");
  await some.say(OTHER, "hello");
  assert.deepEqual(some.handshakes.map(({ terms }) => terms.fingerprints), [RIGHT, RIGHT]);
  const none = setUp("active", []);
  none.association.begin(PEER);
  assert.deepEqual(none.handshakes[0]!.terms.fingerprints, []);
});

Deno.test("DtlsAssociation: the peer is not told that it may send to a call that has just ended", async () => {
  const { association, handshakes, listener, log, say } = setUp("passive");
  listener.connected = () => association.close();
  await say(PEER, "done");
  assert.equal(handshakes[0]!.freed, true);
  assert.equal(handshakes[0]!.accepted, false);
  assert.deepEqual(log, []);
});

Deno.test("DtlsAssociation bears only so many attempts", async () => {
  const { handshakes, say } = setUp("passive");
  for (let port = 1; port <= 50; port++) await say({ ...OTHER, port }, "hello");
  assert.equal(handshakes.length, 4);
});

Deno.test("DtlsAssociation gives an attempt up that takes too long, but no connection", async () => {
  const { association, handshakes, log, timers, say } = setUp("passive");
  await say(OTHER, "hello");
  timers.find(({ ms }) => ms === 30_000)!.callback();
  assert.deepEqual(log.at(-1), "failed 6666 the handshake took too long false");
  assert.equal(handshakes[0]!.freed, true);
  await say(PEER, "done");
  for (const { ms, callback } of timers) if (ms === 30_000) callback();
  assert.equal(association.connected, true);
});

Deno.test("DtlsAssociation follows its peer to another address", async () => {
  const { association, handshakes, say } = setUp("passive");
  await say(PEER, "done");
  association.move(OTHER);
  await say(OTHER, "more");
  assert.deepEqual(handshakes[0]!.inputs, ["done", "more"]);
  await say(PEER, "old");
  assert.equal(handshakes[0]!.inputs.length, 2);
});

Deno.test("DtlsAssociation ends when the peer says goodbye, when it breaks, and when it is closed", async () => {
  const one = setUp("passive");
  await one.say(PEER, "done");
  await one.say(PEER, "bye");
  assert.equal(one.log.at(-1), "closed");
  assert.equal(one.association.connected, false);
  const two = setUp("passive");
  await two.say(PEER, "done");
  await two.say(PEER, "fail");
  assert.equal(two.log.at(-1), "failed 5000 no common cipher false");
  assert.equal(two.association.connected, false);
  const three = setUp("passive");
  await three.say(PEER, "done");
  three.association.close();
  assert.ok(three.handshakes[0]!.freed);
  await three.say(PEER, "hello");
  assert.equal(three.handshakes.length, 1);
});

Deno.test("DtlsAssociation: all addresses that ICE has validated are one peer, in both roles", async () => {
  const other = { ...PEER, address: "192.0.2.2" };
  const server = setUp("passive");
  await server.say(PEER, "hello", "validated");
  await server.say(other, "more", "validated");
  await server.say(other, "done", "validated");
  assert.equal(server.handshakes.length, 1);
  assert.deepEqual(server.handshakes[0]!.inputs, ["hello", "more", "done"]);
  assert.equal(server.association.connected, true);
  // what is repeated once there is a connection reaches it as well
  await server.say(PEER, "again", "validated");
  assert.equal(server.handshakes[0]!.inputs.at(-1), "again");

  const client = setUp("active");
  client.association.begin(PEER, "validated");
  client.association.begin(other, "validated");
  await settle();
  await client.say(other, "done", "validated");
  assert.equal(client.handshakes.length, 1);
  assert.equal(client.association.connected, true);
});

Deno.test("DtlsAssociation takes nothing from other addresses than those that ICE has validated", async () => {
  for (const role of ["active", "passive"] as const) {
    const { association, handshakes, say } = setUp(role);
    if (role === "active") association.begin(PEER, "validated");
    else await say(PEER, "hello", "validated");
    await settle();
    await say(OTHER, "evil", "possible");
    assert.notEqual(handshakes[0]!.inputs.at(-1), "evil");
    await say(PEER, "done", "validated");
    await say(OTHER, "bye", "possible");
    assert.equal(association.connected, true, role);
  }
});

Deno.test("DtlsAssociation answers where the last datagram came from, until a pair is selected", async () => {
  const other = { ...PEER, port: 5001 };
  const third = { ...PEER, port: 5002 };
  const { association, log, say } = setUp("passive");
  await say(PEER, "1", "validated");
  await say(other, "2", "validated");
  association.move(third);
  await say(PEER, "3", "validated");
  await say(PEER, "done", "validated");
  assert.deepEqual(log.slice(0, 3), ["5000<re:1", "5001<re:2", "5002<re:3"]);
  assert.deepEqual(log.slice(3), ["connected 5002 AES_CM_128_HMAC_SHA1_80", "5002<re:done"]);
});

Deno.test("DtlsAssociation speaks from another port when that is the way to its peer", async () => {
  const { association, handshakes, log, slots, say } = setUp("passive");
  await say(PEER, "1", "validated");
  slots.now = 7;
  await say(PEER, "2", "validated");
  assert.deepEqual(log, ["5000<re:1", "7:5000<re:2"]);
  await say(PEER, "done", "validated");
  slots.now = 8;
  association.move(PEER);
  assert.deepEqual(handshakes[0]!.path, { slot: 8, destination: PEER });
});

Deno.test("DtlsAssociation: forged addresses take the room of nobody who is named or goes on", async () => {
  const { association, handshakes, hello, say, second } = setUp("passive");
  for (let port = 1; port <= 4; port++) await hello({ ...OTHER, port }, port);
  assert.equal(handshakes.length, 4);
  // whoever could be anybody waits until the others had their time
  await hello({ ...OTHER, port: 5 }, 5);
  assert.equal(handshakes.length, 4);
  // who is named does not
  await hello(PEER, 6, "signalled");
  assert.equal(handshakes.length, 5);
  assert.equal(handshakes[0]!.freed, true);
  await say({ ...OTHER, port: 2 }, "goes on");
  second();
  for (let port = 10; port < 20; port++) {
    await hello({ ...OTHER, port }, port);
    second();
  }
  assert.equal(handshakes[1]!.freed, false);
  assert.equal(handshakes.filter(({ freed }) => !freed).length, 4);
  await say(PEER, "done", "signalled");
  assert.equal(association.connected, true);
});

Deno.test("DtlsAssociation: what came straight to a handshake shows that it goes on", async () => {
  const { handshakes, hello, second } = setUp("passive");
  await hello(PEER, 1);
  handshakes[0]!.heard = true;
  second();
  // a ClientHello of another handshake does not end one that goes on
  await hello(PEER, 2);
  assert.equal(handshakes.length, 1);
  for (let port = 1; port <= 3; port++) await hello({ ...OTHER, port }, 10 + port);
  handshakes[1]!.heard = true;
  second();
  for (let port = 4; port <= 9; port++) {
    await hello({ ...OTHER, port }, 10 + port);
    second();
  }
  assert.deepEqual(handshakes.slice(0, 4).map(({ freed }) => freed), [false, false, true, true]);
});

Deno.test("DtlsAssociation: what is no ClientHello takes no room for long either", async () => {
  const { association, handshakes, say, hello, second } = setUp("passive");
  for (let port = 1; port <= 4; port++) {
    await say({ ...OTHER, port }, "noise");
    await say({ ...OTHER, port }, "noise");
  }
  await hello(PEER, 9);
  assert.equal(handshakes.length, 4);
  second();
  await hello(PEER, 9);
  assert.equal(handshakes.length, 5);
  await say(PEER, "done");
  assert.equal(association.connected, true);
});

Deno.test("DtlsAssociation: who is named is heard although everybody goes on and on", async () => {
  const { association, hello, say } = setUp("passive");
  for (let port = 1; port <= 4; port++) {
    await hello({ ...OTHER, port }, port);
    await say({ ...OTHER, port }, "goes on");
  }
  await hello(PEER, 9, "signalled");
  await say(PEER, "done", "signalled");
  assert.equal(association.connected, true);
});

Deno.test("DtlsAssociation: a peer may begin anew that got no further than its ClientHello", async () => {
  const { handshakes, hello, say, second } = setUp("passive");
  await hello(PEER, 1);
  await hello(PEER, 2);
  assert.equal(handshakes.length, 1, "not at once");
  second();
  await hello(PEER, 1);
  assert.equal(handshakes.length, 1, "nor for one that is repeated");
  await hello(PEER, 2);
  assert.deepEqual(handshakes.map(({ freed }) => freed), [true, false]);
  await say(PEER, "goes on");
  second();
  await hello(PEER, 3);
  assert.equal(handshakes.length, 2, "nor for one that has gone on");
});
