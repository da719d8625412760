/**
 * One appliance from the first switch-on over an update to one that fails: what operators live through.
 */

import assert from "node:assert/strict";
import { Appliance, makeKey } from "./appliance.ts";
import { build, diskOf } from "./images.ts";
import { machineUnavailable, Network } from "./machine.ts";
import { presets, smoke } from "./smoke.ts";
import { askAdmin, BUNDLES, callsOverTime, serve, slotsOf } from "./updates.ts";
import { deno, root, warn } from "../../tools/proc.ts";
import { must } from "../support/process.ts";

const unavailable = Deno.env.get("IMAGE_LONG") === undefined
  ? "it takes half an hour: deno task image:test"
  : await machineUnavailable("amd64");
if (unavailable !== undefined) warn(`updates: not run: ${unavailable}`);

/** Breaks the program, and has nobody wait long for what cannot come. */
const BREAK = `
  echo 'throw new Error("broken on purpose");' >"$1/usr/lib/rtpedge/lib/rtpedge.js"
  mkdir -p "$1/etc/systemd/system/rtpedge-health.service.d"
  printf '[Service]\\nEnvironment=RTPEDGE_HEALTH_SECONDS=5\\n' >"$1/etc/systemd/system/rtpedge-health.service.d/soon.conf"`;

