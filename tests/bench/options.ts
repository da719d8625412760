/**
 * Command line of the benchmark.
 *
 * @module
 */

import { parseArgs } from "node:util";

/** Groups of measurements, in the order they run. */
export const GROUPS = ["cpu", "srtp", "dtls", "flood", "latency", "rate", "ng", "memory"] as const;
/** A group of measurements. */
export type Group = typeof GROUPS[number];

/** Groups whose generator needs no processor of its own. */
const FREE_GROUPS: readonly Group[] = ["ng", "memory"];

/** What to run, how, and for how long. */
export interface BenchOptions {
  readonly only: readonly Group[];
  /** Which sides run. */
  readonly sides: readonly ("ours" | "peer")[];
  /** Command line of our daemon up to its options; `peer` compares the peer with itself. */
  readonly ours: string;
  /** Value of our daemon's `--relay-mode`, or `undefined` for its default. */
  readonly relayMode: string | undefined;
  /** How generator and daemon are joined. */
  readonly net: "veth" | "lo";
  /** Daemons and generator may use every processor, with as many threads as they like. */
  readonly free: boolean;
  /** How often each pair A B B A is repeated. */
  readonly rounds: number;
  /** Length of one measurement, seconds. */
  readonly seconds: number;
  readonly calls: number;
  /** Where the JSON goes. */
  readonly output: string;
  readonly help: boolean;
}

/** Printed for `--help`. */
export const USAGE = `deno task bench [options]

  --quick             one round, shorter measurements
  --only=LIST         of ${GROUPS.join(",")} (default all)
  --ours-only         measure rtpedge alone
  --peer-only         measure rtpengine alone
  --ours="COMMAND"    rtpedge's command up to its options (default "deno run -A mod.ts");
                      "peer" runs rtpengine on both sides, which shows the noise
  --relay-mode=MODE   given to rtpedge
  --net=veth|lo       veth pair between two namespaces (default), or loopback in one
  --free              no pinning, and threads as each daemon chooses; for ng and memory only
  --rounds=N          repetitions of A B B A (default 2)
  --seconds=S         length of one measurement (default 3)
  --calls=N           two-party calls that carry the load (default 250)
  --output=FILE       where the JSON goes (default tests/bench/results/latest.json)
`;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) {
    throw new RangeError(`--${name} wants a number above 0, not ${text}`);
  }
  return value;
}

function groups(text: string): readonly Group[] {
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) {
    if (!(GROUPS as readonly string[]).includes(name)) {
      throw new RangeError(`--only knows ${GROUPS.join(", ")}, not ${name}`);
    }
  }
  return GROUPS.filter((group) => names.includes(group));
}

function given(args: readonly string[], name: string): boolean {
  return args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
}

/**
 * Reads the command line.
 *
 * @throws RangeError or TypeError naming the option and the bad value
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "quick": { type: "boolean", default: false },
      "only": { type: "string", default: GROUPS.join(",") },
      "ours-only": { type: "boolean", default: false },
      "peer-only": { type: "boolean", default: false },
      "ours": { type: "string", default: "deno run -A mod.ts" },
      "relay-mode": { type: "string" },
      "net": { type: "string", default: "veth" },
      "free": { type: "boolean", default: false },
      "rounds": { type: "string" },
      "seconds": { type: "string" },
      "calls": { type: "string", default: "250" },
      "output": { type: "string", default: "" },
      "help": { type: "boolean", default: false },
    },
  });
  if (values["ours-only"] && values["peer-only"]) {
    throw new RangeError("--ours-only and --peer-only exclude each other");
  }
  if (values.net !== "veth" && values.net !== "lo") {
    throw new RangeError(`--net knows veth and lo, not ${values.net}`);
  }
  const only = groups(values.free && !given(args, "only") ? FREE_GROUPS.join() : values.only);
  if (values.free && only.some((group) => !FREE_GROUPS.includes(group))) {
    throw new RangeError(`--free is for ${FREE_GROUPS.join(" and ")} only`);
  }
  return {
    only,
    sides: values["ours-only"] ? ["ours"] : values["peer-only"] ? ["peer"] : ["ours", "peer"],
    ours: values.ours,
    relayMode: values["relay-mode"],
    net: values.net,
    free: values.free,
    rounds: Math.ceil(positive("rounds", values.rounds ?? (values.quick ? "1" : "2"))),
    seconds: positive("seconds", values.seconds ?? (values.quick ? "1" : "3")),
    calls: Math.ceil(positive("calls", values.calls)),
    output: values.output,
    help: values.help,
  };
}
