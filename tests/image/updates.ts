/**
 * Updates as an appliance gets them: bundles on a web server, and what `ctl update status` says.
 *
 * @module
 */

import { deno, root } from "../../tools/proc.ts";
import { until } from "../support/process.ts";
import type { Appliance } from "./appliance.ts";
import { HOST, type Network } from "./machine.ts";

const PORT = 8000;

/** Where machines find the files of {@link serve}. */
export const BUNDLES = `http://${HOST}:${PORT}`;

/** Serves a folder to machines until disposed of. */
export async function serve(network: Network, folder: string): Promise<AsyncDisposable> {
  const script = `${root}/tests/image/serve.ts`;
  const [program, ...args] = network.ns.argv(
    [deno, "run", "-A", "--quiet", script, HOST, String(PORT), folder],
  );
  const child = new Deno.Command(program!, { args, stdout: "null", stderr: "inherit" }).spawn();
  const ask = network.ns.argv(["curl", "-s", "-o", "/dev/null", `${BUNDLES}/`]);
  await until("the server of bundles", async () => {
    const { success } = await new Deno.Command(ask[0]!, { args: ask.slice(1) }).output();
    return success || undefined;
  }, 60_000);
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** What `ctl update status` tells. */
export interface Slots {
  readonly version: string | undefined;
  readonly booted: string | undefined;
  readonly next: string | undefined;
  readonly trial: string | undefined;
}

/** Asks an appliance for its slots. */
export async function slotsOf(appliance: Appliance): Promise<Slots> {
  const text = await appliance.shell("rtpedge ctl update status");
  const field = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1];
  return {
    version: field("version"),
    booted: field("booted"),
    next: field("next"),
    trial: field("trial"),
  };
}

/** Asks the admin API of an appliance through the socket of its console. */
export async function askAdmin(appliance: Appliance, path: string): Promise<unknown> {
  const socket = "/var/lib/rtpedge/console/socket";
  return JSON.parse(
    await appliance.shell(`curl -s --unix-socket ${socket} 'http://localhost/api/v1/${path}'`),
  );
}

/** How many calls there were at which time of the last hour, where that is known; wall-clock ms. */
export async function callsOverTime(appliance: Appliance): Promise<readonly (readonly number[])[]> {
  const { rows } = await askAdmin(appliance, "history?range=1h&fields=calls") as {
    rows: (readonly (number | null)[])[];
  };
  return rows.filter((row): row is number[] => !row.includes(null));
}
