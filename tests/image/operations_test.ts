/**
 * What operators do with an appliance besides updating it: presets on a stick, backups, a support bundle, forgetting
 * everything.
 */

import assert from "node:assert/strict";
import { warn } from "../../tools/proc.ts";
import { Appliance, makeKey } from "./appliance.ts";
import { bootFile, bootFolder, build, diskOf, stickFile, stickOf } from "./images.ts";
import { HOST, machineUnavailable, Network } from "./machine.ts";

const unavailable = Deno.env.get("IMAGE_LONG") === undefined
  ? "it takes ten minutes: deno task image:test"
  : await machineUnavailable("amd64");
if (unavailable !== undefined) warn(`operations: not run: ${unavailable}`);

const PASSWORD = "correct horse battery staple";
const PASSPHRASE = "a passphrase of some length";
/** An address in the network of the machine that may not ask. */
const STRANGER = "192.0.2.2";
/** Exposure that the unit may have. */
const EXPOSURE = 2.5;

/** As docs/appliance.md shows it. */
function preset(key: string): string {
  return `# Network: without an address, DHCP. Several addresses, gateways and servers are separated by ;
[network]
hostname = relay-1
address = 192.0.2.10/24
gateway = ${HOST}
dns = 192.0.2.53
ntp = 192.0.2.53

[access]
password = ${PASSWORD}
ssh-key = ${key}

# Any option of the daemon.
[rtpengine]
listen-ng = 2223
control-allow-ng = ${HOST}
`;
}

