/**
 * The Debian package of the kernel module's source: built by dkms for the kernel of each release, with its headers.
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
  type Suite,
} from "./debian.ts";

const unavailable = Deno.env.get("IMAGE_LONG") === undefined
  ? "compilers and headers of two releases are fetched: deno task image:test"
  : await debianUnavailable();
if (unavailable !== undefined) warn(`dkms: not run: ${unavailable}`);

/** What dkms and kernels have, but for the lists that depmod writes. */
const WHAT_IS_THERE =
  "find /lib/modules/ /usr/src/ /var/lib/dkms/ /etc | grep -v '/modules[.]' | sort";

for (const suite of ["bookworm", "trixie"] satisfies Suite[]) {
  Deno.test({
    name: `rtpedge-dkms builds for the kernel of ${suite}, is upgraded, and leaves nothing behind`,
    ignore: unavailable !== undefined,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "rtpedge-dkms-test-", dir: "/var/tmp" });
      const debian = `${folder}/root`;
      try {
        const [, deb] = await makePackages(folder);
        const fresh = await freshDebian(suite, ["dkms", "linux-headers-amd64"]);
        await must(["cp", "-a", "--reflink=auto", fresh, debian], { timeout: 240_000 });
        await Deno.rename(await olderPackage(deb, "0.0.9"), `${debian}/tmp/older.deb`);
        await Deno.copyFile(deb, `${debian}/tmp/newer.deb`);
        const inside = (script: string) =>
          inDebian(
            debian,
            `
            kernel=$(ls /lib/modules)
            module() { ls /lib/modules/$kernel/updates/dkms/ | grep '^rtpedge[.]ko' || true; }
            install() { dpkg -i /tmp/$1 >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }; }
            ${script}`,
            600,
          );
        // one kernel, as a release has it
        const kernel = (await inside("echo $kernel")).trim();
        assert.match(kernel, /^\d+\.\d+\.\d+\S*-amd64$/);
        const before = await inside(WHAT_IS_THERE);

        const older = await inside(
          "install older.deb; dkms status rtpedge; module; cat /tmp/log",
        );
        assert.match(
          older,
          new RegExp(`^rtpedge/0\\.0\\.9, ${RegExp.escape(kernel)}, x86_64: installed`, "m"),
        );
        assert.match(older, /^rtpedge\.ko/m, older);

        const newer = await inside(`
          install newer.deb
          dkms status rtpedge
          file=/lib/modules/$kernel/updates/dkms/$(module)
          modinfo -F vermagic $file
          modinfo -F version $file
          grep -c updates/dkms/rtpedge /lib/modules/$kernel/modules.dep
          ls /usr/src | grep rtpedge`);
        const lines = newer.trim().split("\n");
        assert.match(lines[0]!, /^rtpedge\/0\.1\.\d+, .*: installed/, newer);
        assert.ok(lines[1]!.startsWith(`${kernel} SMP`), newer);
        assert.deepEqual(lines.slice(3, 4), ["1"], newer);
        assert.match(lines[2]!, /^0\.1\.\d+$/, newer);
        assert.deepEqual(lines.slice(4), [`rtpedge-${lines[2]}`], newer);

        // headers that come later
        const again = await inside(`
          dkms uninstall -m rtpedge -v ${lines[2]} -k $kernel >/dev/null
          echo "without: $(module)"
          /etc/kernel/header_postinst.d/dkms $kernel >/dev/null
          echo "with: $(module)"`);
        assert.match(again, /^without: \nwith: rtpedge\.ko/);

        await inside("dpkg -r rtpedge-dkms >/dev/null 2>&1; dpkg -P rtpedge-dkms >/dev/null 2>&1");
        assert.equal(await inside(WHAT_IS_THERE), before);
        assert.equal(await inside("dkms status"), "");
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
