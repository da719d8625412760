/**
 * A browser, a SIP proxy and two phones in the network of a machine: run inside its namespace, one line of JSON out.
 *
 * Usage: probe.ts setup|signin|ping|call|udp ADDRESS [CODE|TOKEN|OWN-ADDRESS]
 *
 * @module
 */

import { createSocket, type Socket } from "node:dgram";
import { Agent, request } from "node:https";
import WebSocket from "ws";
import { buildRtp, frame, type NgMessage, unframe } from "../support/mod.ts";

const PASSWORD = "correct horse battery staple";
const agent = new Agent({ rejectUnauthorized: false });

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

/** A request over HTTPS to a self-signed certificate. */
function https(
  address: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = body === undefined ? "" : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const asked = request({
      host: address,
      port: 443,
      method,
      path,
      agent,
      timeout: 60_000,
      headers: {
        ...(body === undefined ? {} : {
          "Content-Type": "application/json",
          "Content-Length": String(new TextEncoder().encode(text).length),
        }),
        ...headers,
      },
    }, (response) => {
      let all = "";
      response.on("data", (chunk: Uint8Array) => all += new TextDecoder().decode(chunk));
      response.on(
        "end",
        () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: all }),
      );
    });
    asked.on("error", reject);
    asked.on("timeout", () => asked.destroy(new Error("no answer in 60 s")));
    asked.end(text);
  });
}

/** Makes the first administrator with the code of the console, signs in, makes a token. */
async function setUp(address: string, code: string) {
  const wrong = await https(address, "POST", "/api/v1/setup", {
    code: "AAAA-BBBB-CCCC",
    name: "admin",
    password: PASSWORD,
  });
  const made = await https(address, "POST", "/api/v1/setup", {
    code,
    name: "admin",
    password: PASSWORD,
  });
  const cookie = String(made.headers["set-cookie"]).split(";")[0]!;
  const csrf = (JSON.parse(made.body) as { csrf?: string }).csrf ?? "";
  const token = await https(address, "POST", "/api/v1/tokens", {
    name: "proxy",
    scopes: ["ng", "read"],
  }, {
    Cookie: cookie,
    "X-CSRF-Token": csrf,
  });
  const again = await https(address, "POST", "/api/v1/setup", {
    code,
    name: "other",
    password: PASSWORD,
  });
  return {
    wrong: wrong.status,
    made: made.status,
    again: again.status,
    token: (JSON.parse(token.body) as { text?: string }).text ?? token.body,
  };
}

/** Signs in with the password. */
async function signIn(address: string) {
  const answer = await https(address, "POST", "/api/v1/session", {
    name: "admin",
    password: PASSWORD,
  });
  return { status: answer.status };
}

/** ng over a WebSocket, as Kamailio speaks it. */
class Proxy {
  readonly #socket: WebSocket;

  /** Use the static method. */
  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** @throws Error with the status when the appliance refuses */
  static connect(address: string, token: string | undefined): Promise<Proxy> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(
        `wss://${address}/${token === undefined ? "" : `${token}/`}`,
        "ng.rtpengine.com",
        {
          rejectUnauthorized: false,
          handshakeTimeout: 60_000,
        },
      );
      socket.on("open", () => resolve(new Proxy(socket)));
      socket.on(
        "unexpected-response",
        (_request, response) => reject(new Error(`status ${response.statusCode}`)),
      );
      socket.on("error", reject);
    });
  }

  ask(message: NgMessage): Promise<NgMessage> {
    const cookie = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer to ${message["command"]}`)),
        30_000,
      );
      this.#socket.once("message", (data: Uint8Array) => {
        clearTimeout(timer);
        resolve(unframe(new Uint8Array(data)).message);
      });
      this.#socket.send(frame(cookie, message));
    });
  }

  close(): void {
    this.#socket.terminate();
  }
}

async function ping(address: string, token: string | undefined) {
  try {
    const proxy = await Proxy.connect(address, token);
    const { result } = await proxy.ask({ command: "ping" });
    proxy.close();
    return { result };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

/** ng over UDP on port 2223, as from a proxy at an address. */
async function udp(address: string, own: string) {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, own, resolve));
  const { promise, resolve } = Promise.withResolvers<unknown>();
  socket.on("message", (data: Uint8Array) => resolve(unframe(data).message["result"]));
  for (let tries = 0; tries < 5; tries++) {
    socket.send(frame(`udp${tries}`, { command: "ping" }), 2223, address);
    const result = await Promise.race([
      promise,
      new Promise((tick) => setTimeout(tick, 1000, undefined)),
    ]);
    if (result !== undefined) {
      socket.close();
      return { result };
    }
  }
  socket.close();
  return { refused: "no answer" };
}

async function phone(): Promise<{ socket: Socket; port: number; received: () => number }> {
  const socket = createSocket("udp4");
  let received = 0;
  socket.on("message", () => received++);
  await new Promise<void>((resolve) => socket.bind(0, OWN, resolve));
  return { socket, port: socket.address().port, received: () => received };
}

const OWN = "192.0.2.1";

/** A call between two phones here; its packets go through the machine. */
async function call(address: string, token: string, packets = 300) {
  const proxy = await Proxy.connect(address, token);
  const [a, b] = [await phone(), await phone()];
  const sdp = (port: number) =>
    `v=0\r\no=- 1 1 IN IP4 ${OWN}\r\ns=-\r\nc=IN IP4 ${OWN}\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0\r\n`;
  const keys = { "call-id": "from outside", "from-tag": "a" };
  const portOf = (reply: NgMessage) => Number(/m=audio (\d+)/.exec(String(reply["sdp"]))?.[1] ?? 0);
  const offer = await proxy.ask({ command: "offer", ...keys, sdp: sdp(a.port) });
  const facingB = portOf(offer);
  const answer = await proxy.ask({ command: "answer", ...keys, "to-tag": "b", sdp: sdp(b.port) });
  const facingA = portOf(answer);
  if (facingA === 0 || facingB === 0) return { failed: JSON.stringify([offer, answer]) };
  for (let number = 0; number < packets; number++) {
    const packet = (ssrc: number) =>
      buildRtp({
        payloadType: 0,
        sequence: number,
        timestamp: number * 160,
        ssrc,
        marker: false,
        payload: new Uint8Array(160),
      });
    a.socket.send(packet(1), facingA, address);
    b.socket.send(packet(2), facingB, address);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const query = await proxy.ask({ command: "query", ...keys });
  const list = Deno.args[3] === undefined
    ? ""
    : await Deno.readTextFile(Deno.args[3]).catch(() => "");
  await proxy.ask({ command: "delete", ...keys });
  proxy.close();
  a.socket.close();
  b.socket.close();
  return { sent: packets, toA: a.received(), toB: b.received(), query, list };
}

const [command, address = "", word] = Deno.args;
const COMMANDS: Readonly<Record<string, () => Promise<unknown>>> = {
  setup: () => setUp(address, word ?? ""),
  signin: () => signIn(address),
  ping: () => ping(address, word),
  call: () => call(address, word ?? ""),
  udp: () => udp(address, word ?? ""),
};
const outcome = await COMMANDS[command ?? ""]?.();
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(outcome) + "\n"));
Deno.exit(0);
