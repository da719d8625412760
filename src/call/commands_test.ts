import assert from "node:assert/strict";
import { Bench } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

function established(options = {}): Bench {
  const bench = new Bench(options);
  bench.offer(A + AUDIO, { label: "caller", metadata: "k:v" });
  bench.answer(B + AUDIO_B, { label: "callee" });
  return bench;
}

const NOT_FOUND = "Call-ID not found or tags didn't match";

Deno.test("query shows the whole tree", () => {
  const bench = established();
  const seconds = bench.clock.wall() / 1000;
  const stream = (port: number, remote: number, address: string, kind: string) => ({
    "local port": port,
    "local address": "203.0.113.1",
    family: "IPv4",
    endpoint: { family: "IPv4", address, port: remote },
    "advertised endpoint": { family: "IPv4", address, port: remote },
    "last packet": seconds,
    "last kernel packet": 0,
    "last user packet": seconds,
    flags: [kind, "filled"],
    stats: { packets: 0, bytes: 0, errors: 0 },
    stats_out: { packets: 0, bytes: 0, errors: 0 },
  });
  const none = { packets: 0, bytes: 0, errors: 0 };
  assert.deepEqual(bench.send("query", { "call-id": "c" }), {
    created: seconds,
    created_us: 0,
    created_ts: seconds * 1_000_000,
    "last signal": seconds,
    "last redis update": 0,
    metadata: "k:v",
    SSRC: {},
    tags: {
      a: {
        tag: "a",
        created: seconds,
        "in dialogue with": "b",
        label: "caller",
        metadata: "k:v",
        subscriptions: [{ tag: "b", type: "offer/answer" }],
        subscribers: [{ tag: "b", type: "offer/answer" }],
        medias: [{
          index: 1,
          type: "audio",
          protocol: "RTP/AVP",
          streams: [
            stream(30002, 4000, "198.51.100.1", "RTP"),
            stream(30003, 4001, "198.51.100.1", "RTCP"),
          ],
          flags: ["initialized", "send", "recv"],
          "ingress SSRCs": [],
          "egress SSRCs": [],
        }],
        VSC: [],
      },
      b: {
        tag: "b",
        created: seconds,
        "in dialogue with": "a",
        label: "callee",
        subscriptions: [{ tag: "a", type: "offer/answer" }],
        subscribers: [{ tag: "a", type: "offer/answer" }],
        medias: [{
          index: 1,
          type: "audio",
          protocol: "RTP/AVP",
          streams: [
            stream(30000, 5000, "198.51.100.2", "RTP"),
            stream(30001, 5001, "198.51.100.2", "RTCP"),
          ],
          flags: ["initialized", "send", "recv", "ICE controlling"],
          "ingress SSRCs": [],
          "egress SSRCs": [],
        }],
        VSC: [],
      },
    },
    totals: { RTP: none, RTCP: none },
    result: "ok",
  });
});

Deno.test("query by tag shows that party and whom it listens to", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO, { "via-branch": "b1" });
  bench.offer(A + AUDIO, { "via-branch": "b2" });
  bench.answer(B + AUDIO_B, { "to-tag": "t1", "via-branch": "b1" });
  const tags = (keys: Record<string, string>) =>
    Object.keys(bench.send("query", { "call-id": "c", ...keys }).tags);
  assert.deepEqual(tags({}), ["a", "t1", "<untagged 2>"]);
  assert.deepEqual(tags({ "from-tag": "t1" }), ["a", "t1"]);
  assert.deepEqual(tags({ "from-tag": "zz", "to-tag": "a" }), ["a", "t1"]);
  assert.deepEqual(tags({ "from-tag": "zz" }), []);
});

Deno.test("delete ends a call at once, answers its statistics and frees its ports", () => {
  const bench = established();
  const query = bench.send("query", { "call-id": "c" });
  const reply = bench.send("delete", { "call-id": "c", "from-tag": "a" });
  for (const { medias } of Object.values<{ medias: { streams: object[] }[] }>(query.tags)) {
    medias[0]!.streams = medias[0]!.streams.map((stream) => {
      const copy: Record<string, unknown> = { ...stream };
      for (const gone of ["local port", "local address", "family"]) delete copy[gone];
      return copy;
    });
  }
  assert.deepEqual(reply, query, "the same but for the ports, which are gone");
  assert.equal(bench.service.registry.size, 0);
  assert.equal(bench.engine.openSlots, 0);
  assert.deepEqual(bench.events, ["created c", "closed c terminated"]);
});

