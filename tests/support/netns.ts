/**
 * Network namespaces of the tests' own: made under a unique name, wired with veth pairs or a bridge, and
 * removed with everything in them.
 *
 * @module
 */

import { must, run } from "./process.ts";

let serial = 0;
let cleaned = false;

/** A network namespace. Dispose it to remove it with its links. */
export class Netns implements AsyncDisposable {
  /** Names a namespace that exists; {@link create} makes one. */
  constructor(readonly name: string) {}

  /** Makes a namespace with the loopback link up. `hint` shows up in its name. */
  static async create(hint: string): Promise<Netns> {
    if (!cleaned) await removeStale();
    cleaned = true;
    const ns = new Netns(`rtpe-${hint}-${Deno.pid}-${++serial}`);
    await must(["ip", "netns", "add", ns.name]);
    await ns.ip("link", "set", "lo", "up");
    return ns;
  }

  /** The command line that runs `argv` inside; the started process keeps the returned process's id. */
  argv(argv: readonly string[]): string[] {
    return ["ip", "netns", "exec", this.name, ...argv];
  }

  /** Runs `ip` with these arguments inside. */
  async ip(...args: string[]): Promise<void> {
    await must(["ip", "-n", this.name, ...args]);
  }

  /** Adds addresses in CIDR form to a link; IPv6 duplicate detection is skipped. */
  async addresses(link: string, ...cidrs: string[]): Promise<void> {
    for (const cidr of cidrs) {
      const nodad = cidr.includes(":") ? ["nodad"] : [];
      await this.ip("address", "add", cidr, "dev", link, ...nodad);
    }
  }

  /**
   * Confines the ports that sockets get when they ask for none, so that they keep clear of a relay's.
   */
  async ephemeralPorts(min: number, max: number): Promise<void> {
    const file = "/proc/sys/net/ipv4/ip_local_port_range";
    await must(this.argv(["sh", "-c", `echo ${min} ${max} > ${file}`]));
  }

  /** Removes the namespace. Programs still running in it keep it alive: stop them first. */
  async [Symbol.asyncDispose](): Promise<void> {
    await run(["ip", "netns", "delete", this.name]);
  }
}

/** One end of a veth pair. */
export interface LinkEnd {
  /** The namespace the end is in. */
  readonly ns: Netns;
  /** The link's name there. */
  readonly link: string;
  /** Addresses in CIDR form. */
  readonly addresses: readonly string[];
}

/** Joins two namespaces by a veth pair and sets both ends up with their addresses. */
export async function connect(a: LinkEnd, b: LinkEnd): Promise<void> {
  await must(
    ["ip", "link", "add", "name", a.link, "netns", a.ns.name, "type", "veth"].concat(
      ["peer", "name", b.link, "netns", b.ns.name],
    ),
  );
  for (const end of [a, b]) {
    await end.ns.addresses(end.link, ...end.addresses);
    await end.ns.ip("link", "set", "dev", end.link, "up");
  }
}

/**
 * Why namespaces cannot be made here, or `undefined` when they can. Makes and removes one to find out.
 */
export async function netnsUnavailable(): Promise<string | undefined> {
  try {
    await using _ = await Netns.create("probe");
    return undefined;
  } catch (error) {
    return `cannot make network namespaces: ${error instanceof Error ? error.message : error}`;
  }
}

/**
 * The process id in the name of a namespace made by {@link Netns.create}, `undefined` for other names.
 */
export function ownerOf(name: string): number | undefined {
  const id = /^rtpe-.+-(\d+)-\d+$/.exec(name)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** Removes namespaces, and ends the programs in them, whose test run was killed before it could. */
async function removeStale(): Promise<void> {
  const listed = await run(["ip", "netns", "list"]);
  for (const line of listed.stdout.split("\n")) {
    const name = line.split(" ")[0] ?? "";
    const owner = ownerOf(name);
    if (owner === undefined || await isRunning(owner)) continue;
    const inside = await run(["ip", "netns", "pids", name]);
    for (const pid of inside.stdout.split("\n").filter((text) => text !== "")) {
      await run(["kill", "-KILL", pid]);
    }
    await run(["ip", "netns", "delete", name]);
  }
}

async function isRunning(pid: number): Promise<boolean> {
  try {
    await Deno.stat(`/proc/${pid}`);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
