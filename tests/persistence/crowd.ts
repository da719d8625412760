/**
 * Many calls with media in both directions: set up over ng here, media in a program of its own (`crowd.c`).
 *
 * @module
 */

import { createSocket } from "node:dgram";
import { frame, type NgMessage, unframe } from "../support/ng_codec.ts";
import { Daemon, must } from "../support/process.ts";

/** Milliseconds between two packets of one stream. */
export const INTERVAL_MS = 100;

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

/** What was heard since the last reset. */
export interface Heard {
  /** Longest pause of any stream in ms. */
  readonly gap: number;
  /** Calls both sides of which heard something. */
  readonly alive: number;
}

/** The calls. */
export class Crowd {
  readonly #media: Daemon;
  #lines = 0;

  /** @param size number of calls */
  constructor(readonly size: number, media: Daemon) {
    this.#media = media;
  }

  /** Compiles and starts the media program. The ports signalled are not those sent from: they are learned. */
  static async start(size: number, folder: string): Promise<Crowd> {
    const source = new URL("crowd.c", import.meta.url).pathname;
    await must(["cc", "-O2", "-Wall", "-Wextra", "-o", `${folder}/crowd`, source]);
    return new Crowd(size, new Daemon("crowd", [`${folder}/crowd`]));
  }

  callId(call: number): string {
    return `crowd-${call}@example`;
  }

  /** Sets one call up. */
  async setUp(ng: NgClient, call: number): Promise<void> {
    const base = { "call-id": this.callId(call), "from-tag": "a" };
    const offered = await ng.ask({ command: "offer", ...base, sdp: sdp("a", 9000) });
    const answered = await ng.ask({
      command: "answer",
      ...base,
      "to-tag": "b",
      sdp: sdp("b", 9002),
    });
    this.#media.write(`call ${call} ${portOf(offered)} ${portOf(answered)}\n`);
  }

  /** Sends on every stream from now on. */
  send(): void {
    this.#media.write("start\n");
  }

  /** Forgets what was heard. */
  reset(): void {
    this.#media.write("reset\n");
  }

  async report(): Promise<Heard> {
    const from = this.#lines;
    this.#media.write("report\n");
    const line = await this.#media.line(/^\{/, 10_000, from);
    this.#lines = this.#media.lines.length;
    return JSON.parse(line);
  }

  stop(): Promise<void> {
    return this.#media.stop();
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
