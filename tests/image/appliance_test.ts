/**
 * One appliance from the first switch-on over an update to one that fails: what operators live through.
 */

import assert from "node:assert/strict";
import { Appliance, makeKey, type SshKey } from "./appliance.ts";
import { build, diskOf } from "./images.ts";
import { HOST, machineUnavailable, Network } from "./machine.ts";
import { deno, root, warn } from "../../tools/proc.ts";
import { must } from "../support/process.ts";

const unavailable = await machineUnavailable("amd64");
if (unavailable !== undefined) warn(`image: not run: ${unavailable}`);

const PORT = 8000;
const BUNDLES = `http://${HOST}:${PORT}`;
/** Breaks the program, and has nobody wait long for what cannot come. */
const BREAK = `
  echo 'throw new Error("broken on purpose");' >"$1/usr/lib/rtpedge/lib/rtpedge.js"
  mkdir -p "$1/etc/systemd/system/rtpedge-health.service.d"
  printf '[Service]\\nEnvironment=RTPEDGE_HEALTH_SECONDS=5\\n' >"$1/etc/systemd/system/rtpedge-health.service.d/soon.conf"`;

function presets(key: SshKey): Record<string, string> {
  return {
    "rtpedge.conf":
      `[network]\nhostname = edge-under-test\n[access]\nssh-key = ${key.line}\n[rtpengine]\nport-max = 34999\n`,
  };
}

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
      await t.step("boots without failed units, verified, with its own identity", async () => {
        warn(`first boot to self-test: ${machine.seconds.toFixed(0)} s`);
        const said = await appliance.shell(`
          systemctl list-units --failed --no-legend --plain; echo "--"
          cat /proc/sys/kernel/tainted; echo "--"
          dmsetup status root; echo "--"
          findmnt -no FSTYPE,OPTIONS /; echo "--"
          cat /etc/machine-id; hostname; echo "--"
          df -m /var | tail -n 1 | awk '{ print $2 }'; echo "--"
          ss -Hlntu | awk '{ print $1, $5 }'; echo "--"
          touch /usr/x 2>&1; lsmod | grep -c conntrack_sip; sysctl -n net.core.rmem_max; echo "--"
          journalctl -b -o cat -u rtpedge-health | grep healthy; systemd-analyze time`);
        const [failed, tainted, verity, rootfs, own, megabytes, sockets, rest, boot] = said.split(
          "--\n",
        );
        warn(boot?.trim() ?? "");
        assert.equal(failed, "");
        // an unsigned module from outside: ours
        assert.ok(["0", "4096", "12288"].includes(tainted!.trim()), `tainted ${tainted}`);
        assert.match(verity!, /verity V/);
        assert.match(rootfs!, /^erofs\s+ro/);
        assert.match(own!, /^[0-9a-f]{32}\nedge-under-test\n$/);
        assert.ok(Number(megabytes) > 1200, `data has ${megabytes} MB`);
        const outside = sockets!.trim().split("\n").filter((line) =>
          !/127\.0\.0\.|\[::1\]|%lo/.test(line)
        );
        assert.deepEqual(outside.filter((line) => !/:(443|22|68|546)$/.test(line)), []);
        assert.match(rest!, /Read-only file system\n0\n33554432/);
      });

      await t.step("lets the operator in with the code of the console, once", async () => {
        assert.ok(appliance.code, "no set-up code on the console");
        const said = await appliance.probe("setup", appliance.code);
        assert.deepEqual([said["wrong"], said["made"]], [401, 201]);
        assert.notEqual(said["again"], 201);
        token = String(said["token"]);
        assert.match(token, /\S{20}/);
        assert.equal((await appliance.probe("signin"))["status"], 201);
      });

      await t.step("answers a ping over WSS with a token, and nobody without", async () => {
        assert.deepEqual(await appliance.probe("ping", token), { result: "pong" });
        assert.deepEqual(await appliance.probe("ping"), { refused: "status 401" });
      });

      await t.step("relays a call from outside through the kernel table", async () => {
        const [said, table] = await Promise.all([
          appliance.probe("call", token),
          appliance.shell("for i in $(seq 30); do cat /proc/rtpengine/0/status; sleep 0.5; done"),
        ]);
        assert.equal(said["failed"], undefined);
        assert.ok(
          Number(said["toA"]) >= 280 && Number(said["toB"]) >= 280,
          JSON.stringify(said).slice(0, 300),
        );
        assert.match(table, /^Targets: +2$/m, "the streams were not in the kernel's table");
      });

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
