import assert from "node:assert/strict";
import { priorityOf } from "./candidate.ts";
import { CheckList, MAX_PAIRS } from "./pair.ts";
import type { Candidate, LocalCandidate } from "./types.ts";

const LOCAL: LocalCandidate = {
  base: 1,
  component: 1,
  foundation: "1",
  priority: priorityOf("host", 65535, 1),
  endpoint: { family: 4, address: "203.0.113.1", port: 30000 },
  type: "host",
};

function remote(port: number, priority = port): Candidate {
  const endpoint = { family: 4, address: "198.51.100.1", port } as const;
  return { foundation: String(port), component: 1, priority, endpoint, type: "host" };
}

function full(): CheckList {
  const list = new CheckList();
  for (let i = 1; i <= MAX_PAIRS; i++) assert.ok(list.add(LOCAL, remote(i)) !== undefined);
  return list;
}

Deno.test("CheckList has room for so many pairs that are only named", () => {
  const list = full();
  assert.equal(list.add(LOCAL, remote(1000)), undefined);
  assert.ok(list.add(LOCAL, remote(5)) !== undefined, "one that is known");
});

Deno.test("CheckList gives the place of the worst to one that has been heard of", () => {
  const list = full();
  const proven = list.add(LOCAL, remote(1000), true);
  assert.ok(proven !== undefined);
  assert.equal(list.find(1, remote(1).endpoint), undefined);
  assert.equal([...list.pairs].length, MAX_PAIRS);
});

Deno.test("CheckList keeps what is in use, under way, or about to be checked", () => {
  const list = full();
  const pairs = [...list.pairs];
  for (const pair of pairs) pair.state = "succeeded";
  assert.equal(list.add(LOCAL, remote(1000), true), undefined);
  pairs[3]!.state = "in-progress";
  pairs[4]!.state = "waiting";
  list.trigger(pairs[4]!);
  pairs[5]!.state = "failed";
  pairs[5]!.nominated = true;
  assert.equal(list.add(LOCAL, remote(1000), true), undefined);
  pairs[6]!.state = "failed";
  assert.ok(list.add(LOCAL, remote(1000), true) !== undefined);
  assert.equal(list.find(1, remote(7).endpoint), undefined);
});
