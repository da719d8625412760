/**
 * The test's side of a werift peer.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { Daemon, type Netns } from "../support/mod.ts";
import type {
  WeriftOperation,
  WeriftOperations,
  WeriftReport,
  WeriftSetup,
} from "./werift_protocol.ts";
import type { FoundCandidate } from "./browser_peer.ts";

const MAIN = fileURLToPath(new URL("werift_main.ts", import.meta.url));

/** A peer connection of npm werift. */
export class WeriftPeer implements AsyncDisposable {
  readonly #daemon: Daemon;
  #next = 1;

  /** Wraps a running program; {@link start} makes one. */
  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  /** Starts a peer in a namespace. */
  static async start(ns: Netns, setup: WeriftSetup): Promise<WeriftPeer> {
    const argv = [Deno.execPath(), "run", "-A", "--no-check", MAIN, JSON.stringify(setup)];
    const daemon = new Daemon("werift", ns.argv(argv));
    await daemon.line(/^ready$/, 20_000);
    return new WeriftPeer(daemon);
  }

  /** Makes an offer; with every candidate unless it trickles. */
  offer({ trickle = false, restart = false } = {}): Promise<string> {
    return this.#call("offer", { trickle, restart });
  }

  /** Takes an offer and makes the answer. */
  answer(sdp: string, { trickle = false } = {}): Promise<string> {
    return this.#call("answer", { sdp, trickle });
  }

  /** Takes an answer. */
  async accept(sdp: string): Promise<void> {
    await this.#call("accept", { sdp });
  }

  /** Candidates found since the last call. */
  candidates(): Promise<readonly FoundCandidate[]> {
    return this.#call("candidates", null);
  }

  /** What it heard since the last report, and where it stands. */
  report(): Promise<WeriftReport> {
    return this.#call("report", null);
  }

  /** The last lines it printed. */
  tail(): string {
    return this.#daemon.tail();
  }

  /** Ends the peer. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#daemon.stop();
  }

  async #call<Op extends WeriftOperation>(
    op: Op,
    args: WeriftOperations[Op]["in"],
  ): Promise<WeriftOperations[Op]["out"]> {
    const id = this.#next++;
    const from = this.#daemon.lines.length;
    this.#daemon.write(`${JSON.stringify({ id, op, args })}\n`);
    const line = await this.#daemon.line(new RegExp(`^\\{"id":${id},`), 20_000, from);
    const answer: { ok?: WeriftOperations[Op]["out"]; error?: string } = JSON.parse(line);
    if (answer.error !== undefined) throw new Error(`werift says: ${answer.error}`);
    return answer.ok as WeriftOperations[Op]["out"];
  }
}
