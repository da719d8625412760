import assert from "node:assert/strict";
import { healthFacts, worstLevel } from "./facts.ts";
import {
  backlogDropsOf,
  hostFacts,
  memoryOf,
  missingCapabilities,
  rangesOf,
  udpDropsOf,
} from "./host.ts";
import type { HealthInput } from "./types.ts";

const TABLE = { up: true, streams: 4, missed: 0, refused: 0 };

const GOOD: HealthInput = {
  now: 1_700_000_000_000,
  relay: { mode: "steer", reason: "" },
  table: -1,
  kernelModule: false,
  missingCapabilities: [],
  devices: [{ name: "eth0", queues: 4, spread: false }],
  udpDrops: 0,
  backlogDrops: 0,
  sipHelpers: [],
  overflow: 0,
  ringLost: { punt: 0, control: 0 },
  ports: [{ name: "default", address: "192.0.2.1", used: 10, total: 10_000 }],
  openFiles: 150_000,
  mediaPorts: [[30_000, 39_999]],
  receiveBufferMax: 8 << 20,
  localPorts: [40_000, 60_999],
  reservedPorts: [],
  disk: { free: 2 ** 34, total: 2 ** 36 },
  memory: { available: 2 ** 31, total: 2 ** 32 },
  load: { average: 0.5, processors: 4 },
  clockSynchronised: true,
  certificateExpires: 1_700_000_000_000 + 100 * 86_400_000,
  open: [],
  journalled: true,
};

function level(change: Partial<HealthInput>, id: string): string | undefined {
  return healthFacts({ ...GOOD, ...change }).find((fact) => fact.id === id)?.level;
}

Deno.test("healthFacts() finds nothing wrong where nothing is", () => {
  const facts = healthFacts(GOOD);
  assert.equal(worstLevel(facts), "ok");
  assert.deepEqual(facts.filter(({ advice }) => advice !== undefined), []);
  assert.equal(new Set(facts.map(({ id }) => id)).size, facts.length);
});

Deno.test("healthFacts() tells each thing that is wrong, and what to do", () => {
  const port = { name: "default", address: "192.0.2.1" };
  const cases: [Partial<HealthInput>, string, string][] = [
    [{ relay: { mode: "sockets", reason: "no CAP_BPF" } }, "relay-mode", "note"],
    [{ table: 0, kernel: { ...TABLE, up: false } }, "kernel-module", "warning"],
    [{ table: 0, kernel: { ...TABLE, missed: 3 } }, "kernel-module", "warning"],
    [{ table: 0, kernel: { ...TABLE, refused: 3 } }, "kernel-module", "warning"],
    [{ table: 0, kernel: TABLE }, "kernel-module", "ok"],
    [{ table: 0 }, "kernel-module", "warning"],
    [{ table: 0, kernelModule: true }, "kernel-module", "ok"],
    [{ missingCapabilities: ["CAP_BPF"] }, "capabilities", "note"],
    [{ devices: [{ name: "eth0", queues: 1, spread: false }] }, "queues-eth0", "note"],
    [{ devices: [{ name: "eth0", queues: 1, spread: true }] }, "queues-eth0", "ok"],
    [{ udpDrops: 5 }, "udp-drops", "note"],
    [{ backlogDrops: 5 }, "backlog", "note"],
    [{ sipHelpers: ["nf_nat_sip"] }, "sip-helper", "warning"],
    [{ overflow: 1 }, "local-loss", "warning"],
    [{ ringLost: { punt: 3 } }, "local-loss", "warning"],
    [{ ports: [{ ...port, used: 85, total: 100 }] }, "ports-default-192.0.2.1", "warning"],
    [{ ports: [{ ...port, used: 99, total: 100 }] }, "ports-default-192.0.2.1", "problem"],
    [{ openFiles: 1024 }, "open-files", "warning"],
    [{ receiveBufferMax: 212_992 }, "receive-buffer", "note"],
    [{ localPorts: [32_768, 60_999] }, "local-ports", "note"],
    [{ localPorts: [32_768, 60_999], reservedPorts: [[30_000, 40_000]] }, "local-ports", "ok"],
    [{ disk: { free: 100 << 20, total: 2 ** 34 } }, "disk", "warning"],
    [{ disk: { free: 0, total: 2 ** 34 } }, "disk", "problem"],
    [{ disk: { free: 500 << 20, total: 550 << 20 } }, "disk", "ok"],
    [{ disk: { free: 130 << 20, total: 550 << 20 } }, "disk", "warning"],
    [{ memory: { available: 2 ** 28, total: 2 ** 32 } }, "memory", "warning"],
    [{ load: { average: 5, processors: 4 } }, "load", "note"],
    [{ load: { average: 9, processors: 4 } }, "load", "warning"],
    [{ clockSynchronised: false }, "clock", "note"],
    [{ certificateExpires: GOOD.now + 86_400_000 }, "certificate", "warning"],
    [{ certificateExpires: GOOD.now - 86_400_000 }, "certificate", "problem"],
    [{ open: ["listen-ng 0.0.0.0:2223"] }, "exposure", "problem"],
    [{ journalled: false }, "journal", "note"],
  ];
  for (const [change, id, expected] of cases) {
    assert.equal(level(change, id), expected, `${id} ${JSON.stringify(change)}`);
    const found = healthFacts({ ...GOOD, ...change }).find((fact) => fact.id === id);
    assert.equal(found?.advice !== undefined, expected !== "ok", id);
  }
});

