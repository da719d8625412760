/**
 * The whole daemon as a process of its own, on free loopback ports.
 *
 * @module
 */

import { systemClock } from "../../src/core/clock.ts";
import type { Endpoint } from "../../src/core/endpoint.ts";
import { generateKey, selfSign } from "../../src/tls/self_signed.ts";
import { deno, root } from "../../tools/proc.ts";
import { Daemon } from "../support/process.ts";

/** A running daemon. */
export interface RunningDaemon extends AsyncDisposable {
  readonly process: Daemon;
  readonly ng: Endpoint;
  readonly tcp: Endpoint;
  readonly http: Endpoint;
  readonly https: Endpoint;
  readonly cli: Endpoint;
  /** PEM of the HTTPS certificate. */
  readonly cert: string;
}

/** Starts the daemon and waits until it is ready. `extra` is added to its command line. */
export async function startDaemon(
  extra: readonly string[] | ((spare: readonly [Endpoint, Endpoint]) => readonly string[]) = [],
): Promise<RunningDaemon> {
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-ng-" });
  const key = await generateKey();
  const cert = await selfSign(key, [], systemClock.wall());
  await Deno.writeTextFile(`${folder}/cert.pem`, cert);
  await Deno.writeTextFile(`${folder}/key.pem`, key, { mode: 0o600 });
  // All at once: one that is given back may be given out again.
  const [ng, tcp, http, https, cli, ...spare] = freePorts(7) as [
    Endpoint,
    Endpoint,
    Endpoint,
    Endpoint,
    Endpoint,
    Endpoint,
    Endpoint,
  ];
  const at = ({ address, port }: Endpoint): string => `${address}:${port}`;
  const process = new Daemon("rtpedge", [
    ...[deno, "run", "-A", `${root}/mod.ts`, "--config-file=none", "--table=-1", "--foreground"],
    ...["--log-stderr", "--interface=127.0.0.1", "--port-min=20000", "--port-max=21999"],
    ...[`--listen-ng=${at(ng)}`, `--listen-tcp-ng=${at(tcp)}`, `--listen-http=${at(http)}`],
    ...[`--listen-https=${at(https)}`, `--listen-cli=${at(cli)}`],
    ...[`--https-cert=${folder}/cert.pem`, `--https-key=${folder}/key.pem`],
    ...(typeof extra === "function" ? extra(spare) : extra),
  ], { cwd: root, env: { NO_COLOR: "1" } });
  const dispose = async (): Promise<void> => {
    await process[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await process.line(/INFO: \[core\] ready/, 30_000);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { process, ng, tcp, http, https, cli, cert, [Symbol.asyncDispose]: dispose };
}

/** Ports that are free now, for TCP and very likely for UDP. */
function freePorts(count: number): Endpoint[] {
  const listeners = Array.from(
    { length: count },
    () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  );
  return listeners.map((listener) => {
    const { port } = listener.addr;
    listener.close();
    return { family: 4, address: "127.0.0.1", port };
  });
}