Deno.test({
  name:
    "an appliance boots, is set up, relays a call in the kernel, updates, and falls back from a broken update",
  ignore: unavailable !== undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-appliance-", dir: "/var/tmp" });
    const first = await build({ board: "amd64", version: "1.0.0" });
    const second = await build({ board: "amd64", version: "1.1.0", bundleOnly: true });
    const broken = await build({
      board: "amd64",
      version: "1.2.0",
      bundleOnly: true,
      customise: BREAK,
      name: "broken",
    });
    await using network = await Network.create();
    const key = await makeKey(folder);
    await using _ = await serve(network, folder);
    const disk = await diskOf(first, folder, presets(key));
    const parts = { board: "amd64", disk, network, folder };
    let appliance = await Appliance.boot(parts, key);
    await using machine = appliance.machine;
    let token = "";
    try {
      token = await smoke(t, appliance);
      await t.step("refuses bundles that it should not take, with a reason", async () => {
        const bytes = await Deno.readFile(`${second}.raucb`);
        await Deno.writeFile(`${folder}/short.raucb`, bytes.subarray(0, bytes.length / 2));
        await Deno.writeFile(`${folder}/unsigned.raucb`, bytes.subarray(0, bytes.length - 4096));
        await Deno.copyFile(`${second}.raucb`, `${folder}/second.raucb`);
        await Deno.copyFile(`${broken}.raucb`, `${folder}/broken.raucb`);
        await foreignBundles(folder);
        const expected: Readonly<Record<string, RegExp>> = {
          "short.raucb": /^refused: it is truncated, damaged or not signed/m,
          "unsigned.raucb": /^refused: it is truncated, damaged or not signed/m,
          "stranger.raucb": /^refused: it is not signed by a key that this device trusts/m,
          "board.raucb": /^refused: it is for rtpedge-toaster, this is rtpedge-amd64/m,
          "older.raucb": /^refused: version 0\.9\.0 is older than 1\.0\.0; --allow-downgrade/m,
          "missing.raucb": /^refused: /m,
        };
        for (const [name, reason] of Object.entries(expected)) {
          const { success, stdout, stderr } = await appliance.tryShell(
            `rtpedge ctl update install ${BUNDLES}/${name}`,
          );
          assert.match(stdout, reason, `${name}: ${stdout}${stderr}`);
          assert.equal(success, false, name);
        }
        assert.equal((await slotsOf(appliance)).next, "A");
      });

      await t.step("installs an update, boots it, and keeps what it was told", async () => {
        const before = await callsOverTime(appliance);
        let phase = stopwatch();
        const said = await appliance.shell(
          `rtpedge ctl update install ${BUNDLES}/second.raucb`,
          600,
        );
        assert.match(said, /installed version 1\.1\.0/);
        warn(`update fetched and installed in ${phase()}`);
        phase = stopwatch();
        const from = machine.console.length;
        await appliance.tryShell("systemctl reboot");
        appliance = await appliance.again(from);
        warn(`restarted into it, tested and marked good in ${phase()}`);
        assert.deepEqual(await slotsOf(appliance), {
          version: "1.1.0",
          booted: "B",
          next: "B",
          trial: "no",
        });
        const after = await callsOverTime(appliance);
        const kept = before.filter((row) => after.some((other) => String(other) === String(row)));
        // the last one of the hour's was not whole yet, and what is not yet written is lost
        assert.ok(before.length > 2 && kept.length >= before.length - 2, "history is gone");
        assert.ok(kept.some(([, calls = 0]) => calls > 0), "with the call that was relayed");
        const system = await askAdmin(appliance, "system") as {
          updates?: { slots: { bootname: string; booted: boolean; version: string }[] };
        };
        assert.deepEqual(
          system.updates?.slots.map(({ bootname, booted, version }) => [bootname, booted, version]),
          [["A", false, ""], ["B", true, "1.1.0"]],
          "the page shows other slots",
        );
        assert.equal(appliance.code, undefined, "a set-up code although there is somebody");
        assert.equal((await appliance.probe("signin"))["status"], 201);
        assert.deepEqual(await appliance.probe("ping", token), { result: "pong" });
        assert.match(
          await appliance.shell("cat /etc/rtpedge/rtpedge.conf; hostname"),
          /^port-max = 34999$[^]*edge-under-test/m,
        );
      });

      await t.step("goes back by hand", async () => {
        const said = await appliance.shell("rtpedge ctl update rollback");
        assert.match(said, /slot A is used from the next restart on/);
        const from = machine.console.length;
        await appliance.tryShell("systemctl reboot");
        appliance = await appliance.again(from);
        const back = { version: "1.0.0", booted: "A", next: "A", trial: "no" };
        assert.deepEqual(await slotsOf(appliance), back);
      });

      await t.step("gives a broken update up by itself", async () => {
        const phase = stopwatch();
        // from a file this time
        await appliance.shell(
          `curl -sfo /var/tmp/broken.raucb ${BUNDLES}/broken.raucb && ` +
            "cd /var/tmp && rtpedge ctl update install broken.raucb && rm broken.raucb",
          600,
        );
        const from = machine.console.length;
        await appliance.tryShell("systemctl reboot");
        await machine.expect(/rtpedge 1\.2\.0, slot B/, 900, from);
        await machine.expect(/this version is given up/, 900, from);
        appliance = await appliance.again(machine.console.length);
        warn(`broken update installed, booted, given up, the one before booted in ${phase()}`);
        const same = { version: "1.0.0", booted: "A", next: "A", trial: "no" };
        assert.deepEqual(await slotsOf(appliance), same);
        const refused = await appliance.tryShell("rtpedge ctl update rollback");
        assert.match(refused.stdout, /^refused: the other slot \(B\) holds nothing that can be/m);
        assert.deepEqual(await appliance.probe("ping", token), { result: "pong" });
        assert.equal((await appliance.probe("signin"))["status"], 201);
        assert.match(
          await appliance.shell("cat /etc/rtpedge/rtpedge.conf; hostname"),
          /^port-max = 34999$[^]*edge-under-test/m,
        );
      });
    } catch (error) {
      warn(machine.console.slice(-6000));
      throw error;
    } finally {
      await machine.cut();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Bundles by a stranger, for another board, and of an older version */
async function foreignBundles(folder: string): Promise<void> {
  await must([deno, "run", "-A", "--quiet", `${root}/tests/image/forge.ts`, folder], {
    timeout: 120_000,
  });
}

/** Tells how long ago it was made. */
function stopwatch(): () => string {
  const started = performance.now();
  return () => `${((performance.now() - started) / 1000).toFixed(0)} s`;
}
