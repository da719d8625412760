/**
 * What only the native engine can get wrong: threads, rings, memory, and the process around it.
 *
 * @module
 */

import assert from "node:assert/strict";
import { FfiCore } from "../../src/relay/ffi_core.ts";
import { FfiEngine } from "../../src/relay/ffi_engine.ts";
import { FakeClock } from "../../src/core/clock.ts";
import { makeEndpoint } from "../../src/core/ip.ts";
import { FakeEngine, type Rule, type Slot, startNativeRelay } from "../../src/relay/mod.ts";
import { libraryMissing, openPort, rule, sleep, until } from "./harness.ts";
import { dtls, rtcp, rtp, stun } from "./packets.ts";

const missing = libraryMissing();

function test(name: string, fn: () => Promise<void>): void {
  const suffix = missing === undefined ? "" : ` (not here: ${missing})`;
  Deno.test({ name: `native relay ${name}${suffix}`, ignore: missing !== undefined, fn });
}

function count(folder: string): number {
  return [...Deno.readDirSync(folder)].length;
}

/** Packets that go round between two ports as fast as the core can send them, each handed up. */
function startMill(engine: FfiEngine): { stop(): void; slots: Slot[] } {
  const [a, b] = [openPort({ engine }), openPort({ engine })];
  const to = (from: typeof a, other: typeof a) =>
    engine.setRule(
      from.slot,
      rule({
        punt: ["rtp"],
        outputs: [{ slot: from.slot, match: ["rtp"], dst: other.local }],
      }),
    );
  to(a, b);
  to(b, a);
  for (let i = 0; i < 32; i++) engine.send(a.slot, rtp(i), b.local);
  return { stop: () => engine.close(a.slot, b.slot), slots: [a.slot, b.slot] };
}

test("under a flood of events keeps timers and sockets of this process going", async () => {
  const core = new FfiCore({ mode: "sockets", puntRate: 1_000_000, puntRingBytes: 1 << 20 });
  const engine = new FfiEngine(core);
  try {
    let events = 0;
    engine.onEvent(() => events++);
    const mill = startMill(engine);
    let ticks = 0;
    let longest = 0;
    let last = performance.now();
    const end = last + 500;
    while (performance.now() < end) {
      await sleep(1);
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
      ticks++;
    }
    mill.stop();
    const packets = mill.slots.reduce((sum, slot) => sum + engine.counters(slot).rxPackets, 0);
    const punts = mill.slots.reduce((sum, slot) => sum + engine.counters(slot).punted, 0);
    assert.ok(packets > 5000, `a flood, not ${packets} packets`);
    assert.ok(events > 500, `${events} events were delivered of ${punts}`);
    assert.ok(ticks > 30, `${ticks} timer ticks in half a second`);
    assert.ok(longest < 200, `a turn of ${longest} ms`);
  } finally {
    core.shutdown();
  }
});

test("hands up no more packets per second and port than it may", async () => {
  const core = new FfiCore({ mode: "sockets", puntRate: 20 });
  const engine = new FfiEngine(core);
  try {
    let events = 0;
    engine.onEvent(() => events++);
    const mill = startMill(engine);
    await sleep(300);
    mill.stop();
    await sleep(20);
    // a burst of 20 and 6 more in 300 ms, on each of two ports; the machine may be slow
    assert.ok(events >= 40 && events < 120, `${events} events`);
  } finally {
    core.shutdown();
  }
});

test("tells onError what a handler throws and goes on", async () => {
  const errors: unknown[] = [];
  const core = new FfiCore({ mode: "sockets", onError: (error) => errors.push(error) });
  const engine = new FfiEngine(core);
  try {
    let events = 0;
    engine.onEvent(() => {
      events++;
      throw new Error(`event ${events}`);
    });
    const [from, to] = [openPort({ engine }), openPort({ engine })];
    engine.setRule(to.slot, rule({ punt: ["stun"] }));
    for (let i = 0; i < 3; i++) engine.send(from.slot, stun(), to.local);
    await until("three events come", () => events === 3);
    await until("three errors are told", () => errors.length === 3);
    assert.match(String(errors[0]), /event 1/);
  } finally {
    core.shutdown();
  }
});

test("drops events of a port that is closed by the time they are read", async () => {
  const core = new FfiCore({ mode: "sockets", maxSlots: 2 });
  const engine = new FfiEngine(core);
  try {
    engine.onEvent((event) => assert.fail(`an event of slot ${event.slot}`));
    const [from, to] = [openPort({ engine }), openPort({ engine })];
    engine.setRule(to.slot, rule({ punt: ["stun"] }));
    engine.send(from.slot, stun(), to.local);
    // no turn of the event loop until the slot is somebody else's
    const end = performance.now() + 1000;
    while (engine.counters(to.slot).punted === 0) assert.ok(performance.now() < end);
    engine.close(to.slot);
    const successor = openPort({ engine });
    assert.equal(successor.slot, to.slot);
    await sleep(50);
  } finally {
    core.shutdown();
  }
});

test("gives back file descriptors, threads and memory of 40 cores", async () => {
  const run = () => {
    const { engine } = startNativeRelay({ mode: "sockets", threads: 2, maxSlots: 4096 });
    for (let i = 0; i < 50; i++) {
      const port = openPort({ engine });
      engine.setRule(port.slot, rule({ punt: ["stun"] }));
      if (i % 2 === 0) engine.close(port.slot);
    }
    engine.shutdown();
  };
  run();
  await sleep(50);
  const [files, threads, memory] = [count("/proc/self/fd"), count("/proc/self/task"), rss()];
  for (let i = 0; i < 40; i++) run();
  await until("threads end", () => count("/proc/self/task") <= threads + 2);
  assert.ok(count("/proc/self/fd") <= files + 2, "file descriptors are closed");
  // one core's counters alone take 2 MB once touched, its buffers 8
  assert.ok(rss() - memory < 60e6, `${(rss() - memory) / 1e6} MB more`);
});

