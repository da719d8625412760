#!/bin/sh
# SPDX-License-Identifier: MIT
# Boots a virtual machine with a Debian kernel, and tests the module in it.
# Says why when it cannot.
#
# VM_KERNEL   folder of unpacked kernel packages, fetched when it is missing
# VM_KDIR     headers to build against: those of that kernel
# VM_IMAGE    a kernel that needs no modules, built in VM_KDIR (build_kernel.sh)
# VM_MODULE   debug module built elsewhere
# VM_CHECKS   what the kernel checks of memory, see below
# VM_APPEND   more for the kernel command line, such as TESTS=fuzz FUZZ_ROUNDS=1000000
# VM_OUT      folder to work in
#
# Unless told otherwise it poisons memory that is freed, and complains when that
# is touched.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/rtpedge/kernels
out=${VM_OUT:-$root/build/kernel/vm}

skip() {
	echo "skipped: $*"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}

for tool in qemu-system-x86_64 busybox strings modprobe cpio gzip ip nft iptables-legacy iptables-nft cc; do
	command -v $tool >/dev/null || skip "$tool is not installed"
done
[ "$(uname -m)" = x86_64 ] || skip "the virtual machine is an amd64 one"

kernel=${VM_KERNEL:-$cache/bookworm}
modules=
if [ -n "${VM_IMAGE:-}" ]; then
	image=$VM_IMAGE kdir=$VM_KDIR
elif [ ! -d "$kernel/lib/modules" ] && [ ! -d "$kernel/usr/lib/modules" ]; then
	"$here/../tools/fetch_headers.sh" bookworm cloud-amd64 "$kernel" image >"$root/build/kernel-fetch.log" 2>&1 ||
		skip "no kernel to boot could be fetched, see build/kernel-fetch.log"
fi
if [ -z "${VM_IMAGE:-}" ]; then
	modules=$(ls -dv "$kernel"/lib/modules/* "$kernel"/usr/lib/modules/* 2>/dev/null | tail -n 1)
	release=${modules##*/}
	image=$kernel/boot/vmlinuz-$release
	[ -f "$image" ] || image=$modules/vmlinuz
	kdir=${VM_KDIR:-$kernel/usr/src/linux-headers-$release}
fi
[ -f "$image" ] || skip "no kernel image in $kernel"
[ -n "${VM_MODULE:-}" ] || [ -d "$kdir" ] || skip "no headers in $kdir"

mkdir -p "$out"
exec 9>"$out.lock"
flock 9
{
	make -s -C "$here/.." plugin &&
		{ [ -n "${VM_MODULE:-}" ] || make -s -C "$here/.." module-debug KDIR="$kdir"; }
} >"$out.log" 2>&1 || {
	cat "$out.log"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}
# The SRTP of the core is who the module's has to understand.
core=$root/ffi/src
srtp=$(for f in srtp srtp_cipher srtp_hmac srtp_kdf srtp_params srtp_stream alloc classify; do
	echo "$core/$f.c"
done)
cc -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -I"$root/ffi/include" -I"$core" \
	-I"$here/../include" -o "$out/module_test" "$here"/*.c $srtp -lcrypto

# ---- the initial ramdisk ---------------------------------------------------
tree=$out/tree
rm -rf "$tree"
mkdir -p "$tree/bin" "$tree/lib64" "$tree/modules" "$tree/xtables" "$tree/dev"
cp "$here/init.sh" "$tree/init"
chmod +x "$tree/init"
cp "$out/module_test" "$tree/"
cp "${VM_MODULE:-$root/build/kernel/$(basename "$kdir" | sed 's/^linux-headers-//')-debug/rtpedge.ko}" \
	"$tree/rtpedge.ko"
cp "$(command -v busybox)" "$tree/bin/"
for tool in ip nft iptables-legacy iptables-nft; do cp "$(readlink -f "$(command -v $tool)")" "$tree/bin/"; done
for name in iptables-legacy iptables-legacy-save ip6tables-legacy ip6tables-legacy-save; do
	ln -sf xtables-legacy-multi "$tree/bin/$name"
done
for name in iptables-nft iptables-nft-save ip6tables-nft ip6tables-nft-save; do
	ln -sf xtables-nft-multi "$tree/bin/$name"
done
plugins=$(dirname "$(find /usr/lib -name libxt_udp.so | head -n 1)")
cp "$plugins/libxt_udp.so" "$plugins/libxt_standard.so" "$root/build/kernel/libxt_RTPENGINE.so" "$tree/xtables/"
# The libraries of all of them, and the loader where they look for it.
for bin in "$tree"/bin/ip "$tree"/bin/nft "$tree"/bin/xtables-*-multi "$tree"/xtables/*.so "$tree/module_test"; do
	ldd "$bin"
done | grep -o '/[^ ]*' | sort -u | while read -r lib; do cp -L "$lib" "$tree/lib64/"; done
: >"$tree/modules/order"
if [ -n "$modules" ]; then
	depmod -b "${modules%/lib/modules/*}" "$release"
	for m in veth x_tables ip_tables iptable_filter iptable_raw ip6_tables ip6table_filter ip6table_raw nf_tables nft_compat \
		nf_conntrack xt_tcpudp ctr gcm ghash_generic aesni_intel sha1_ssse3; do
		modprobe -d "${modules%/lib/modules/*}" -S "$release" --show-depends $m 2>/dev/null |
			sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | awk '!seen[$0]++' | while read -r m; do
		file=$(basename "$m")
		case $file in
		*.xz) file=${file%.xz}; xz -dc "$m" >"$tree/modules/$file" ;;
		*.zst) file=${file%.zst}; zstd -qdc "$m" >"$tree/modules/$file" ;;
		*) cp "$m" "$tree/modules/$file" ;;
		esac
		echo "$file" >>"$tree/modules/order"
	done
	[ -s "$tree/modules/order" ] || skip "modprobe finds no modules of kernel $release"
fi
# As `make install` leaves it; the release is what the kernel calls itself.
running=$(strings "$tree/rtpedge.ko" | sed -n 's/^vermagic=\([^ ]*\).*/\1/p')
mkdir -p "$tree/lib/modules/$running/updates"
mv "$tree/rtpedge.ko" "$tree/lib/modules/$running/updates/"
: >"$tree/lib/modules/$running/modules.builtin"
: >"$tree/lib/modules/$running/modules.order"
depmod -b "$tree" "$running" 2>/dev/null
cp "$(readlink -f "$(command -v modprobe)")" "$tree/bin/kmod"
ldd "$tree/bin/kmod" | grep -o '/[^ ]*' | while read -r lib; do cp -L "$lib" "$tree/lib64/"; done
for name in modprobe rmmod insmod; do ln -sf kmod "$tree/bin/$name"; done
(cd "$tree" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$out/initrd.gz"

# ---- the machine -------------------------------------------------------------
timeout "${VM_SECONDS:-150}" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m "${VM_MEMORY:-1024}" -smp 2 \
	-nodefaults -no-reboot -display none -serial stdio -kernel "$image" -initrd "$out/initrd.gz" \
	-append "console=ttyS0 quiet panic=-1 no_timer_check mitigations=off ${VM_CHECKS-slub_debug=FZPU init_on_free=1} ${VM_APPEND:-}" </dev/null |
	sed -u 's,\r,,' | tee "$out/console.log" || true
grep -q '^[0-9]* passed, [0-9]* failed' "$out/console.log" || {
	echo "The machine ended before the tests did, or took too long"
	echo "0 passed, 1 failed, 0 skipped"
	exit 1
}
grep -q '^[0-9]* passed, 0 failed' "$out/console.log"
