/**
 * The power goes in the middle of an update: whatever it hits, the appliance boots.
 */

import assert from "node:assert/strict";
import { warn } from "../../tools/proc.ts";
import { sleep } from "../support/process.ts";
import { Appliance, makeKey } from "./appliance.ts";
import { build, diskOf } from "./images.ts";
import { machineUnavailable, Network } from "./machine.ts";
import { BUNDLES, serve, slotsOf } from "./updates.ts";

const unavailable = Deno.env.get("IMAGE_LONG") === undefined
  ? "it takes half an hour: deno task image:test"
  : await machineUnavailable("amd64");
if (unavailable !== undefined) warn(`power cuts: not run: ${unavailable}`);

const INSTALL = `rtpedge ctl update install --allow-downgrade ${BUNDLES}/second.raucb`;

/** When the power goes: so many milliseconds after a line of progress. */
const CUTS: readonly (readonly [string, RegExp, number])[] = [
  ["while the bundle is checked", /% Verifying signature$/, 200],
  ["when the slot is given up for writing", /% Updating slots$/, 100],
  ["in the middle of writing", / 9[1-9]% Copying image to rootfs\.\d$/, 0],
  [
    "when kernel and entry of the slot are put in place",
    / 9[89]% Copying image to rootfs\.\d$/,
    300,
  ],
  ["when the slot is made the next", /% Copying image to rootfs\.\d done/, 50],
];

Deno.test({
  name: "an appliance boots after the power went at six points of an update",
  ignore: unavailable !== undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-power-", dir: "/var/tmp" });
    const first = await build({ board: "amd64", version: "1.0.0" });
    const second = await build({ board: "amd64", version: "1.1.0", bundleOnly: true });
    await Deno.copyFile(`${second}.raucb`, `${folder}/second.raucb`);
    await using network = await Network.create();
    await using _ = await serve(network, folder);
    const key = await makeKey(folder);
    const preset =
      `[access]\nssh-key = ${key.line}\npassword = correct horse battery staple\n[rtpengine]\nport-max = 34999\n`;
    const disk = await diskOf(first, folder, { "rtpedge.conf": preset });
    const parts = { board: "amd64", disk, network, folder };
    let appliance = await Appliance.boot(parts, key);

    /** The power is back. */
    const bootAgain = async () => {
      await appliance.machine.cut();
      appliance = await Appliance.boot(parts, key);
      const { version, booted, trial } = await slotsOf(appliance);
      warn(`    ${version} in slot ${booted} after ${appliance.machine.seconds.toFixed(0)} s`);
      assert.match(version ?? "", /^1\.[01]\.0$/);
      assert.equal(trial, "no");
      const said = await appliance.shell(
        "systemctl list-units --failed --no-legend --plain; echo --; cat /etc/rtpedge/rtpedge.conf",
      );
      assert.match(said, /^--\n[^]*^port-max = 34999$/m);
      assert.equal((await appliance.probe("signin"))["status"], 201);
    };

    try {
      for (const [name, line, ms] of CUTS) {
        await t.step(name, async () => {
          const install = appliance.start(INSTALL);
          try {
            await install.line(line, 600_000);
            await sleep(ms);
            await appliance.machine.cut();
          } finally {
            await install.stop();
          }
          const said = install.lines.join("\n");
          assert.doesNotMatch(said, /installed version/, "it was over before the power went");
          await bootAgain();
        });
      }
      await t.step("in the first boot of the new version", async () => {
        assert.match(await appliance.shell(INSTALL, 600), /installed version 1\.1\.0/);
        const before = await slotsOf(appliance);
        assert.notEqual(before.next, before.booted);
        const from = appliance.machine.console.length;
        await appliance.tryShell("systemctl reboot");
        await appliance.machine.expect(/rtpedge 1\.1\.0, slot/, 900, from);
        await bootAgain();
        const after = await slotsOf(appliance);
        assert.equal(after.version, "1.1.0");
        assert.equal(after.booted, before.next);
      });
    } catch (error) {
      warn(appliance.machine.console.slice(-6000));
      throw error;
    } finally {
      await appliance.machine.cut();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
