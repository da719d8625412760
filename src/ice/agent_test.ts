import assert from "node:assert/strict";
import { formatEndpoint } from "../core/endpoint.ts";
import { fingerprintOf, integrityOf } from "../stun/integrity.ts";
import { buildStun, parseStun } from "../stun/mod.ts";
import { at, introduce, Network, Node } from "./network_test_support.ts";

const A = "192.0.2.1 5000";
const B = "198.51.100.2 6000";

function two(
  a: ConstructorParameters<typeof Node>[1] = {},
  b: ConstructorParameters<typeof Node>[1] = {},
  bases = [[A], [B]],
): { a: Node; b: Node; network: Network } {
  const one = new Node(bases[0]!, a, 1);
  const other = new Node(bases[1]!, { controlling: false, ...b }, 2);
  return { a: one, b: other, network: new Network([one, other]) };
}

function remoteOf({ agent }: Node, component: 1 | 2 = 1): string | undefined {
  const selected = agent.selected(component);
  return selected && formatEndpoint(selected.remote);
}

Deno.test("IceAgent finds the way in a few round trips", () => {
  const { a, b, network } = two();
  introduce(network, a, b);
  network.run(100);
  assert.deepEqual([a.agent.state, b.agent.state], ["completed", "completed"]);
  assert.deepEqual([remoteOf(a), remoteOf(b)], ["198.51.100.2:6000", "192.0.2.1:5000"]);
  assert.deepEqual(a.told, ["selected", "completed"]);
  assert.deepEqual(b.told, ["selected", "completed"]);
});

Deno.test("IceAgent takes both components without rtcp-mux", () => {
  const bases = [[A, "192.0.2.1 5001"], [B, "198.51.100.2 6001"]];
  const { a, b, network } = two({ components: 2 }, { components: 2 }, bases);
  introduce(network, a, b);
  network.run(300);
  assert.equal(a.agent.state, "completed");
  assert.equal(remoteOf(a, 2), "198.51.100.2:6001");
  assert.equal(remoteOf(b, 2), "192.0.2.1:5001");
});

Deno.test("IceAgent needs one component less when rtcp-mux is agreed", () => {
  const bases = [[A, "192.0.2.1 5001"], [B]];
  const { a, b, network } = two({ components: 2 }, {}, bases);
  introduce(network, a, b);
  network.run(300);
  assert.equal(a.agent.state, "checking");
  a.agent.dropComponent();
  network.run(0);
  assert.equal(a.agent.state, "completed");
  assert.equal(a.agent.selected(2), undefined);
});

Deno.test("IceAgent finds a peer behind a NAT by its checks", () => {
  const { a, b, network } = two({}, {}, [[A], ["10.0.0.7 6000"]]);
  network.nat.set("10.0.0.7:6000", at("203.0.113.9 40000"));
  network.path = (_from, to) => to.address.startsWith("10.") ? "lose" : "pass";
  introduce(network, a, b);
  network.run(2000);
  assert.equal(a.agent.state, "completed");
  assert.equal(remoteOf(a), "203.0.113.9:40000");
  assert.equal(remoteOf(b), "192.0.2.1:5000");
});

Deno.test("IceAgent gets through heavy loss", () => {
  const { a, b, network } = two();
  let seed = 7;
  network.path = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % 100 < 40 ? "pass" : "lose";
  };
  introduce(network, a, b);
  network.run(30_000);
  assert.deepEqual([a.agent.state, b.agent.state], ["completed", "completed"]);
});

Deno.test("IceAgent takes the next best address when the best one does not answer", () => {
  const { a, b, network } = two({}, {}, [[A], ["10.0.0.7 6000", "198.51.100.2 6002"]]);
  network.path = (from, to) =>
    to.address.startsWith("10.") || from.address.startsWith("10.") ? "lose" : "pass";
  introduce(network, a, b);
  network.run(1000);
  assert.equal(remoteOf(a), "198.51.100.2:6002");
  assert.equal(a.agent.state, "completed");
});

Deno.test("IceAgent waits a moment for a better pair, but not longer", () => {
  const { a, b, network } = two({}, {}, [[A], ["198.51.100.1 6000", "198.51.100.2 6002"]]);
  const start = network.now;
  network.path = (from, to) =>
    network.now < start + 100 &&
      (to.address === "198.51.100.1" || from.address === "198.51.100.1")
      ? "lose"
      : "pass";
  introduce(network, a, b);
  network.run(1000);
  assert.equal(remoteOf(a), "198.51.100.1:6000");
});

Deno.test("IceAgent of family 6 and 4 pairs like with like", () => {
  const { a, b, network } = two({}, {}, [[A, "2001:db8::1 5000"], ["2001:db8::2 6000"]]);
  introduce(network, a, b);
  network.run(500);
  assert.equal(remoteOf(a), "[2001:db8::2]:6000");
});