Deno.test("delete with a delay ends the call when it is over", () => {
  for (const keys of [{}, { "delete-delay": 30 }]) {
    const bench = established({ settings: { deleteDelay: 30 } });
    assert.equal(bench.send("delete", { "call-id": "c", ...keys }).result, "ok");
    assert.equal(bench.service.registry.get("c")?.deleting, true);
    bench.clock.advance(29_999);
    bench.service.tick();
    assert.equal(bench.service.registry.size, 1);
    bench.clock.advance(1);
    bench.service.tick();
    assert.equal(bench.service.registry.size, 0);
    assert.deepEqual(bench.events.at(-1), "closed c terminated");
  }
});

Deno.test("delete scheduled is called off by a new offer, delay 0 means now", () => {
  const bench = established({ settings: { deleteDelay: 30 } });
  bench.send("delete", { "call-id": "c" });
  bench.offer(A + AUDIO);
  bench.clock.advance(31_000);
  bench.service.tick();
  assert.equal(bench.service.registry.size, 1);
  bench.send("delete", { "call-id": "c", "delete-delay": 0 });
  assert.equal(bench.service.registry.size, 0);
});

Deno.test("delete scheduled again counts from then", () => {
  for (const [first, second] of [[30, 5], [5, 30]] as const) {
    const bench = established({ settings: { timeout: 0 } });
    bench.send("delete", { "call-id": "c", "delete delay": first });
    bench.send("delete", { "call-id": "c", "delete delay": second });
    bench.clock.advance(second * 1000 - 1);
    bench.service.tick();
    assert.equal(bench.service.registry.size, 1);
    bench.clock.advance(1);
    bench.service.tick();
    assert.equal(bench.service.registry.size, 0);
  }
});

Deno.test("delete that finds nothing warns, or fails under the flag fatal", () => {
  const bench = established();
  const cases: Record<string, string | string[]>[] = [
    { "call-id": "nope" },
    { "call-id": "c", "from-tag": "nobody" },
    { "call-id": "c", "from-tag": "a", "to-tag": "nobody", flags: ["to-tag"] },
  ];
  for (const keys of cases) {
    assert.deepEqual(bench.send("delete", keys), { warning: NOT_FOUND, result: "ok" });
    const fatal = { ...keys, flags: [...(keys.flags ?? []), "fatal"] };
    assert.deepEqual(bench.send("delete", fatal), { result: "error", "error-reason": NOT_FOUND });
  }
  assert.equal(bench.service.registry.size, 1);
  const unflagged = { "call-id": "c", "from-tag": "a", "to-tag": "nobody" };
  assert.equal(bench.send("delete", unflagged).result, "ok");
  assert.equal(bench.service.registry.size, 0, "to-tag counts only under its flag");
});

Deno.test("list names calls in order, 32 of them unless told otherwise", () => {
  const bench = new Bench();
  for (let i = 0; i < 40; i++) bench.offer(A + AUDIO, { "call-id": `c${i}` });
  assert.equal(bench.send("list", {}).calls.length, 32);
  assert.deepEqual(bench.send("list", { limit: 2 }).calls, ["c0", "c1"]);
  assert.deepEqual(bench.send("list", { limit: 0 }).calls, []);
  assert.equal(bench.send("list", { limit: 100 }).calls.length, 40);
  assert.deepEqual(bench.send("list", { limit: -1 }), {
    result: "error",
    "error-reason": "invalid limit, must be >= 0",
  });
});

Deno.test("limits refuse new calls in rtpengine's words and serve those there are", () => {
  const sample = { load: 5, cpu: 50, bandwidth: 5000 };
  const cases: [object, string][] = [
    [{ maxSessions: 1 }, "Parallel session limit reached"],
    [{ maxCpu: 50 }, "CPU usage limit exceeded"],
    [{ maxLoad: 4.5 }, "Load limit exceeded"],
    [{ maxBandwidth: 4000 }, "Bandwidth limit exceeded"],
  ];
  for (const [settings, message] of cases) {
    const bench = new Bench({ load: () => sample });
    bench.offer(A + AUDIO);
    Object.assign(bench.settings, settings);
    const refused = bench.offer(A + AUDIO, { "call-id": "other" });
    assert.deepEqual(refused, { result: "load limit", message });
    assert.deepEqual(bench.events.at(-1), `rejected ${message}`);
    assert.equal(bench.offer(A + AUDIO).result, "ok");
    assert.equal(bench.answer(B + AUDIO_B).result, "ok");
  }
  const bench = new Bench({ settings: { maxCpu: 51, maxLoad: 6, maxBandwidth: 5001 } });
  assert.equal(bench.offer(A + AUDIO).result, "ok");
});

