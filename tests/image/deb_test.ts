/**
 * The Debian packages in a fresh Debian: installed, used, removed, purged.
 */

import assert from "node:assert/strict";
import { deno, root, warn } from "../../tools/proc.ts";
import { must, run } from "../support/process.ts";
import { kept } from "../../image/builder/cache.ts";

const unavailable = Deno.uid() !== 0
  ? "making a Debian needs root"
  : (await run(["sh", "-c", "command -v mmdebstrap dpkg-deb"])).success
  ? undefined
  : "mmdebstrap is not installed";
if (unavailable !== undefined) warn(`deb: not run: ${unavailable}`);

/** What the package depends on. */
const NEEDED = ["systemd", "libssl3", "kmod", "init-system-helpers"];

/** Packages and files, but for the copies that are made when an account is added. */
const WHAT_IS_THERE =
  "dpkg --get-selections | sort; ls /etc /usr/lib /var/lib | grep -vxE '(passwd|group|shadow|gshadow)-'";

/** Runs a script inside the Debian, with its own /proc. */
function inside(folder: string, script: string): Promise<string> {
  const outer =
    `mount -t proc proc ${folder}/proc; mount --bind /dev ${folder}/dev; ip link set lo up
    exec chroot ${folder} env -i HOME=/root PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh -euc "$INNER"`;
  return must(["unshare", "--mount", "--net", "--propagation", "private", "sh", "-euc", outer], {
    env: { INNER: script },
    timeout: 240_000,
  });
}

/** Lines of apt's sources for the Debian that this machine runs. */
async function release(): Promise<{ suite: string; lines: string[] }> {
  const suite = /^VERSION_CODENAME=(.*)$/m.exec(await Deno.readTextFile("/etc/os-release"))![1]!;
  const sites = (await must([
    "apt-get",
    "indextargets",
    "--format",
    "$(SITE) $(CODENAME)",
    "Created-By: Packages",
    "Origin: Debian",
  ]))
    .split("\n");
  const site = sites.find((line) => line.endsWith(` ${suite}`))!.split(" ")[0]!;
  return {
    suite,
    lines: [`deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${site} ${suite} main`],
  };
}

/** A fresh Debian, fetched once. */
async function freshDebian(): Promise<string> {
  const { suite, lines } = await release();
  return await kept(`debian-${suite}`, { lines, NEEDED, recipe: 2 }, async (folder) => {
    const sources = await Deno.makeTempFile({ prefix: "sources-" });
    try {
      await Deno.writeTextFile(sources, lines.join("\n") + "\n");
      await must([
        "mmdebstrap",
        "--mode=root",
        "--variant=essential",
        `--include=${NEEDED.join(",")}`,
        "--dpkgopt=path-exclude=/usr/share/doc/*",
        "--dpkgopt=path-exclude=/usr/share/locale/*",
        suite,
        folder,
        sources,
      ], { timeout: 240_000 });
    } finally {
      await Deno.remove(sources);
    }
  });
}

Deno.test({
  name:
    "the Debian package installs in a fresh Debian, works, and leaves nothing of its own when purged",
  ignore: unavailable !== undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-deb-test-", dir: "/var/tmp" });
    const debian = `${folder}/root`;
    try {
      await must([deno, "run", "-A", "systemd/packaging/deb.ts", "--level=1", "--out", folder], {
        cwd: root,
        timeout: 180_000,
      });
      const started = performance.now();
      await must(["cp", "-a", "--reflink=auto", await freshDebian(), debian]);
      warn(`a fresh Debian after ${((performance.now() - started) / 1000).toFixed(0)} s`);
      for await (const { name } of Deno.readDir(folder)) {
        if (/^rtpedge_.*\.deb$/.test(name)) {
          await Deno.copyFile(`${folder}/${name}`, `${debian}/tmp/rtpedge.deb`);
        }
      }
      const before = await inside(
        debian,
        WHAT_IS_THERE,
      );
      await inside(debian, "dpkg -i /tmp/rtpedge.deb >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }");
      const installed = await inside(
        debian,
        `
        id -un rtpedge
        stat -c '%U:%G %a' /etc/rtpedge /etc/rtpedge/rtpedge.conf
        ls /etc/systemd/system/multi-user.target.wants
        rtpedge --version
        sed -i 's/^interface = .*/interface = 127.0.0.1/' /etc/rtpedge/rtpedge.conf
        mkdir -p /run/rtpedge /var/lib/rtpedge
        rtpedge --config-file=/etc/rtpedge/rtpedge.conf >/tmp/daemon 2>&1 &
        pid=$!
        for i in $(seq 60); do rtpedge ctl selftest 2>/dev/null && break; sleep 0.5; done
        kill $pid; wait $pid || true`,
      );
      assert.match(
        installed,
        /^rtpedge\nroot:rtpedge 770\nroot:rtpedge 660\n(.*\n)*rtpedge\.service$/m,
      );
      assert.match(installed, /relayed 50 of 50 packets/);
      // again: an upgrade keeps what the operator wrote
      await inside(
        debian,
        "dpkg -i /tmp/rtpedge.deb >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }; grep -q 127.0.0.1 /etc/rtpedge/rtpedge.conf",
      );
      await inside(
        debian,
        "dpkg -r rtpedge >/dev/null; test -e /etc/rtpedge/rtpedge.conf; test ! -e /usr/lib/rtpedge",
      );
      await inside(debian, "dpkg -P rtpedge >/dev/null 2>&1");
      assert.equal(
        await inside(debian, WHAT_IS_THERE),
        before,
      );
      assert.equal(
        await inside(
          debian,
          "find / -xdev -name '*rtpedge*' -not -path '/proc/*' -not -path '/tmp/*' -not -path '/root/*' | grep -v '^/run/' || true",
        ),
        "",
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
