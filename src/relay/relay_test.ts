import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { FakeEngine, type FakeEngineOptions } from "./fake_engine.ts";
import { MediaRelay, type MediaRelayOptions } from "./relay.ts";
import { type LocalAddress, PortsExhausted } from "./types.ts";

function local(parts: Partial<LocalAddress> = {}): LocalAddress {
  const address = parts.address ?? "192.0.2.1";
  const family = address.includes(":") ? 6 : 4;
  return {
    name: "default",
    family,
    address,
    advertised: address,
    advertisedFamily: family,
    portMin: 30000,
    portMax: 30009,
    ...parts,
  };
}

function at(port: number, address = "192.0.2.1"): Endpoint {
  return { family: 4, address, port };
}

function setUp(
  addresses: LocalAddress[],
  options: Omit<Partial<MediaRelayOptions>, "addresses"> = {},
  network: FakeEngineOptions = {},
) {
  const clock = new FakeClock();
  const engine = new FakeEngine(clock, network);
  const relay = new MediaRelay(engine, clock, { random: () => 0, ...options, addresses });
  return { clock, engine, relay };
}

Deno.test("MediaRelay opens even/odd pairs one after the other from a random start", () => {
  const address = local();
  const { relay } = setUp([address], { random: () => 0.5 });
  const ports = Array.from({ length: 5 }, () => relay.openPair(address))
    .map(({ rtp, rtcp }) => [rtp.port, rtcp.port]);
  const expected = [[30004, 30005], [30006, 30007], [30008, 30009], [30000, 30001], [30002, 30003]];
  assert.deepEqual(ports, expected);
  assert.throws(() => relay.openPair(address), { name: "PortsExhausted", why: "range" });
  assert.equal(new PortsExhausted().message, "Ran out of ports");
});

Deno.test("MediaRelay starts anywhere in the range by default", () => {
  const address = local({ portMin: 10000, portMax: 59999 });
  const starts = new Set<number>();
  for (let i = 0; i < 20; i++) {
    const clock = new FakeClock();
    const relay = new MediaRelay(new FakeEngine(clock), clock, { addresses: [address] });
    starts.add(relay.openPair(address).rtp.port);
  }
  assert.ok(starts.size > 15, `${starts.size} different starts of 20`);
});

Deno.test("MediaRelay skips ports of others and closes the half of a pair it could not have", () => {
  const address = local();
  const { engine, relay } = setUp([address]);
  engine.occupy(at(30000));
  engine.occupy(at(30003));
  const pair = relay.openPair(address);
  assert.equal(pair.rtp.port, 30004);
  assert.equal(engine.openSlots, 2);
  assert.deepEqual(relay.usage(address), { used: 2, free: 8, total: 10 });
});

Deno.test("MediaRelay tries ports of others again when they have rested", () => {
  const address = local({ portMax: 30001 });
  const { clock, engine, relay } = setUp([address]);
  engine.occupy(at(30000));
  assert.throws(() => relay.openPair(address), PortsExhausted);
  engine.vacate(at(30000));
  assert.throws(() => relay.openPair(address), PortsExhausted);
  clock.advance(5000);
  assert.equal(relay.openPair(address).rtp.port, 30000);
});

Deno.test("MediaRelay leaves nothing open or resting when the engine has no slot or no address", () => {
  const address = local();
  const full = setUp([address], {}, { maxSlots: 3 });
  const pair = full.relay.openPair(address);
  assert.throws(() => full.relay.openPair(address), { name: "PortsExhausted", why: "no-slot" });
  assert.equal(full.engine.openSlots, 2);
  full.relay.closePair(pair);
  for (let i = 0; i < 4; i++) full.relay.closePair(full.relay.openPair(address));
  const away = setUp([address], {}, { addresses: ["192.0.2.9"] });
  for (let i = 0; i < 20; i++) {
    assert.throws(() => away.relay.openPair(address), { why: "no-address" });
  }
  assert.deepEqual(away.relay.usage(address), { used: 0, free: 10, total: 10 });
});

Deno.test("MediaRelay leaves nothing open when the engine throws at the second port", () => {
  const address = local();
  const { engine, relay } = setUp([address]);
  const open = engine.open.bind(engine);
  engine.open = (endpoint) => {
    if (endpoint.port % 2 === 1) throw new Error("broken");
    return open(endpoint);
  };
  assert.throws(() => relay.openPair(address), /broken/);
  assert.equal(engine.openSlots, 0);
  engine.open = open;
  assert.equal(relay.openPair(address).rtp.port, 30000);
});

Deno.test("MediaRelay closes a pair once, whatever is asked later", () => {
  const address = local({ portMax: 30001 });
  const { clock, engine, relay } = setUp([address]);
  const old = relay.openPair(address);
  relay.closePair(old);
  clock.advance(30_000);
  relay.openPair(address);
  relay.closePair(old);
  assert.equal(engine.openSlots, 2);
  assert.equal(relay.openPairs, 1);
});

Deno.test("MediaRelay shares the rest of a port among interfaces on one address", () => {
  const inside = local({ name: "inside", portMax: 30001 });
  const outside = local({ name: "outside", portMax: 30001, advertised: "203.0.113.1" });
  const { clock, relay } = setUp([inside, outside]);
  relay.closePair(relay.openPair(inside));
  clock.advance(4999);
  assert.throws(() => relay.openPair(outside), PortsExhausted);
  clock.advance(1);
  assert.equal(relay.openPair(outside).rtp.port, 30000);
});

Deno.test("MediaRelay has separate ports for separate addresses", () => {
  const one = local({ portMax: 30001 });
  const two = local({ portMax: 30001, address: "192.0.2.2" });
  const { relay } = setUp([one, two]);
  assert.equal(relay.openPair(one).rtp.port, 30000);
  assert.equal(relay.openPair(two).rtp.port, 30000);
});

Deno.test("MediaRelay throws for an address that is not its own", () => {
  const { relay } = setUp([local()]);
  assert.throws(() => relay.openPair(local()), /not an address of this relay/);
});

Deno.test("MediaRelay gives a whole range out quickly while it is almost full", () => {
  const address = local({ portMin: 1024, portMax: 65535 });
  const { relay } = setUp([address]);
  const start = performance.now();
  for (let i = 0; i < 32256; i++) relay.openPair(address);
  assert.throws(() => relay.openPair(address), PortsExhausted);
  assert.ok(performance.now() - start < 5000, "32,256 pairs within seconds");
});

Deno.test("MediaRelay opens a certain pair, also one that rests, but none that is open", () => {
  const address = local();
  const { relay } = setUp([address]);
  const pair = relay.openPairAt(address, 30004);
  assert.deepEqual([pair.rtp.port, pair.rtcp.port], [30004, 30005]);
  assert.throws(() => relay.openPairAt(address, 30004), { name: "PortsExhausted", why: "range" });
  relay.closePair(pair);
  assert.equal(relay.openPairAt(address, 30004).rtp.port, 30004);
  assert.equal(relay.openPairs, 1);
  assert.equal(relay.usage(address).used, 2);
});

Deno.test("MediaRelay opens no certain pair that starts at an odd port or is somebody else's", () => {
  const address = local();
  const { engine, relay } = setUp([address]);
  engine.occupy(at(30007));
  for (const port of [30005, 30006, 0, -2, 65536]) {
    assert.throws(() => relay.openPairAt(address, port), { name: "PortsExhausted" }, `${port}`);
  }
  assert.equal(relay.openPairs, 0);
});