Deno.test("healthFacts() leaves out what the host does not tell", () => {
  const facts = healthFacts({
    ...GOOD,
    receiveBufferMax: undefined,
    localPorts: undefined,
    disk: undefined,
    memory: undefined,
    clockSynchronised: undefined,
    certificateExpires: undefined,
    relay: undefined,
    overflow: undefined,
    openFiles: undefined,
    missingCapabilities: undefined,
    udpDrops: undefined,
    backlogDrops: undefined,
    devices: [],
  });
  const ids = facts.map(({ id }) => id);
  for (const id of ["relay-mode", "local-loss", "open-files", "capabilities", "udp-drops"]) {
    assert.ok(!ids.includes(id), id);
  }
  for (const id of ["receive-buffer", "local-ports", "disk", "memory", "clock", "certificate"]) {
    assert.ok(!ids.includes(id), id);
  }
});

Deno.test("memoryOf() and rangesOf() read what the system writes", () => {
  assert.deepEqual(memoryOf("MemTotal:  2048 kB\nMemFree: 1 kB\nMemAvailable:  1024 kB\n"), {
    available: 1 << 20,
    total: 2 << 20,
  });
  assert.deepEqual(missingCapabilities("Name: x\nCapEff:\t0000000000003000\n"), ["CAP_BPF"]);
  assert.deepEqual(missingCapabilities("CapEff:\t000001ffffffffff\n"), []);
  assert.equal(missingCapabilities("nonsense"), undefined);
  const snmp = "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors\nUdp: 1 2 3 4 17\n";
  assert.equal(udpDropsOf(snmp), 17);
  assert.equal(udpDropsOf("Tcp: 1\n"), undefined);
  assert.equal(backlogDropsOf("0001 0000000a 2\n0001 00000006 0\n"), 16);
  assert.equal(memoryOf("nonsense"), undefined);
  assert.equal(memoryOf(undefined), undefined);
  assert.deepEqual(rangesOf("30000-39999,5060\n"), [[30_000, 39_999], [5060, 5060]]);
  assert.deepEqual(rangesOf("\n"), []);
});

Deno.test("hostFacts() asks this host", () => {
  const facts = hostFacts(Deno.cwd());
  assert.ok(facts.load.processors > 0);
  assert.ok((facts.disk?.total ?? 0) > 0);
  assert.ok((facts.memory?.total ?? 0) > 0);
  assert.equal(hostFacts("/no/such/folder").disk, undefined);
});
