/**
 * Firewall rules for the media ports that are open: what has changed is gathered and handed to the
 * operator's own tool, `nft` or `iptables-restore`, many ports in one run. Here is the text of those runs; who
 * starts the tool is told from outside.
 *
 * @module
 */

import type { Family } from "../core/endpoint.ts";
import type { PortPair } from "./types.ts";

/** One run of a tool. */
export interface ToolRun {
  /** Name of the program. */
  readonly program: "nft" | "iptables-restore" | "ip6tables-restore";
  /** Its arguments. */
  readonly args: readonly string[];
  /** What it reads. */
  readonly input: string;
}

/** A local port. */
export interface OpenPort {
  /** Family of `address`. */
  readonly family: Family;
  /** Local address. */
  readonly address: string;
  /** UDP port. */
  readonly port: number;
}

/** One kind of firewall. */
export interface FirewallBackend {
  /** Run whose output {@link start} and {@link stop} want to see; absent = they need none. */
  readonly listing?: ToolRun;
  /** Makes the chain, or replaces what is in the one that an earlier process left, at one stroke. */
  start(listing: string, ports: readonly OpenPort[]): readonly ToolRun[];
  /** Lets packets for ports in, and for others no more. */
  change(opened: readonly OpenPort[], closed: readonly OpenPort[]): readonly ToolRun[];
  /** Takes away what was made. */
  stop(listing: string): readonly ToolRun[];
}

const COMMENT = "rtpedge";

/** A chain of iptables and ip6tables that the operator jumps to. */
export class IptablesChain implements FirewallBackend {
  readonly #chain: string;

  /**
   * Takes a chain.
   *
   * @param chain its name; made when it is not there, emptied when it is
   */
  constructor(chain: string) {
    this.#chain = chain;
  }

  /** Makes or empties the chain, and fills it. */
  start(_listing: string, ports: readonly OpenPort[]): readonly ToolRun[] {
    const lines = [`:${this.#chain} - [0:0]`];
    return ([4, 6] as const).map((family) =>
      restore(family, [...lines, ...this.#lines(family, ports, [])])
    );
  }

  /** A rule for each port. */
  change(opened: readonly OpenPort[], closed: readonly OpenPort[]): readonly ToolRun[] {
    const runs: ToolRun[] = [];
    for (const family of [4, 6] as const) {
      const lines = this.#lines(family, opened, closed);
      if (lines.length > 0) runs.push(restore(family, lines));
    }
    return runs;
  }

  /** Empties the chain; it stays, for somebody may jump to it. */
  stop(): readonly ToolRun[] {
    return this.start("", []);
  }

  #lines(family: Family, opened: readonly OpenPort[], closed: readonly OpenPort[]): string[] {
    const line = (verb: "-A" | "-D") => ({ address, port }: OpenPort) =>
      `${verb} ${this.#chain} -d ${address} -p udp --dport ${port} -m comment --comment ${COMMENT} -j ACCEPT`;
    const of = (port: OpenPort) => port.family === family;
    return [...closed.filter(of).map(line("-D")), ...opened.filter(of).map(line("-A"))];
  }
}

function restore(family: Family, lines: readonly string[]): ToolRun {
  return {
    program: family === 4 ? "iptables-restore" : "ip6tables-restore",
    args: ["--noflush", "--wait=5"],
    input: ["*filter", ...lines, "COMMIT", ""].join("\n"),
  };
}

/** What a {@link NftablesChain} is made of. */
export interface NftablesOptions {
  /** Name of the chain. */
  readonly chain: string;
  /** Chain of the table `filter` that is to lead there; absent = none. */
  readonly base?: string;
  /** Behind the rules of the base chain instead of before them. */
  readonly append: boolean;
  /** Families of the tables. */
  readonly families: readonly ("ip" | "ip6" | "inet")[];
}

/** A chain of nftables with sets of addresses and ports that are let in. */
export class NftablesChain implements FirewallBackend {
  /** Shows all rules with their handles. */
  readonly listing: ToolRun = {
    program: "nft",
    args: ["--handle", "--numeric", "list", "ruleset"],
    input: "",
  };
  readonly #options: NftablesOptions;

  /** Nothing is made yet. */
  constructor(options: NftablesOptions) {
    this.#options = options;
  }

