import assert from "node:assert/strict";
import { Daemon, must, Netns, netnsUnavailable, run } from "../support/mod.ts";
import { deno, root } from "../../tools/proc.ts";

const reason = await netnsUnavailable();
if (reason !== undefined) Deno.stderr.writeSync(new TextEncoder().encode(`skipped: ${reason}\n`));

/** The command of a task, after its set-up part, taken from deno.json. */
async function commandOf(task: string): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const command: string = tasks[task].split("&&").at(-1).trim();
  assert.match(command, new RegExp(`^deno run .*mod\\.ts ${task}$`));
  return [deno, ...command.split(" ").slice(1)];
}

async function startDaemon(ns: Netns, home: string): Promise<Daemon> {
  const daemon = new Daemon("start", ns.argv(await commandOf("start")), {
    cwd: root,
    env: { XDG_STATE_HOME: `${home}/state`, NO_COLOR: "1" },
  });
  await daemon.line(/INFO: \[core\] ready/, 30_000);
  return daemon;
}

async function withDaemon(
  hint: string,
  body: (daemon: Daemon, ns: Netns, home: string) => Promise<void>,
): Promise<void> {
  await using ns = await Netns.create(hint);
  const home = await Deno.makeTempDir({ prefix: "rtpedge-start-" });
  try {
    await using daemon = await startDaemon(ns, home);
    await body(daemon, ns, home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function find(dir: string, pattern: RegExp): Promise<string[]> {
  const { stdout } = await run(["find", dir, "-type", "f"]);
  return stdout.split("\n").filter((name) => pattern.test(name));
}

Deno.test({
  name: "start answers ping over UDP, TCP, HTTP, HTTPS, WS and WSS on embedded defaults",
  ignore: reason !== undefined,
  async fn() {
    await withDaemon("start", async (daemon, ns, home) => {
      const certificates = await find(home, /cert.*\.pem$|\.crt$/);
      assert.equal(certificates.length, 1, `certificates: ${certificates}`);
      const printed = await must(
        ns.argv([
          ...[deno, "run", "-A", "--unstable-net", `${root}/tests/daemon/clients.ts`],
          ...["2223", "2225", "2226", "9900", certificates[0] ?? ""],
        ]),
        { timeout: 60_000 },
      );
      assert.deepEqual(printed.trim().split("\n"), [
        ...["UDP pong", "TCP pong", "HTTP pong", "HTTPS pong"],
        ...["WS pong", "WSS pong", "CLI pong"],
      ], daemon.tail());
    });
  },
});

Deno.test({
  name: "start says where it listens and what to type next",
  ignore: reason !== undefined,
  async fn() {
    await withDaemon("banner", (daemon) => {
      const text = daemon.lines.join("\n");
      for (
        const where of ["127.0.0.1:2223", "127.0.0.1:2225", "127.0.0.1:2226", "127.0.0.1:9900"]
      ) {
        assert.ok(text.includes(where), `the banner does not name ${where}:\n${text}`);
      }
      assert.match(text, /curl /);
      return Promise.resolve();
    });
  },
});

Deno.test({
  name: "the ctl task asks the daemon, and changes it",
  ignore: reason !== undefined,
  async fn() {
    await withDaemon("ctl", async (_daemon, ns) => {
      const ctl = await commandOf("ctl");
      const ask = (...words: string[]) => run(ns.argv([...ctl, ...words]), { cwd: root });
      assert.match((await ask("list", "numsessions")).stdout, /^Current sessions total: 0$/m);
      assert.match(
        (await ask("set", "maxsessions", "7")).stdout,
        /^Success setting maxsessions to 7$/m,
      );
      assert.match((await ask("list", "maxsessions")).stdout, /: 7$/m);
      assert.equal((await ask("no", "such", "thing")).code, 1);
    });
  },
});

Deno.test({
  name: "start keeps its private key from others and its certificate over a restart",
  ignore: reason !== undefined,
  async fn() {
    await withDaemon("key", async (daemon, ns, home) => {
      const keys = await find(home, /key.*\.pem$|\.key$/);
      assert.equal(keys.length, 1, `keys: ${keys}`);
      const mode = (await Deno.stat(keys[0] ?? "")).mode ?? 0;
      assert.equal(mode & 0o077, 0, `mode ${mode.toString(8)}`);
      const fingerprint = await daemon.line(/SHA-256/);
      await daemon.stop();
      await using again = await startDaemon(ns, home);
      assert.equal(await again.line(/SHA-256/), fingerprint);
    });
  },
});

Deno.test({
  name: "SIGTERM ends the daemon with exit code 0 within three seconds",
  ignore: reason !== undefined,
  async fn() {
    await withDaemon("term", async (daemon) => {
      const started = performance.now();
      Deno.kill(daemon.pid, "SIGTERM");
      const status = await daemon.status;
      assert.equal(status.code, 0, daemon.tail());
      assert.ok(performance.now() - started < 3000);
    });
  },
});