Deno.test({
  name: "an appliance takes a stick's presets over, is backed up and restored, and forgets all",
  ignore: unavailable !== undefined,
  async fn(t) {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-operations-", dir: "/var/tmp" });
    const image = await build({ board: "amd64", version: "1.0.0" });
    await using network = await Network.create();
    await network.ns.addresses("tap0", `${STRANGER}/24`);
    const key = await makeKey(folder);
    const stick = await stickOf(folder, "RTPEDGECONF", { "rtpedge.conf": preset(key.line) });
    // wrong, and read after the stick: nothing of it counts
    const disk = await diskOf(image, folder, {
      "rtpedge.conf": "[network]\nhostname = relay-2\naddress = 192.0.2.300/24\n",
    });
    const parts = { board: "amd64", disk, network, folder, stick };
    const appliance = await Appliance.boot(parts, key);
    await using machine = appliance.machine;
    let before = "";
    try {
      await t.step(
        "does what the stick says, and says what is wrong on the boot partition",
        async () => {
          assert.equal(appliance.address, "192.0.2.10");
          assert.equal(appliance.code, undefined, "a set-up code in spite of the password");
          assert.match(machine.console, /relay-1, up/);
          assert.match(machine.console, /! .*address "192\.0\.2\.300\/24" is not like/);
          assert.equal((await appliance.probe("signin"))["status"], 201);
          const said = await appliance.shell(
            "cat /etc/machine-id; hostname; ip -o -4 address show dev enp0s2; ip route; cat /run/rtpedge-ntp/*; " +
              "resolvectl dns; systemctl list-units --failed --no-legend --plain",
          );
          assert.match(said, /^[0-9a-f]{32}\nrelay-1\n/);
          assert.match(said, /inet 192\.0\.2\.10\/24 /);
          assert.match(said, /^default via 192\.0\.2\.1 dev enp0s2/m);
          assert.match(said, /^server 192\.0\.2\.53 iburst$/m);
          assert.match(said, /\(enp0s2\): 192\.0\.2\.53\n$/, "servers, and no failed units");
          before = said.slice(0, 32);
          const applied = await stickFile(stick, "rtpedge.conf.applied");
          assert.match(applied, /^hostname = relay-1$/m);
          assert.ok(!applied.includes(PASSWORD), applied);
          await assert.rejects(stickFile(stick, "rtpedge.conf"));
          assert.match(await bootFile(disk, "rtpedge.conf"), /relay-2/);
        },
      );

      await t.step(
        "answers ng on UDP for whom it may, and proves itself all the same",
        async () => {
          assert.deepEqual(await appliance.probe("udp", HOST), { result: "pong" });
          assert.deepEqual(await appliance.probe("udp", STRANGER), { refused: "no answer" });
          const health = await appliance.shell("journalctl -b -o cat -u rtpedge-health");
          assert.match(health, /the daemon answers, and relayed \d+ of 50 packets/);
          warn(`boot to ping and call: ${/healthy after (\S+ s)/.exec(health)?.[1]}`);
        },
      );

      await t.step("runs the daemon with little exposure", async () => {
        const said = await appliance.shell("systemd-analyze security --no-pager rtpedge.service");
        const level = /Overall exposure level for rtpedge\.service: ([\d.]+)/.exec(said)?.[1];
        warn(`exposure of rtpedge.service in the machine: ${level}`);
        assert.ok(Number(level) > 0 && Number(level) <= EXPOSURE, said);
      });

      await t.step("is backed up and restored, with what is secret sealed", async () => {
        await appliance.shell(
          `echo '${PASSPHRASE}' | rtpedge ctl backup /root/.cache/all.json --secrets; ` +
            "rtpedge ctl backup /root/.cache/plain.json",
        );
        await appliance.shell(
          "rtpedge ctl config set max-sessions=17; " +
            `echo '${PASSWORD}' | rtpedge ctl user add second viewer`,
        );
        assert.match(
          await appliance.shell("cat /etc/rtpedge/rtpedge.conf; rtpedge ctl user list"),
          /^max-sessions = 17$[^]*^second +viewer/m,
        );
        const wrong = await appliance.tryShell(
          "echo nonsense | rtpedge ctl restore /root/.cache/all.json --secrets --yes",
        );
        assert.equal(wrong.success, false, wrong.stdout);
        const said = await appliance.shell(
          `echo '${PASSPHRASE}' | rtpedge ctl restore /root/.cache/all.json --secrets --yes`,
        );
        assert.match(said, /users removed: second[^]*restored: configuration, access/);
        const after = await appliance.shell(
          "cat /etc/rtpedge/rtpedge.conf; rtpedge ctl user list",
        );
        assert.doesNotMatch(after, /^max-sessions = 17$|^second /m);
        assert.match(after, /^listen-ng = 2223$[^]*^admin +admin/m);
        for (const name of ["all", "plain"]) {
          const text = await appliance.shell(`cat /root/.cache/${name}.json`);
          assert.doesNotMatch(text, /BEGIN (EC |RSA )?PRIVATE KEY|scrypt\$|argon/, name);
        }
        assert.equal((await appliance.probe("signin"))["status"], 201);
      });

      await t.step("gives a support bundle without secrets", async () => {
        await appliance.shell("rtpedge ctl token add proxy ng >/root/.cache/token");
        const listed = await appliance.shell(
          "cd /root/.cache && rtpedge ctl support-bundle support.tar.gz && tar -tzf support.tar.gz",
        );
        assert.ok(listed.trim().split("\n").length > 5, listed);
        await appliance.shell(
          "cd /root/.cache && tar -xOzf support.tar.gz >all && test -s all && " +
            `! grep -qF "$(cat token)" all && ! grep -qF '${PASSWORD}' all && ` +
            `! grep -qF 'PRIVATE KEY' all && ! grep -qF '${PASSPHRASE}' all`,
        );
      });

      await t.step("answers at the console", async () => {
        const from = machine.console.length;
        await machine.type("status");
        await machine.expect(/version 1\.0\.0\s+booted A\s+next A\s+trial no/, 120, from);
        await machine.type("nonsense");
        await machine.expect(/There is no command "nonsense"/, 60, from);
      });

      await t.step("forgets everything when it is told to, and is new", async () => {
        const careless = await appliance.tryShell("rtpedge ctl factory-reset");
        assert.equal(careless.success, false);
        assert.match(careless.stderr, /add --yes/);
        const from = machine.console.length;
        await machine.type("factory-reset");
        await machine.expect(/Type yes to go on/, 60, from);
        await machine.type("yes");
        const fresh = await appliance.again(from);
        assert.match(machine.console.slice(from), /making the data partition/);
        assert.match(
          machine.console.slice(from),
          /rtpedge 1\.0\.0, slot A, rtpedge-[0-9a-f]{6}, up/,
        );
        assert.ok(!machine.console.slice(from).includes(`rtpedge-${before.slice(0, 6)},`));
        assert.notEqual(fresh.address, "192.0.2.10");
        assert.ok(fresh.code, "no set-up code on the console");
        assert.equal((await fresh.probe("signin"))["status"], 401);
        assert.equal((await fresh.probe("setup", fresh.code))["made"], 201);
        // nobody logs in over SSH any more
        assert.equal((await fresh.tryShell("true", 15)).success, false);
        assert.ok((await bootFolder(disk, "loader/entries")).includes("rtpedge-a.conf"));
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
