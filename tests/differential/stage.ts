/**
 * The stage: one network namespace with the same interfaces for every implementation, which differ only
 * in their ng port and media port range.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import {
  commonArguments,
  ensureOracle,
  type RtpengineOptions,
  startRtpengine,
  waitForPong,
} from "../oracle/mod.ts";
import { Agent, Daemon, Netns, toBytes, unframe } from "../support/mod.ts";
import type { NgMessage } from "../support/mod.ts";
import { callId, type Dialogue, type Step, withCall } from "./dialogue.ts";
import { normalise, PortNames } from "./normalise.ts";
import { SecretNames } from "./secrets.ts";

const MAIN = fileURLToPath(new URL("../../mod.ts", import.meta.url));

/** Interfaces of every implementation. */
export const INTERFACES: readonly string[] = [
  "default/127.0.0.1",
  "default/::1",
  "inside/10.20.0.1",
  "inside/fd00:20::1",
  "outside/192.0.2.10!203.0.113.10",
  "several/192.0.2.21",
  "several/fd00:20::21",
  "several/192.0.2.22!203.0.113.22",
  "several/fd00:20::22",
];
const ADVERTISED: ReadonlyMap<string, string> = new Map([
  ["203.0.113.10", "192.0.2.10"],
  ["203.0.113.22", "192.0.2.22"],
]);
const ADDRESSES = [
  "10.20.0.1/32",
  "fd00:20::1/128",
  "192.0.2.10/32",
  "192.0.2.21/32",
  "192.0.2.22/32",
  "fd00:20::21/128",
  "fd00:20::22/128",
];

/** Who plays: the product, or the oracle it is compared with. */
export type Player = "rtpedge" | "oracle" | "second oracle";

const PORTS: { readonly [name in Player]: { ng: number; min: number; max: number } } = {
  "oracle": { ng: 2001, min: 30_000, max: 34_999 },
  "rtpedge": { ng: 2002, min: 40_000, max: 44_999 },
  "second oracle": { ng: 2003, min: 50_000, max: 54_999 },
};

/** What each step of a dialogue was answered with, as normalised lines. */
export type Transcript = readonly (readonly string[])[];

/** Namespace, agent and the implementations started in it. */
export class Stage implements AsyncDisposable {
  #daemons: Daemon[] = [];

  /** Wraps what {@link open} has made. */
  constructor(readonly ns: Netns, readonly agent: Agent) {}

  /** Makes the stage and starts the players. */
  static async open(...players: Player[]): Promise<Stage> {
    const ns = await Netns.create("diff");
    await ns.addresses("lo", ...ADDRESSES);
    await ns.ephemeralPorts(10_000, 19_999);
    const stage = new Stage(ns, await Agent.start(ns));
    try {
      for (const player of players) await stage.#start(player);
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Plays a dialogue and leaves no call behind. */
  async play(player: Player, dialogue: Dialogue): Promise<Transcript> {
    const { min, max } = PORTS[player];
    const call = callId(dialogue.name);
    const context = {
      call,
      advertised: ADVERTISED,
      ports: new PortNames(min, max),
      secrets: new SecretNames(),
      told: dialogue.steps.map((step) => step.message?.["sdp"]).join("\n"),
    };
    const replies: (NgMessage | undefined)[] = [];
    for (const step of dialogue.steps) replies.push(await this.#request(player, step, call));
    for (const id of callIds(dialogue, call)) {
      const message = { "command": "delete", "call-id": id, "delete delay": 0 };
      await this.#request(player, { message }, id);
    }
    for (const reply of replies) normalise(reply, context);
    return replies.map((reply) => normalise(reply, context));
  }

  /** Ends the players and removes the namespace. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons) await daemon.stop();
    await this.agent[Symbol.asyncDispose]();
    await this.ns[Symbol.asyncDispose]();
  }

  async #request(player: Player, step: Step, call: string): Promise<NgMessage | undefined> {
    const to = { host: "127.0.0.1", port: PORTS[player].ng };
    const timeout = 2000;
    if (step.message === undefined) {
      const cookie = `raw${crypto.randomUUID()}`;
      const bytes = `${cookie} ${step.raw ?? ""}`;
      const { data } = await this.agent.call("exchange", { to, data: bytes, timeout });
      return data === null ? undefined : readRaw(data, cookie);
    }
    const message = withCall(step.message, call);
    const wire = step.wire ?? "bencode";
    return (await this.agent.call("ng", { to, message, wire, timeout })).message ?? undefined;
  }

  async #start(player: Player): Promise<void> {
    const { ng, min, max } = PORTS[player];
    const options: RtpengineOptions = {
      ns: this.ns,
      agent: this.agent,
      host: "127.0.0.1",
      port: ng,
      interfaces: INTERFACES,
      portMin: min,
      portMax: max,
    };
    if (player !== "rtpedge") {
      await ensureOracle();
      this.#daemons.push(await startRtpengine(options));
      return;
    }
    const argv = [Deno.execPath(), "run", "-A", "--no-check", MAIN, ...commonArguments(options)];
    const daemon = new Daemon("rtpedge", this.ns.argv(argv));
    await waitForPong(daemon, options, 30_000);
    this.#daemons.push(daemon);
  }
}

/** Every call-id a dialogue uses. */
function callIds(dialogue: Dialogue, call: string): ReadonlySet<string> {
  const ids = dialogue.steps.map(({ message }) => message && withCall(message, call)["call-id"]);
  return new Set([call, ...ids.filter((id) => typeof id === "string")]);
}

/** The answer to a raw message; what cannot be decoded is shown as it came. */
function readRaw(data: string, cookie: string): NgMessage {
  const body = data.startsWith(`${cookie} `) ? data.slice(cookie.length + 1) : data;
  if (!/^[d{]/.test(body)) return { "undecoded answer": body };
  return unframe(toBytes(data)).message;
}
