#!/bin/sh
# SPDX-License-Identifier: MIT
# Boots a virtual machine with the kernel module and the bundled daemon, and
# makes calls in it. Says why when it cannot.
#
# VM_KERNEL … see kernel/test/vm.sh
# VM_ONLY     names of scenes, separated by commas
# VM_OUT      folder to work in
# VM_SECONDS  how long it may take: half of it when nothing else runs
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${VM_OUT:-$root/build/kernel/call}
. "$root/kernel/test/vm.sh"

vm_needs qemu-system-x86_64 busybox modprobe cpio gzip ip iptables-nft nft mke2fs cc deno
vm_kernel
vm_lock
disk=$out/disk
tree=$out/tree
rm -rf "$disk" "$tree"
mkdir -p "$disk" "$tree/bin" "$tree/lib64" "$tree/xtables" "$tree/dev" "$tree/lib/modules/$release"

programs() {
	deno run -A "$root/tools/bundle.ts" --out "$disk/rtpedge" &&
		deno bundle --quiet --platform=deno --output="$disk/call.js" "$here/call_main.ts" &&
		cc -std=gnu11 -O2 -Wall -Wextra -Werror -o "$disk/peer" "$here/peer.c" -lsrtp2 &&
		cc -std=gnu11 -O2 -Wall -Wextra -Werror -I"$root/ffi/include" -o "$disk/moves" "$here/moves.c" \
			"$disk/rtpedge/lib/librtpedge.so" -Wl,-rpath,/disk/rtpedge/lib
}
vm_build programs

# ---- the disk, and the initial ramdisk in front of it ------------------------
mkdir "$disk/lib"
vm_libraries "$disk/lib" "$disk/rtpedge/lib/deno" "$disk/rtpedge/lib/librtpedge.so" "$disk/peer"
# libsrtp2 has its ciphers from NSS, which loads them by name.
nss=$(dirname "$(find /usr/lib -name libsoftokn3.so | head -n 1)")
for lib in "$nss"/libsoftokn3.so "$nss"/libfreebl*3.so; do
	[ ! -f "$lib" ] || { cp -L "$lib" "$disk/lib/" && vm_libraries "$disk/lib" "$lib"; }
done
mke2fs -q -t ext4 -O ^has_journal -d "$disk" "$out/disk.ext4.new" 320M >/dev/null
mv "$out/disk.ext4.new" "$out/disk.ext4"

cp "$here/init.sh" "$tree/init"
chmod +x "$tree/init"
cp "$(command -v busybox)" "$tree/bin/"
for tool in ip iptables-nft nft; do cp "$(readlink -f "$(command -v $tool)")" "$tree/bin/"; done
for name in iptables ip6tables iptables-nft ip6tables-nft iptables-restore ip6tables-restore iptables-save; do
	ln -sf xtables-nft-multi "$tree/bin/$name"
done
plugins=$(dirname "$(find /usr/lib -name libxt_udp.so | head -n 1)")
cp "$plugins/libxt_udp.so" "$plugins/libxt_standard.so" "$plugins/libxt_comment.so" \
	"$root/build/kernel/libxt_RTPENGINE.so" "$tree/xtables/"
vm_libraries "$tree/lib64" "$tree/bin/ip" "$tree/bin/nft" "$tree/bin/xtables-nft-multi" "$tree"/xtables/*.so
vm_modules "$tree/lib/modules/$release" virtio_pci virtio_blk ext4 veth x_tables nf_tables nft_compat nf_conntrack \
	xt_tcpudp xt_comment nft_reject_inet nft_ct ctr gcm ghash_generic aesni_intel sha1_ssse3 >"$out.modules"
cp "$module" "$tree/lib/modules/$release/rtpedge.ko"
cp "$modules/modules.builtin" "$modules/modules.order" "$tree/lib/modules/$release/" 2>/dev/null || true
depmod -b "$tree" "$release" 2>/dev/null

# ---- the machine -------------------------------------------------------------
vm_run "$tree" "${VM_SECONDS:-540}" "ONLY=${VM_ONLY:-}" -accel tcg,thread=multi,tb-size=512 -m 1536 \
	-drive "file=$out/disk.ext4,format=raw,if=virtio,snapshot=on"
vm_verdict
