/**
 * The power goes in the middle of an update: whatever it hits, the appliance boots.
 */

import assert from "node:assert/strict";
import { deno, root, warn } from "../../tools/proc.ts";
import { Appliance, makeKey } from "./appliance.ts";
import { build, diskOf } from "./images.ts";
import { HOST, machineUnavailable, Network } from "./machine.ts";

const unavailable = Deno.env.get("IMAGE_LONG") === undefined
  ? "it takes half an hour: deno task image:test"
  : await machineUnavailable("amd64");
if (unavailable !== undefined) warn(`power cuts: not run: ${unavailable}`);

/** When the power goes, by what RAUC or the console says; after it, milliseconds more. */
const CUTS: readonly (readonly [string, RegExp, number])[] = [
  ["while the bundle is checked", /Checking bundle/, 300],
  ["when the slot was given up for writing", /Updating slots/, 200],
  ["in the middle of writing", /Copying image to rootfs/, 3000],
  ["when the slot is made the next", /Copying image to rootfs\.\d done/, 50],
  ["in the first boot of the new version", /NEVER/, 0],
];

Deno.test({
  name: "an appliance boots after the power went at five points of an update",
  ignore: unavailable !== undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-power-", dir: "/var/tmp" });
    const first = await build({ board: "amd64", version: "1.0.0" });
    const second = await build({ board: "amd64", version: "1.1.0", bundleOnly: true });
    await Deno.copyFile(`${second}.raucb`, `${folder}/second.raucb`);
    await using network = await Network.create();
    const argv = network.ns.argv([
      deno,
      "run",
      "-A",
      "--quiet",
      `${root}/tests/image/serve.ts`,
      HOST,
      "8000",
      folder,
    ]);
    const server = new Deno.Command(argv[0]!, {
      args: argv.slice(1),
      stdout: "null",
      stderr: "inherit",
    }).spawn();
    const key = await makeKey(folder);
    const preset = `[access]\nssh-key = ${key.line}\npassword = correct horse battery staple\n`;
    const disk = await diskOf(first, folder, { "rtpedge.conf": preset });
    const parts = { board: "amd64", disk, network, folder };
    try {
      let appliance = await Appliance.boot(parts, key);
      for (const [name, line, ms] of CUTS) {
        await t.step(name, async () => {
          const install = appliance.tryShell(
            `rtpedge ctl update install --allow-downgrade http://${HOST}:8000/second.raucb`,
            300,
          );
          if (line.source === "NEVER") {
            assert.match((await install).stdout, /installed version 1\.1\.0/);
            const from = appliance.machine.console.length;
            await appliance.tryShell("systemctl reboot");
            await appliance.machine.expect(/Boot in 1 s/, 120, from);
            await new Promise((resolve) => setTimeout(resolve, 8000));
          } else {
            await appliance.shell(
              `for i in $(seq 600); do journalctl -b -u rauc -o cat | grep -q '${
                line.source.replaceAll("\\d", "[0-9]")
              }' && exit 0; sleep 0.1; done; exit 1`,
              120,
            )
              .catch(() => undefined);
            await new Promise((resolve) => setTimeout(resolve, ms));
          }
          await appliance.machine.cut();
          await install.catch(() => undefined);
          appliance = await Appliance.boot(parts, key);
          const status = await appliance.shell(
            "rtpedge ctl update status; systemctl list-units --failed --no-legend --plain",
          );
          assert.match(status, /^version 1\.[01]\.0$/m, status);
          assert.match(status, /^trial no$/m, status);
          assert.equal((await appliance.probe("signin"))["status"], 201);
        });
      }
      await appliance.machine.cut();
    } finally {
      server.kill("SIGKILL");
      await server.status;
      await Deno.remove(folder, { recursive: true });
    }
  },
});
