/**
 * `deno run -A npm_client_main.ts udp|tcp|ws HOST PORT`: reads a JSON list of ng messages from standard
 * input, sends each with npm `rtpengine-client` and prints the replies as one line `REPLIES [...]`.
 *
 * @module
 */

import Module from "node:module";

type Reply = Record<string, unknown>;
type Method = (...args: unknown[]) => Promise<Reply>;
type Client = Record<string, Method> & { once(event: string, listener: () => void): void };
type Loader = { _load(request: string, ...rest: unknown[]): unknown };

// The package requires "debug" without declaring it, so it cannot be found where dependencies are
// strict; it is given one that is silent.
const loader = Module as unknown as Loader;
const load = loader._load;
loader._load = (request, ...rest) => request === "debug" ? () => () => {} : load(request, ...rest);
const { default: rtpengine } = await import("rtpengine-client");

const { Client: UdpClient, TcpClient, WsClient } = rtpengine as unknown as Record<
  string,
  new (options: Record<string, unknown>) => Client
>;

function connect(transport: string, host: string, port: string): Client {
  const timeout = 5000;
  if (transport === "udp" && UdpClient) return new UdpClient({ timeout });
  if (transport === "tcp" && TcpClient) {
    return new TcpClient({ hostport: `${host}:${port}`, timeout });
  }
  if (transport === "ws" && WsClient) return new WsClient({ url: `ws://${host}:${port}`, timeout });
  throw new Error(`The client does not speak "${transport}"`);
}

if (import.meta.main) {
  const [transport = "", host = "", port = ""] = Deno.args;
  const messages: Reply[] = JSON.parse(await new Response(Deno.stdin.readable).text());
  const client = connect(transport, host, port);
  await new Promise<void>((resolve) => client.once("listening", resolve));
  const replies: Reply[] = [];
  for (const { command, ...rest } of messages) {
    const method = client[String(command)];
    if (method === undefined) throw new Error(`The client has no command "${command}"`);
    const to = transport === "udp" ? [Number(port), host] : [];
    replies.push(await method.call(client, ...to, rest));
  }
  Deno.stdout.writeSync(new TextEncoder().encode(`\nREPLIES ${JSON.stringify(replies)}\n`));
  Deno.exit(0);
}
