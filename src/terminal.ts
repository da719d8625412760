/**
 * The program in a terminal, put together: `ctl`, `doctor`, `completion`. Part of the composition root.
 *
 * @module
 */

import { APPLIANCE_COMMANDS, runAppliance } from "./appliance/mod.ts";
import { CTL_TIMEOUT_MS, exchangeLine, isFailure, runCtl } from "./cli/mod.ts";
import {
  embeddedDefaults,
  loadConfig,
  type LoadedConfig,
  openListeners,
  stateDirectory,
  systemHost,
} from "./config/mod.ts";
import { toBytes } from "./core/bytes.ts";
import { systemClock } from "./core/clock.ts";
import { healthFacts, hostFacts, worstLevel } from "./health/mod.ts";
import { writeStderr } from "./log/mod.ts";
import { databaseFile } from "./store/mod.ts";
import {
  adminCommand,
  adminHelp,
  completionScript,
  healthStatus,
  healthText,
  isSocket,
  painter,
  type Reach,
  REACH_OPTIONS,
  runAdminCommand,
  SHELLS,
  socketFetch,
  type TerminalIo,
  textAnswer,
} from "./terminal/mod.ts";
import { GENERATED, loadIdentity, uploadedIdentity } from "./tls/mod.ts";

type Environment = Readonly<Record<string, string>>;

/** What this file runs. @returns the exit status; undefined = it is none of these commands */
export async function runTerminal(
  args: readonly string[],
  env: Environment,
): Promise<number | undefined> {
  switch (args[0]) {
    case "ctl":
      return await ctl(args.slice(1), env);
    case "doctor":
      return await doctor(args.slice(1), env);
    case "completion":
      return completion(args.slice(1));
    default:
      return undefined;
  }
}

async function ctl(args: readonly string[], env: Environment): Promise<number> {
  const local = await runAppliance(args, {
    env,
    clock: systemClock,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    stdout: (text) => writeOut(new TextEncoder().encode(text)),
    stderr: writeStderr,
  });
  if (local !== undefined) return local;
  const word = firstWord(args);
  if (adminCommand(word) !== undefined) {
    return await runAdminCommand(args, terminalIo(env), reachOf(env));
  }
  const json = args.includes("--json");
  const rest = args.filter((arg) => arg !== "--json");
  const token = env["RTPEDGE_TOKEN"];
  // the first line is the credential, where the listener asks for one
  const preface = token === undefined ? "" : `Bearer ${token}\n`;
  let line = "";
  let answer = "";
  const status = await runCtl(rest, {
    exchange(host, port, command) {
      line = command;
      return exchangeLine(host, port, preface + command, CTL_TIMEOUT_MS);
    },
    readFile: (path) => Deno.readTextFileSync(path),
    terminal: !json && Deno.stdout.isTerminal(),
    stdout(text) {
      if (json) answer += text;
      else writeOut(toBytes(text));
    },
    stderr: (text) => writeStderr(text.trimEnd()),
    more: adminHelp(),
  });
  if (json && status !== 2) {
    writeOut(
      new TextEncoder().encode(
        `${JSON.stringify(textAnswer(line, !isFailure(answer), answer), null, 2)}\n`,
      ),
    );
  }
  return status;
}

/** The first word that is neither an option nor the value of one. */
function firstWord(args: readonly string[]): string | undefined {
  const valued = new Set<string>([...REACH_OPTIONS, "ip", "port", "config-file"]);
  for (let i = 0; i < args.length; i++) {
    const [, name, value] = /^--?([a-z][a-z-]*)(=.*)?$/s.exec(args[i]!) ?? [];
    if (name === undefined) return args[i];
    if (valued.has(name) && value === undefined) i++;
  }
  return undefined;
}

async function doctor(args: readonly string[], env: Environment): Promise<number> {
  const json = args.includes("--json");
  if (args.includes("--help")) {
    writeOut(new TextEncoder().encode(DOCTOR_HELP));
    return 0;
  }
  const io = terminalIo(env);
  const rest = args.filter((arg) => arg !== "--json");
  if (rest.length === 0 && reachOf(env).sockets().length > 0) {
    return await runAdminCommand(["health", ...args], io, reachOf(env));
  }
  const start = rest.length === 0 || rest[0] === "start";
  const result = await loadConfig(rest[0] === "start" ? rest.slice(1) : rest, {
    env,
    host: systemHost,
    ...(start ? { embedded: embeddedDefaults(env) } : {}),
  });
  if (result.outcome !== "run") {
    const errors = result.outcome === "errors" ? result.errors : [`what is ${result.outcome}?`];
    if (json) io.out(`${JSON.stringify({ level: "problem", errors }, null, 2)}\n`);
    else for (const error of errors) io.err(`the daemon would not start: ${error}\n`);
    return 1;
  }
  const facts = factsWithoutDaemon(result.loaded);
  const level = worstLevel(facts);
  if (json) io.out(`${JSON.stringify({ level, daemon: false, facts }, null, 2)}\n`);
  else {
    io.out(healthText(level, facts, io.paint));
    io.err("no daemon was asked: this is what the host and the configuration say\n");
  }
  return healthStatus(level);
}

