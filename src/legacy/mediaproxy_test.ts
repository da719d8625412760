import assert from "node:assert/strict";
import { LegacyBench } from "./fixture_test_support.ts";

function info(tags: string): string {
  return `198.51.100.9 from local to remote Agent info=from:x,${tags}`;
}

function request(bench: LegacyBench, call: string, streams: string): string {
  return bench.line(`request ${call} ${streams} ${info("fromtag:a,totag:")}`);
}

function lookup(bench: LegacyBench, call: string, streams: string): string {
  return bench.line(`lookup ${call} ${streams} ${info("fromtag:a,totag:b")}`);
}

Deno.test("Mediaproxy makes calls with one port for each stream", () => {
  const bench = new LegacyBench();
  const offered = request(bench, "c", "198.51.100.1:2000:audio,198.51.100.1:2002:video");
  const answered = lookup(bench, "c", "198.51.100.2:4000:audio,198.51.100.2:4002:video");
  const ports = [offered, answered].flatMap((reply) => {
    const [, first, second] = /^203\.0\.113\.1 (30\d{3}) (30\d{3})\n$/.exec(reply) ?? [];
    return [first, second];
  });
  assert.equal(new Set(ports).size, 4, `${offered}${answered}`);
  assert.ok(!ports.includes(undefined), `${offered}${answered}`);
  assert.deepEqual(bench.described("c"), {
    "a/1": "198.51.100.1 2000",
    "a/2": "198.51.100.1 2002",
    "b/1": "198.51.100.2 4000",
    "b/2": "198.51.100.2 4002",
  });
  const query = bench.send("query", { "call-id": "c" });
  const types = query.tags.b.medias.map(({ type }: { type: string }) => type);
  assert.deepEqual(types, ["audio", "video"]);
});

Deno.test("Mediaproxy answers port 0 to a rejected stream", () => {
  const bench = new LegacyBench();
  assert.match(request(bench, "c", "198.51.100.1:0:audio"), /^\S+ 0\n$/);
  assert.match(
    request(bench, "d", "198.51.100.1:0:audio,198.51.100.1:2000"),
    /^203\.0\.113\.1 0 30\d{3}\n$/,
  );
});

Deno.test("Mediaproxy just hangs up on what it cannot do, with nothing changed", () => {
  const bench = new LegacyBench({ settings: { maxSessions: 0 } });
  assert.equal(request(bench, "c", "198.51.100.1:2000:audio"), "");
  assert.equal(lookup(bench, "c", "198.51.100.1:2000:audio"), "");
  assert.equal(bench.line("nonsense"), "");
  assert.equal(bench.line("delete c info="), "");
  assert.equal(bench.line("quit"), "");
  assert.deepEqual(bench.lines, [
    "info: A mediaproxy request was refused: Parallel session limit reached",
    "info: A mediaproxy request was refused: Unknown call-id",
    "debug: A mediaproxy line was not understood",
    "info: A mediaproxy request was refused: Call-ID not found or tags didn't match",
  ]);
  assert.equal(bench.used, 0);
});

Deno.test("Mediaproxy deletes calls without a word", () => {
  const bench = new LegacyBench();
  request(bench, "c", "198.51.100.1:2000:audio");
  assert.equal(bench.line("delete c info=fromtag:a"), "");
  assert.deepEqual(bench.events, ["created c", "closed c terminated"]);
  assert.equal(bench.used, 0);
});

Deno.test("Mediaproxy tells its status, newest call first", () => {
  const bench = new LegacyBench();
  request(bench, "c", "198.51.100.1:2000:audio");
  bench.clock.advance(3_700);
  request(bench, "d", "198.51.100.1:2000:audio");
  assert.equal(
    bench.line("status"),
    "proxy 2 42/0/0\nsession d - - - - 0\nsession c - - - - 3\n",
  );
});

Deno.test("Mediaproxy tells its version and who is connected", () => {
  const bench = new LegacyBench();
  assert.equal(bench.line("version"), "Version: 1.2.3\n");
  assert.equal(bench.line("build"), "Version: 1.2.3\n");
  assert.equal(bench.line("controls"), "127.0.0.1:5060\nEnd.\n");
});
