/**
 * The boards an image is built for, and what is in it: packages, kernel modules, names.
 *
 * @module
 */

/** A board: what differs between images. */
export interface Board {
  /** As it is asked for, and as Debian names the architecture. */
  readonly name: "amd64" | "arm64";
  /** What update bundles must be for. */
  readonly compatible: string;
  /** Flavour of Debian's kernel. */
  readonly flavour: string;
  /** `ARCH` of the kernel's build. */
  readonly kernelArch: string;
  /** GNU triplet, with which cross compilers are named and folders of libraries. */
  readonly triplet: string;
  /** Boot loader's file in its package and the name firmware looks for. */
  readonly loader: readonly [string, string];
  /** Command line of the kernel besides what the slots need. */
  readonly commandLine: string;
  /** npm package with the runtime. */
  readonly denoPackage: string;
  /** GPT type of the root partitions. */
  readonly rootType: string;
}

/** All boards by name. */
export const BOARDS: Readonly<Record<string, Board>> = {
  amd64: {
    name: "amd64",
    compatible: "rtpedge-amd64",
    flavour: "amd64",
    kernelArch: "x86_64",
    triplet: "x86_64-linux-gnu",
    loader: ["systemd-bootx64.efi", "BOOTX64.EFI"],
    commandLine: "console=tty0 console=ttyS0,115200",
    denoPackage: "@deno/linux-x64-glibc",
    rootType: "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709",
  },
  arm64: {
    name: "arm64",
    compatible: "rtpedge-arm64",
    flavour: "arm64",
    kernelArch: "arm64",
    triplet: "aarch64-linux-gnu",
    loader: ["systemd-bootaa64.efi", "BOOTAA64.EFI"],
    // the serial port that firmware names, by ACPI or in the device tree; two of one driver cannot both be named here
    commandLine: "",
    denoPackage: "@deno/linux-arm64-glibc",
    rootType: "B921B045-1DF0-41C3-AF44-4C6F280D3FAE",
  },
};

/** Debian packages of the root file system; what they depend on comes with them. */
export const PACKAGES: readonly string[] = [
  "systemd-sysv",
  "systemd-resolved",
  "udev",
  "kmod",
  "dbus",
  "iproute2",
  "ethtool",
  "nftables",
  "chrony",
  "rauc",
  "rauc-service",
  // a plain bundle is taken apart with it
  "squashfs-tools",
  "ca-certificates",
  "curl",
  "openssh-server",
  "procps",
  "libgcc-s1",
  "libssl3t64",
  // of the initial ramdisk
  "busybox-static",
  "dmsetup",
  "e2fsprogs",
  "fdisk",
];

/** Packages of the folder in which everything is built. */
export const TOOLS: readonly string[] = [
  "gcc",
  "libc6-dev",
  "libssl-dev",
  "libelf1t64",
  "make",
  "rauc",
  "squashfs-tools",
  "erofs-utils",
  "cryptsetup-bin",
  "mtools",
  "dosfstools",
  "fdisk",
  "kmod",
  "cpio",
  "zstd",
  "xz-utils",
  "openssl",
  "ca-certificates",
  "systemd-sysv",
  "systemd-boot-efi",
];

/** The same for boards with another processor: their compiler, and what U-Boot and device trees need. */
export const CROSS_TOOLS: readonly string[] = [
  "gcc-aarch64-linux-gnu",
  "u-boot-tools",
  "device-tree-compiler",
];

/** Modules the initial ramdisk always loads; storage is found by itself. */
export const BOOT_MODULES: readonly string[] = [
  "virtio_pci",
  "virtio_blk",
  "virtio_mmio",
  "dm_verity",
  "erofs",
  "ext4",
];

/** Folders and modules the initial ramdisk has, to find whatever the disk hangs on. */
export const STORAGE: readonly string[] = [
  "drivers/ata/",
  "drivers/nvme/host/",
  "drivers/mmc/",
  "drivers/block/virtio_blk",
  "drivers/scsi/sd_mod",
  "drivers/scsi/scsi_mod",
  "drivers/scsi/virtio_scsi",
  "drivers/scsi/megaraid/",
  "drivers/scsi/mpt3sas/",
  "drivers/scsi/hv_storvsc",
  "drivers/scsi/vmw_pvscsi",
  "drivers/usb/host/",
  "drivers/usb/storage/",
  "drivers/usb/common/",
  "drivers/usb/core/",
  "drivers/usb/dwc3/",
  "drivers/virtio/",
  "drivers/hv/hv_vmbus",
  "drivers/pci/controller/",
  "drivers/reset/",
  "drivers/clk/clk-rp1",
  "drivers/gpio/gpio-brcmstb",
  "drivers/irqchip/irq-bcm2712-mip",
  "drivers/misc/rp1/",
  "drivers/pinctrl/",
  "drivers/phy/broadcom/",
  "drivers/regulator/",
  "drivers/firmware/",
  "drivers/mailbox/",
  // the boot partition, where tries are counted
  "fs/fat/vfat",
  "fs/nls/nls_cp437",
  "fs/nls/nls_ascii",
];

