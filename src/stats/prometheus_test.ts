import assert from "node:assert/strict";
import { fakeAddress, fakeStatistics } from "./fakes.ts";
import { METRICS } from "./metrics.ts";
import { PrometheusPage } from "./prometheus.ts";

Deno.test("PrometheusPage.render has HELP and TYPE of every family", async () => {
  const page = await new PrometheusPage(fakeStatistics().statistics).render();
  const lines = page.split("\n");
  for (const { name, type, help } of METRICS) {
    assert.ok(lines.includes(`# HELP ${name} ${help}`), name);
    assert.ok(lines.includes(`# TYPE ${name} ${type}`), name);
  }
});

Deno.test("PrometheusPage.render keeps the samples of a name together", async () => {
  const { statistics } = fakeStatistics({
    addresses: [fakeAddress("a", "192.0.2.1"), fakeAddress("b", "192.0.2.2")],
  });
  const page = await new PrometheusPage(statistics).render();
  const seen = new Set<string>();
  let current = "";
  for (const line of page.split("\n")) {
    const name = /^([a-z0-9_]+)[{ ]/.exec(line)?.[1];
    if (name === undefined || name === current) continue;
    assert.equal(seen.has(name), false, `${name} in two places`);
    seen.add(name);
    current = name;
  }
  assert.ok(seen.size > 50);
});

Deno.test("PrometheusPage.render escapes label values", async () => {
  const { statistics } = fakeStatistics({ addresses: [fakeAddress('we"ird\\\n', "192.0.2.1")] });
  const page = await new PrometheusPage(statistics).render();
  assert.match(page, /^rtpengine_ports\{name="we\\"ird\\\\\\n",address="192\.0\.2\.1"\} 10000$/m);
});

Deno.test("PrometheusPage.render shows the values as of now, at every call", async () => {
  const { statistics, clock } = fakeStatistics();
  const page = new PrometheusPage(statistics);
  assert.match(await page.render(), /^rtpengine_uptime_seconds 0$/m);
  clock.advance(5000);
  statistics.observer.rejected("Ran out of ports");
  const second = await page.render();
  assert.match(second, /^rtpengine_uptime_seconds 5$/m);
  assert.match(second, /^rtpengine_closed_sessions_total\{reason="rejected"\} 1$/m);
  assert.match(await page.render(), /^rtpengine_closed_sessions_total\{reason="rejected"\} 1$/m);
});

Deno.test("PrometheusPage.contentType names the text format", () => {
  const { contentType } = new PrometheusPage(fakeStatistics().statistics);
  assert.match(contentType, /^text\/plain; version=0\.0\.4/);
});
