import assert from "node:assert/strict";
import { addresses } from "../call/fixture_test_support.ts";
import { LegacyBench } from "./fixture_test_support.ts";

/** A call of one section between `a` and `b`. */
function established(bench = new LegacyBench()): LegacyBench {
  assert.match(bench.ask("Uc8 c 198.51.100.1 2000 a;1"), /^30\d{3} 203\.0\.113\.1 4$/);
  assert.match(bench.ask("Lc8 c 198.51.100.2 4000 a;1 b;1"), /^30\d{3} 203\.0\.113\.1 4$/);
  return bench;
}

function port(reply: string): number {
  return Number(reply.split(" ")[0]);
}

Deno.test("Rtpproxy tells its version and what it knows of others", () => {
  const bench = new LegacyBench();
  assert.equal(bench.ask("V"), "20040107");
  for (const date of ["20040107", "20050322", "20060704"]) {
    assert.equal(bench.ask(`VF ${date}`), "1");
  }
  for (const date of ["20071116", "20081102", "x"]) assert.equal(bench.ask(`VF ${date}`), "0");
  assert.equal(bench.ask("VF"), "E8");
});

Deno.test("Rtpproxy makes a call like any other", () => {
  const bench = established();
  assert.deepEqual(bench.described("c"), {
    "a/1": "198.51.100.1 2000",
    "b/1": "198.51.100.2 4000",
  });
  assert.deepEqual(bench.send("list", {}).calls, ["c"]);
  const query = bench.send("query", { "call-id": "c" });
  assert.deepEqual(Object.keys(query.tags), ["a", "b"]);
  assert.equal(query.tags.a.medias[0].protocol, "unknown (legacy)");
  assert.equal(query.tags.a["in dialogue with"], "b");
  assert.deepEqual(bench.events, ["created c"]);
});

Deno.test("Rtpproxy relays anything on both ports, since nobody says what it is", () => {
  const bench = new LegacyBench();
  const offered = port(bench.ask("U c 198.51.100.1 2000 a;1"));
  const answered = port(bench.ask("L c 198.51.100.2 4000 a;1 b;1"));
  for (const local of [offered, offered + 1, answered, answered + 1]) {
    const [slot] = [...bench.engine.locals].find(([, { port }]) => port === local) ?? [];
    const rule = bench.engine.rule(slot!);
    assert.equal(rule?.opaque, true, String(local));
    assert.equal(rule?.outputs.length, 1);
  }
});

Deno.test("Rtpproxy moves a party that says so, and keeps its port", () => {
  const bench = established();
  const before = bench.ask("U c 198.51.100.2 4000 b;1 a;1");
  const after = bench.ask("L c 198.51.100.3 2600 b;1 a;1");
  assert.equal(bench.described("c")["a/1"], "198.51.100.3 2600");
  assert.equal(bench.described("c")["b/1"], "198.51.100.2 4000");
  assert.notEqual(port(before), port(after));
  assert.equal(bench.ask("U c 198.51.100.2 4000 b;1 a;1"), before);
});

Deno.test("Rtpproxy takes one section at a time and leaves the others alone", () => {
  const bench = new LegacyBench();
  const ports = [
    bench.ask("U c 198.51.100.1 2000 a;1"),
    bench.ask("U c 198.51.100.1 2002 a;2"),
    bench.ask("L c 198.51.100.2 4000 a;1 b;1"),
    bench.ask("L c 198.51.100.2 4002 a;2 b;2"),
  ].map(port);
  assert.equal(new Set(ports).size, 4);
  const all = {
    "a/1": "198.51.100.1 2000",
    "a/2": "198.51.100.1 2002",
    "b/1": "198.51.100.2 4000",
    "b/2": "198.51.100.2 4002",
  };
  assert.deepEqual(bench.described("c"), all);
  bench.ask("U c 198.51.100.1 2102 a;2 b;2");
  assert.deepEqual(bench.described("c"), { ...all, "a/2": "198.51.100.1 2102" });
  const streams = [...bench.service.registry.get("c")!.participants].flatMap(({ medias }) =>
    medias.map(({ streams }) => streams[0]?.local?.port)
  );
  assert.ok(streams.every((local) => local !== undefined), "a section was rejected");
});

