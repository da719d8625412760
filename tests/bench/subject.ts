/**
 * A daemon under measurement: started pinned in a stage of its own, given calls, put under load.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { type Flood, flood, type FloodResult } from "../security/flood.ts";
import { oracleFolder } from "../oracle/mod.ts";
import { must, say, sleep } from "../support/process.ts";
import {
  DTLSLOAD,
  type DtlsResult,
  type LoadResult,
  NGLOAD,
  type NgResult,
  RTPLOAD,
  RUNFIRST,
  runTool,
} from "./load.ts";
import { cpuSeconds, type Memory, memoryOf, openFileLimit, processTree } from "./process_info.ts";
import { createStage, type Joint, type Stage } from "./stage.ts";

/** Processor of the daemon, alone. */
export const DAEMON_CPU = 0;
/** Processor of generator and sink. */
export const LOAD_CPU = 1;

const NG_PORT = 2223;
const PORT_MIN = 10_000;
const PORT_MAX = 60_000;
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Which program, and how it is named in reports. */
export interface SubjectPlan {
  readonly name: string;
  /** Command line up to the options both sides are given. */
  readonly command: readonly string[];
  readonly extra: readonly string[];
  readonly joint: Joint;
  /** Runs with the libraries of this host, unless {@link Subject.useLibraries} says otherwise. */
  readonly ofHost: boolean;
  /** Nothing is pinned, threads are the daemon's choice. */
  readonly free: boolean;
}

/** The peer: today's rtpengine from the oracle's folder. */
export function peerCommand(): string[] {
  return ["chroot", oracleFolder(), "rtpengine"];
}

/** Where Debian keeps the libraries of this machine's kind. */
const LIBRARIES = `/usr/lib/${Deno.build.arch}-linux-gnu`;

/** The libraries that the peer runs with; undefined when they are not where they are expected. */
export async function peerLibraries(): Promise<string | undefined> {
  const folder = `${oracleFolder()}${LIBRARIES}`;
  const found = await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false);
  return found ? folder : undefined;
}

