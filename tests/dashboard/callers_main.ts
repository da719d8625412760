/**
 * Parties that make calls and talk: a few with sockets of their own and RTCP, many that share two sockets.
 * Run inside the daemon's namespace until it is ended. A line on standard input is answered with what the
 * few have heard since the last one: `heard PACKETS MEDIAN P95`, in ms on the way.
 *
 * Usage: deno run -A --unstable-net callers_main.ts NG CALLS PACKETS_PER_SECOND
 *
 * @module
 */

import { buildSenderReport } from "../cli/sender_report.ts";
import {
  buildRtp,
  decodeMessage,
  frame,
  fromBytes,
  type NgMessage,
  toBytes,
} from "../support/mod.ts";

const HOST = "127.0.0.1";
/** Calls whose parties have sockets of their own. */
const CLOSE = 3;
/** The call in which only one party talks. */
const ONE_WAY = 5;
const [ngPort = 0, calls = 0, rate = 50] = Deno.args.map(Number);
const ng = Deno.listenDatagram({ transport: "udp", hostname: HOST, port: 0 });
let cookie = 0;
const waiting = new Map<string, (reply: NgMessage) => void>();

async function listen(): Promise<void> {
  for await (const [bytes] of ng) {
    const space = bytes.indexOf(0x20);
    const name = fromBytes(bytes.subarray(0, space));
    waiting.get(name)?.(decodeMessage(bytes.subarray(space + 1)));
    waiting.delete(name);
  }
}

/** Asks until there is an answer, as SIP proxies do. */
async function ask(message: NgMessage): Promise<NgMessage> {
  const name = `c${++cookie}`;
  const { promise, resolve } = Promise.withResolvers<NgMessage>();
  waiting.set(name, resolve);
  const to = { transport: "udp", hostname: HOST, port: ngPort } as const;
  const send = () => void ng.send(frame(name, message), to);
  send();
  const timer = setInterval(send, 1000);
  const answer = await promise;
  clearInterval(timer);
  if (answer["result"] !== "ok") throw new Error(JSON.stringify(answer));
  return answer;
}

function socket(): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname: HOST, port: 0 });
}

function portOf(conn: Deno.DatagramConn): number {
  return (conn.addr as Deno.NetAddr).port;
}

function sdp(port: number, protocol = "RTP/AVP", more = ""): string {
  return `v=0\r\no=- 1 1 IN IP4 ${HOST}\r\ns=-\r\nc=IN IP4 ${HOST}\r\nt=0 0\r\n` +
    `m=audio ${port} ${protocol} 8 101\r\na=rtpmap:8 PCMA/8000\r\n` +
    `a=rtpmap:101 telephone-event/8000\r\n${more}`;
}

function mediaPort(reply: NgMessage): number {
  return Number(/^m=audio (\d+)/m.exec(String(reply["sdp"]))![1]);
}

/** One direction of a call. */
class Flow {
  #sequence = Math.floor(Math.random() * 60_000);
  #timestamp = 0;
  #packets = 0;
  /** Sender report of the other party that was heard last. */
  heard: string | undefined;
  heardAt = 0;

  constructor(
    readonly conn: Deno.DatagramConn,
    readonly port: number,
    readonly ssrc: number,
    readonly other: number,
    readonly loss: number,
  ) {}

  talk(): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#timestamp += 8000 / rate;
    this.#packets++;
    if (Math.random() < this.loss) return;
    const packet = buildRtp({
      payloadType: 8,
      sequence: this.#sequence,
      timestamp: this.#timestamp,
      ssrc: this.ssrc,
      payload: stamped(),
    });
    this.#send(packet, this.port);
  }

  report(conn: Deno.DatagramConn): void {
    const report = buildSenderReport({
      ssrc: this.ssrc,
      heard: this.other,
      jitter: 16 + Math.floor(Math.random() * 40),
      ...(this.heard === undefined
        ? {}
        : { answers: this.heard, delay: (Date.now() - this.heardAt) / 1000 }),
    }, Date.now());
    this.#send(toBytes(report), this.port + 1, conn);
  }

  #send(bytes: Uint8Array, port: number, conn = this.conn): void {
    conn.send(bytes, { transport: "udp", hostname: HOST, port }).catch(() => {});
  }
}

