/**
 * The image for arm64 in an emulated machine: everything that is asked of the one for amd64.
 */

import { ensurePackages } from "../../tools/packages.ts";
import { warn } from "../../tools/proc.ts";
import { Appliance, makeKey } from "./appliance.ts";
import { ARM_PACKAGES } from "./console.ts";
import { build, diskOf } from "./images.ts";
import { machineUnavailable, Network } from "./machine.ts";
import { presets, smoke } from "./smoke.ts";

async function reason(): Promise<string | undefined> {
  if (Deno.env.get("IMAGE_LONG") === undefined) {
    return "it takes a quarter of an hour: deno task image:test";
  }
  await ensurePackages(ARM_PACKAGES, "Emulating boards for arm64");
  return await machineUnavailable("arm64");
}

const unavailable = await reason();
if (unavailable !== undefined) warn(`arm64: not run: ${unavailable}`);

Deno.test({
  name:
    "the arm64 image boots, is set up with the code of its console, relays a call in the kernel",
  ignore: unavailable !== undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-arm64-", dir: "/var/tmp" });
    const started = performance.now();
    const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
    try {
      const image = await build({ board: "arm64", version: "1.0.0", name: "arm64" });
      warn(`arm64: image after ${seconds()} s`);
      await using network = await Network.create();
      const key = await makeKey(folder);
      const disk = await diskOf(image, folder, presets(key));
      await using appliance = await Appliance.boot({ board: "arm64", disk, network, folder }, key);
      warn(`arm64: self-test passed after ${seconds()} s`);
      try {
        await smoke(t, appliance);
      } catch (error) {
        warn(appliance.machine.console.slice(-6000));
        throw error;
      }
      warn(`arm64: all of it took ${seconds()} s`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
