import assert from "node:assert/strict";
import { systemClock } from "../../src/core/clock.ts";
import { connectGraphite, GraphiteExporter } from "../../src/graphite/mod.ts";
import { sleep, until } from "../support/mod.ts";

/** A server that keeps what it receives. */
class Server implements Disposable {
  readonly #listener: Deno.TcpListener;
  readonly #open: Deno.TcpConn[] = [];
  received = "";
  connections = 0;

  constructor(port = 0) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port });
    this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      this.connections++;
      this.#open.push(connection);
      this.#read(connection);
    }
  }

  async #read(connection: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(65_536);
    const decoder = new TextDecoder();
    try {
      for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
        this.received += decoder.decode(buffer.subarray(0, n));
      }
    } catch {
      // closed from this side, in the middle of a read
    }
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
  }
}

function exporterTo(port: number) {
  const logged: string[] = [];
  const exporter = new GraphiteExporter({
    clock: systemClock,
    connect: connectGraphite("127.0.0.1", port),
    timeoutMs: 0,
    log: (level, message) => logged.push(`${level}: ${message}`),
    count: () => {},
  });
  return { exporter, logged };
}

Deno.test("a Graphite server that comes back gets what it missed", async () => {
  let port = 0;
  let exporter: GraphiteExporter | undefined;
  let logged: readonly string[] = [];
  {
    using server = new Server();
    ({ exporter, logged } = exporterTo(server.port));
    port = server.port;
    exporter.push("one 1 1\n");
    exporter.tick();
    await until("the first report arrives", () => server.received === "one 1 1\n" || undefined);
  }
  await until(
    "the loss is noticed",
    () => logged.some((line) => /^warning/.test(line)) || undefined,
  );
  exporter.push("two 2 2\n");
  using server = new Server(port);
  await until("the second report arrives", () => {
    exporter.tick();
    return server.received === "two 2 2\n" || undefined;
  });
  assert.equal(server.connections, 1);
  assert.match(logged.join("\n"), /info: connected\nwarning: no connection: .*\ninfo: connected/s);
  exporter.close();
  await sleep(50);
});

Deno.test("a Graphite server that is not there is named in one warning", async () => {
  const probe = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = probe.addr;
  probe.close();
  const { exporter, logged } = exporterTo(port);
  exporter.tick();
  await until("the attempt fails", () => logged.length > 0 || undefined);
  assert.match(logged[0]!, /^warning: no connection: .*ECONNREFUSED.*; next attempt in 1 s$/);
  exporter.close();
});
