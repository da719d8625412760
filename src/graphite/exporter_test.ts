import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { GraphiteExporter, type LinkEvents, MAX_RETRY_MS } from "./mod.ts";

/** A server that a test opens, stalls and breaks. */
class FakeServer {
  readonly clock = new FakeClock();
  readonly logged: string[] = [];
  readonly counts = { sent: 0, dropped: 0 };
  /** What arrived, over all connections. */
  received = "";
  attempts = 0;
  closed = 0;
  pending = 0;
  events: LinkEvents | undefined;
  readonly exporter: GraphiteExporter;

  constructor(options: { timeoutMs?: number; maxBuffered?: number; refuse?: boolean } = {}) {
    this.exporter = new GraphiteExporter({
      clock: this.clock,
      timeoutMs: options.timeoutMs ?? 0,
      ...(options.maxBuffered === undefined ? {} : { maxBuffered: options.maxBuffered }),
      log: (level, message) => this.logged.push(`${level}: ${message}`),
      count: (result) => this.counts[result]++,
      connect: (events) => {
        this.attempts++;
        this.events = events;
        if (options.refuse) events.closed("refused");
        return this.#link();
      },
    });
  }

  #link() {
    const pending = (): number => this.pending;
    return {
      send: (text: string) => this.received += text,
      get pending() {
        return pending();
      },
      close: () => this.closed++,
    };
  }

  run(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      this.clock.advance(1000);
      this.exporter.tick();
    }
  }
}

Deno.test("GraphiteExporter connects at the first tick and sends what came before it was open", () => {
  const server = new FakeServer();
  server.exporter.push("a\n");
  server.exporter.tick();
  server.exporter.push("b\n");
  assert.equal(server.received, "");
  server.events!.opened();
  assert.equal(server.received, "a\nb\n");
  server.exporter.push("c\n");
  assert.equal(server.received, "a\nb\nc\n");
  assert.deepEqual(server.counts, { sent: 3, dropped: 0 });
  assert.equal(server.attempts, 1);
});

Deno.test("GraphiteExporter doubles the wait between attempts, up to a minute", () => {
  const server = new FakeServer({ refuse: true });
  const at: number[] = [];
  for (let second = 0; second < 300; second++) {
    const before = server.attempts;
    server.exporter.tick();
    if (server.attempts > before) at.push(second);
    server.clock.advance(1000);
  }
  assert.deepEqual(at.slice(0, 9), [0, 1, 3, 7, 15, 31, 63, 123, 183]);
  assert.equal(MAX_RETRY_MS, 60_000);
});

Deno.test("GraphiteExporter warns once for each time the connection is lost", () => {
  const server = new FakeServer({ refuse: true });
  server.run(20);
  const warnings = server.logged.filter((line) => line.startsWith("warning"));
  assert.deepEqual(warnings, ["warning: no connection: refused; next attempt in 1 s"]);
  const again = new FakeServer();
  again.exporter.tick();
  again.events!.closed("refused");
  again.run(1);
  again.events!.opened();
  again.events!.closed("reset");
  assert.deepEqual(again.logged.map((line) => line.split(";")[0]), [
    "warning: no connection: refused",
    "info: connected",
    "warning: no connection: reset",
  ]);
});

Deno.test("GraphiteExporter tries again soon only when the server took a report", () => {
  const server = new FakeServer();
  const lose = (seconds: number): void => {
    server.run(seconds);
    server.events!.opened();
    server.events!.closed("reset");
  };
  lose(1);
  lose(1);
  lose(2);
  assert.equal(server.attempts, 3);
  server.exporter.push("a\n");
  lose(4);
  assert.equal(server.attempts, 4);
  server.run(1);
  assert.equal(server.attempts, 5);
});

Deno.test("GraphiteExporter keeps a bounded amount, the newest, while there is no connection", () => {
  const server = new FakeServer({ maxBuffered: 30 });
  for (let n = 0; n < 100; n++) server.exporter.push(`report ${n}\n`.padEnd(10));
  assert.deepEqual(server.counts, { sent: 0, dropped: 97 });
  server.exporter.tick();
  server.events!.opened();
  assert.equal(server.received, "report 97\nreport 98\nreport 99\n");
  assert.deepEqual(server.counts, { sent: 3, dropped: 97 });
});

Deno.test("GraphiteExporter gives up a connection that is not made in time", () => {
  const server = new FakeServer({ timeoutMs: 3000 });
  server.exporter.push("a\n");
  server.exporter.tick();
  server.run(2);
  assert.equal(server.closed, 0);
  server.run(1);
  assert.equal(server.closed, 1);
  assert.match(server.logged[0]!, /nothing happened for 3000 ms/);
  const late = server.events!;
  server.run(1);
  assert.equal(server.attempts, 2);
  late.opened();
  late.closed("late");
  assert.equal(server.received, "");
  assert.equal(server.logged.length, 1);
});

Deno.test("GraphiteExporter holds reports back for a server that takes nothing, and gives it up", () => {
  const server = new FakeServer({ timeoutMs: 3000 });
  server.exporter.tick();
  server.events!.opened();
  server.run(10);
  assert.equal(server.closed, 0, "silence is fine while nothing is to be sent");
  server.pending = 1 << 20;
  server.exporter.push("waits\n");
  assert.equal(server.received, "");
  server.exporter.tick();
  server.pending -= 1000;
  server.run(2);
  assert.equal(server.closed, 0, "it still takes some");
  server.run(3);
  assert.equal(server.closed, 1);
  server.pending = 0;
  server.run(1);
  server.events!.opened();
  assert.equal(server.received, "waits\n");
});

Deno.test("GraphiteExporter.close ends it for good", () => {
  const server = new FakeServer();
  server.exporter.tick();
  server.events!.opened();
  server.exporter.close();
  assert.equal(server.closed, 1);
  server.exporter.push("a\n");
  server.events!.closed("late");
  server.run(200);
  assert.equal(server.attempts, 1);
  assert.equal(server.received, "");
});
