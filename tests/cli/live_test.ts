import assert from "node:assert/strict";
import { LABEL_DIFFERENCES } from "../../src/stats/differences.ts";
import { oracleFolder, oracleUnavailable } from "../oracle/mod.ts";
import { netnsUnavailable, say } from "../support/mod.ts";
import { CTL_LINES, playLive, type Told } from "./live_world.ts";
import { families, oneThread, quoteNumbers, seriesNames, shape } from "./shape.ts";
import { normaliseAnswer } from "./normalise.ts";

async function whyNot(): Promise<string | undefined> {
  const reason = oracleUnavailable() ?? await netnsUnavailable();
  if (reason !== undefined) return reason;
  const program = `${oracleFolder()}/usr/bin/rtpengine-ctl`;
  const present = await Deno.stat(program).then(() => true, () => false);
  return present ? undefined : `the oracle is not installed: no ${program}`;
}

const reason = await whyNot();
if (reason !== undefined) say(`skipped: live comparison of control tree and statistics: ${reason}`);
const ignore = reason !== undefined;

let played: Promise<readonly [theirs: Told, ours: Told]> | undefined;

/** Both sides, played once. */
function both(): Promise<readonly [theirs: Told, ours: Told]> {
  return played ??= Promise.all([playLive("oracle"), playLive("rtpedge")]);
}

/** Also takes out measured values, and the numbers of the last interval, which depend on its moment. */
function normaliseLive(text: string): string {
  return normaliseAnswer(text)
    .replace(/^( Min\/Max\/Avg .*):[\d./]+/gm, "$1:<spread>")
    .replace(/^( (?:Min|Max) managed sessions +):\d+$/gm, "$1:<sessions>")
    .replace(/\d+\.\d{6}/g, "<decimal>")
    .replace(/(Total number of .* samples *:)\d+/g, "$1<samples>")
    .replace(/^( (?:MOS|Jitter|RTT): ).*$/gm, "$1<quality>")
    // The oracle names an alias once for each time it came to be.
    .replace(/(Aliases: ('\w+'))(?:, \2)+/g, "$1")
    .replace(/(rtpengine: \d+; cat \/proc\/)\d+/g, "$1<pid>");
}

function answered(told: Told, line: string): string {
  return told.ctl[CTL_LINES.indexOf(line)]!;
}

Deno.test({
  name: "rtpengine-ctl prints line by line what it prints of the oracle for the same calls",
  ignore,
  async fn() {
    const [theirs, ours] = await both();
    const text = (told: Told) =>
      CTL_LINES.map((line, index) => [index, line, normaliseLive(told.ctl[index]!)])
        .filter(([, line]) => line !== "list jsonstats");
    assert.ok(answered(ours, "list totals").split("\n").length > 150);
    assert.deepEqual(text(ours), text(theirs));
  },
});

Deno.test({
  name: "rtpengine-ctl list jsonstats has the oracle's keys in its order, and its number formats",
  ignore,
  async fn() {
    const [theirs, ours] = await both();
    const format = (told: Told) =>
      shape(oneThread(JSON.parse(quoteNumbers(answered(told, "list jsonstats")))));
    assert.deepEqual(format(ours), format(theirs));
  },
});

Deno.test({
  name:
    "the control tree says the same over TCP, GET, POST, WebSocket and ng, and so does the oracle",
  ignore,
  async fn() {
    const [theirs, ours] = await both();
    for (const [transport, answers] of Object.entries(ours.everywhere)) {
      assert.deepEqual(answers, ours.everywhere["tcp"], transport);
    }
    assert.deepEqual(ours.everywhere, theirs.everywhere);
  },
});

for (const wire of ["bencode", "json"] as const) {
  Deno.test({
    name: `ng statistics has the oracle's keys in its order, and its types, in ${wire}`,
    ignore,
    async fn() {
      const [theirs, ours] = await both();
      const format = (told: Told) => shape(oneThread({ ...told.statistics[wire] }));
      assert.deepEqual(format(ours), format(theirs));
    },
  });
}

