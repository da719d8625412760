/**
 * Today's rtpengine, run as a black box in a network namespace.
 *
 * @module
 */

import type { Agent } from "../support/agent.ts";
import type { Netns } from "../support/netns.ts";
import { Daemon, until } from "../support/process.ts";
import { ensureOracle } from "./install.ts";

/** How the oracle is started. */
export interface RtpengineOptions {
  /** Where it runs. */
  readonly ns: Netns;
  /** An agent in the same namespace, used to wait for `pong`. */
  readonly agent: Agent;
  /** Address of the ng listener, IPv4. */
  readonly host: string;
  /** Port of the ng listener. */
  readonly port: number;
  /** `interface` options in rtpengine's syntax. */
  readonly interfaces: readonly string[];
  /** Lowest media port. */
  readonly portMin: number;
  /** Highest media port. */
  readonly portMax: number;
  /** Further command line options. */
  readonly extra?: readonly string[];
}

/** The options every implementation is started with, so that comparisons are fair. */
export function commonArguments(options: RtpengineOptions): string[] {
  return [
    "--config-file=none",
    "--table=-1",
    ...options.interfaces.map((name) => `--interface=${name}`),
    `--listen-ng=${options.host}:${options.port}`,
    `--port-min=${options.portMin}`,
    `--port-max=${options.portMax}`,
    "--foreground",
    "--log-stderr",
    ...(options.extra ?? []),
  ];
}

/** Starts rtpengine out of the oracle folder and waits until it answers. Stop the result when done. */
export async function startRtpengine(options: RtpengineOptions): Promise<Daemon> {
  const pidfile = `/run/rtpengine-${options.ns.name}-${options.port}.pid`;
  const argv = ["chroot", await ensureOracle(), "rtpengine", ...commonArguments(options)];
  const daemon = new Daemon("rtpengine", options.ns.argv([...argv, `--pidfile=${pidfile}`]));
  await waitForPong(daemon, options);
  return daemon;
}

/** Waits until a daemon answers `ping`. On failure it is stopped and what it said is in the error. */
export async function waitForPong(
  daemon: Daemon,
  options: Pick<RtpengineOptions, "agent" | "host" | "port">,
  timeout = 15_000,
): Promise<void> {
  const to = { host: options.host, port: options.port };
  try {
    await until(`${daemon.name} answers ping`, async () => {
      if (daemon.ended) throw new Error(`${daemon.name} has ended`);
      const { message } = await options.agent.call("ng", {
        to,
        message: { command: "ping" },
        wire: "bencode",
        timeout: 500,
      });
      return message?.["result"] === "pong" ? true : undefined;
    }, timeout);
  } catch (error) {
    await daemon.stop();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${daemon.tail()}`);
  }
}
