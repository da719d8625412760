/**
 * One appliance from the first switch-on over an update to one that fails: what operators live through.
 */

import assert from "node:assert/strict";
import { Appliance, makeKey } from "./appliance.ts";
import { build, diskOf } from "./images.ts";
import { HOST, machineUnavailable, Network } from "./machine.ts";
import { presets, smoke } from "./smoke.ts";
import { deno, root, warn } from "../../tools/proc.ts";
import { must } from "../support/process.ts";

const unavailable = Deno.env.get("IMAGE_LONG") === undefined
  ? "it takes half an hour: deno task image:test"
  : await machineUnavailable("amd64");
if (unavailable !== undefined) warn(`updates: not run: ${unavailable}`);

const PORT = 8000;
const BUNDLES = `http://${HOST}:${PORT}`;
/** Breaks the program, and has nobody wait long for what cannot come. */
const BREAK = `
  echo 'throw new Error("broken on purpose");' >"$1/usr/lib/rtpedge/lib/rtpedge.js"
  mkdir -p "$1/etc/systemd/system/rtpedge-health.service.d"
  printf '[Service]\\nEnvironment=RTPEDGE_HEALTH_SECONDS=5\\n' >"$1/etc/systemd/system/rtpedge-health.service.d/soon.conf"`;

/** Serves a folder to machines until disposed of. */
function serve(network: Network, folder: string): AsyncDisposable {
  const argv = network.ns.argv([
    deno,
    "run",
    "-A",
    "--quiet",
    `${root}/tests/image/serve.ts`,
    HOST,
    String(PORT),
    folder,
  ]);
  const child = new Deno.Command(argv[0]!, {
    args: argv.slice(1),
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

function field(text: string, name: string): string | undefined {
  return new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1];
}

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
        await using _ = serve(network, folder);
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
        assert.equal(field(await appliance.shell("rtpedge ctl update status"), "next"), "A");
      });

      await t.step(
        "installs an update, boots the other slot, and keeps what it was told",
        async () => {
          await using _ = serve(network, folder);
          const said = await appliance.shell(
            `rtpedge ctl update install ${BUNDLES}/second.raucb`,
            300,
          );
          assert.match(said, /installed version 1\.1\.0/);
          const from = machine.console.length;
          await appliance.tryShell("systemctl reboot");
          appliance = await appliance.again(from);
          const status = await appliance.shell("rtpedge ctl update status");
          assert.deepEqual(
            ["version", "booted", "next", "trial"].map((name) => field(status, name)),
            ["1.1.0", "B", "B", "no"],
            status,
          );
          assert.equal(
            appliance.code,
            undefined,
            "the set-up code is shown although there is an administrator",
          );
          assert.equal((await appliance.probe("signin"))["status"], 201);
          assert.deepEqual(await appliance.probe("ping", token), { result: "pong" });
          assert.match(
            await appliance.shell("cat /etc/rtpedge/rtpedge.conf; hostname"),
            /^port-max = 34999$[^]*edge-under-test/m,
          );
        },
      );

      await t.step("gives a broken update up by itself", async () => {
        await using _ = serve(network, folder);
        await appliance.shell(`rtpedge ctl update install ${BUNDLES}/broken.raucb`, 300);
        const from = machine.console.length;
        await appliance.tryShell("systemctl reboot");
        await machine.expect(/rtpedge 1\.2\.0, slot A/, 420, from);
        await machine.expect(/this version is given up/, 420, from);
        appliance = await appliance.again(from);
        const status = await appliance.shell("rtpedge ctl update status");
        assert.deepEqual(
          ["version", "booted", "next", "trial"].map((name) => field(status, name)),
          ["1.1.0", "B", "B", "no"],
          status,
        );
        assert.deepEqual(await appliance.probe("ping", token), { result: "pong" });
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
