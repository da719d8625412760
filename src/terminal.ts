/**
 * The program in a terminal, put together: `ctl`, `doctor`, `completion`. Part of the composition root. A command
 * loads what it needs.
 *
 * @module
 */

import { APPLIANCE_COMMANDS, runAppliance } from "./appliance/mod.ts";
import { toBytes } from "./core/bytes.ts";
import { systemClock } from "./core/clock.ts";
import { writeStderr } from "./log/sink.ts";
import { writeOut } from "./stdout.ts";

type Environment = Readonly<Record<string, string>>;

/** Runs `ctl`, `doctor` or `completion`. @returns the exit status */
export async function runTerminal(args: readonly string[], env: Environment): Promise<number> {
  const rest = args.slice(1);
  switch (args[0]) {
    case "ctl":
      return await ctl(rest, env);
    case "doctor":
      return await (await import("./doctor.ts")).doctor(rest, env);
    default:
      return await completion(rest);
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
  const { adminCommand, adminHelp, REACH_OPTIONS, runAdminCommand, textAnswer } = await import(
    "./terminal/mod.ts"
  );
  if (adminCommand(firstWord(args, REACH_OPTIONS)) !== undefined) {
    const { reachOf, terminalIo } = await import("./terminal_io.ts");
    return await runAdminCommand(args, terminalIo(env), reachOf(env));
  }
  const { CTL_TIMEOUT_MS, exchangeLine, isFailure, runCtl } = await import("./cli/mod.ts");
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
function firstWord(
  args: readonly string[],
  reachOptions: readonly string[],
): string | undefined {
  const valued = new Set<string>([...reachOptions, "ip", "port", "config-file"]);
  for (let i = 0; i < args.length; i++) {
    const [, name, value] = /^--?([a-z][a-z-]*)(=.*)?$/s.exec(args[i]!) ?? [];
    if (name === undefined) return args[i];
    if (valued.has(name) && value === undefined) i++;
  }
  return undefined;
}

async function completion(args: readonly string[]): Promise<number> {
  const [{ completionScript, SHELLS }, { CTL_COMMANDS }] = await Promise.all([
    import("./terminal/mod.ts"),
    import("./cli/mod.ts"),
  ]);
  const shell = SHELLS.find((name) => name === args[0]);
  if (shell === undefined) {
    writeStderr(`usage: rtpedge completion ${SHELLS.join("|")}`);
    return 1;
  }
  writeOut(
    new TextEncoder().encode(
      completionScript(shell, CTL_COMMANDS, Object.keys(APPLIANCE_COMMANDS)),
    ),
  );
  return 0;
}