Deno.test("max-sessions does not count foreign calls, and 0 drains", () => {
  const bench = new Bench({ settings: { maxSessions: 1 } });
  const offered = (id: string) => bench.offer(A + AUDIO, { "call-id": id }).result;
  assert.equal(offered("c1"), "ok");
  assert.equal(offered("c2"), "load limit");
  bench.service.setForeign(true);
  assert.deepEqual(bench.changes, ["c1: a,", "c1: a,"], "that is a change");
  assert.equal(offered("c2"), "ok", "and calls made while standing by are our own");
  assert.equal(offered("c3"), "load limit");
  const foreign = [...bench.service.registry.calls()].map((call) => call.foreign);
  assert.deepEqual(foreign, [true, false]);
  bench.service.registry.terminate("c1", "force_terminated");
  assert.equal(offered("c3"), "load limit");
  bench.service.registry.terminate("c2", "force_terminated");
  assert.equal(offered("c3"), "ok");
  bench.settings.maxSessions = 0;
  assert.equal(offered("c4"), "load limit");
  assert.equal(offered("c3"), "ok");
});

Deno.test("the flag debug lasts as long as the call", () => {
  const debugCalls = new Set<string>();
  const bench = new Bench({ debugCalls });
  bench.offer(A + AUDIO, { flags: ["debug"] });
  bench.answer(B + AUDIO_B);
  assert.deepEqual([...debugCalls], ["c"]);
  bench.send("delete", { "call-id": "c" });
  assert.deepEqual([...debugCalls], []);
});

Deno.test("the SIP side of a call is its control client, or what xmlrpc-callback said last", () => {
  const bench = new Bench();
  const proxy = () => bench.service.registry.get("c")?.proxy;
  bench.offer(A + AUDIO);
  assert.equal(proxy(), "127.0.0.1");
  bench.answer(B + AUDIO_B, { "xmlrpc-callback": "2001:DB8::7" });
  assert.equal(proxy(), "2001:db8::7");
  bench.offer(A + AUDIO, { "xmlrpc-callback": "no address" });
  assert.equal(proxy(), "2001:db8::7");
});

Deno.test("the registry terminates calls and shutdown ends all", () => {
  const bench = established();
  assert.equal(bench.service.registry.terminate("nope", "force_terminated"), false);
  assert.equal(bench.service.registry.terminate("c", "force_terminated"), true);
  assert.deepEqual(bench.events.at(-1), "closed c force_terminated");
  for (let i = 0; i < 3; i++) bench.offer(A + AUDIO, { "call-id": `c${i}` });
  bench.service.shutdown();
  assert.equal(bench.service.registry.size, 0);
  assert.equal(bench.engine.openSlots, 0);
});

Deno.test("counters are readable while an observer hears of the end", () => {
  const bench = established();
  const seen: (number | undefined)[] = [];
  const call = bench.service.registry.get("c")!;
  const { streams } = call.participants[0]!.medias[0]!;
  seen.push(streams[0]!.counters()?.rxPackets);
  bench.send("delete", { "call-id": "c" });
  seen.push(call.participants[0]!.medias[0]!.streams[0]!.counters()?.rxPackets);
  assert.deepEqual(seen, [0, undefined]);
});

Deno.test("delete answers without statistics when it has to be fast", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B);
  const keys = { "call-id": "c", "from-tag": "a" };
  assert.deepEqual(bench.send("delete", { ...keys, "flags": ["fast"], "delete delay": 5 }), {
    result: "ok",
  });
  assert.deepEqual(bench.send("delete", { ...keys, "flags": ["fast"], "delete delay": 0 }), {
    result: "ok",
  });
  assert.equal(bench.service.registry.size, 0);
});