Deno.test({
  name: "/metrics has exactly the oracle's series for the same calls, and its types",
  ignore,
  async fn() {
    const [theirs, ours] = await both();
    const threads = new Set<string>(LABEL_DIFFERENCES.map(({ name }) => name));
    const series = ({ metrics }: Told) =>
      seriesNames(metrics).filter((name) =>
        name.startsWith("rtpengine_") && !threads.has(name.replace(/\{.*/, ""))
      );
    assert.ok(series(theirs).length > 150, `${series(theirs).length} series`);
    assert.deepEqual(series(ours), series(theirs));
    const types = ({ metrics }: Told) =>
      [...families(metrics)].filter(([name]) => name.startsWith("rtpengine_"))
        .map(([name, { type }]) => `${name} ${type}`).sort();
    assert.deepEqual(types(ours), types(theirs));
  },
});

/** Counters that both sides must have alike for the same calls and packets; each is pinged until it is up. */
const EXACT =
  /^rtpengine_(sessions|sessions_total|closed_sessions_total|requests_total|packets_total|bytes_total|packet_errors_total|zero_packet_streams_total|one_way_sessions_total|errors_total|ports|ports_used|ports_free|(interface_)?(jitter|packetloss)2?_(total|samples_total)|(interface_)?(mos|rtt_e2e|rtt_dsct)_samples_total|packets_lost|rtp_\w+|interface_packets_lost|interface_duplicates|interface_packets|interface_bytes|interface_errors)(\{| )/;

Deno.test({
  name: "/metrics counts the same calls, packets and quality as the oracle does",
  ignore,
  async fn() {
    const [theirs, ours] = await both();
    const counted = ({ metrics }: Told) =>
      metrics.split("\n").filter((line) => EXACT.test(line) && !line.includes('"ping"'))
        .map((line) => line.replace(/\S+$/, (value) => String(Number(value)))).sort();
    assert.ok(counted(theirs).includes('rtpengine_packets_total{type="userspace"} 11'));
    assert.ok(counted(theirs).includes("rtpengine_jitter_total 6"));
    assert.deepEqual(counted(ours), counted(theirs));
    // It depends on the round trip, and that on how busy the machine is.
    const [mos, reference] = [ours, theirs].map(({ metrics }) =>
      Number(/^rtpengine_mos_total (\S+)$/m.exec(metrics)![1])
    );
    assert.ok(Math.abs(mos! - reference!) <= 0.3, `MOS ${mos}, the oracle's ${reference}`);
  },
});

Deno.test({
  name: "Graphite gets the oracle's names in its order, each interval",
  ignore,
  async fn() {
    const [theirs, ours] = await both();
    const names = (interval: readonly string[]) => interval.map((line) => line.split(" ")[0]);
    assert.ok(ours.graphite.length >= 2, `${ours.graphite.length} intervals`);
    for (const interval of ours.graphite) {
      assert.deepEqual(names(interval), names(theirs.graphite[0]!));
      for (const line of interval) assert.match(line, /^\S+ \d+(\.\d{6})? \d{10}$/);
    }
  },
});

/** Sums up what Graphite was told of growth, and keeps the last value of what is a total. */
function summed(told: Told): Map<string, number> {
  const totals = new Map<string, number>();
  for (const line of told.graphite.flat()) {
    const [name = "", value = ""] = line.split(" ");
    const growth = /_sess$|relayed_/.test(name) && name !== "site.managed_sess";
    totals.set(name, growth ? (totals.get(name) ?? 0) + Number(value) : Number(value));
  }
  return totals;
}

Deno.test({
  name: "Graphite gets the same numbers of calls, requests and packets as the oracle sends",
  ignore,
  async fn() {
    const [theirs, ours] = await both();
    const kept = (told: Told) =>
      [...summed(told)].filter(([name]) =>
        /_sess$|relayed_|current_|ports_|_count$/.test(name) && !/ping_|statistics_|cli_/.test(name)
      );
    assert.ok(kept(theirs).length > 50);
    assert.deepEqual(kept(ours), kept(theirs));
  },
});
