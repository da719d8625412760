/**
 * A real daemon in a network namespace of its own, calls with media, and a browser.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { Daemon, must, Netns, run, until } from "../support/mod.ts";
import { Browser } from "./browser.ts";

const HOST = "127.0.0.1";
const NG = 2223;
const HTTPS = 2226;
const CLI = 9900;
const MAIN = fileURLToPath(new URL("../../mod.ts", import.meta.url));
const CALLERS = fileURLToPath(new URL("callers_main.ts", import.meta.url));
const DENO = Deno.execPath();

/** Name and password of the administrator. */
export const ADMIN = { name: "ada", password: "correct horse battery" } as const;

/** Why there can be no browser here, or `undefined`. */
export async function browserUnavailable(): Promise<string | undefined> {
  const found = await run(["sh", "-c", "command -v chromium"]);
  return found.success ? undefined : "chromium is not installed";
}

/** A daemon with its namespace. */
export class Stage implements AsyncDisposable {
  /** There is an administrator. */
  setUp = false;

  /** What {@link open} has made. */
  constructor(
    readonly ns: Netns,
    /** Data directory of the daemon. */
    readonly home: string,
    public daemon: Daemon,
  ) {}

  /** Starts a daemon. */
  static async open(): Promise<Stage> {
    const home = await Deno.makeTempDir({ prefix: "rtpedge-dashboard-" });
    const ns = await Netns.create("dash");
    await ns.ephemeralPorts(10_000, 19_999);
    const stage = new Stage(ns, home, startDaemon(ns, home));
    await stage.daemon.line(/INFO: \[core\] ready/, 30_000);
    return stage;
  }

  /** Address of the dashboard. */
  get origin(): string {
    return `https://${HOST}:${HTTPS}`;
  }

  /** The code for the first administrator, as the console shows it. */
  async setupCode(): Promise<string> {
    await this.daemon.line(/Set-up code/);
    const at = this.daemon.lines.findIndex((line) => line.includes("Set-up code"));
    return (this.daemon.lines[at + 1] ?? "").trim();
  }

  /** Makes calls that talk until the result is disposed of. */
  async callers(calls: number, packetsPerSecond: number): Promise<Daemon> {
    const argv = [DENO, "run", "-A", "--unstable-net", "--no-check", CALLERS];
    const numbers = [NG, calls, packetsPerSecond].map(String);
    const callers = new Daemon("callers", this.ns.argv([...argv, ...numbers]));
    await callers.line(/^ready/, 60_000);
    return callers;
  }

  /** Starts a browser. */
  async browser(): Promise<Browser> {
    return await Browser.start(this.ns, this.origin);
  }

  /** Ends the daemon and starts it again. */
  async restart(): Promise<void> {
    await this.daemon.stop();
    this.daemon = startDaemon(this.ns, this.home);
    await this.daemon.line(/INFO: \[core\] ready/, 30_000);
  }

  /** Asks the control tree. */
  async ctl(line: string): Promise<string> {
    const argv = [DENO, "run", "-A", "--no-check", MAIN, "ctl", "-ip", `${HOST}:${CLI}`];
    return await must(this.ns.argv([...argv, ...line.split(" ")]));
  }

  /** Processor milliseconds of the daemon's threads since their start, to the nanosecond. */
  async cpuMs(): Promise<number> {
    const tasks = `/proc/${this.daemon.pid}/task`;
    let total = 0;
    for await (const { name } of Deno.readDir(tasks)) {
      // one may end between the two
      const text = await Deno.readTextFile(`${tasks}/${name}/schedstat`).catch(() => "0");
      total += Number(text.split(" ")[0]) / 1e6;
    }
    return total;
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.stop();
    await this.ns[Symbol.asyncDispose]();
    await Deno.remove(this.home, { recursive: true });
  }
}

function startDaemon(ns: Netns, home: string): Daemon {
  return new Daemon(
    "rtpedge",
    ns.argv([DENO, "run", "-A", "--no-check", MAIN, "--config-file=none"].concat([
      ...["--interface=lan/127.0.0.1", "--interface=wan/127.0.0.2", `--listen-ng=${HOST}:${NG}`],
      ...[`--listen-https=${HOST}:${HTTPS}`, `--listen-cli=${HOST}:${CLI}`],
      ...[`--data-dir=${home}`, "--access-db=access.db", "--history-db=history.db"],
      ...["--port-min=30000", "--port-max=39999", "--num-threads=1", "--journal=calls.db"],
      // calls without media are to stay
      ...["--timeout=3600", "--silent-timeout=3600", "--offer-timeout=3600"],
    ])),
  );
}

/** Signs the administrator in, making them first where there is none. */
export async function signIn(stage: Stage, browser: Browser): Promise<void> {
  const code = stage.setUp ? undefined : await stage.setupCode();
  await browser.open("/ui/login", code === undefined ? "/ui/login" : "/ui/setup");
  if (code !== undefined) {
    stage.setUp = true;
    await browser.type("#field-code", code);
    await browser.type("#field-name", ADMIN.name);
    await browser.type("#field-password", ADMIN.password);
    await browser.type("#field-again", ADMIN.password);
  } else {
    await browser.type("#field-name", ADMIN.name);
    await browser.type("#field-password", ADMIN.password);
  }
  await browser.click("button[type=submit]");
  await browser.ready("/ui/");
}

/** Waits until the page says that it is live. */
export async function live(browser: Browser): Promise<void> {
  await until("the page is live", async () => {
    const state = await browser.evaluate("document.querySelector('#pulse')?.dataset.state");
    return state === "live" ? true : undefined;
  });
}
