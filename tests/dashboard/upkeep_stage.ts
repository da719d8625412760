/**
 * A daemon with a configuration file that may be written, for the pages about upkeep.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { Daemon, Netns } from "../support/mod.ts";
import { Stage } from "./stage.ts";

const HOST = "127.0.0.1";
const MAIN = fileURLToPath(new URL("../../mod.ts", import.meta.url));

/** Text of the file at the start. */
export const FILE = `# kept by the dashboard
[rtpengine]
interface = lan/127.0.0.1;wan/127.0.0.2
listen-ng = ${HOST}:2223
listen-https = ${HOST}:2226
listen-cli = ${HOST}:9900
control-allow = 127.0.0.0/8
port-min = 30000
port-max = 39999
num-threads = 1
access-db = access.db
janus-secret = hunter22
# timeout = 60
`;

/** Path of the configuration file of a stage. */
export function configurationOf({ home }: Stage): string {
  return `${home}/rtpedge.conf`;
}

/** Starts a daemon that reads a file of its own. */
export async function openUpkeepStage(): Promise<Stage> {
  const home = await Deno.makeTempDir({ prefix: "rtpedge-upkeep-" });
  await Deno.writeTextFile(`${home}/rtpedge.conf`, FILE);
  const ns = await Netns.create("upkeep");
  await ns.ephemeralPorts(10_000, 19_999);
  const argv = [Deno.execPath(), "run", "-A", "--no-check", MAIN];
  const args = [`--config-file=${home}/rtpedge.conf`, `--data-dir=${home}`];
  const stage = new Stage(ns, home, new Daemon("rtpedge", ns.argv([...argv, ...args])));
  await stage.daemon.line(/INFO: \[core\] ready/, 30_000);
  return stage;
}