Deno.test("IceAgent trickles: candidates and credentials may come later", () => {
  const { a, b, network } = two();
  b.agent.setRemote(network.now, a.agent.local);
  for (const candidate of a.candidates) b.agent.addRemote(candidate);
  network.run(200);
  assert.equal(a.agent.state, "new");
  assert.equal(b.agent.state, "checking");
  a.agent.setRemote(network.now, b.agent.local);
  network.run(1000);
  // b was found by its checks alone
  assert.deepEqual([a.agent.state, b.agent.state], ["completed", "completed"]);
});

Deno.test("IceAgent solves role conflicts by the tie-breaker", () => {
  for (const controlling of [true, false]) {
    for (const [low, high] of [[1n, 2n], [2n, 1n]] as const) {
      const { a, b, network } = two(
        { controlling, tieBreaker: low },
        { controlling, tieBreaker: high },
      );
      introduce(network, a, b);
      network.run(1000);
      assert.deepEqual([a.agent.state, b.agent.state], ["completed", "completed"]);
      assert.equal(a.agent.controlling, low > high);
      assert.equal(b.agent.controlling, high > low);
    }
  }
});

Deno.test("IceAgent in lite form answers and is told the pair", () => {
  const { a, b, network } = two({}, { lite: true });
  for (const candidate of b.candidates) a.agent.addRemote(candidate);
  a.agent.setRemote(network.now, b.agent.local, true);
  b.agent.setRemote(network.now, a.agent.local, false);
  network.run(500);
  assert.deepEqual([a.agent.state, b.agent.state], ["completed", "completed"]);
  assert.equal(remoteOf(b), "192.0.2.1:5000");
  assert.equal(b.agent.next(), undefined);
});

Deno.test("IceAgent that is full controls one that is lite", () => {
  const { a, b, network } = two({ controlling: false }, { lite: true, controlling: true });
  for (const candidate of b.candidates) a.agent.addRemote(candidate);
  a.agent.setRemote(network.now, b.agent.local, true);
  b.agent.setRemote(network.now, a.agent.local, false);
  network.run(500);
  assert.equal(a.agent.controlling, true);
  assert.equal(b.agent.controlling, false);
  assert.equal(a.agent.state, "completed");
});

Deno.test("IceAgent follows an aggressive peer to the best of what it nominates", () => {
  const node = new Node([A], { controlling: false });
  const [low, high] = [at("198.51.100.2 1"), at("198.51.100.2 2")];
  const peer = { ufrag: "peer", pwd: "x".repeat(22) };
  node.agent.addRemote({ foundation: "l", component: 1, priority: 5, endpoint: low, type: "host" });
  node.agent.addRemote({
    foundation: "h",
    component: 1,
    priority: 9,
    endpoint: high,
    type: "host",
  });
  node.agent.setRemote(0, peer);
  const { ufrag, pwd } = node.agent.local;
  let now = 0;
  const nominate = (source: typeof low) => {
    const bytes = buildStun({
      class: "request",
      transaction: `${now}`.padEnd(12, "t"),
      username: `${ufrag}:peer`,
      priority: 1,
      useCandidate: true,
      controlling: 7n,
    }, pwd);
    node.agent.receive(now, 0, source, bytes);
    for (let i = 0; i < 10; i++) {
      node.agent.tick(now += 20);
      for (const { destination, payload } of node.agent.takeTransmits()) {
        const message = parseStun(payload)!;
        if (message.class !== "request") continue;
        const answer = buildStun({
          class: "success",
          transaction: message.transaction,
          mapped: at(A),
        }, peer.pwd);
        node.agent.receive(now, 0, destination, answer);
      }
    }
  };
  nominate(low);
  assert.equal(remoteOf(node), "198.51.100.2:1");
  nominate(high);
  assert.equal(remoteOf(node), "198.51.100.2:2");
  nominate(low);
  assert.equal(remoteOf(node), "198.51.100.2:2");
});

Deno.test("IceAgent is silent towards whoever does not know its password", () => {
  const node = new Node([A], { controlling: false });
  node.agent.setRemote(0, { ufrag: "peer", pwd: "x".repeat(22) });
  const { ufrag, pwd } = node.agent.local;
  const request = { class: "request", transaction: "t".repeat(12), controlling: 1n } as const;
  const attempts = [
    buildStun(request),
    buildStun({ ...request, username: `${ufrag}:peer` }),
    buildStun({ ...request, username: `${ufrag}:peer` }, "wrong"),
    buildStun({ ...request, username: "other:peer" }, pwd),
    buildStun({ ...request, class: "indication", username: `${ufrag}:peer` }, pwd),
    buildStun({ ...request, class: "success" }, pwd),
    new Uint8Array(20),
  ];
  for (const bytes of attempts) {
    assert.equal(node.agent.receive(0, 0, at(B), bytes), false);
    assert.deepEqual(node.agent.takeTransmits(), []);
  }
  assert.deepEqual(node.agent.takeEvents(), []);
});

