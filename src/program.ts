/**
 * The program from its command line on. What a command does not need is not loaded: on slow processors the
 * daemon's modules take longer than most commands.
 *
 * @module
 */

type Environment = Readonly<Record<string, string>>;

/** Commands that are no start of the daemon. */
const TERMINAL: readonly (string | undefined)[] = ["ctl", "doctor", "completion"];

/**
 * Runs the program.
 *
 * @param args the command line
 * @returns the exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  const env = Deno.env.toObject();
  if (!TERMINAL.includes(args[0])) return await daemon(args, env);
  const { runTerminal } = await import("./terminal.ts");
  return await runTerminal(args, env);
}

async function daemon(args: readonly string[], env: Environment): Promise<number> {
  const [{ embeddedDefaults, loadConfig, systemHost }, { VERSION }, { writeStderr }] = await Promise
    .all([import("./config/mod.ts"), import("./daemon/version.ts"), import("./log/mod.ts")]);
  const start = args[0] === "start";
  const result = await loadConfig(start ? args.slice(1) : args, {
    env,
    host: systemHost,
    ...(start ? { embedded: embeddedDefaults(env) } : {}),
    columns: terminalColumns(),
  });
  switch (result.outcome) {
    case "print":
      print(result.text);
      return 0;
    case "version":
      print(`Version: ${VERSION}\n`);
      return 0;
    case "errors":
      for (const warning of result.warnings) writeStderr(`rtpedge: warning: ${warning}`);
      for (const error of result.errors) writeStderr(`rtpedge: ${error}`);
      writeStderr("rtpedge: not started; `--help` lists all options");
      return 1;
    case "run":
      try {
        const { serve } = await import("./app.ts");
        return await serve(result.loaded, args, env);
      } catch (error) {
        writeStderr(`rtpedge: ${error instanceof Error ? error.message : error}`);
        return 1;
      }
  }
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function terminalColumns(): number {
  try {
    return Deno.stdout.isTerminal() ? Deno.consoleSize().columns : 80;
  } catch {
    return 80;
  }
}
