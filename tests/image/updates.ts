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