Deno.test("IceAgent never answers with more bytes than it was asked with, but for the address", () => {
  const node = new Node([A], { controlling: false });
  const { ufrag, pwd } = node.agent.local;
  const request = buildStun({
    class: "request",
    transaction: "t".repeat(12),
    username: `${ufrag}:peer`,
    priority: 1,
    controlling: 1n,
  }, pwd);
  assert.equal(node.agent.receive(0, 0, at(B), request), true);
  const [answer] = node.agent.takeTransmits();
  assert.ok(answer!.payload.length <= request.length);
});

Deno.test("IceAgent answers what it does not understand with 420", () => {
  const node = new Node([A], { controlling: false });
  const { ufrag, pwd } = node.agent.local;
  const request = buildStun({
    class: "request",
    transaction: "t".repeat(12),
    username: `${ufrag}:peer`,
    // a type of those that have to be understood, where nothing of the kind belongs
    unknownAttributes: [1],
  }, pwd);
  // 0x000a is known; make it 0x000c and protect the message again
  const odd = buildOdd(request, pwd);
  assert.equal(node.agent.receive(0, 0, at(B), odd), true);
  const [answer] = node.agent.takeTransmits();
  const message = parseStun(answer!.payload)!;
  assert.equal(message.error?.code, 420);
  assert.deepEqual(message.unknownAttributes, [0x000c]);
});

/** Renames UNKNOWN-ATTRIBUTES and signs again by way of a message of that length. */
function buildOdd(bytes: Uint8Array, key: string): Uint8Array {
  const changed = bytes.slice();
  const view = new DataView(changed.buffer);
  let at = 20;
  while (view.getUint16(at) !== 0x000a) at += 4 + (view.getUint16(at + 2) + 3 & ~3);
  view.setUint16(at, 0x000c);
  return resign(changed, key);
}

function resign(bytes: Uint8Array, key: string): Uint8Array {
  const end = bytes.length - 8 - 24;
  const copy = bytes.slice();
  copy.set(integrityOf(copy, end, key), end + 4);
  new DataView(copy.buffer).setUint32(copy.length - 4, fingerprintOf(copy, copy.length - 8));
  return copy;
}

Deno.test("IceAgent keeps no more candidates than it can bear", () => {
  const node = new Node([A], { controlling: false });
  node.agent.setRemote(0, { ufrag: "peer", pwd: "x".repeat(22) });
  const { ufrag, pwd } = node.agent.local;
  for (let port = 1; port <= 500; port++) {
    const request = buildStun({
      class: "request",
      transaction: `${port}`.padEnd(12, "t"),
      username: `${ufrag}:peer`,
      priority: port,
      controlling: 1n,
    }, pwd);
    assert.equal(node.agent.receive(0, 0, at(`198.51.100.2 ${port}`), request), true);
  }
  node.agent.takeTransmits();
  const targets = new Set<string>();
  for (let now = 0; now < 60_000; now += 20) {
    node.agent.tick(now);
    for (const { destination } of node.agent.takeTransmits()) {
      targets.add(formatEndpoint(destination));
    }
  }
  assert.equal(targets.size, 100);
});

Deno.test("IceAgent sends nothing where it may not", () => {
  const { a, b, network } = two({ allowed: ({ address }) => !address.startsWith("127.") });
  a.agent.addRemote({
    foundation: "x",
    component: 1,
    priority: 2 ** 31 - 1,
    endpoint: at("127.0.0.1 22"),
    type: "host",
  });
  network.path = (_from, to) => {
    assert.notEqual(to.address, "127.0.0.1");
    return "pass";
  };
  introduce(network, a, b);
  network.run(1000);
  assert.equal(a.agent.state, "completed");
});

Deno.test("IceAgent fails when nothing answers, and not before its time", () => {
  const { a, b, network } = two();
  network.path = () => "lose";
  introduce(network, a, b);
  network.run(39_000);
  assert.equal(a.agent.state, "checking");
  network.run(1_000);
  assert.equal(a.agent.state, "failed");
  assert.deepEqual(a.told, ["failed"]);
  // requests end with the check, long before
  assert.ok(network.sent <= 50, `${network.sent} sent`);
});

Deno.test("IceAgent stops when the peer no longer consents", () => {
  const { a, b, network } = two();
  introduce(network, a, b);
  network.run(60_000);
  assert.equal(a.agent.state, "completed");
  network.path = () => "lose";
  network.run(22_000);
  assert.equal(a.agent.state, "completed");
  network.run(9_000);
  assert.equal(a.agent.state, "disconnected");
  assert.equal(b.agent.state, "disconnected");
});