Deno.test("Rtpproxy takes the second section first", () => {
  const bench = new LegacyBench();
  const second = bench.ask("U c 198.51.100.1 2002 a;2");
  const first = bench.ask("U c 198.51.100.1 2000 a;1");
  assert.notEqual(port(first), 0);
  assert.notEqual(port(first), port(second));
  assert.equal(bench.ask("U c 198.51.100.1 2002 a;2"), second);
});

Deno.test("Rtpproxy answers port 0 to a rejected section", () => {
  assert.match(new LegacyBench().ask("U c 198.51.100.1 0 a;1"), /^0 \S+ 4$/);
});

Deno.test("Rtpproxy bridges families and interfaces", () => {
  const bench = new LegacyBench({
    addresses: addresses().map((local) => ({
      ...local,
      name: local.name === "pub" ? "external" : "internal",
    })),
  });
  assert.match(bench.ask("UIE c 10.0.0.9 2000 a;1"), /^30\d{3} 203\.0\.113\.1 4$/);
  assert.match(bench.ask("LEI c 198.51.100.2 4000 a;1 b;1"), /^30\d{3} 10\.0\.0\.1 4$/);
  assert.match(bench.ask("U6EI d 2001:db8::9 2000 a;1"), /^30\d{3} fd00::1 6$/);
  assert.match(bench.ask("UI e 10.0.0.9 2000 a;1"), /^30\d{3} 203\.0\.113\.1 4$/);
});

Deno.test("Rtpproxy knows forks by branch and removes one of them", () => {
  const bench = new LegacyBench();
  bench.ask("U c;br1 198.51.100.1 2000 a;1");
  bench.ask("L c;br1 198.51.100.2 4000 a;1 b;1");
  bench.ask("U c;br2 198.51.100.1 2000 a;1");
  bench.ask("L c;br2 198.51.100.3 4000 a;1 d;1");
  const used = bench.used;
  assert.equal(bench.ask("D c;br2 a d"), "0");
  assert.ok(bench.used < used, "the branch kept its ports");
  assert.deepEqual(bench.send("list", {}).calls, ["c"]);
  assert.equal(bench.ask("D c a b"), "0");
  assert.deepEqual(bench.send("list", {}).calls, []);
  assert.equal(bench.used, 0);
});

Deno.test("Rtpproxy deletes at once or after the delay, as all calls are", () => {
  const bench = established(new LegacyBench({ settings: { deleteDelay: 30 } }));
  assert.equal(bench.ask("D c a;1 b;1"), "0");
  assert.deepEqual(bench.send("list", {}).calls, ["c"]);
  assert.equal(bench.ask("D c a b"), "0");
  bench.clock.advance(31_000);
  bench.service.tick();
  assert.deepEqual(bench.events, ["created c", "closed c terminated"]);
  assert.equal(bench.used, 0);
});

Deno.test("Rtpproxy does not delete for parties that are not in the call", () => {
  const bench = established();
  for (const tags of ["x", "b x", "a x"]) assert.equal(bench.ask(`D c ${tags}`), "E8", tags);
  assert.equal(bench.ask("D nocall a"), "E8");
  assert.deepEqual(bench.send("list", {}).calls, ["c"]);
});

Deno.test("Rtpproxy counts packets of both parties, and the seconds a call has", () => {
  const bench = established();
  assert.equal(bench.ask("Q c a b"), "60 0 0 0 0");
  bench.clock.advance(20_500);
  assert.equal(bench.ask("Q c b"), "39 0 0 0 0");
  const call = bench.service.registry.get("c")!;
  const [rtp, rtcp] = call.participants[0]!.medias[0]!.streams;
  const from = { family: 4, address: "198.51.100.1", port: 2000 } as const;
  for (let i = 0; i < 3; i++) bench.engine.inject(rtp!.slot!, new Uint8Array([1, i]), from);
  bench.engine.inject(rtcp!.slot!, new Uint8Array([2]), { ...from, port: 2001 });
  assert.equal(bench.ask("Q c a"), "60 3 1 3 1");
  for (const tags of ["x", "a x", ""]) assert.equal(bench.ask(`Q c ${tags}`), "E8", tags);
  assert.equal(bench.ask("Q nocall a"), "E8");
});

