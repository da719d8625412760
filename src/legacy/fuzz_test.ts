import assert from "node:assert/strict";
import { LegacyBench } from "./fixture_test_support.ts";
import { addresses } from "../call/fixture_test_support.ts";
import { mutate, type Pick, random } from "../core/random_test_support.ts";

const ROUNDS = 4000;
const DATAGRAMS = [
  "Uc8,0 c 198.51.100.1 2000 a;1",
  "UIE c;br 2001:db8::1 2000 a;2 b;2",
  "Lc8 c 198.51.100.2 4000 a;1 b;1",
  "L c;br 198.51.100.2 4002 a;2 b;2",
  "D c a b",
  "Q c a;1 b;1",
  "VF 20050322",
];
const LINES = [
  "request c 198.51.100.1:2000:audio,198.51.100.1:2002:video 1 2 3 4 5 6 info=fromtag:a,totag:",
  "lookup c 198.51.100.2:4000:audio 1 2 3 4 5 6 info=fromtag:a,totag:b",
  "delete c info=fromtag:a",
  "status",
];
const PIECES = [";", " ", ";1", ";16", ",", ":", "0", "65535", "::", "\n", "\x00", "\xff", "info="];

function damage(seeds: readonly string[], pick: Pick): string {
  let text = seeds[pick(seeds.length)]!;
  for (let rounds = pick(3); rounds > 0; rounds--) text = mutate(text, pick, PIECES);
  return text;
}

/** Everything ended: no call, no port. */
function assertEmpty(bench: LegacyBench): void {
  bench.service.shutdown();
  assert.equal(bench.service.registry.size, 0);
  assert.equal(bench.used, 0);
  const bugs = bench.lines.filter((line) => line.startsWith("error"));
  assert.deepEqual(bugs, []);
}

Deno.test("Rtpproxy answers damaged messages in its own words and leaks no port", () => {
  const pick = random(20040107);
  const bench = new LegacyBench({ addresses: addresses(30_031) });
  const seen = new Set<string>();
  for (let i = 0; i < ROUNDS; i++) {
    const command = damage(DATAGRAMS, pick);
    const reply = bench.ask(command);
    assert.match(reply, /^(E8|[01]|20040107|-?\d+( \d+){4}|\S+ \S+( [46])?)$/, command);
    seen.add(reply.replace(/\d+/g, "N"));
    if (i % 50 === 0) bench.ask("D c a");
  }
  assert.ok(seen.size > 5, [...seen].join("; "));
  assertEmpty(bench);
});

Deno.test("Mediaproxy answers damaged lines in its own words and leaks no port", () => {
  const pick = random(19700101);
  const bench = new LegacyBench({ addresses: addresses(30_031) });
  let answered = 0;
  for (let i = 0; i < ROUNDS; i++) {
    const line = damage(LINES, pick);
    const reply = bench.line(line);
    assert.match(reply, /^(|\S+( \d+)+\n|proxy \d+ 42\/0\/0\n(session [^\n]*\n)*)$/, line);
    if (reply !== "") answered++;
  }
  assert.ok(answered > ROUNDS / 20, `only ${answered} answers`);
  assertEmpty(bench);
});
