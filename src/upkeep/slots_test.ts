import assert from "node:assert/strict";
import { updateStatus } from "./slots.ts";

const SYSTEM = `[system]
compatible=rtpedge-amd64
bootloader=grub
data-directory=/data/rauc

[slot.rootfs.0]
device=/dev/disk/by-partlabel/root-a
type=ext4
bootname=A

[slot.rootfs.1]
device=/dev/disk/by-partlabel/root-b
type=ext4
bootname=B
`;
const STATUS = `[slot.rootfs.1]
bundle.compatible=rtpedge-amd64
bundle.version=1.4.0
status=ok
installed.timestamp=2026-11-01T10:00:00Z
`;

Deno.test("updateStatus() tells the slots, which one runs, and what is in them", () => {
  const files = new Map([
    ["/etc/rauc/system.conf", SYSTEM],
    ["/data/rauc/central.raucs", STATUS],
    ["/proc/cmdline", "BOOT_IMAGE=/x root=PARTLABEL=root-b rauc.slot=B quiet\n"],
  ]);
  const found = updateStatus({ read: (path) => files.get(path) });
  assert.equal(found?.compatible, "rtpedge-amd64");
  assert.deepEqual(
    found?.slots.map(({ name, booted, version, status }) => ({
      name,
      booted,
      version,
      status,
    })),
    [
      { name: "rootfs.0", booted: false, version: "", status: "" },
      { name: "rootfs.1", booted: true, version: "1.4.0", status: "ok" },
    ],
  );
});

Deno.test("updateStatus() is nothing on a host without slots", () => {
  assert.equal(updateStatus({ read: () => undefined }), undefined);
});
