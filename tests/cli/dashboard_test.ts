import assert from "node:assert/strict";
import { root } from "../../tools/proc.ts";
import { type RunningDaemon, startDaemon } from "../ng/daemon.ts";
import { Agent, buildRtp, Daemon, fromBytes, say, until } from "../support/mod.ts";
import { findPrometheus } from "./prometheus.ts";
import { parseExpression } from "./promql.ts";
import { families, seriesNames } from "./shape.ts";

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}

interface DashboardPanel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly gridPos: {
    readonly h: number;
    readonly w: number;
    readonly x: number;
    readonly y: number;
  };
  readonly targets?: readonly Target[];
}

const DASHBOARD: { readonly panels: readonly DashboardPanel[]; readonly templating: unknown } = JSON
  .parse(Deno.readTextFileSync(`${root}/docs/grafana/rtpedge.json`));
const TARGETS = DASHBOARD.panels.flatMap(({ title, targets = [] }) =>
  targets.map((target) => ({ title, ...target }))
);

/** Only grow, but typed gauge as rtpengine has them. */
const GROWING_GAUGES = new Set([
  "rtpengine_interface_packets",
  "rtpengine_interface_bytes",
  "rtpengine_interface_errors",
]);
/** Labels that Prometheus adds. */
const SCRAPE_LABELS = ["instance", "job"];

const SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
  "m=audio 6000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n";

const PACKET = fromBytes(buildRtp({
  payloadType: 8,
  sequence: 1,
  timestamp: 160,
  ssrc: 1,
  payload: new Uint8Array(160),
}));

/** Runs `body` against a daemon that has answered some requests, one of them with an error. */
async function withDaemon(
  body: (daemon: RunningDaemon, ask: () => Promise<void>) => Promise<void>,
) {
  await using daemon = await startDaemon();
  await using agent = await Agent.start();
  const to = { host: daemon.ng.address, port: daemon.ng.port };
  const party = await agent.bind("127.0.0.1");
  let calls = 0;
  const ask = async (): Promise<void> => {
    const id = { "call-id": `c${calls++}`, "from-tag": "f" };
    const { sdp } = await agent.ng(to, { command: "offer", ...id, sdp: SDP });
    const port = Number(/^m=audio (\d+)/m.exec(String(sdp))![1]);
    await party.send({ host: to.host, port }, PACKET);
    await agent.ng(to, { command: "delete", ...id, "delete delay": 0 });
    await agent.ng(to, { command: "query", "call-id": "nope" });
  };
  await ask();
  await body(daemon, ask);
}

Deno.test("every query of the dashboard asks for metrics and labels that /metrics has", async () => {
  await withDaemon(async ({ http }) => {
    const page = await (await fetch(`http://${http.address}:${http.port}/metrics`)).text();
    const known = families(page);
    const series = seriesNames(page);
    assert.ok(TARGETS.length > 40, `${TARGETS.length} queries`);
    for (const { title, expr, legendFormat } of TARGETS) {
      const { selectors, groupings } = parseExpression(expr);
      const labels = new Set(SCRAPE_LABELS);
      for (const { metric, matchers } of selectors) {
        const family = known.get(metric);
        assert.ok(family !== undefined, `${title}: there is no ${metric}`);
        for (const label of family.labels) labels.add(label);
        for (const { label, op, value } of matchers) {
          if (SCRAPE_LABELS.includes(label)) continue;
          assert.ok(family.labels.includes(label), `${title}: ${metric} has no label ${label}`);
          const wanted: string = `${label}="${value}"`;
          const exists: boolean = op === "=" &&
            series.some((name: string): boolean =>
              name.startsWith(`${metric}{`) && name.includes(wanted)
            );
          assert.ok(exists, `${title}: ${metric} has no series with ${wanted}`);
        }
      }
      for (const label of groupings.flat()) {
        assert.ok(labels.has(label), `${title}: nothing in ${expr} has a label ${label}`);
      }
      const kept = /\b(sum|max|min)\b/.test(expr) ? new Set(groupings.flat()) : labels;
      for (const [, label] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
        assert.ok(kept.has(label!), `${title}: the result of ${expr} has no label ${label}`);
      }
    }
  });
});

