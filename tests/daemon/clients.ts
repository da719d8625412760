/**
 * Clients of the control interface, none of them ours: datagrams, streams, `fetch` and `WebSocket` of the
 * runtime. Run inside the daemon's namespace; the tests read what it prints.
 *
 * Usage: deno run -A --unstable-net clients.ts NG HTTP HTTPS CLI CERT
 *
 * @module
 */

const HOST = "127.0.0.1";
const PING = "d7:command4:pinge";
const PONG = "d6:result4:ponge";
const encoder = new TextEncoder();
const decoder = new TextDecoder();

function bounded<T>(what: string, work: Promise<T>): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) =>
      setTimeout(() => reject(new Error(`${what}: no answer in 5 s`)), 5000)
    ),
  ]);
}

async function udp(port: number): Promise<string> {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: HOST, port: 0 });
  await socket.send(encoder.encode(`a ${PING}`), { transport: "udp", hostname: HOST, port });
  const [bytes] = await socket.receive();
  socket.close();
  return decoder.decode(bytes);
}

async function tcp(port: number, text: string): Promise<string> {
  using connection = await Deno.connect({ hostname: HOST, port });
  await connection.write(encoder.encode(text));
  const bytes = new Uint8Array(65536);
  const length = await connection.read(bytes);
  return decoder.decode(bytes.subarray(0, length ?? 0));
}

async function post(url: string, client?: Deno.HttpClient): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    body: `a ${PING}`,
    headers: { "Content-Type": "application/x-rtpengine-ng" },
    ...(client ? { client } : {}),
  });
  return await response.text();
}

function webSocket(url: string, client?: Deno.HttpClient): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { protocols: ["ng.rtpengine.com"], ...(client ? { client } : {}) };
    const socket = new WebSocket(url, options);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(`a ${PING}`);
    socket.onerror = (event) => reject(new Error(`${url}: ${(event as ErrorEvent).message}`));
    socket.onmessage = (event) => {
      resolve(typeof event.data === "string" ? `text ${event.data}` : decoder.decode(event.data));
      socket.close();
    };
  });
}

async function print(what: string, expected: string, work: Promise<string>): Promise<void> {
  const answer = await bounded(what, work).catch((error) => `error ${error.message}`);
  const verdict = answer === expected ? "pong" : JSON.stringify(answer);
  Deno.stdout.writeSync(encoder.encode(`${what} ${verdict}\n`));
}

const [ng, http, https, cli] = Deno.args.slice(0, 4).map(Number);
const certificate = await Deno.readTextFile(Deno.args[4] ?? "");
using client = Deno.createHttpClient({ caCerts: [certificate] });
await print("UDP", `a ${PONG}`, udp(ng ?? 0));
await print("TCP", `a ${PONG}`, tcp(ng ?? 0, `a ${PING}`));
await print("HTTP", `a ${PONG}`, post(`http://${HOST}:${http}/ng`));
await print("HTTPS", `a ${PONG}`, post(`https://localhost:${https}/ng`, client));
await print("WS", `a ${PONG}`, webSocket(`ws://${HOST}:${http}/`));
await print("WSS", `a ${PONG}`, webSocket(`wss://localhost:${https}/`, client));
const numbers = await bounded("CLI", tcp(cli ?? 0, "list numsessions\n"));
await print("CLI", "Current sessions own: 0", Promise.resolve(numbers.split("\n")[0] ?? ""));
Deno.exit(0);