const DOCTOR_HELP = `Usage: rtpedge doctor [--json] [OPTIONS OF THE DAEMON]

Says what is well, what is not, and what to do. Where a daemon runs that this user may ask (as
root or its user), it is asked; else, or with options of the daemon such as --config-file=FILE,
the host and that configuration are looked at. Exit status 1: there is a problem.
`;

function factsWithoutDaemon({ config, interfaces, listeners }: LoadedConfig) {
  const directory = config["data-dir"];
  const looked = existing(directory);
  return healthFacts({
    now: systemClock.wall(),
    ...hostFacts(looked),
    relay: undefined,
    overflow: undefined,
    ringLost: {},
    // root can give the daemon whatever it needs
    table: config.table,
    ports: [],
    openFiles: undefined,
    mediaPorts: interfaces.addresses.map(({ portMin, portMax }) => [portMin, portMax]),
    certificateExpires: listeners.https.length === 0 ? undefined : certificateEnd(config),
    open: openListeners(listeners, config),
    journalled: databaseFile(config.journal, directory) !== undefined,
  });
}

/** The nearest directory that is there: the first start makes the others. */
function existing(path: string): string {
  for (let at = path; at.lastIndexOf("/") > 0; at = at.slice(0, at.lastIndexOf("/"))) {
    try {
      Deno.statSync(at);
      return at;
    } catch {
      continue;
    }
  }
  return "/";
}

function certificateEnd(config: LoadedConfig["config"]): number | undefined {
  const directory = config["data-dir"];
  try {
    const option = config["https-cert"];
    if (option !== undefined) return loadIdentity(option, config["https-key"]).notAfter;
    return uploadedIdentity(directory)?.notAfter ??
      loadIdentity(`${directory}/${GENERATED.cert}`, `${directory}/${GENERATED.key}`).notAfter;
  } catch {
    return undefined;
  }
}

function completion(args: readonly string[]): number {
  const shell = SHELLS.find((name) => name === args[0]);
  if (shell === undefined) {
    writeStderr(`usage: rtpedge completion ${SHELLS.join("|")}`);
    return 1;
  }
  writeOut(new TextEncoder().encode(completionScript(shell, Object.keys(APPLIANCE_COMMANDS))));
  return 0;
}

function reachOf(env: Environment): Reach {
  return {
    socketFetch,
    trusting(ca) {
      const client = Deno.createHttpClient({ caCerts: [ca] });
      return (url, init) => fetch(url, { ...init, client });
    },
    token: env["RTPEDGE_TOKEN"],
    sockets: () =>
      [
        env["RTPEDGE_SOCKET"],
        env["RTPEDGE_DATA_DIR"] && `${env["RTPEDGE_DATA_DIR"]}/console/socket`,
        `${stateDirectory(env)}/console/socket`,
        "/var/lib/rtpedge/console/socket",
      ].filter((path): path is string => path !== undefined && path !== "" && isSocket(path)),
  };
}

function terminalIo(env: Environment): TerminalIo {
  const terminal = Deno.stdout.isTerminal();
  return {
    out: (text) => writeOut(new TextEncoder().encode(text)),
    err: (text) => writeStderr(text.trimEnd()),
    paint: painter(terminal, env),
    terminal,
    secret: readSecret,
    ask: (question) =>
      Promise.resolve(
        Deno.stdin.isTerminal() ? prompt(question.trimEnd()) ?? undefined : undefined,
      ),
    readFile: (path) => Deno.readTextFileSync(path),
    writeFile: (path, content) =>
      Deno.writeFileSync(path, content, { createNew: true, mode: 0o600 }),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: () => systemClock.wall(),
  };
}

/** A line from the keyboard without showing it; from a pipe the first line. */
async function readSecret(question: string): Promise<string> {
  const terminal = Deno.stdin.isTerminal();
  if (terminal) {
    await Deno.stderr.write(new TextEncoder().encode(question));
    Deno.stdin.setRaw(true, { cbreak: true });
  }
  try {
    const bytes: number[] = [];
    const one = new Uint8Array(1);
    while (await Deno.stdin.read(one) !== null) {
      const byte = one[0]!;
      if (byte === 10 || byte === 13) break;
      if (terminal && (byte === 127 || byte === 8)) bytes.pop();
      else bytes.push(byte);
    }
    return new TextDecoder().decode(new Uint8Array(bytes));
  } finally {
    if (terminal) {
      Deno.stdin.setRaw(false);
      await Deno.stderr.write(new Uint8Array([10]));
    }
  }
}

/** Writes everything; a reader that has seen enough, as `head`, is no error. */
function writeOut(bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
