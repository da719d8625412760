/**
 * The network a daemon is measured in: private namespaces, and addresses behind which nobody lives. What
 * the daemon sends is counted by the load generator's packet ring and then dropped by the kernel.
 *
 * @module
 */

import { connect, Netns } from "../support/netns.ts";
import { must } from "../support/process.ts";

/** How generator and daemon are joined. */
export type Joint = "veth" | "lo";

/** Namespaces and addresses of one daemon. */
export interface Stage extends AsyncDisposable {
  readonly joint: Joint;
  readonly daemonNs: Netns;
  readonly clientNs: Netns;
  /** Media and ng address of the daemon. */
  readonly address: string;
  readonly clientA: string;
  readonly clientB: string;
  /** Address the generator's sockets can be bound to. */
  readonly clientOwn: string;
  /** Options that tell rtpload where to send and count. */
  readonly loadArguments: readonly string[];
  /** Further options that make the kernel produce the packets; empty where it cannot. */
  readonly blastArguments: readonly string[];
}

const OWN = "10.77.0.2";
const DAEMON_LINK = "relay0";
const CLIENT_LINK = "load0";
const DAEMON_MAC = "02:00:00:00:00:01";
/* Link addresses of the clients: not the veth's own, so that its kernel drops the packets at once. */
const CLIENT_MACS = ["02:00:00:00:ff:01", "02:00:00:00:ff:02"] as const;

/** Makes the network for one daemon; the same addresses every time, in namespaces of its own. */
export async function createStage(hint: string, joint: Joint): Promise<Stage> {
  const plan = { address: "10.77.0.1", clientA: "10.77.1.1", clientB: "10.77.1.2" };
  const daemonNs = await Netns.create(`${hint}-relay`);
  if (joint === "lo") {
    for (const address of Object.values(plan)) await daemonNs.addresses("lo", `${address}/32`);
    /* Packets written to lo come "from" an address that is also local. */
    const setting = "/proc/sys/net/ipv4/conf/lo/accept_local";
    await must(daemonNs.argv(["sh", "-c", `echo 1 > ${setting}`]));
    return {
      joint,
      ...plan,
      clientOwn: plan.clientB,
      daemonNs,
      clientNs: daemonNs,
      loadArguments: ["--if", "lo", "--blackhole"],
      blastArguments: [],
      [Symbol.asyncDispose]: () => daemonNs[Symbol.asyncDispose](),
    };
  }
  const clientNs = await Netns.create(`${hint}-load`);
  await connect(
    { ns: daemonNs, link: DAEMON_LINK, addresses: [`${plan.address}/16`] },
    { ns: clientNs, link: CLIENT_LINK, addresses: [`${OWN}/16`] },
  );
  await daemonNs.ip("link", "set", DAEMON_LINK, "address", DAEMON_MAC);
  for (const [i, client] of [plan.clientA, plan.clientB].entries()) {
    const mac = CLIENT_MACS[i] ?? CLIENT_MACS[0];
    await daemonNs.ip(
      "neigh",
      "add",
      client,
      "lladdr",
      mac,
      "dev",
      DAEMON_LINK,
      "nud",
      "permanent",
    );
  }
  return {
    joint,
    ...plan,
    clientOwn: OWN,
    daemonNs,
    clientNs,
    loadArguments: ["--if", CLIENT_LINK, "--mac", DAEMON_MAC],
    blastArguments: ["--blast", DAEMON_LINK, "--blast-ns", `/run/netns/${daemonNs.name}`],
    async [Symbol.asyncDispose]() {
      await clientNs[Symbol.asyncDispose]();
      await daemonNs[Symbol.asyncDispose]();
    },
  };
}