test("frees replaced rules", async () => {
  const core = new FfiCore({ mode: "sockets", maxSlots: 64 });
  const engine = new FfiEngine(core);
  try {
    const [a, b] = [openPort({ engine }), openPort({ engine })];
    const big: Rule = rule({
      outputs: Array.from({ length: 32 }, () => ({ slot: b.slot, match: ["rtp"] as const })),
    });
    const replace = (times: number) => {
      for (let i = 0; i < times; i++) engine.setRule(a.slot, big);
    };
    replace(5000);
    await sleep(10);
    const memory = rss();
    replace(20_000); // 45 MB, were they kept
    await sleep(10);
    assert.ok(rss() - memory < 25e6, `${(rss() - memory) / 1e6} MB more`);
  } finally {
    core.shutdown();
  }
});

test("after shutdown says so instead of reading freed memory", () => {
  const core = new FfiCore({ mode: "sockets", maxSlots: 2 });
  const engine = new FfiEngine(core);
  const port = openPort({ engine });
  engine.shutdown();
  engine.shutdown();
  for (
    const act of [
      () => engine.open(port.local),
      () => engine.counters(port.slot),
      () => engine.lastRx(port.slot),
      () => engine.setRule(port.slot, rule({})),
      () => core.threads(),
      () => core.lost,
    ]
  ) {
    assert.throws(act, /shut down|not open/);
  }
  engine.close(port.slot);
  return Promise.resolve();
});

test("refuses slots outside of its counters", () => {
  const core = new FfiCore({ mode: "sockets", maxSlots: 2 });
  const engine = new FfiEngine(core);
  try {
    for (const slot of [-1, 2, 1e9, 0.5, NaN]) {
      assert.throws(() => engine.counters(slot), RangeError);
      assert.throws(() => engine.lastRx(slot), RangeError);
    }
  } finally {
    core.shutdown();
  }
  return Promise.resolve();
});

test("says why it cannot start", () => {
  assert.throws(() => new FfiCore({ threads: 65 }), /cannot start: .*threads/);
  assert.throws(() => new FfiCore({ maxSlots: 1 }), /cannot start: .*slots/);
  assert.throws(() => new FfiCore({ library: "/nonexistent.so" }), /cannot load .*nonexistent/);
  assert.throws(() => new FfiCore({ library: "/proc/self/exe" }), /cannot load|make -C ffi lib/);
  return Promise.resolve();
});

test("reports one struct of numbers per thread", () => {
  const core = new FfiCore({ mode: "sockets", threads: 3, maxSlots: 2 });
  try {
    const threads = core.threads();
    assert.equal(threads.length, 3);
    assert.ok(threads.every(({ cpuMs, txErrors }) => cpuMs >= 0 && txErrors === 0));
    assert.deepEqual(core.lost, { punts: 0, datagrams: 0 });
  } finally {
    core.shutdown();
  }
  return Promise.resolve();
});

test("counts 600 mutated packets as the engine in memory does", async () => {
  const core = new FfiCore({ mode: "sockets", maxSlots: 8, puntRate: 1_000_000 });
  const engine = new FfiEngine(core);
  const fake = new FakeEngine(new FakeClock(), { maxSlots: 8 });
  try {
    const rules: Partial<Rule>[] = [
      { rtcpMux: true },
      { rtcpOnly: true },
      { opaque: true, punt: ["stun"] },
      { payloadTypes: [0, 8], punt: ["dtls", "other", "unknown-ssrc"] },
    ];
    const sender = openPort({ engine });
    let seed = 99;
    const random = (below: number) =>
      (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) % below;
    for (const parts of rules) {
      const port = openPort({ engine });
      const twin = fake.open(port.local) as Slot;
      engine.setRule(port.slot, rule(parts));
      fake.setRule(twin, rule(parts));
      for (let i = 0; i < 150; i++) {
        const seeds = [rtp(i), rtcp(), stun(), dtls()];
        const packet = seeds[random(4)]!.slice(0, 1 + random(200));
        for (let k = random(3); k > 0; k--) {
          packet[random(Math.min(packet.length, 20))] = random(256);
        }
        assert.equal(engine.send(sender.slot, packet, port.local), true);
        fake.inject(twin, packet, makeEndpoint("127.0.0.1", sender.local.port)!);
        await until("it is counted", () => engine.counters(port.slot).rxPackets === i + 1);
      }
      const pick = (counters: ReturnType<FfiEngine["counters"]>) => {
        const { rxPackets, rxBytes, rxErrors, punted } = counters;
        const { dropMalformed, dropFiltered, dropNoRule, ssrcs } = counters;
        const sources = ssrcs.map(({ ssrc, packets, lost }) => [ssrc, packets, lost]);
        const drops = [dropMalformed, dropFiltered, dropNoRule];
        return { rxPackets, rxBytes, rxErrors, punted, drops, sources };
      };
      assert.deepEqual(pick(engine.counters(port.slot)), pick(fake.counters(twin)));
    }
  } finally {
    core.shutdown();
  }
});

function rss(): number {
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"))?.[1];
  return Number(kilobytes) * 1024;
}