Deno.test("every query of the dashboard takes rates of counters, and of nothing else", async () => {
  await withDaemon(async ({ http }) => {
    const page = await (await fetch(`http://${http.address}:${http.port}/metrics`)).text();
    const known = families(page);
    for (const { title, expr } of TARGETS) {
      const { selectors, functions } = parseExpression(expr);
      for (const name of functions) assert.match(name, /^(sum|max|min|rate)$/, title);
      for (const { metric, range, inside } of selectors) {
        const grows = known.get(metric)?.type === "counter" || GROWING_GAUGES.has(metric);
        assert.equal(inside === "rate", grows, `${title}: rate of ${metric}`);
        assert.equal(range, grows ? "$__rate_interval" : undefined, `${title}: ${metric}`);
      }
    }
  });
});

Deno.test("every query of the dashboard keeps to the chosen instances", () => {
  for (const { title, expr } of TARGETS) {
    for (const { metric, matchers } of parseExpression(expr).selectors) {
      const instance = matchers.find(({ label }) => label === "instance");
      assert.deepEqual(
        instance,
        { label: "instance", op: "=~", value: "$instance" },
        `${title}: ${metric}`,
      );
    }
  }
});

Deno.test("the panels of the dashboard have ids of their own and do not overlap", () => {
  const ids = new Set<number>();
  const taken = new Map<string, string>();
  for (const { id, title, gridPos: { h, w, x, y } } of DASHBOARD.panels) {
    assert.equal(ids.has(id), false, title);
    ids.add(id);
    assert.ok(x >= 0 && x + w <= 24, title);
    for (let row = y; row < y + h; row++) {
      for (let column = x; column < x + w; column++) {
        const cell = `${row} ${column}`;
        assert.equal(taken.get(cell), undefined, `${title} lies on ${taken.get(cell)}`);
        taken.set(cell, title);
      }
    }
  }
});

/** Panels without a value as long as there is no RTCP. */
const EMPTY_WITHOUT_RTCP = [
  "MOS",
  "Loss",
  "MOS",
  "Packet loss",
  "Jitter",
  "Jitter",
  "Round trip",
  "Round trip",
];

const found = await findPrometheus();
const reason = "reason" in found ? found.reason : undefined;
if (reason !== undefined) say(`skipped: the dashboard's queries in Prometheus: ${reason}`);

/** Starts Prometheus; it scrapes once a second and keeps its data in `folder`. */
async function startPrometheus(
  folder: string,
  target: string,
): Promise<{ daemon: Daemon; url: string }> {
  const config = {
    "global": { "scrape_interval": "1s" },
    "scrape_configs": [{
      "job_name": "rtpedge",
      "static_configs": [{ targets: [target] }],
    }],
  };
  await Deno.writeTextFile(`${folder}/prometheus.yml`, JSON.stringify(config));
  const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = probe.addr;
  probe.close();
  const daemon = new Daemon("prometheus", [
    "program" in found ? found.program : "",
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  return { daemon, url: `http://127.0.0.1:${port}` };
}

/** Runs a query. @returns the number of series of its result */
async function ask(url: string, expr: string): Promise<number> {
  const concrete = expr.replaceAll("$__rate_interval", "10s").replaceAll("$instance", ".*");
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(concrete)}`);
  const { status, error, data } = await response.json();
  assert.equal(status, "success", `${concrete}: ${error}`);
  return data.result.length;
}

Deno.test({
  name: "Prometheus scrapes /metrics and answers every query of the dashboard",
  ignore: reason !== undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-prometheus-" });
    try {
      await withDaemon(async ({ http }, more) => {
        const { daemon, url } = await startPrometheus(folder, `${http.address}:${http.port}`);
        await using _ = daemon;
        await until(
          "Prometheus has scraped four times",
          async () => {
            await more();
            const expr =
              'count_over_time(rtpengine_uptime_seconds{instance=~"$instance"}[$__rate_interval]) >= 4';
            const series = await ask(url, expr).catch((error) => {
              if (error instanceof assert.AssertionError) throw error;
              return 0;
            });
            return series === 1 ? true : undefined;
          },
          30_000,
          300,
        );
        const empty: string[] = [];
        for (const { title, expr } of TARGETS) {
          if (await ask(url, expr) === 0) empty.push(title);
        }
        assert.deepEqual(empty, EMPTY_WITHOUT_RTCP);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