Deno.test("Rtpproxy's seconds are those of the timer that applies", () => {
  const bench = new LegacyBench({ settings: { offerTimeout: 120, finalTimeout: 100 } });
  bench.ask("U c 198.51.100.1 2000 a;1");
  assert.equal(bench.ask("Q c a"), "100 0 0 0 0");
  bench.settings.finalTimeout = 0;
  assert.equal(bench.ask("Q c a"), "120 0 0 0 0");
  bench.ask("L c 198.51.100.2 0 a;1 b;1");
  assert.equal(bench.ask("Q c a"), "3600 0 0 0 0");
  bench.settings.silentTimeout = 0;
  assert.equal(bench.ask("Q c a"), "0 0 0 0 0");
});

Deno.test("Rtpproxy's calls time out as all calls do", () => {
  const bench = established();
  bench.clock.advance(61_000);
  bench.service.tick();
  assert.deepEqual(bench.events, ["created c", "closed c timeout"]);
});

Deno.test("Rtpproxy says E8 when a limit is reached or ports run out, and changes nothing", () => {
  const full = new LegacyBench({ settings: { maxSessions: 0 } });
  assert.equal(full.ask("U c 198.51.100.1 2000 a;1"), "E8");
  assert.deepEqual(full.events, ["rejected Parallel session limit reached"]);
  assert.deepEqual(full.lines, [
    "info: An rtpproxy command was refused: Parallel session limit reached",
  ]);
  const narrow = established(new LegacyBench({ addresses: addresses(30003) }));
  const before = narrow.snapshot();
  assert.equal(narrow.ask("U d 198.51.100.1 2000 a;1"), "E8");
  assert.equal(narrow.ask("U c 198.51.100.1 2002 a;2 b;2"), "E8");
  assert.deepEqual(narrow.snapshot(), before);
});

Deno.test("Rtpproxy answers what it cannot do with E8, and an unknown answer with port 0", () => {
  const bench = new LegacyBench();
  for (const command of ["P1 c /tmp/x session a;1 ", "S c a;1", "R c a", "C c a b", "G", "I", ""]) {
    assert.equal(bench.ask(command), "E8", command);
  }
  assert.equal(bench.ask("L c 198.51.100.2 4000 a;1 b;1"), "0 0.0.0.0");
  assert.equal(bench.ask("U c 198.51.100.2 4000 a"), "4000 198.51.100.2");
  assert.deepEqual(bench.events, []);
});

Deno.test("Rtpproxy carries a command out once however often it is sent", () => {
  const bench = new LegacyBench();
  const first = bench.datagram("same U c 198.51.100.1 2000 a;1");
  assert.equal(bench.datagram("same U c 198.51.100.1 2000 a;1"), first);
  assert.equal(bench.datagram("same D c a"), first);
  assert.deepEqual(bench.send("list", {}).calls, ["c"]);
  bench.clock.advance(61_000);
  assert.equal(bench.datagram("same D c a"), "same 0\n");
});

Deno.test("Rtpproxy needs a cookie, and bounds what it reads", () => {
  const bench = new LegacyBench();
  assert.equal(bench.datagram(""), undefined);
  assert.equal(bench.datagram(" V"), undefined);
  assert.equal(bench.datagram("c"), "c E8\n");
  assert.equal(bench.datagram("d\n"), "d E8\n");
  assert.equal(bench.datagram(`${"x".repeat(5000)} V`), undefined);
  assert.equal(bench.datagram(`e U ${"c".repeat(5000)} 198.51.100.1 2000 a;1`), "e E8\n");
});
