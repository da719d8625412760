/**
 * The image of this tree, switched on for the first time: what fits into the time of a run of all suites.
 */

import { BOARDS } from "../../image/builder/board.ts";
import { isFetched } from "../../image/builder/debian.ts";
import { warn } from "../../tools/proc.ts";
import { oracleUnavailable } from "../oracle/mod.ts";
import { Appliance, makeKey } from "./appliance.ts";
import { build, diskOf } from "./images.ts";
import { kamailioCall } from "./kamailio.ts";
import { machineUnavailable, Network } from "./machine.ts";
import { presets, smoke } from "./smoke.ts";

async function reason(): Promise<string | undefined> {
  if (Deno.env.get("IMAGE_LONG") !== undefined) return "appliance_test.ts does the same and more";
  if (!await isFetched(BOARDS["amd64"]!)) {
    return "its Debian packages were never fetched here, which takes minutes: image/build, then again";
  }
  return await machineUnavailable("amd64");
}

const unavailable = await reason();
if (unavailable !== undefined) warn(`boot of the image: not run: ${unavailable}`);

Deno.test({
  name:
    "an appliance boots, is set up with the code of its console, and relays a call in the kernel",
  ignore: unavailable !== undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-boot-", dir: "/var/tmp" });
    try {
      const started = performance.now();
      const image = await build({ board: "amd64", version: "1.0.0", name: "boot" });
      warn(`image built in ${((performance.now() - started) / 1000).toFixed(0)} s`);
      await using network = await Network.create();
      const key = await makeKey(folder);
      const disk = await diskOf(image, folder, presets(key));
      await using appliance = await Appliance.boot({ board: "amd64", disk, network, folder }, key);
      try {
        const token = await smoke(t, appliance);
        const missing = oracleUnavailable();
        if (missing !== undefined) warn(`call of Kamailio: not run: ${missing}`);
        await t.step({
          name: "carries a call of Kamailio that was told what README.md says",
          ignore: missing !== undefined,
          fn: () => kamailioCall(network, appliance.address, token),
        });
      } catch (error) {
        warn(appliance.machine.console.slice(-6000));
        throw error;
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
