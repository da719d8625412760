/**
 * A test's hand inside another network namespace: ng requests and UDP sockets there, driven from here.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { Address, AgentOperation, AgentOperations, Datagram } from "./agent_protocol.ts";
import type { Netns } from "./netns.ts";
import type { NgMessage, NgWire } from "./ng_codec.ts";
import { Daemon } from "./process.ts";

const MAIN = fileURLToPath(new URL("agent_main.ts", import.meta.url));

/** An agent process in one namespace. Dispose it when done. */
export class Agent implements AsyncDisposable {
  #daemon: Daemon;
  #next = 1;

  /** Wraps a running agent; {@link start} makes one. */
  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  /** Starts an agent in a namespace, or in the test's own one. */
  static async start(ns?: Netns): Promise<Agent> {
    const argv = [Deno.execPath(), "run", "-A", "--unstable-net", "--no-check", MAIN];
    const agent = new Agent(new Daemon("agent", ns === undefined ? argv : ns.argv(argv)));
    await agent.call("free", { host: "127.0.0.1", ports: [] });
    return agent;
  }

  /** Runs one operation. @throws Error with the agent's own message */
  async call<Op extends AgentOperation>(
    op: Op,
    args: AgentOperations[Op]["in"],
  ): Promise<AgentOperations[Op]["out"]> {
    const id = this.#next++;
    const from = this.#daemon.lines.length;
    this.#daemon.write(`${JSON.stringify({ id, op, args })}\n`);
    const line = await this.#daemon.line(new RegExp(`^\\{"id":${id},`), 60_000, from);
    const answer: { ok?: AgentOperations[Op]["out"]; error?: string } = JSON.parse(line);
    if (answer.ok === undefined) throw new Error(answer.error ?? "The agent gave no answer");
    return answer.ok;
  }

  /**
   * Sends an ng request over UDP.
   *
   * @param timeout milliseconds
   * @throws Error when no answer comes in time
   */
  async ng(
    to: Address,
    message: NgMessage,
    wire: NgWire = "bencode",
    timeout = 5000,
  ): Promise<NgMessage> {
    const answer = await this.call("ng", { to, message, wire, timeout });
    if (answer.message === null) {
      throw new Error(`No answer to "${message["command"]}" from ${to.host}:${to.port}`);
    }
    return answer.message;
  }

  /** Opens a UDP socket in the namespace. */
  async bind(host: string, port = 0): Promise<AgentSocket> {
    const { socket, at } = await this.call("bind", { at: { host, port } });
    return new AgentSocket(this, socket, at);
  }

  /** Ends the agent. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#daemon.stop();
  }
}

/** A UDP socket held by an agent. */
export class AgentSocket {
  /** Wraps a socket that is open; {@link Agent.bind} makes one. */
  constructor(readonly agent: Agent, readonly id: number, readonly at: Address) {}

  /** Sends one datagram. */
  async send(to: Address, data: string): Promise<void> {
    await this.agent.call("send", { socket: this.id, to, data });
  }

  /** Takes the datagrams received since the last call. */
  async take(): Promise<readonly Datagram[]> {
    return (await this.agent.call("take", { socket: this.id })).datagrams;
  }

  /** Closes the socket. */
  async close(): Promise<void> {
    await this.agent.call("close", { socket: this.id });
  }
}
