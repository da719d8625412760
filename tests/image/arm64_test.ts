/**
 * The image for arm64 in an emulated machine.
 */

import assert from "node:assert/strict";
import { warn } from "../../tools/proc.ts";
import { Appliance, makeKey } from "./appliance.ts";
import { build, diskOf } from "./images.ts";
import { machineUnavailable, Network } from "./machine.ts";

const unavailable = Deno.env.get("IMAGE_LONG") === undefined
  ? "it takes a quarter of an hour: deno task image:test"
  : await machineUnavailable("arm64");
if (unavailable !== undefined) warn(`arm64: not run: ${unavailable}`);

Deno.test({
  name: "the arm64 image boots, is set up, and relays a call in the kernel",
  ignore: unavailable !== undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-arm64-", dir: "/var/tmp" });
    const image = await build({ board: "arm64", version: "1.0.0", name: "arm64" });
    await using network = await Network.create();
    const key = await makeKey(folder);
    const disk = await diskOf(image, folder, {
      "rtpedge.conf": `[access]\nssh-key = ${key.line}\n`,
    });
    try {
      await using appliance = await Appliance.boot({ board: "arm64", disk, network, folder }, key);
      warn(`arm64: first boot to self-test: ${appliance.machine.seconds.toFixed(0)} s`);
      const said = await appliance.shell(
        "systemctl list-units --failed --no-legend --plain; echo --; dmsetup status root; uname -m; journalctl -b -o cat -u rtpedge-health | grep healthy",
      );
      assert.match(said, /^--\n0 \d+ verity V/, said);
      assert.match(said, /aarch64\nhealthy after/);
      const { made, token } = await appliance.probe("setup", appliance.code!);
      assert.equal(made, 201);
      assert.deepEqual(await appliance.probe("ping", String(token)), { result: "pong" });
      assert.deepEqual(await appliance.probe("ping"), { refused: "status 401" });
      const call = await appliance.probe("call", String(token));
      assert.ok(
        Number(call["toA"]) >= 270 && Number(call["toB"]) >= 270,
        JSON.stringify(call).slice(0, 300),
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
