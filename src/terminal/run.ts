/**
 * `rtpedge ctl` beyond the control tree: commands that ask the admin API, through the daemon's socket on this
 * host or over HTTPS with a token.
 *
 * @module
 */

import { AdminClient, AdminError } from "../client/mod.ts";
import { CHANGE_COMMANDS } from "./change_commands.ts";
import { HEALTH_COMMAND } from "./health_view.ts";
import { type AdminCommand, CommandUsageError, type TerminalIo } from "./io.ts";
import { LOOK_COMMANDS } from "./look_commands.ts";

/** All commands, in the order of the help. */
export const ADMIN_COMMANDS: readonly AdminCommand[] = [
  HEALTH_COMMAND,
  ...LOOK_COMMANDS,
  ...CHANGE_COMMANDS,
];

/** Options of all commands: where the daemon is. */
export const REACH_OPTIONS = ["url", "socket", "ca"] as const;

/** Milliseconds until a request is given up; a restore or a backup takes its time. */
const TIMEOUT_MS = 60_000;

/** How commands reach the daemon. */
export interface Reach {
  /** A request through a socket in the file system. */
  readonly socketFetch: (path: string) => (url: string, init: RequestInit) => Promise<Response>;
  /** Sockets of daemons on this host that this user may use, the likeliest first. */
  readonly sockets: () => readonly string[];
  /** A request that trusts these certificates (PEM) besides public ones. */
  readonly trusting: (ca: string) => (url: string, init: RequestInit) => Promise<Response>;
  /** Value of RTPEDGE_TOKEN. */
  readonly token: string | undefined;
}

/** The command a word selects. */
export function adminCommand(word: string | undefined): AdminCommand | undefined {
  return ADMIN_COMMANDS.find(({ name }) => name === word);
}

/** The commands for the help. */
export function adminHelp(): string {
  const lines = ADMIN_COMMANDS.map(({ name, args, help }) =>
    `  ${`${name} ${args}`.trim()}\n      ${help}\n`
  );
  return `Commands of the admin API (as root or the daemon's user on its host; elsewhere with
--url https://HOST:PORT, --ca FILE for its certificate, and a token in RTPEDGE_TOKEN):
${lines.join("")}`;
}

/**
 * Runs a command.
 *
 * @param args the command and what follows it; options may stand anywhere
 * @returns the exit status: 0, 1 refused or wrong, 2 the daemon could not be asked
 */
export async function runAdminCommand(
  args: readonly string[],
  io: TerminalIo,
  reach: Reach,
): Promise<number> {
  const name = args.find((word) => adminCommand(word) !== undefined);
  const command = adminCommand(name)!;
  try {
    const { words, options } = parse(args, command);
    const client = clientFor(options, io, reach);
    const json = options["json"] === true;
    return await command.run({ ...io, client, json, words: words.slice(1), options }) ?? 0;
  } catch (error) {
    if (error instanceof CommandUsageError) {
      io.err(`rtpedge ctl: ${error.message}\nusage: rtpedge ctl ${command.name} ${command.args}\n`);
      return 1;
    }
    if (error instanceof AdminError) {
      io.err(
        `rtpedge ctl: ${error.message}\n${error.hint === "" ? "" : `what to do: ${error.hint}\n`}`,
      );
      return 1;
    }
    if (error instanceof Error) {
      const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
      const advice = /certificate|UnknownIssuer/i.test(cause)
        ? "what to do: give the daemon's certificate with --ca FILE\n"
        : "";
      io.err(`rtpedge ctl: ${error.message}${cause}\n${advice}`);
      return 2;
    }
    throw error;
  }
}

function parse(args: readonly string[], command: AdminCommand) {
  const { values = [], flags = [] } = command;
  const options: Record<string, string | true> = {};
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const [, name, value] = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(args[i]!) ?? [];
    if (name === undefined) {
      words.push(args[i]!);
    } else if (name === "json" || flags.includes(name)) {
      options[name] = true;
    } else if (values.includes(name) || REACH_OPTIONS.some((one) => one === name)) {
      const given = value ?? args[++i];
      if (given === undefined) throw new CommandUsageError(`option --${name} needs a value`);
      options[name] = given;
    } else {
      throw new CommandUsageError(`there is no option --${name} here`);
    }
  }
  return { words, options };
}

function clientFor(
  options: Readonly<Record<string, string | true>>,
  io: TerminalIo,
  reach: Reach,
): AdminClient {
  const { url, socket, ca } = options;
  const token = reach.token === undefined ? {} : { token: reach.token };
  if (typeof url === "string") {
    if (!URL.canParse(url)) throw new CommandUsageError(`"${url}" is no URL`);
    const trust = typeof ca === "string" ? { fetch: reach.trusting(io.readFile(ca)) } : {};
    return new AdminClient({ url, timeoutMs: TIMEOUT_MS, ...token, ...trust });
  }
  const path = typeof socket === "string" ? socket : reach.sockets()[0];
  if (path === undefined) {
    throw new Error(
      "no daemon on this host can be reached: be root or its user, name its socket with --socket, " +
        "or use --url with a token in RTPEDGE_TOKEN",
    );
  }
  return new AdminClient({
    url: "http://localhost",
    timeoutMs: TIMEOUT_MS,
    fetch: reach.socketFetch(path),
  });
}
