/**
 * A phone behind NAT: a home network whose router is phone A's namespace, with nftables masquerading and
 * ports of its own choice.
 *
 * ```
 *  phone P 192.168.7.2 ──── 192.168.7.1 (phone A's namespace) 10.77.1.2 ──── core
 * ```
 *
 * @module
 */

import { Agent, connect, must, Netns, run } from "../support/mod.ts";
import type { Rig } from "./rig.ts";

/** Addresses of the home network. */
export const HOME = { phone: "192.168.7.2", router: "192.168.7.1" } as const;

const RULES = `
table ip nat {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    oifname "eth0" masquerade random
  }
}
`;

/** Why there can be no NAT here, or `undefined`. */
export async function natUnavailable(): Promise<string | undefined> {
  const found = await run(["sh", "-c", "command -v nft"]);
  if (!found.success) return "nft is not installed";
  await using ns = await Netns.create("probe");
  const loaded = await run(ns.argv(["nft", "-f", "-"]), { stdin: RULES });
  return loaded.success ? undefined : `nftables cannot masquerade: ${loaded.stderr.trim()}`;
}

/** Makes the home network; the agent is in the phone's namespace. */
export async function openHome(rig: Rig): Promise<Agent> {
  const ns = rig.use(await Netns.create("home"));
  await connect(
    { ns: rig.a.ns, link: "home", addresses: [`${HOME.router}/24`] },
    { ns, link: "eth0", addresses: [`${HOME.phone}/24`] },
  );
  await ns.ip("route", "add", "default", "via", HOME.router);
  await must(rig.a.ns.argv(["sysctl", "-q", "-w", "net.ipv4.ip_forward=1"]));
  await must(rig.a.ns.argv(["nft", "-f", "-"]), { stdin: RULES });
  return rig.use(await Agent.start(ns));
}
