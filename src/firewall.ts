/**
 * The firewall, put together: rules for open media ports where options ask for them, and the actions that make
 * them, take them away, or look for them. Part of the composition root.
 *
 * @module
 */

import type { Config } from "./config/mod.ts";
import type { Logger } from "./log/mod.ts";
import {
  Firewall,
  type FirewallBackend,
  IptablesChain,
  NftablesChain,
  type PortPair,
  runTool,
} from "./relay/mod.ts";

/** Ports that are opened together are handed to the tool together. */
const GATHER_MS = 10;
const DEFAULT_CHAIN = "rtpengine";

/** Rules that follow the ports. */
export interface FirewallRules {
  /** A pair was opened. */
  opened(pair: PortPair): void;
  /** A pair was closed. */
  closed(pair: PortPair): void;
  /** Calls are resumed: makes the chains with their ports. */
  start(): Promise<void>;
  /** Ends. @param keep calls go on with the next start, and so do the rules until then */
  close(keep: boolean): Promise<void>;
}

/** Rules in the chains that options name; undefined where they name none. */
export function openFirewall(config: Config, log: Logger): FirewallRules | undefined {
  const backends: FirewallBackend[] = [];
  if (config["iptables-chain"]) backends.push(new IptablesChain(config["iptables-chain"]));
  if (config["nftables-chain"]) backends.push(nftables(config));
  if (backends.length === 0) return undefined;
  const firewalls = backends.map((backend) =>
    new Firewall({
      backend,
      run: runTool,
      soon: (callback) => void setTimeout(callback, GATHER_MS),
      failed: (message) => log.limited("error", "firewall", `firewall: ${message}`),
    })
  );
  return {
    opened(pair) {
      for (const firewall of firewalls) firewall.opened(pair);
    },
    closed(pair) {
      for (const firewall of firewalls) firewall.closed(pair);
    },
    async start() {
      for (const firewall of firewalls) await firewall.start();
    },
    async close(keep) {
      for (const firewall of firewalls) await (keep ? firewall.settled() : firewall.stop());
    },
  };
}

/** `nftables-start`, `-stop` and `-status`: what to print and the exit status; undefined without one of them. */
export async function firewallAction(
  config: Config,
): Promise<{ readonly text: string; readonly code: number } | undefined> {
  const chain = nftables(config);
  const listing = async () => (await runTool(chain.listing)).output;
  if (config["nftables-status"]) {
    return chain.isIn(await listing())
      ? { text: "Netfilter rules check successful\n", code: 0 }
      : { text: "Netfilter rules check NOT successful: chain or jump not found\n", code: 1 };
  }
  const runs = config["nftables-start"]
    ? chain.start(await listing(), [])
    : config["nftables-stop"]
    ? chain.stop(await listing())
    : undefined;
  if (runs === undefined) return undefined;
  for (const run of runs) {
    const { ok, output } = await runTool(run);
    if (!ok) return { text: `Failed to perform nftables action: ${output}\n`, code: 1 };
  }
  return { text: "Success\n", code: 0 };
}

function nftables(config: Config): NftablesChain {
  const base = config["nftables-base-chain"];
  const table = Math.max(0, config.table);
  return new NftablesChain({
    chain: config["nftables-chain"] || `${DEFAULT_CHAIN}_${table}`,
    ...(base === "" || base === "none" ? {} : { base }),
    append: config["nftables-append"],
    families: config["nftables-family"].split(",") as ("ip" | "ip6" | "inet")[],
  });
}
