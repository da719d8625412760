/**
 * The Debian package of the daemon in fresh Debians: installed, used, upgraded, removed, purged.
 */

import assert from "node:assert/strict";
import { warn } from "../../tools/proc.ts";
import { must } from "../support/process.ts";
import {
  debianUnavailable,
  freshDebian,
  inDebian,
  makePackages,
  olderPackage,
  ownSuite,
  type Suite,
} from "./debian.ts";

const unavailable = await debianUnavailable();
if (unavailable !== undefined) warn(`deb: not run: ${unavailable}`);

/** Packages and files, but for the copies that are made when an account is added. */
const WHAT_IS_THERE =
  "dpkg --get-selections | sort; ls /etc /usr/lib /var/lib | grep -vxE '(passwd|group|shadow|gshadow)-'";
const INSTALL = "dpkg -i /tmp/$1 >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }";

async function live(suite: Suite): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rtpedge-deb-test-", dir: "/var/tmp" });
  const debian = `${folder}/root`;
  try {
    const [deb] = await makePackages(folder);
    const started = performance.now();
    await must(["cp", "-a", "--reflink=auto", await freshDebian(suite), debian], {
      timeout: 240_000,
    });
    warn(`a fresh ${suite} after ${((performance.now() - started) / 1000).toFixed(0)} s`);
    await Deno.rename(await olderPackage(deb, "0.0.9"), `${debian}/tmp/older.deb`);
    await Deno.copyFile(deb, `${debian}/tmp/rtpedge.deb`);
    const inside = (script: string) => inDebian(debian, `install() { ${INSTALL}; }\n${script}`);
    const before = await inside(WHAT_IS_THERE);
    const installed = await inside(`
      install older.deb
      id -un rtpedge
      stat -c '%U:%G %a' /etc/rtpedge /etc/rtpedge/rtpedge.conf
      ls /etc/systemd/system/multi-user.target.wants
      sed -i 's/^interface = .*/interface = 127.0.0.1/' /etc/rtpedge/rtpedge.conf
      # an upgrade keeps what the operator wrote
      install rtpedge.deb
      grep -q 127.0.0.1 /etc/rtpedge/rtpedge.conf
      dpkg-query -W -f='\${Version} \${db:Status-Status}\\n' rtpedge
      rtpedge --version
      mkdir -p /run/rtpedge /var/lib/rtpedge
      rtpedge --config-file=/etc/rtpedge/rtpedge.conf >/tmp/daemon 2>&1 &
      pid=$!
      for i in $(seq 60); do rtpedge ctl selftest 2>/dev/null && break; sleep 0.5; done
      kill $pid; wait $pid || true`);
    assert.match(
      installed,
      /^rtpedge\nroot:rtpedge 770\nroot:rtpedge 660\n(.*\n)*rtpedge\.service$/m,
    );
    assert.match(installed, /^0\.1\.\d+ installed$/m);
    assert.match(installed, /relayed 50 of 50 packets/);
    await inside(
      "dpkg -r rtpedge >/dev/null; test -e /etc/rtpedge/rtpedge.conf; test ! -e /usr/lib/rtpedge",
    );
    await inside("dpkg -P rtpedge >/dev/null 2>&1");
    assert.equal(await inside(WHAT_IS_THERE), before);
    assert.equal(
      await inside(
        "find / -xdev -name '*rtpedge*' -not -path '/proc/*' -not -path '/tmp/*' -not -path '/root/*' | grep -v '^/run/' || true",
      ),
      "",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const own = await ownSuite();
const other = own === "bookworm" ? "trixie" : "bookworm";

Deno.test({
  name:
    `the Debian package installs in a fresh ${own}, works, is upgraded, and leaves nothing of its own when purged`,
  ignore: unavailable !== undefined,
  fn: () => live(own),
});

const long = Deno.env.get("IMAGE_LONG") !== undefined;
if (!long) warn(`deb in ${other}: not run: fetching it takes minutes: deno task image:test`);

Deno.test({
  name: `the Debian package does the same in a fresh ${other}`,
  ignore: unavailable !== undefined || !long,
  fn: () => live(other),
});
