#!/bin/sh
# SPDX-License-Identifier: MIT
# Boots a virtual machine with a Debian kernel, and tests the module in it.
# Says why when it cannot.
#
# VM_KERNEL … see vm.sh
# VM_CHECKS   what the kernel checks of memory, see below
# VM_APPEND   more for the kernel command line, such as TESTS=fuzz FUZZ_ROUNDS=1000000
# VM_OUT      folder to work in
#
# Unless told otherwise it poisons memory that is freed, and complains when that
# is touched.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=${VM_OUT:-$root/build/kernel/vm}
. "$here/vm.sh"

vm_needs qemu-system-x86_64 busybox strings modprobe cpio gzip ip nft iptables-legacy iptables-nft cc
vm_kernel
vm_lock
vm_build true
# The SRTP of the core is who the module's has to understand.
core=$root/ffi/src
srtp=$(sed "s|^|$core/|" "$root/ffi/srtp.sources")
cc -std=gnu11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror -I"$root/ffi/include" -I"$core" \
	-I"$here/../include" -o "$out/module_test" "$here"/*.c $srtp -lcrypto

# ---- the initial ramdisk ---------------------------------------------------
tree=$out/tree
rm -rf "$tree"
mkdir -p "$tree/bin" "$tree/lib64" "$tree/modules" "$tree/xtables" "$tree/dev"
cp "$here/init.sh" "$tree/init"
chmod +x "$tree/init"
cp "$out/module_test" "$tree/"
cp "$module" "$tree/rtpedge.ko"
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
vm_libraries "$tree/lib64" "$tree"/bin/ip "$tree"/bin/nft "$tree"/bin/xtables-*-multi "$tree"/xtables/*.so \
	"$tree/module_test"
: >"$tree/modules/order"
if [ -n "$modules" ]; then
	vm_modules "$tree/modules" veth x_tables ip_tables iptable_filter iptable_raw ip6_tables ip6table_filter \
		ip6table_raw nf_tables nft_compat nf_conntrack xt_tcpudp ctr gcm ghash_generic aesni_intel sha1_ssse3 \
		>"$tree/modules/order"
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
vm_libraries "$tree/lib64" "$tree/bin/kmod"
for name in modprobe rmmod insmod; do ln -sf kmod "$tree/bin/$name"; done

# ---- the machine -------------------------------------------------------------
vm_run "$tree" "${VM_SECONDS:-300}" "${VM_CHECKS-slub_debug=FZPU init_on_free=1} ${VM_APPEND:-}" \
	-accel tcg,thread=multi -m "${VM_MEMORY:-1024}"
vm_verdict