Deno.test("IceAgent asks for consent about every five seconds and no more", () => {
  const { a, b, network } = two();
  introduce(network, a, b);
  network.run(1000);
  const before = network.sent;
  network.run(60_000);
  const perSide = (network.sent - before) / 4;
  assert.ok(perSide >= 9 && perSide <= 16, `${perSide}`);
});

Deno.test("IceAgent takes no answer from another address or another base", () => {
  const node = new Node([A, "192.0.2.1 5002"], {});
  const peer = { ufrag: "peer", pwd: "x".repeat(22) };
  node.agent.addRemote({
    foundation: "x",
    component: 1,
    priority: 9,
    endpoint: at(B),
    type: "host",
  });
  node.agent.setRemote(0, peer);
  node.agent.tick(0);
  const { base, payload } = node.agent.takeTransmits()[0]!;
  const { transaction } = parseStun(payload)!;
  const answer = buildStun({ class: "success", transaction, mapped: at(A) }, peer.pwd);
  node.agent.receive(5, base, at("203.0.113.66 6000"), answer);
  assert.equal(node.agent.takeEvents().length, 0);
  const forged = buildStun({ class: "success", transaction, mapped: at(A) }, "another");
  assert.equal(node.agent.receive(6, base, at(B), forged), false);
});

Deno.test("IceAgent takes no check of another generation of its peer", () => {
  const check = (node: Node, theirs: string): boolean => {
    const { ufrag, pwd } = node.agent.local;
    const bytes = buildStun({
      class: "request",
      transaction: "t".repeat(12),
      username: `${ufrag}:${theirs}`,
      priority: 1,
      useCandidate: true,
      controlling: 1n,
    }, pwd);
    const taken = node.agent.receive(0, 0, at(B), bytes);
    assert.equal(node.agent.takeTransmits().length > 0, taken);
    return taken;
  };
  // before the peer's description: whoever it is, but not whoever it was
  const node = new Node([A], { controlling: false, formerRemote: "before" });
  assert.equal(check(node, "before"), false);
  assert.equal(check(node, "after"), true);
  node.agent.setRemote(0, { ufrag: "after", pwd: "x".repeat(22) });
  assert.equal(check(node, "before"), false);
  // what it will be is for the next agent
  assert.equal(check(node, "next"), false);
  assert.equal(check(node, "after"), true);
});

Deno.test("IceAgent goes on with a pair of an earlier run, and asks at once whether it may", () => {
  for (const controlling of [true, false]) {
    const { a, b, network } = two({ controlling }, { controlling: !controlling });
    introduce(network, a, b);
    network.run(1000);
    // a comes back with the same credentials and knows nothing; b sees no reason to nominate again
    const again = new Node([A], { controlling, local: a.agent.local }, 1);
    const later = new Network([again, b]);
    later.now = network.now;
    again.agent.setRemote(later.now, b.agent.local);
    again.agent.resume(later.now, 0, at(B));
    assert.equal(again.agent.state, "completed");
    assert.equal(remoteOf(again), "198.51.100.2:6000");
    later.run(100);
    assert.deepEqual(again.told, ["completed"]);
    assert.ok(again.events.some(({ type }) => type === "validated"), "the peer has consented");
    later.run(60_000);
    assert.equal(again.agent.state, "completed");
    later.path = () => "lose";
    later.run(36_000);
    assert.equal(again.agent.state, "disconnected");
  }
});

Deno.test("IceAgent that goes on stops when nobody consents, and resumes nothing it must not", () => {
  const gone = new Node([A], {}, 1);
  const network = new Network([gone]);
  gone.agent.setRemote(network.now, { ufrag: "peer", pwd: "x".repeat(22) });
  gone.agent.resume(network.now, 0, at(B));
  network.run(29_000);
  assert.equal(gone.agent.state, "completed");
  network.run(2_000);
  assert.equal(gone.agent.state, "disconnected");

  const other = new Node([A], { allowed: () => false }, 1);
  other.agent.setRemote(0, { ufrag: "peer", pwd: "x".repeat(22) });
  other.agent.resume(0, 0, at(B));
  other.agent.resume(0, 7, at(B));
  assert.equal(other.agent.selected(1), undefined);
  assert.equal(other.agent.state, "checking");
});

Deno.test("IceAgent in lite form goes on with a pair of an earlier run", () => {
  const lite = new Node([A], { lite: true }, 1);
  lite.agent.setRemote(0, { ufrag: "peer", pwd: "x".repeat(22) });
  lite.agent.resume(0, 0, at(B));
  assert.equal(remoteOf(lite), "198.51.100.2:6000");
  assert.equal(lite.agent.next(), undefined);
});
