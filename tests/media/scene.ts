/**
 * One call: messages to the relay, packets between phones, and notes of what they heard.
 *
 * @module
 */

import type { Address, Agent, AgentSocket, NgData, NgMessage } from "../support/mod.ts";
import { fromBytes, until } from "../support/mod.ts";
import { describePacket } from "./packet.ts";

/** Addresses of the phones; a phone is the letter, its ports count from {@link BASE}. */
const PHONES: { readonly [letter: string]: string } = {
  A: "127.0.0.11",
  B: "127.0.0.12",
  X: "127.0.0.99",
};
/** Port 0 of every phone. */
const BASE = 12_000;
/** Silence that means that nothing more will come, in ms. */
const QUIET = 60;

/** Further keys of a request. */
export type Keys = { readonly [key: string]: NgData };

/** Ports a party was told in a description, by section. */
export interface Told {
  readonly rtp: readonly number[];
  readonly rtcp: readonly number[];
  /** The description. */
  readonly sdp: string;
}

/** A description for a phone: `v=`… and sections. */
export function describe(phone: string, version: number, ...lines: string[]): string {
  const address = PHONES[phone[0]!] ?? "";
  const head = [
    "v=0",
    `o=- 1 ${version} IN IP4 ${address}`,
    "s=-",
    `c=IN IP4 ${address}`,
    "t=0 0",
  ];
  return [...head, ...lines].map((line) => `${line}\r\n`).join("");
}

/** Number of a phone's port: `A0` is {@link BASE}, `A3` three above. */
export function portOf(socket: string): number {
  return BASE + Number(socket.slice(1));
}

/** One call. */
export class Scene implements AsyncDisposable {
  /** What was heard, in the words of {@link hear}. */
  readonly notes: string[] = [];
  readonly #agent: Agent;
  readonly #ng: Address;
  readonly #call: string;
  readonly #sockets = new Map<string, AgentSocket>();
  /** What the relay's ports are called. */
  readonly #names = new Map<number, string>();

  /** Talks to the relay at that address. */
  constructor(agent: Agent, ng: Address, call: string) {
    this.#agent = agent;
    this.#ng = ng;
    this.#call = call;
  }

  /** An offer from `a`; `b` has the relay's ports after it. */
  offer(sdp: string, keys: Keys = {}): Promise<Told> {
    return this.#exchange("b", { command: "offer", "from-tag": "a", sdp, ...keys });
  }

  /** An answer from `b` to `a`. */
  answer(sdp: string, keys: Keys = {}): Promise<Told> {
    const message = { command: "answer", "from-tag": "a", "to-tag": "b", sdp };
    return this.#exchange("a", { ...message, ...keys });
  }

  /** Any command. */
  command(command: string, keys: Keys = {}): Promise<NgMessage> {
    return this.#agent.ng(this.#ng, { command, "call-id": this.#call, ...keys });
  }

  /** Opens a phone's ports before anything is sent to them. */
  async listen(...sockets: string[]): Promise<void> {
    for (const name of sockets) await this.#socket(name);
  }

  /** A phone sends from one of its ports. */
  async send(from: string, port: number | undefined, packet: Uint8Array): Promise<void> {
    if (port === undefined) throw new Error(`${from} was told no port`);
    const socket = await this.#socket(from);
    await socket.send({ host: this.#ng.host, port }, fromBytes(packet));
  }

  /**
   * Waits until nothing more comes and notes what came: `A0 < @b0 rtp 8 …`, by socket, sorted.
   *
   * @param title a line before it
   */
  async hear(title: string): Promise<void> {
    this.notes.push(`-- ${title}`);
    const lines: string[] = [];
    let quiet = 0;
    await until("silence", async () => {
      const before = lines.length;
      for (const [name, socket] of this.#sockets) {
        for (const { from, data } of await socket.take()) {
          lines.push(`${name} < ${this.#names.get(from.port) ?? "?"} ${describePacket(data)}`);
        }
      }
      quiet = lines.length === before ? quiet + 1 : 0;
      return quiet * 20 > QUIET ? true : undefined;
    }, 5000);
    this.notes.push(...lines.sort());
  }

  /**
   * For what comes again and again: every different line once.
   *
   * @param ms how long to listen
   */
  async overhear(title: string, ms: number): Promise<void> {
    const from = this.notes.length;
    const end = performance.now() + ms;
    while (performance.now() < end) await this.hear(title);
    const heard = this.notes.splice(from).filter((line) => !line.startsWith("--"));
    this.notes.push(`-- ${title}`, ...new Set(heard.sort()));
  }

  /** Waits. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Notes a line. */
  note(line: string): void {
    this.notes.push(line);
  }

  /** Ends the call and closes the phones. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.command("delete", { "delete delay": 0 });
    for (const socket of this.#sockets.values()) await socket.close();
  }

  async #socket(name: string): Promise<AgentSocket> {
    const known = this.#sockets.get(name);
    if (known !== undefined) return known;
    const socket = await this.#agent.bind(PHONES[name[0]!] ?? "", portOf(name));
    this.#sockets.set(name, socket);
    return socket;
  }

  async #exchange(party: string, message: NgMessage): Promise<Told> {
    const reply = await this.#agent.ng(this.#ng, { "call-id": this.#call, ...message });
    const { sdp } = reply;
    if (typeof sdp !== "string") throw new Error(`no description: ${JSON.stringify(reply)}`);
    const numbers = (pattern: RegExp) =>
      [...sdp.matchAll(pattern)].map((match) => Number(match[1]));
    const rtp = numbers(/^m=\S+ (\d+)/gm);
    const told = message["to-tag"] === "a" && message["command"] === "offer" ? "a" : party;
    for (const [i, port] of rtp.entries()) {
      this.#name(port, `@${told}${2 * i}`, `@${told}${2 * i + 1}`);
    }
    return { rtp, rtcp: numbers(/^a=rtcp:(\d+)/gm), sdp };
  }

  /** Gives a port of the relay, and the one above it, other names. */
  call(port: number, name: string): void {
    this.#names.set(port, name);
    this.#names.set(port + 1, `${name}+1`);
  }

  #name(port: number, rtp: string, rtcp: string): void {
    if (port === 0 || this.#names.has(port)) return;
    this.#names.set(port, rtp);
    this.#names.set(port + 1, rtcp);
  }
}
