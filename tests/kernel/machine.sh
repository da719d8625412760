#!/bin/sh
# SPDX-License-Identifier: MIT
# Boots a virtual machine with the kernel module and the bundled daemon, and
# makes calls in it. Says why when it cannot.
#
# VM_KERNEL   folder of unpacked kernel packages, fetched when it is missing
# VM_KDIR     headers to build the module against: those of that kernel
# VM_MODULE   module built elsewhere
# VM_ONLY     names of scenes, separated by commas
# VM_OUT      folder to work in
# VM_SECONDS  how long it may take: half of it when nothing else runs
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/rtpedge/kernels
out=${VM_OUT:-$root/build/kernel/call}

skip() {
	echo "skipped: $*"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}

for tool in qemu-system-x86_64 busybox cpio gzip ip iptables-nft nft mke2fs cc deno; do
	command -v $tool >/dev/null || skip "$tool is not installed"
done
[ "$(uname -m)" = x86_64 ] || skip "the virtual machine is an amd64 one"

kernel=${VM_KERNEL:-$cache/bookworm}
if [ ! -d "$kernel/lib/modules" ] && [ ! -d "$kernel/usr/lib/modules" ]; then
	"$root/kernel/tools/fetch_headers.sh" bookworm cloud-amd64 "$kernel" image >"$root/build/kernel-fetch.log" 2>&1 ||
		skip "no kernel to boot could be fetched, see build/kernel-fetch.log"
fi
modules=$(ls -dv "$kernel"/lib/modules/* "$kernel"/usr/lib/modules/* 2>/dev/null | tail -n 1)
release=${modules##*/}
image=$kernel/boot/vmlinuz-$release
[ -f "$image" ] || image=$modules/vmlinuz
[ -f "$image" ] || skip "no kernel image in $kernel"
kdir=${VM_KDIR:-$kernel/usr/src/linux-headers-$release}
[ -n "${VM_MODULE:-}" ] || [ -d "$kdir" ] || skip "no headers of kernel $release"

mkdir -p "$out"
exec 9>"$out.lock"
flock 9
disk=$out/disk
tree=$out/tree
rm -rf "$disk" "$tree"
mkdir -p "$disk" "$tree/bin" "$tree/lib64" "$tree/xtables" "$tree/dev" "$tree/lib/modules/$release"
{
	make -s -C "$root/kernel" plugin &&
		{ [ -n "${VM_MODULE:-}" ] || make -s -C "$root/kernel" module-debug KDIR="$kdir"; } &&
		deno run -A "$root/tools/bundle.ts" --out "$disk/rtpedge" &&
		deno bundle --quiet --platform=deno --output="$disk/call.js" "$here/call_main.ts" &&
		cc -std=gnu11 -O2 -Wall -Wextra -Werror -o "$disk/peer" "$here/peer.c" -lsrtp2 &&
		cc -std=gnu11 -O2 -Wall -Wextra -Werror -I"$root/ffi/include" -o "$disk/moves" "$here/moves.c" \
			"$disk/rtpedge/lib/librtpedge.so" -Wl,-rpath,/disk/rtpedge/lib
} >"$out.log" 2>&1 || {
	cat "$out.log"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}

# ---- the disk, and the initial ramdisk in front of it ------------------------
libraries() {	# whose, where to
	for bin in $1; do ldd "$bin"; done | grep -o '/[^ ]*' | sort -u |
		while read -r lib; do cp -L "$lib" "$2/"; done
}
mkdir "$disk/lib"
libraries "$disk/rtpedge/lib/deno $disk/rtpedge/lib/librtpedge.so $disk/peer" "$disk/lib"
# libsrtp2 has its ciphers from NSS, which loads them by name.
nss=$(dirname "$(find /usr/lib -name libsoftokn3.so | head -n 1)")
for lib in "$nss"/libsoftokn3.so "$nss"/libfreebl*3.so; do
	[ ! -f "$lib" ] || { cp -L "$lib" "$disk/lib/" && libraries "$lib" "$disk/lib"; }
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
libraries "$tree/bin/ip $tree/bin/nft $tree/bin/xtables-nft-multi $(echo "$tree"/xtables/*.so)" "$tree/lib64"
depmod -b "${modules%/lib/modules/*}" "$release"
for m in virtio_pci virtio_blk ext4 veth x_tables nf_tables nft_compat nf_conntrack xt_tcpudp xt_comment nft_reject_inet \
	nft_ct ctr gcm ghash_generic aesni_intel sha1_ssse3; do
	modprobe -d "${modules%/lib/modules/*}" -S "$release" --show-depends $m 2>/dev/null |
		sed -n 's/^insmod \([^ ]*\).*/\1/p'
done | awk '!seen[$0]++' | while read -r m; do
	file=$(basename "$m")
	case $file in
	*.xz) xz -dc "$m" >"$tree/lib/modules/$release/${file%.xz}" ;;
	*.zst) zstd -qdc "$m" >"$tree/lib/modules/$release/${file%.zst}" ;;
	*) cp "$m" "$tree/lib/modules/$release/$file" ;;
	esac
done
cp "${VM_MODULE:-$root/build/kernel/$(basename "$kdir" | sed 's/^linux-headers-//')-debug/rtpedge.ko}" \
	"$tree/lib/modules/$release/rtpedge.ko"
cp "$modules/modules.builtin" "$modules/modules.order" "$tree/lib/modules/$release/" 2>/dev/null || true
depmod -b "$tree" "$release" 2>/dev/null
(cd "$tree" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$out/initrd.gz"

# ---- the machine -------------------------------------------------------------
timeout "${VM_SECONDS:-420}" qemu-system-x86_64 -accel tcg,thread=multi,tb-size=512 -cpu max -m 1536 -smp 2 \
	-nodefaults -no-reboot -display none -serial stdio -kernel "$image" -initrd "$out/initrd.gz" \
	-drive "file=$out/disk.ext4,format=raw,if=virtio,snapshot=on" \
	-append "console=ttyS0 quiet panic=-1 no_timer_check mitigations=off ONLY=${VM_ONLY:-}" </dev/null |
	sed -u 's/\r$//' | tee "$out/console.log" || true
grep -q '^[0-9]* passed, [0-9]* failed' "$out/console.log" || {
	echo "The machine ended before the tests did, or took too long"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}
grep -q '^[0-9]* passed, 0 failed' "$out/console.log"