function pair(): readonly [Deno.DatagramConn, Deno.DatagramConn] {
  for (;;) {
    const rtp = socket();
    if (portOf(rtp) % 2 === 0) {
      try {
        const port = portOf(rtp) + 1;
        return [rtp, Deno.listenDatagram({ transport: "udp", hostname: HOST, port })];
      } catch {
        // the port above is somebody's
      }
    }
    rtp.close();
  }
}

/** A payload that says when it left. */
function stamped(): Uint8Array {
  const payload = new Uint8Array(160).fill(0xd5);
  new DataView(payload.buffer).setFloat64(0, performance.now());
  return payload;
}

let delays: number[] = [];

/** Notes how long a packet was on the way. */
function heard(packet: Uint8Array): void {
  const left = new DataView(packet.buffer, packet.byteOffset).getFloat64(12);
  delays.push(performance.now() - left);
}

async function drain(conn: Deno.DatagramConn, each: (bytes: Uint8Array) => void = () => {}) {
  for await (const [bytes] of conn) each(bytes);
}

void listen();
const flows: Flow[] = [];
const reporters: [Flow, Deno.DatagramConn][] = [];
const [sharedA, sharedB] = [socket(), socket()];
void drain(sharedA);
void drain(sharedB);

for (let i = 1; i <= calls; i++) {
  const close = i <= CLOSE;
  const [a, aRtcp] = close ? pair() : [sharedA, undefined];
  const [b, bRtcp] = close ? pair() : [sharedB, undefined];
  const call = { "call-id": `call-${i}@example.com`, "from-tag": `alice-${i}` };
  const offered = await ask({
    command: "offer",
    ...call,
    ...(i === 1 ? { label: "reception", metadata: "queue 7" } : {}),
    sdp: sdp(portOf(a)),
  });
  const answered = await ask({
    command: "answer",
    ...call,
    "to-tag": `bob-${i}`,
    sdp: sdp(portOf(b)),
  });
  const [one, two] = [i * 2 + 1, i * 2 + 2];
  const there = new Flow(a, mediaPort(answered), one, two, close ? 0.01 : 0);
  const back = new Flow(b, mediaPort(offered), two, one, 0);
  flows.push(there);
  if (i !== ONE_WAY) flows.push(back);
  if (aRtcp === undefined || bRtcp === undefined) continue;
  reporters.push([there, aRtcp], [back, bRtcp]);
  for (const [conn, flow] of [[aRtcp, there], [bRtcp, back]] as const) {
    void drain(conn, (bytes) => {
      flow.heard = fromBytes(bytes);
      flow.heardAt = Date.now();
    });
  }
  void drain(a, heard);
  void drain(b, heard);
}

const KEY = "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";
const secure = { "call-id": "secure@example.com", "from-tag": "carol" };
await ask({
  command: "offer",
  ...secure,
  "transport-protocol": "RTP/SAVP",
  sdp: sdp(portOf(sharedA)),
});
const crypto = `a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${KEY}\r\n`;
await ask({
  command: "answer",
  ...secure,
  "to-tag": "dave",
  sdp: sdp(portOf(sharedB), "RTP/SAVP", crypto),
});
for (const branch of ["one", "two"]) {
  const fork = { "call-id": "fork@example.com", "from-tag": "erin", "via-branch": branch };
  await ask({ command: "offer", ...fork, sdp: sdp(portOf(sharedA)) });
  await ask({ command: "answer", ...fork, "to-tag": branch, sdp: sdp(portOf(sharedB)) });
}
await ask({
  command: "offer",
  "call-id": "web@example.com",
  "from-tag": "frank",
  "transport-protocol": "UDP/TLS/RTP/SAVPF",
  "rtcp-mux": ["offer"],
  ICE: "force",
  sdp: sdp(portOf(sharedA)),
});
Deno.stdout.writeSync(toBytes(`ready ${calls + 3}\n`));

setInterval(() => {
  for (const flow of flows) flow.talk();
}, 1000 / rate);
setInterval(() => {
  for (const [flow, conn] of reporters) flow.report(conn);
}, 1000);
for await (const _ of Deno.stdin.readable) {
  const sorted = delays.sort((a, b) => a - b);
  delays = [];
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(3);
  Deno.stdout.writeSync(toBytes(`heard ${sorted.length} ${at(0.5)} ${at(0.95)}\n`));
}
