/**
 * Runs inside a network namespace: a crowd of calls, a daemon that is killed, and another one in its place.
 * Prints what happened as one line of JSON.
 *
 * Usage: deno run -A resume_main.ts CALLS kill|stop|damage
 *
 * @module
 */

import { deno, root } from "../../tools/proc.ts";
import type { NgMessage } from "../support/ng_codec.ts";
import { Daemon, sleep, until } from "../support/process.ts";
import { Crowd, HOST, INTERVAL_MS, NgClient } from "./crowd.ts";

const NG = 2223;
/** Requests under way at once. */
const PARALLEL = 20;

/** What the test looks at. */
export interface Outcome {
  readonly resumed: number;
  /** Longest pause of any stream in ms: before, and over the restart. */
  readonly gapBefore: number;
  readonly gap: number;
  /** From the kill until the new daemon answered, in ms. */
  readonly outage: number;
  /** Calls whose `query` has the same ports, and at least the packets of before. */
  readonly samePorts: number;
  readonly countedOn: number;
  /** Calls both sides of which heard something after the restart. */
  readonly alive: number;
  readonly portsUsedAfterDelete: number;
  readonly callsAfterDelete: number;
  readonly log: readonly string[];
  readonly files: readonly string[];
}

function start(folder: string): Daemon {
  return new Daemon("rtpedge", [
    ...[deno, "run", "-A", `${root}/mod.ts`, "--config-file=none", "--table=-1", "--foreground"],
    ...["--log-stderr", `--interface=${HOST}`, "--port-min=20000", "--port-max=29999"],
    ...[`--listen-ng=${HOST}:${NG}`, `--listen-http=${HOST}:2225`, "--timeout=20"],
    ...[`--data-dir=${folder}`, "--journal=calls.db", "--delete-delay=0"],
  ], { cwd: root, env: { NO_COLOR: "1", RUNTIME_DIRECTORY: `${folder}/run` } });
}

async function each(count: number, task: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: PARALLEL }, async () => {
    while (next < count) await task(next++);
  }));
}

interface Facts {
  readonly ports: string;
  readonly packets: number;
}

async function facts(ng: NgClient, crowd: Crowd): Promise<Facts[]> {
  const all: Facts[] = [];
  await each(crowd.size, async (call) => {
    const reply = await ng.ask({ command: "query", "call-id": crowd.callId(call) });
    all[call] = { ports: portsOf(reply), packets: packetsOf(reply) };
  });
  return all;
}

// deno-lint-ignore no-explicit-any
type Tree = any;

function streamsOf(reply: NgMessage): Tree[] {
  const tags = Object.entries((reply["tags"] ?? {}) as Tree).sort(([a], [b]) => a < b ? -1 : 1);
  return tags.flatMap(([, tag]) => (tag as Tree).medias.flatMap((media: Tree) => media.streams));
}

function portsOf(reply: NgMessage): string {
  return streamsOf(reply).map((stream) => stream["local port"]).join(" ");
}

function packetsOf(reply: NgMessage): number {
  return Number((reply["totals"] as Tree)?.RTP?.packets ?? 0);
}

async function portsUsed(): Promise<number> {
  const page = await (await fetch(`http://${HOST}:2225/metrics`)).text();
  const values = [...page.matchAll(/^rtpengine_ports_used\{.*\} (\d+)/gm)].map(([, n]) =>
    Number(n)
  );
  if (values.length === 0) throw new Error("no ports_used in the metrics");
  return values.reduce((a, b) => a + b);
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

async function main(calls: number, how: string): Promise<Outcome> {
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-resume-" });
  const ng = new NgClient(NG);
  const crowd = await Crowd.start(calls, folder);
  let daemon = start(folder);
  try {
    await daemon.line(/\[core\] ready/, 30_000);
    await each(calls, (call) => crowd.setUp(ng, call));
    crowd.send();
    // the first second is for learning
    await sleep(1000);
    crowd.reset();
    await sleep(2000);
    const { gap: gapBefore } = await crowd.report();
    const before = await facts(ng, crowd);
    crowd.reset();
    const killed = performance.now();
    const old = daemon;
    if (how === "stop") await old.stop();
    else {
      Deno.kill(old.pid, "SIGKILL");
      await old.status;
    }
    if (how === "damage") {
      await Deno.writeTextFile(`${folder}/calls.db`, "this is no database".repeat(500));
    }
    daemon = start(folder);
    await until("ping", () => ng.ask({ command: "ping" }, 250).catch(() => undefined), 20_000, 5);
    const outage = performance.now() - killed;
    await sleep(4 * INTERVAL_MS);
    const { gap, alive } = await crowd.report();
    const list = await ng.ask({ command: "list", limit: calls + 10 });
    const resumed = (list["calls"] as string[]).length;
    await sleep(500);
    const after = resumed === 0 ? [] : await facts(ng, crowd);
    await crowd.stop();
    await each(calls, async (call) => {
      await ng.ask({ command: "delete", "call-id": crowd.callId(call) });
    });
    const left = (await ng.ask({ command: "list", limit: 10 }))["calls"] as string[];
    const used = await portsUsed();
    await daemon.stop();
    return {
      resumed,
      gapBefore,
      gap,
      outage,
      samePorts: after.filter(({ ports }, i) => ports === before[i]!.ports).length,
      countedOn: after.filter(({ packets }, i) => packets >= before[i]!.packets).length,
      alive,
      portsUsedAfterDelete: used,
      callsAfterDelete: left.length,
      log: daemon.lines.slice(-30),
      files: [...await names(folder), ...await names(`${folder}/run`)],
    };
  } finally {
    ng.close();
    await crowd.stop();
    await daemon.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

const outcome = await main(Number(Deno.args[0]), Deno.args[1] ?? "kill");
Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(outcome)}\n`));
Deno.exit(0);
