/**
 * A Graphite server for tests: prints every line it receives, on every connection.
 *
 * Usage: deno run --allow-net graphite_main.ts HOST PORT
 *
 * @module
 */

const encoder = new TextEncoder();

async function print(connection: Deno.Conn): Promise<void> {
  for await (const chunk of connection.readable) await Deno.stdout.write(chunk);
}

const [hostname = "127.0.0.1", port] = Deno.args;
const listener = Deno.listen({ hostname, port: Number(port) });
await Deno.stdout.write(encoder.encode("listening\n"));
for await (const connection of listener) {
  print(connection).catch((error) => Deno.stderr.write(encoder.encode(`${error}\n`)));
}
