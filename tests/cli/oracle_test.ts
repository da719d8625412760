import assert from "node:assert/strict";
import { CLI_DIFFERENCES } from "../../src/cli/differences.ts";
import { LABEL_DIFFERENCES } from "../../src/stats/differences.ts";
import { METRICS, PrometheusPage, statisticsReply } from "../../src/stats/mod.ts";
import { oracleFolder, oracleUnavailable } from "../oracle/mod.ts";
import { netnsUnavailable, say } from "../support/mod.ts";
import { LINES } from "./lines.ts";
import { normaliseAnswer } from "./normalise.ts";
import { type OracleScene, oracleScene, ourScene } from "./scene.ts";
import { families, quoteNumbers, shape } from "./shape.ts";

async function whyNot(): Promise<string | undefined> {
  const reason = oracleUnavailable() ?? await netnsUnavailable();
  if (reason !== undefined) return reason;
  const program = `${oracleFolder()}/usr/bin/rtpengine`;
  const present = await Deno.stat(program).then(() => true, () => false);
  return present ? undefined : `the oracle is not installed: no ${program}`;
}

const reason = await whyNot();
if (reason !== undefined) say(`skipped: comparison of the control tree with the oracle: ${reason}`);
const ignore = reason !== undefined;

let scene: Promise<OracleScene> | undefined;

/** The oracle's side, played once. */
function oracle(): Promise<OracleScene> {
  return scene ??= oracleScene(["list jsonstats", ...LINES]);
}

/** Relay threads and transcoders come and go with the machine and the features in use. */
function withoutEngines(tree: Record<string, unknown>): Record<string, unknown> {
  return { ...tree, poller_threads: [], transcoders: [] };
}

/** Series of a page that both sides must have alike: fixed labels, and the scene's one client. */
function countedSeries(page: string): string[] {
  return page.split("\n").filter((line) =>
    /^rtpengine_(sessions|closed_sessions_total|requests_total|errors_total|ports|ports_used|ports_free|packets_total|bytes_total|interface_packets|interface_bytes|mediastreams)(\{| )/
      .test(line)
  ).sort();
}

Deno.test({
  name:
    "the control tree answers every line as the oracle does, but for the documented differences",
  ignore,
  async fn() {
    const { lines: [, ...theirs], pings } = await oracle();
    const { cli } = ourScene(pings);
    const known = new Map(CLI_DIFFERENCES.map((difference) => [difference.line, difference]));
    const ours = LINES.map((line, index) => [index, line, normaliseAnswer(cli.run(line))]);
    const expected = LINES.map((line, index) => {
      const said = normaliseAnswer(theirs[index]!);
      const difference = known.get(line);
      if (difference === undefined) return [index, line, said];
      assert.equal(said, difference.theirs, `the oracle's answer to: ${line}`);
      return [index, line, difference.ours];
    });
    const same = ours.filter((answer, index) => answer[2] === expected[index]![2]).length;
    say(`control tree: ${same} of ${LINES.length} answers as expected`);
    const differs = (_: unknown, index: number): boolean => ours[index]![2] !== expected[index]![2];
    assert.deepEqual(ours.filter(differs), expected.filter(differs));
  },
});

Deno.test({
  name: "list jsonstats has the oracle's keys in its order, and its number formats",
  ignore,
  async fn() {
    const { lines: [theirs = ""], pings } = await oracle();
    const ours = ourScene(pings).cli.run("list jsonstats");
    const format = (text: string) => shape(withoutEngines(JSON.parse(quoteNumbers(text))));
    assert.deepEqual(format(ours), format(theirs));
  },
});

Deno.test({
  name: "the ng command statistics has the oracle's keys and types",
  ignore,
  async fn() {
    const { statistics: theirs, pings } = await oracle();
    const ours = statisticsReply(ourScene(pings).statistics);
    const seen = JSON.parse(JSON.stringify(ours));
    assert.deepEqual(shape(withoutEngines(seen)), shape(withoutEngines({ ...theirs })));
  },
});

Deno.test({
  name: "/metrics has the oracle's names, types and labels, but for the documented differences",
  ignore,
  async fn() {
    const theirs = families((await oracle()).metrics);
    const table = new Map(METRICS.map((spec) => [spec.name as string, spec]));
    const labelled = new Map(LABEL_DIFFERENCES.map(({ name, theirs }) => [name as string, theirs]));
    assert.ok(theirs.size > 60, `${theirs.size} families`);
    for (const [name, family] of theirs) {
      const spec = table.get(name);
      assert.ok(spec !== undefined, `no ${name}`);
      assert.equal(spec.type, family.type, name);
      assert.deepEqual(labelled.get(name) ?? spec.labels, family.labels, name);
    }
    for (const { name } of METRICS) {
      const expected = name.startsWith("rtpengine_") && !/transcode/.test(name);
      if (expected) assert.ok(theirs.has(name), `the oracle has no ${name}`);
    }
  },
});

Deno.test({
  name: "/metrics counts the same scene as the oracle does",
  ignore,
  async fn() {
    const { metrics, pings } = await oracle();
    // The page was taken after all calls were terminated, as below.
    const { cli, statistics } = ourScene(pings);
    for (const line of LINES) cli.run(line);
    const page = await new PrometheusPage(statistics).render();
    const forced = /reason="force_terminated"|mediastreams|ports/;
    const pick = (text: string) => countedSeries(text).filter((line) => !forced.test(line));
    assert.deepEqual(pick(page), pick(metrics));
  },
});
