/**
 * What commands in a terminal need of the process: keyboard, screen, the way to the daemon. Part of the
 * composition root.
 *
 * @module
 */

import { stateDirectory } from "./config/defaults.ts";
import { systemClock } from "./core/clock.ts";
import { writeStderr } from "./log/sink.ts";
import { writeOut } from "./stdout.ts";
import { isSocket, painter, type Reach, socketFetch, type TerminalIo } from "./terminal/mod.ts";

type Environment = Readonly<Record<string, string>>;

/** Where daemons may be reached. */
export function reachOf(env: Environment): Reach {
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

/** The terminal of this process. */
export function terminalIo(env: Environment): TerminalIo {
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
