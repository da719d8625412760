/**
 * `deno task bench`: rtpedge and today's rtpengine side by side, pinned alike, in private networks.
 *
 * @module
 */

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureOracle } from "../oracle/mod.ts";
import { netnsUnavailable } from "../support/netns.ts";
import { say } from "../support/process.ts";
import { machineFacts } from "./facts.ts";
import { buildLoad } from "./load.ts";
import type { Contestants, Effort } from "./measure.ts";
import { measureMemory, measureNg } from "./measure_control.ts";
import { measureFlood } from "./measure_flood.ts";
import { measureDtls } from "./measure_dtls.ts";
import { measureCpu, measureLatency, measureSrtp } from "./measure_forwarding.ts";
import { measureRate } from "./measure_rate.ts";
import { type BenchOptions, type Group, parseOptions, USAGE } from "./options.ts";
import { judge, type Row, type Side, table } from "./results.ts";
import { peerCommand, peerVersion, Subject, type SubjectPlan } from "./subject.ts";

const LATEST = fileURLToPath(new URL("results/latest.json", import.meta.url));

const MEASURES: Readonly<Record<Group, (c: Contestants, e: Effort) => Promise<Row[]>>> = {
  cpu: measureCpu,
  srtp: measureSrtp,
  dtls: measureDtls,
  flood: measureFlood,
  latency: measureLatency,
  rate: measureRate,
  ng: measureNg,
  memory: measureMemory,
};

/** Groups that send RTP and so need calls. */
const NEEDS_CALLS: ReadonlySet<Group> = new Set(["cpu", "srtp", "flood", "latency", "rate"]);

function plan(side: Side, options: BenchOptions): SubjectPlan {
  const peer = side === "peer" || options.ours === "peer";
  const mode = options.relayMode;
  return {
    name: side,
    command: peer ? peerCommand() : options.ours.split(/\s+/).filter(Boolean),
    extra: !peer && mode !== undefined ? [`--relay-mode=${mode}`] : [],
    joint: options.net,
    ofHost: !peer,
    free: options.free,
  };
}

/** Why the benchmark cannot run here, or `undefined`. */
async function unavailable(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "it needs Linux";
  if (Deno.uid() !== 0) return "it needs root: network namespaces, packet sockets, chroot";
  if (navigator.hardwareConcurrency < 2) return "it needs two processors";
  return await netnsUnavailable();
}

async function measureAll(contestants: Contestants, options: BenchOptions): Promise<Row[]> {
  const rows: Row[] = [];
  if (options.only.some((group) => NEEDS_CALLS.has(group))) {
    say(`bench: setting up ${options.calls} calls on each side`);
    for (const subject of contestants.values()) await subject.prepare(options.calls);
  }
  for (const group of options.only) {
    say(`bench: ${group}`);
    if (!NEEDS_CALLS.has(group)) {
      for (const subject of contestants.values()) await subject.drop();
    }
    rows.push(...await MEASURES[group](contestants, options));
  }
  return rows;
}

async function main(options: BenchOptions): Promise<void> {
  const reason = await unavailable();
  if (reason !== undefined) throw new Error(`The benchmark cannot run here: ${reason}`);
  if (options.sides.includes("peer") || options.ours === "peer") await ensureOracle();
  await buildLoad();
  const facts = await machineFacts();
  await using stack = new AsyncDisposableStack();
  /* The daemons run in sessions of their own: an interrupt from the keyboard does not reach them. */
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => {
      say(`bench: ${signal}, cleaning up`);
      stack.disposeAsync().finally(() => Deno.exit(130));
    });
  }
  const contestants = new Map<Side, Subject>();
  for (const side of options.sides) {
    say(`bench: starting ${side}`);
    contestants.set(side, stack.use(await Subject.start(plan(side, options))));
  }
  const rows = (await measureAll(contestants, options)).map(judge);
  const version = contestants.has("peer") ? await peerVersion() : undefined;
  const result = { facts, peer: version, options, rows };
  const output = options.output === "" ? LATEST : options.output;
  await Deno.mkdir(dirname(output), { recursive: true });
  await Deno.writeTextFile(output, `${JSON.stringify(result, null, 2)}\n`);
  const joint = options.net === "veth" ? "a veth pair" : "loopback";
  say(`\n${facts.processor}, Linux ${facts.kernel}; ${options.calls * 2} streams over ${joint}`);
  say(`${table(rows)}\n\nwritten to ${output}`);
}

if (import.meta.main) {
  try {
    const options = parseOptions(Deno.args);
    if (options.help) say(USAGE);
    else await main(options);
    Deno.exit(0);
  } catch (error) {
    say(`bench: ${error instanceof Error ? error.message : error}`);
    Deno.exit(1);
  }
}
