/**
 * What every appliance must do after its first switch-on.
 *
 * @module
 */

import assert from "node:assert/strict";
import { warn } from "../../tools/proc.ts";
import type { Appliance, SshKey } from "./appliance.ts";

/** Files on the boot partition of a machine that is looked at. */
export function presets(key: SshKey): Record<string, string> {
  return {
    "rtpedge.conf":
      `[network]\nhostname = edge-under-test\n[access]\nssh-key = ${key.line}\n[rtpengine]\nport-max = 34999\n`,
  };
}

/**
 * Looks at an appliance that nobody has set up yet, sets it up, and makes a call.
 *
 * @returns the token of a SIP proxy
 */
export async function smoke(t: Deno.TestContext, appliance: Appliance): Promise<string> {
  let token = "";
  await t.step("boots without failed units, verified, with its own identity", async () => {
    warn(`first boot to self-test: ${appliance.machine.seconds.toFixed(0)} s`);
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
  return token;
}
