import assert from "node:assert/strict";
import { figure, judge, type Row, table } from "./results.ts";

function row(id: string, ours: readonly number[] | undefined, peer?: readonly number[]): Row {
  return {
    id,
    label: id,
    unit: "µs",
    figures: {
      ...(ours === undefined ? {} : { ours: figure(ours) }),
      ...(peer === undefined ? {} : { peer: figure(peer) }),
    },
    notes: [],
  };
}

Deno.test("figure takes the median, or the extreme where asked", () => {
  assert.equal(figure([3, 9, 2], "lowest").value, 2);
  assert.equal(figure([1, 9, 2]).value, 2);
  assert.equal(figure([1, 9, 2], "highest").value, 9);
});

Deno.test("judge holds the ratio of medians against the bar", () => {
  const good = judge(row("cpu-25000", [4, 5, 90], [10, 10, 11]));
  assert.equal(good.ratio, 0.5);
  assert.equal(good.pass, true);
  assert.equal(judge(row("cpu-25000", [5.1], [10])).pass, false);
  assert.equal(judge(row("rate", [199], [100])).pass, false);
  assert.equal(judge(row("rate", [200], [100])).pass, true);
  assert.equal(judge(row("latency-p99", [100], [100])).pass, false);
});

Deno.test("judge needs no peer for a bar that concerns our figure alone", () => {
  assert.equal(judge(row("goodput-share", [80])).pass, true);
  assert.equal(judge(row("goodput-share", [79.9])).pass, false);
});

Deno.test("judge passes no verdict without a bar or without the other side", () => {
  assert.equal(judge(row("cpu-10000", [1], [2])).pass, undefined);
  assert.equal(judge(row("cpu-25000", [1])).pass, undefined);
  assert.equal(judge(row("cpu-25000", undefined, [1])).pass, undefined);
});

Deno.test("table shows figures, ratio, verdict and notes", () => {
  const judged = judge({ ...row("cpu-25000", [4, 6], [20, 20]), notes: ["disturbed"] });
  const text = table([judged]);
  assert.match(text, /cpu-25000 \(µs\)\s+5\.00\s+20%\s+20\.0\s+0%\s+0\.25\s+ratio ≤ 0\.5\s+PASS/);
  assert.match(text, /disturbed/);
});

Deno.test("table copes with figures that are missing or no number", () => {
  const text = table([judge(row("overload", [NaN]))]);
  assert.match(text, /overload \(µs\)\s+none\s+–/);
});
