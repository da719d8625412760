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
import { FakeEngine, type Rule, type Slot } from "../../src/relay/mod.ts";
import { libraryMissing, openPort, rule, sleep, until } from "./harness.ts";
import { runProgram } from "./program.ts";
import { dtls, rtcp, rtp, stun } from "./packets.ts";

const missing = libraryMissing();

function test(name: string, fn: () => Promise<void>): void {
  const suffix = missing === undefined ? "" : ` (not here: ${missing})`;
  Deno.test({ name: `native relay ${name}${suffix}`, ignore: missing !== undefined, fn });
}

/** Packets that go round between two ports as fast as the core can send them, each handed up. */
function startMill(engine: FfiEngine): { stop(): void } {
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
  return { stop: () => engine.close(a.slot, b.slot) };
}

test("under a flood of events keeps timers and sockets of this process going", async () => {
  const core = new FfiCore({ mode: "sockets", puntRate: 1_000_000, puntRingBytes: 1 << 20 });
  const engine = new FfiEngine(core);
  try {
    // the handler is slower than the flood, so a reader without a bound would never be done
    let sinceTimer = 0;
    let most = 0;
    const mill = startMill(engine);
    engine.onEvent(() => {
      most = Math.max(most, ++sinceTimer);
      if (sinceTimer > 20_000) mill.stop();
      const end = performance.now() + 0.03;
      while (performance.now() < end);
    });
    // what counts is how much is done between two timers, not how long it takes on a busy machine
    const end = performance.now() + 30_000;
    for (let timers = 0; timers < 10 || most < 100; timers++) {
      sinceTimer = 0;
      await sleep(1);
      assert.ok(performance.now() < end, `${timers} timers and ${most} events in half a minute`);
    }
    mill.stop();
    // a record of 172 bytes takes 256 of the 128 KiB read before others have their turn
    assert.ok(most <= 4096, `${most} events between two timers`);
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
    const start = performance.now();
    const mill = startMill(engine);
    await sleep(300);
    mill.stop();
    const seconds = (performance.now() - start) / 1000;
    await sleep(20);
    // on each of two ports a burst of 20, then 20 per second
    assert.ok(events >= 40, `${events} events`);
    assert.ok(events <= 2 * (20 + 20 * seconds) + 2, `${events} events in ${seconds} s`);
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

/** What a program of its own uses after doing `work` twice, less what it used after the first time. */
async function growth(setup: string, work: string): Promise<Record<string, number>> {
  const { code, output, errors } = await runProgram(`
    ${setup}
    const usage = () => ({
      files: [...Deno.readDirSync("/proc/self/fd")].length,
      threads: [...Deno.readDirSync("/proc/self/task")].length,
      megabytes: Number(/VmRSS:\\s+(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))![1]) / 1000,
    });
    const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
    const work = () => { ${work} };
    work();
    await pause();
    const before = usage();
    work();
    await pause();
    const after = usage();
    stdout(JSON.stringify({
      files: after.files - before.files,
      threads: after.threads - before.threads,
      megabytes: after.megabytes - before.megabytes,
    }));
    Deno.exit(0);
  `);
  assert.equal(code, 0, errors);
  return JSON.parse(output);
}

test("gives back file descriptors, threads and memory of 20 cores", async () => {
  const { files, threads, megabytes } = await growth(
    `let port = 20000 + Deno.pid % 9000;`,
    `for (let i = 0; i < 20; i++) {
       const { engine } = startNativeRelay({ mode: "sockets", threads: 2, maxSlots: 4096 });
       for (let k = 0; k < 50; k++) {
         engine.open({ family: 4, address: "127.0.0.1", port: port = port >= 29999 ? 20000 : port + 1 });
       }
       engine.shutdown();
     }`,
  );
  assert.ok(files! <= 0, `${files} more file descriptors`);
  assert.ok(threads! <= 4, `${threads} more threads`); // Deno starts some of its own
  // the buffers of one core alone are 8 MB
  assert.ok(megabytes! < 40, `${megabytes} MB more`);
});

test("frees replaced rules", async () => {
  const { megabytes } = await growth(
    `let slot = -1;
     for (let port = 20000 + Deno.pid % 9000; slot < 0; port++) {
       const opened = engine.open({ family: 4, address: "127.0.0.1", port });
       if (typeof opened === "number") slot = opened;
     }
     const output = { slot, match: ["rtp"] } as const;
     const rule = {
       sourceAction: "ignore", learning: "off", learnMs: 0, relearn: false, blackhole: false,
       rtcpMux: false, rtcpOnly: false, opaque: false, waitInput: false, punt: [],
       outputs: Array.from({ length: 32 }, () => output),
     } as const;`,
    `for (let i = 0; i < 20_000; i++) engine.setRule(slot, rule);`,
  );
  // 40 MB, were they kept
  assert.ok(megabytes! < 20, `${megabytes} MB more`);
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

test("moves what is known of SRTP between open ports, and never under keys in use", async () => {
  const core = new FfiCore({ mode: "sockets" });
  const engine = new FfiEngine(core);
  try {
    const [a, b, sink] = [openPort({ engine }), openPort({ engine }), openPort({ engine })];
    const keys = {
      suite: "AES_CM_128_HMAC_SHA1_80",
      key: new Uint8Array(16).fill(1),
      salt: new Uint8Array(14).fill(2),
    } as const;
    engine.moveKeys(a.slot, b.slot);
    engine.setRule(a.slot, rule({ decrypt: keys, outputs: [{ slot: sink.slot, match: ["rtp"] }] }));
    engine.moveKeys(a.slot, b.slot);
    engine.setRule(b.slot, rule({ decrypt: keys, outputs: [{ slot: sink.slot, match: ["rtp"] }] }));
    assert.throws(() => engine.moveKeys(a.slot, b.slot), /SRTP state of slot \d+ stays there/);
    engine.close(b.slot);
    assert.throws(() => engine.moveKeys(a.slot, b.slot));
  } finally {
    core.shutdown();
    await sleep(0);
  }
});