/** Puts the libraries of a folder in place of this host's, for a command and nobody else. */
function withLibraries(folder: string | undefined, command: readonly string[]): string[] {
  if (folder === undefined) return [...command];
  const script = `mount --bind "$0" ${LIBRARIES} && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", script, folder, ...command];
}

/** Which OpenSSL is among the libraries of a folder, or of this host. */
export async function opensslIn(folder: string | undefined): Promise<string> {
  const text = await must(withLibraries(folder, ["openssl", "version"]));
  return /Library: (OpenSSL \S+)/.exec(text)?.[1] ?? text.trim();
}

/** A running daemon. Dispose it to end it and remove its network. */
export class Subject implements AsyncDisposable {
  readonly name: string;
  readonly #plan: SubjectPlan;
  readonly #stage: Stage;
  readonly #folder: string;
  #process: Deno.ChildProcess | undefined;
  #pids: number[] = [];
  #media: readonly string[] = [];
  #generation = 0;
  #victims = 0;
  #calls = 0;
  #libraries: string | undefined;

  /** Use {@link start}. */
  constructor(plan: SubjectPlan, stage: Stage, folder: string) {
    this.name = plan.name;
    this.#plan = plan;
    this.#stage = stage;
    this.#folder = folder;
  }

  /** Makes the network, starts the daemon and waits until it answers. */
  static async start(plan: SubjectPlan): Promise<Subject> {
    const stage = await createStage(`bench-${plan.name}`, plan.joint);
    const folder = await Deno.makeTempDir({ prefix: `rtpedge-bench-${plan.name}-` });
    const subject = new Subject(plan, stage, folder);
    try {
      await subject.restart();
    } catch (error) {
      await subject[Symbol.asyncDispose]();
      throw error;
    }
    return subject;
  }

  /** Whether it can be run with other libraries. */
  get ofHost(): boolean {
    return this.#plan.ofHost;
  }

  /** Starts the daemon again with the libraries of a folder; undefined = with those of this host. */
  async useLibraries(folder: string | undefined): Promise<void> {
    if (folder === this.#libraries) return;
    this.#libraries = folder;
    await this.restart();
  }

  /** Ends the daemon if it runs and starts a new one without calls. */
  async restart(): Promise<void> {
    await this.#stop();
    const limit = await openFileLimit();
    const { address } = this.#stage;
    const argv = this.#stage.daemonNs.argv([
      ...["sh", "-c", 'log=$1; shift; exec "$@" >"$log" 2>&1', "sh", this.#log],
      ...[RUNFIRST, this.#cpu(DAEMON_CPU), "prlimit", `--nofile=${limit}`],
      ...withLibraries(this.#libraries, this.#plan.command),
      ...["--config-file=none", "--table=-1", `--interface=${address}`],
      ...[`--listen-ng=${address}:${NG_PORT}`, "--foreground", "--log-stderr"],
      ...(this.#plan.free ? [] : ["--num-threads=1"]),
      ...[`--port-min=${PORT_MIN}`, `--port-max=${PORT_MAX}`, "--timeout=86400"],
      ...[`--pidfile=/run/rtpedge-bench-${Deno.pid}-${this.name}.pid`, ...this.#plan.extra],
    ]);
    const [program = "", ...args] = argv;
    this.#process = new Deno.Command(program, {
      args,
      cwd: ROOT,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    this.#calls = 0;
    this.#pids = [this.#process.pid];
    try {
      await this.ng(["--calls", "1", "--do", "offer,answer,delete"]);
    } catch (error) {
      const log = await Deno.readTextFile(this.#log).catch(() => "");
      throw new Error(`${this.name} does not answer: ${error}\n${log.slice(-3000)}`);
    }
    this.#pids = await processTree(this.#process.pid);
  }

  /**
   * Sets up the calls that carry the load (in place of earlier ones) and lets streams be learned.
   *
   * @param media what ngload is told of the parties' media; absent = as the last time
   */
  async prepare(calls: number, media: readonly string[] = this.#media): Promise<void> {
    await this.drop();
    this.#media = media;
    await this.setUp(calls, ["--flows", this.#flows, ...media]);
    this.#calls = calls;
    const learned = await this.load(calls * 10, 3.5);
    if (learned.lost > 0) {
      say(`  ${this.name}: ${learned.lost} of ${learned.sent} packets lost while learning`);
    }
  }

  /** Deletes the calls made by {@link setUp}. */
  async drop(): Promise<void> {
    if (this.#calls === 0) return;
    const prefix = this.#prefix;
    await this.ng(
      ["--calls", String(this.#calls), "--outstanding", "4", "--prefix", prefix, "--do", "delete"],
    );
    this.#calls = 0;
  }

  /** Makes calls that stay until {@link drop}. @throws Error when the daemon refuses one */
  async setUp(calls: number, extra: readonly string[] = []): Promise<NgResult> {
    this.#generation++;
    const prefix = this.#prefix;
    const result = await this.ng(
      ["--calls", String(calls), "--outstanding", "4", "--prefix", prefix, ...extra],
    );
    if (result.errors > 0) throw new Error(`${this.name} refused ${result.errors} requests`);
    this.#calls = calls;
    return result;
  }

  /** Like {@link load}, with the generator that reaches the highest rates. */
  blast(pps: number, seconds: number): Promise<LoadResult> {
    const { blastArguments } = this.#stage;
    return this.load(pps, seconds, blastArguments.length > 0 ? blastArguments : ["--burst", "32"]);
  }

  /** Offers RTP over the calls of {@link prepare}. @param seconds how long */
  async load(pps: number, seconds: number, extra: readonly string[] = []): Promise<LoadResult> {
    const result = await runTool<LoadResult>(
      this.#client([
        ...[
          RUNFIRST,
          this.#cpu(LOAD_CPU),
          RTPLOAD,
          "--flows",
          this.#flows,
          ...this.#stage.loadArguments,
        ],
        ...["--pps", String(pps), "--seconds", String(seconds)],
        ...this.#pids.flatMap((pid) => ["--cpu-of", String(pid)]),
        ...extra,
      ]),
      seconds * 1000 + 30_000,
    );
    if (result.sinkDrops > 0) {
      say(`  sink overflow: ${result.sinkDrops} packets, figures are void`);
    }
    if (result.misdelivered + result.corrupt > 0) {
      throw new Error(`${this.name} misdelivered packets: ${JSON.stringify(result)}`);
    }
    return result;
  }

  /**
   * Makes calls (in place of earlier ones) whose called shake hands with the relay, and has them do it. The
   * generator has the peer's libraries, the faster ones: it is not to be what bounds either daemon.
   *
   * @param outstanding handshakes under way at a time
   */
  async shakeHands(
    calls: number,
    certificate: { readonly file: string; readonly fingerprint: string },
    outstanding: number,
  ): Promise<DtlsResult> {
    await this.drop();
    const fingerprint = certificate.fingerprint.replace("sha-256 ", "");
    /* An address somebody lives at: here packets have to arrive. */
    const own = ["--client-b", this.#stage.clientOwn];
    await this.setUp(calls, ["--flows", this.#flows, "--dtls-b", fingerprint, ...own]);
    const result = await runTool<DtlsResult>(
      this.#client(withLibraries(await peerLibraries(), [
        ...[RUNFIRST, this.#cpu(LOAD_CPU), DTLSLOAD, "--flows", this.#flows],
        ...["--cert", certificate.file, "--outstanding", String(outstanding)],
        ...this.#pids.flatMap((pid) => ["--cpu-of", String(pid)]),
      ])),
      60_000,
    );
    if (result.failed > 0) throw new Error(`${this.name} failed in ${result.failed} handshakes`);
    return result;
  }

  /** Makes one call more, which stays until the daemon ends. @returns the relay's port towards the called */
  async victim(extra: readonly string[]): Promise<number> {
    const prefix = `victim-${Deno.pid}-${++this.#victims}`;
    const result = await this.ng(["--calls", "1", "--prefix", prefix, ...extra]);
    if (result.errors > 0) throw new Error(`${this.name} refused a call to be attacked`);
    return result.firstPort;
  }

  /** Floods a port of the daemon from the generator's processor. */
  flood(
    what: Pick<Flood, "rate" | "seconds" | "datagram" | "random">,
    port: number,
  ): Promise<FloodResult> {
    const { clientNs, clientOwn, address } = this.#stage;
    const ends = { from: clientOwn, to: address, ports: [port, port] as const };
    return flood(clientNs, { ...ends, ...what }, [RUNFIRST, this.#cpu(LOAD_CPU)]);
  }

  /** True when every stream still carries packets. */
  async healthy(): Promise<{ readonly ok: boolean; readonly dead: number }> {
    const check = await this.load(this.#calls * 20, 0.5);
    return { ok: check.lost === 0, dead: check.lossyStreams };
  }

  /** Runs ngload against the daemon. */
  ng(args: readonly string[]): Promise<NgResult> {
    const { address, clientA, clientB } = this.#stage;
    return runTool<NgResult>(
      this.#client([
        ...[RUNFIRST, this.#cpu(LOAD_CPU), NGLOAD, "--ng", `${address}:${NG_PORT}`],
        ...["--client-a", clientA, "--client-b", clientB],
        ...["--cpu-of", String(this.#pids[0]), ...args],
      ]),
      120_000,
    );
  }

  /** Memory of the daemon in kilobytes. */
  memory(): Promise<Memory> {
    return memoryOf(this.#pids);
  }

  /** CPU time of the daemon in seconds as /proc/PID/stat counts it. */
  async cpu(): Promise<number> {
    let sum = 0;
    for (const pid of this.#pids) sum += await cpuSeconds(pid);
    return sum;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.#stage[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }

  #cpu(pinned: number): string {
    return this.#plan.free ? "any" : String(pinned);
  }

  get #log(): string {
    return `${this.#folder}/log`;
  }

  get #flows(): string {
    return `${this.#folder}/flows`;
  }

  get #prefix(): string {
    return `bench-${Deno.pid}-${this.#generation}`;
  }

  #client(argv: readonly string[]): string[] {
    return this.#stage.clientNs.argv(argv);
  }

  async #stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    const pids = this.#pids;
    for (const pid of pids) kill(pid, "SIGTERM");
    const late = sleep(5000).then(() => "late" as const);
    if (await Promise.race([child.status, late]) === "late") {
      for (const pid of pids) kill(pid, "SIGKILL");
      await child.status;
    }
  }
}

function kill(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The peer's version, from its own mouth. */
export async function peerVersion(): Promise<string> {
  return (await must([...peerCommand(), "--version"])).trim();
}
