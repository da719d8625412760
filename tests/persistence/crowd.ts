/**
 * Many calls with media in both directions from one process: two sockets stand for all callers and all
 * callees, and the SSRC tells whose packet it is.
 *
 * @module
 */

import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { frame, type NgMessage, unframe } from "../support/ng_codec.ts";
import { buildRtp, parseRtp } from "../support/rtp.ts";

/** Milliseconds between two packets of one stream. */
export const INTERVAL_MS = 250;
const TURN_MS = 5;

/** The address everything is on. */
export const HOST = "127.0.0.1";

/** Asks over ng/UDP, again after a while when no answer comes. */
export class NgClient {
  readonly #socket = createSocket("udp4");
  readonly #waiting = new Map<string, (message: NgMessage) => void>();
  #serial = 0;

  constructor(readonly port: number) {
    this.#socket.on("message", (data: Uint8Array) => {
      const { cookie, message } = unframe(data);
      this.#waiting.get(cookie)?.(message);
    });
  }

  /** @param patience ms until it is given up */
  async ask(message: NgMessage, patience = 5000): Promise<NgMessage> {
    const cookie = `k${++this.#serial}`;
    const bytes = frame(cookie, message);
    const { promise, resolve, reject } = Promise.withResolvers<NgMessage>();
    this.#waiting.set(cookie, resolve);
    const send = () => this.#socket.send(bytes, this.port, HOST);
    const again = setInterval(send, 300);
    const end = setTimeout(() => reject(new Error(`no answer to ${message["command"]}`)), patience);
    send();
    try {
      return await promise;
    } finally {
      clearInterval(again);
      clearTimeout(end);
      this.#waiting.delete(cookie);
    }
  }

  close(): void {
    this.#socket.close();
  }
}

interface Side {
  readonly socket: Socket;
  /** Where each call's packets go: ports of the relay. */
  readonly targets: number[];
  /** `performance.now()` of the last packet of each call that came in. */
  readonly heard: Float64Array;
  /** Longest pause between two. */
  readonly gap: Float64Array;
  readonly received: Float64Array;
  readonly sent: Float64Array;
}

/** The calls. */
export class Crowd {
  readonly caller: Side;
  readonly callee: Side;
  #turn = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param size number of calls */
  constructor(readonly size: number) {
    this.caller = this.#side();
    this.callee = this.#side();
  }

  /** Binds the sockets. The port signalled is not the one sent from: it has to be learned. */
  async open(): Promise<void> {
    for (const [side, port] of [[this.caller, 4000], [this.callee, 5000]] as const) {
      side.socket.bind(port, HOST);
      await once(side.socket, "listening");
      side.socket.setRecvBufferSize(4 << 20);
    }
  }

  callId(call: number): string {
    return `crowd-${call}@example`;
  }

  /** Sets one call up. */
  async setUp(ng: NgClient, call: number): Promise<void> {
    const base = { "call-id": this.callId(call), "from-tag": "a" };
    const offered = await ng.ask({ command: "offer", ...base, sdp: sdp("a", 9000) });
    this.callee.targets[call] = portOf(offered);
    const answered = await ng.ask({
      command: "answer",
      ...base,
      "to-tag": "b",
      sdp: sdp("b", 9002),
    });
    this.caller.targets[call] = portOf(answered);
  }

  /** Sends on every stream every {@link INTERVAL_MS}, a share of them at each turn. */
  start(): void {
    const turns = INTERVAL_MS / TURN_MS;
    const now = performance.now();
    for (const side of [this.caller, this.callee]) side.heard.fill(now);
    this.#timer = setInterval(() => {
      for (let call = this.#turn % turns; call < this.size; call += turns) {
        this.#send(this.caller, call);
        this.#send(this.callee, call);
      }
      this.#turn++;
    }, TURN_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.caller.socket.close();
    this.callee.socket.close();
  }

  /** Longest pause in any stream so far in ms, those that are still pausing included. */
  longestGap(): number {
    const now = performance.now();
    let longest = 0;
    for (const { gap, heard } of [this.caller, this.callee]) {
      for (let i = 0; i < this.size; i++) longest = Math.max(longest, gap[i]!, now - heard[i]!);
    }
    return longest;
  }

  #side(): Side {
    const { size } = this;
    const side: Side = {
      socket: createSocket("udp4"),
      targets: new Array(size).fill(0),
      heard: new Float64Array(size),
      gap: new Float64Array(size),
      received: new Float64Array(size),
      sent: new Float64Array(size),
    };
    side.socket.on("message", (data: Uint8Array) => {
      const call = parseRtp(data)?.ssrc;
      if (call === undefined || call >= size) return;
      const now = performance.now();
      side.gap[call] = Math.max(side.gap[call]!, now - side.heard[call]!);
      side.heard[call] = now;
      side.received[call]!++;
    });
    return side;
  }

  #send(side: Side, call: number): void {
    const sequence = side.sent[call]!++;
    const packet = buildRtp({
      payloadType: 8,
      sequence,
      timestamp: sequence * INTERVAL_MS * 8,
      ssrc: call,
      payload: new Uint8Array(20),
    });
    side.socket.send(packet, side.targets[call]!, HOST);
  }
}

function sdp(user: string, port: number): string {
  return [
    "v=0",
    `o=${user} 1 1 IN IP4 ${HOST}`,
    "s=-",
    `c=IN IP4 ${HOST}`,
    "t=0 0",
    `m=audio ${port} RTP/AVP 8`,
    "a=sendrecv",
    "",
  ].join("\r\n");
}

function portOf(reply: NgMessage): number {
  const port = /m=audio (\d+)/.exec(String(reply["sdp"]))?.[1];
  if (port === undefined) throw new Error(`no port in ${JSON.stringify(reply)}`);
  return Number(port);
}
