import assert from "node:assert/strict";
import { parseExpression } from "./promql.ts";

Deno.test("parseExpression finds selectors with their matchers, ranges and functions", () => {
  const { selectors, groupings, functions } = parseExpression(
    'sum by (a, b) (rate(rtpengine_x_total{i=~"$i",t="u"}[5m])) / (rtpedge_y > 0)',
  );
  assert.deepEqual(selectors, [
    {
      inside: "rate",
      metric: "rtpengine_x_total",
      matchers: [{ label: "i", op: "=~", value: "$i" }, { label: "t", op: "=", value: "u" }],
      range: "5m",
    },
    { inside: undefined, metric: "rtpedge_y", matchers: [], range: undefined },
  ]);
  assert.deepEqual(groupings, [["a", "b"]]);
  assert.deepEqual([...functions].sort(), ["rate", "sum"]);
});

Deno.test("parseExpression refuses what it does not understand", () => {
  for (
    const text of [
      "node_cpu_seconds_total",
      "rate(rtpengine_x[5m]",
      "rtpengine_x offset 5m",
      'rtpengine_x{i="a"} and up',
      "sum(rtpengine_x) by (a) b",
    ]
  ) assert.throws(() => parseExpression(text), Error, text);
});
