/**
 * Phones made of sockets around a running relay, in one network namespace: the product, and the oracle where
 * it can be had. What phones hear becomes lines that can be compared.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import {
  commonArguments,
  ensureOracle,
  oracleUnavailable,
  type RtpengineOptions,
  startRtpengine,
  waitForPong,
} from "../oracle/mod.ts";
import { Agent, Daemon, Netns, netnsUnavailable, say } from "../support/mod.ts";
import { Scene } from "./scene.ts";

const MAIN = fileURLToPath(new URL("../../mod.ts", import.meta.url));
const HOST = "127.0.0.1";

/** Who relays. */
export type Player = "rtpedge" | "oracle";

const PORTS: { readonly [player in Player]: { ng: number; min: number; max: number } } = {
  "rtpedge": { ng: 2001, min: 40_000, max: 44_999 },
  "oracle": { ng: 2002, min: 30_000, max: 34_999 },
};

/** Why these tests cannot run here; undefined when they can. */
export const UNAVAILABLE: string | undefined = await netnsUnavailable();
/** Why the oracle cannot be asked; undefined when it can. */
export const NO_ORACLE: string | undefined = UNAVAILABLE ?? oracleUnavailable();
if (UNAVAILABLE !== undefined) say(`media tests are ignored: ${UNAVAILABLE}`);
else if (NO_ORACLE !== undefined) say(`media is not compared with rtpengine: ${NO_ORACLE}`);

/** A namespace with relays and an agent in it. */
export class Lab implements AsyncDisposable {
  readonly #ns: Netns;
  readonly #agent: Agent;
  readonly #daemons: Daemon[] = [];
  #scenes = 0;

  /** Wraps what {@link open} has made. */
  constructor(ns: Netns, agent: Agent) {
    this.#ns = ns;
    this.#agent = agent;
  }

  /** Makes the namespace and starts the relays. */
  static async open(players: readonly Player[], extra: readonly string[] = []): Promise<Lab> {
    const ns = await Netns.create("media");
    await ns.ephemeralPorts(20_000, 29_999);
    const lab = new Lab(ns, await Agent.start(ns));
    try {
      for (const player of players) await lab.#start(player, extra);
      return lab;
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** A call through one of the relays. Dispose it when done. */
  scene(player: Player): Scene {
    const ng = { host: HOST, port: PORTS[player].ng };
    return new Scene(this.#agent, ng, `scene-${++this.#scenes}`);
  }

  /** Plays to one relay and tells what was noted down. */
  async play(player: Player, act: (scene: Scene) => Promise<void>): Promise<string[]> {
    await using scene = this.scene(player);
    await act(scene);
    return scene.notes;
  }

  /** Ends the relays and removes the namespace. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons) await daemon.stop();
    await this.#agent[Symbol.asyncDispose]();
    await this.#ns[Symbol.asyncDispose]();
  }

  async #start(player: Player, extra: readonly string[]): Promise<void> {
    const { ng, min, max } = PORTS[player];
    const options: RtpengineOptions = {
      ns: this.#ns,
      agent: this.#agent,
      host: HOST,
      port: ng,
      interfaces: [`default/${HOST}`],
      portMin: min,
      portMax: max,
      extra,
    };
    if (player === "oracle") {
      await ensureOracle();
      this.#daemons.push(await startRtpengine(options));
      return;
    }
    const argv = [Deno.execPath(), "run", "-A", "--no-check", MAIN, ...commonArguments(options)];
    const daemon = new Daemon(player, this.#ns.argv(argv));
    this.#daemons.push(daemon);
    await waitForPong(daemon, options, 30_000);
  }
}