  /** Makes the chain, its sets, and the way there, which may have been left by an earlier process. */
  start(listing: string, ports: readonly OpenPort[]): readonly ToolRun[] {
    const { chain, base, append, families } = this.#options;
    const lines = base === undefined ? [] : jumpsIn(listing, base, chain);
    for (const table of families) {
      lines.push(`add table ${table} filter`);
      // one that is there keeps its policy
      if (base !== undefined && !tableText(listing, table).includes(`chain ${base} {`)) {
        lines.push(`add chain ${table} filter ${base} { type filter hook input priority 0; }`);
      }
      lines.push(`add chain ${table} filter ${chain}`, `flush chain ${table} filter ${chain}`);
      for (const family of familiesOf(table)) {
        const set = setName(chain, family);
        const type = family === 4 ? "ipv4_addr" : "ipv6_addr";
        const selector = family === 4 ? "ip" : "ip6";
        lines.push(
          `add set ${table} filter ${set} { type ${type} . inet_service; }`,
          `flush set ${table} filter ${set}`,
          `add rule ${table} filter ${chain} ${selector} daddr . udp dport @${set} counter accept`,
        );
      }
    }
    if (base !== undefined) {
      const verb = append ? "add" : "insert";
      lines.push(
        ...families.map((table) =>
          `${verb} rule ${table} filter ${base} meta l4proto udp jump ${chain} ${mark(chain)}`
        ),
      );
    }
    return [nft([...lines, ...this.#elements(ports, [])])];
  }

  /** Elements of the sets. */
  change(opened: readonly OpenPort[], closed: readonly OpenPort[]): readonly ToolRun[] {
    const lines = this.#elements(opened, closed);
    return lines.length === 0 ? [] : [nft(lines)];
  }

  #elements(opened: readonly OpenPort[], closed: readonly OpenPort[]): string[] {
    const { chain, families } = this.#options;
    const lines: string[] = [];
    for (const table of families) {
      for (const family of familiesOf(table)) {
        const list = (ports: readonly OpenPort[]) =>
          ports.filter((port) => port.family === family)
            .map(({ address, port }) => `${address} . ${port}`).join(", ");
        const set = `element ${table} filter ${setName(chain, family)}`;
        const [gone, here] = [list(closed), list(opened)];
        // what is not there cannot be deleted, but may be added again
        if (gone !== "") lines.push(`add ${set} { ${gone} }`, `delete ${set} { ${gone} }`);
        if (here !== "") lines.push(`add ${set} { ${here} }`);
      }
    }
    return lines;
  }

  /** Takes the chain away; the ways there first, by their handles. */
  stop(listing: string): readonly ToolRun[] {
    const { chain, base, families } = this.#options;
    const lines: string[] = [];
    if (base !== undefined) lines.push(...jumpsIn(listing, base, chain));
    for (const table of families) {
      // made first, so that it is no error where it is not there
      lines.push(
        `add table ${table} filter`,
        `add chain ${table} filter ${chain}`,
        `flush chain ${table} filter ${chain}`,
        `delete chain ${table} filter ${chain}`,
      );
      for (const family of familiesOf(table)) {
        const set = setName(chain, family);
        const type = family === 4 ? "ipv4_addr" : "ipv6_addr";
        lines.push(
          `add set ${table} filter ${set} { type ${type} . inet_service; }`,
          `delete set ${table} filter ${set}`,
        );
      }
    }
    return [nft(lines)];
  }

  /** Whether the chain, and the way there, exist in all families. */
  isIn(listing: string): boolean {
    const { chain, base, families } = this.#options;
    return families.every((table) => {
      const own = tableText(listing, table);
      return own.includes(`chain ${chain} {`) &&
        (base === undefined || own.includes(`jump ${chain} ${mark(chain)}`));
    });
  }
}

function nft(lines: readonly string[]): ToolRun {
  return { program: "nft", args: ["-f", "-"], input: lines.join("\n") + "\n" };
}

function familiesOf(table: "ip" | "ip6" | "inet"): readonly Family[] {
  return table === "inet" ? [4, 6] : [table === "ip" ? 4 : 6];
}

function setName(chain: string, family: Family): string {
  return `${chain}_${family === 4 ? "v4" : "v6"}`;
}

/** By which our own jump is known. */
function mark(chain: string): string {
  return `comment "${COMMENT} ${chain}"`;
}

/** The table `filter` of a family in a listing. */
function tableText(listing: string, table: string): string {
  const start = listing.indexOf(`table ${table} filter {`);
  if (start < 0) return "";
  const end = listing.indexOf("\n}", start);
  return listing.slice(start, end < 0 ? undefined : end);
}

/** Commands that delete our jumps. */
function jumpsIn(listing: string, base: string, chain: string): string[] {
  const found: string[] = [];
  for (const table of ["ip", "ip6", "inet"]) {
    for (const line of tableText(listing, table).split("\n")) {
      const handle = /# handle (\d+)/.exec(line)?.[1];
      if (handle === undefined || !line.includes(`jump ${chain} ${mark(chain)}`)) continue;
      found.push(`delete rule ${table} filter ${base} handle ${handle}`);
    }
  }
  return found;
}

/** How a run of a tool went. */
export interface ToolResult {
  /** It did what it was told. */
  readonly ok: boolean;
  /** What it printed. */
  readonly output: string;
}

/** What a {@link Firewall} works with. */
export interface FirewallParts {
  /** The rules. */
  readonly backend: FirewallBackend;
  /** Starts a tool. */
  readonly run: (run: ToolRun) => Promise<ToolResult>;
  /** Calls back soon, when what changes at the same time has been gathered. */
  readonly soon: (callback: () => void) => void;
  /** Told what a tool says when it fails. */
  readonly failed: (message: string) => void;
}

/** Keeps the rules of open ports; one tool runs at a time. */
export class Firewall {
  readonly #parts: FirewallParts;
  /** All that are open, for when somebody else has changed the chain. */
  readonly #all = new Map<string, OpenPort>();
  readonly #opened = new Map<string, OpenPort>();
  readonly #closed = new Map<string, OpenPort>();
  #started = false;
  #running: Promise<void> | undefined;
  #due = false;

  /** Nothing is made yet. */
  constructor(parts: FirewallParts) {
    this.#parts = parts;
  }

  /** Makes the chain, with the ports that are open by then. */
  async start(): Promise<void> {
    this.#started = true;
    this.#opened.clear();
    this.#closed.clear();
    await this.#begin();
    this.#schedule();
  }

  async #begin(): Promise<boolean> {
    const ports = [...this.#all.values()];
    return await this.#run(this.#parts.backend.start(await this.#listing(), ports));
  }

  /** A pair of ports was opened. */
  opened(pair: PortPair): void {
    for (const port of portsOf(pair)) {
      const key = keyOf(port);
      this.#all.set(key, port);
      if (!this.#closed.delete(key)) this.#opened.set(key, port);
    }
    this.#schedule();
  }

  /** A pair of ports was closed. */
  closed(pair: PortPair): void {
    for (const port of portsOf(pair)) {
      const key = keyOf(port);
      this.#all.delete(key);
      if (!this.#opened.delete(key)) this.#closed.set(key, port);
    }
    this.#schedule();
  }

  /** Resolves when everything so far is done. */
  async settled(): Promise<void> {
    while (this.#due || this.#running !== undefined) {
      await (this.#running ?? this.#flush());
    }
  }

  /** Takes the rules away. */
  async stop(): Promise<void> {
    await this.settled();
    await this.#run(this.#parts.backend.stop(await this.#listing()));
  }

  async #listing(): Promise<string> {
    const { backend: { listing }, run } = this.#parts;
    return listing === undefined ? "" : (await run(listing)).output;
  }

  #schedule(): void {
    if (!this.#started || this.#due) return;
    this.#due = true;
    this.#parts.soon(() => void this.#flush());
  }

  #flush(): Promise<void> {
    this.#running ??= this.#drain().finally(() => this.#running = undefined);
    return this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#opened.size + this.#closed.size > 0) {
      this.#due = false;
      const opened = [...this.#opened.values()];
      const closed = [...this.#closed.values()];
      this.#opened.clear();
      this.#closed.clear();
      const { backend } = this.#parts;
      if (await this.#run(backend.change(opened, closed))) continue;
      // somebody else may have emptied the chain: from the beginning
      await this.#begin();
    }
    this.#due = false;
  }

  /** @returns whether all went well */
  async #run(runs: readonly ToolRun[]): Promise<boolean> {
    let well = true;
    for (const run of runs) {
      const { ok, output } = await this.#parts.run(run);
      if (!ok) this.#parts.failed(`${run.program}: ${output.trim()}`);
      well &&= ok;
    }
    return well;
  }
}

function portsOf({ local: { family, address }, rtp, rtcp }: PortPair): OpenPort[] {
  return [rtp, rtcp].map(({ port }) => ({ family, address, port }));
}

function keyOf({ address, port }: OpenPort): string {
  return `${address} ${port}`;
}