/** Beginnings of paths, as shells match them, of kernel modules that an appliance does not need. */
export const NOT_NEEDED: readonly string[] = [
  "sound/",
  "drivers/accel/",
  "drivers/accessibility/",
  "drivers/android/",
  "drivers/bluetooth/",
  "drivers/comedi/",
  "drivers/crypto/intel/qat/",
  "drivers/dca/",
  "drivers/edac/",
  "drivers/firewire/",
  "drivers/fpga/",
  "drivers/gnss/",
  "drivers/gpu/",
  "drivers/greybus/",
  // keyboards for the status screen stay
  "drivers/hid/[!hu]",
  "drivers/hid/hid-[!gh]",
  "drivers/hid/hid-holtek",
  "drivers/hid/uhid",
  "drivers/iio/",
  "drivers/infiniband/",
  "drivers/input/",
  "drivers/isdn/",
  "drivers/leds/",
  "drivers/macintosh/",
  "drivers/media/",
  "drivers/memstick/",
  "drivers/mtd/",
  "drivers/net/arcnet/",
  "drivers/net/can/",
  "drivers/net/fddi/",
  "drivers/net/hamradio/",
  "drivers/net/ieee802154/",
  "drivers/net/wireless/",
  "drivers/net/wwan/",
  "drivers/nfc/",
  "drivers/parport/",
  "drivers/pcmcia/",
  "drivers/platform/surface/",
  "drivers/slimbus/",
  "drivers/soundwire/",
  "drivers/staging/",
  "drivers/target/",
  "drivers/thunderbolt/",
  "drivers/usb/atm/",
  "drivers/usb/gadget/",
  "drivers/usb/image/",
  "drivers/usb/misc/",
  "drivers/usb/serial/",
  "drivers/video/",
  "drivers/w1/",
  "fs/9p/",
  "fs/afs/",
  "fs/bcachefs/",
  "fs/btrfs/",
  "fs/ceph/",
  "fs/f2fs/",
  "fs/gfs2/",
  "fs/jfs/",
  "fs/nfs/",
  "fs/nfsd/",
  "fs/nilfs2/",
  "fs/ocfs2/",
  "fs/orangefs/",
  "fs/smb/",
  "fs/ubifs/",
  "fs/xfs/",
  "lib/test",
  "net/6lowpan/",
  "net/9p/",
  "net/appletalk/",
  "net/ax25/",
  "net/batman-adv/",
  "net/bluetooth/",
  "net/can/",
  "net/ceph/",
  "net/ieee802154/",
  "net/mac80211/",
  "net/mac802154/",
  "net/netrom/",
  "net/nfc/",
  "net/openvswitch/",
  "net/rds/",
  "net/rose/",
  "net/rxrpc/",
  "net/sctp/",
  "net/sunrpc/",
  "net/tipc/",
  "net/wireless/",
  "net/x25/",
  "net/netfilter/nf_conntrack_sip",
  "net/netfilter/nf_nat_sip",
  "virt/kvm",
  "arch/x86/kvm/",
];

/** Paths of the root file system that only matter to a Debian that changes. */
export const PRUNED: readonly string[] = [
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "usr/share/info",
  "usr/share/lintian",
  "usr/share/bash-completion",
  "usr/share/zsh",
  "usr/share/bug",
  "usr/share/perl5",
  "usr/share/debconf",
  "usr/share/pixmaps",
  "usr/lib/systemd/boot",
  "etc/apt",
  "etc/init.d",
  "etc/rc0.d",
  "etc/rc1.d",
  "etc/rc2.d",
  "etc/rc3.d",
  "etc/rc4.d",
  "etc/rc5.d",
  "etc/rc6.d",
  "etc/rcS.d",
  "etc/cron.daily",
  "etc/cron.weekly",
  "etc/logrotate.d",
  "etc/machine-id",
  "etc/hostname",
  "etc/resolv.conf",
  "etc/ssh/ssh_host_ed25519_key",
  "boot",
];
