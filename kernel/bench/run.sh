#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures in a virtual machine what forwarding in the kernel costs, beside
# rtpengine's module driven by its daemon. Prints the best rounds and the ratio.
#
# BENCH_PEER    a folder with rtpengine-daemon unpacked or installed; without it
#               only we are measured. Its module is fetched from the same suite.
# BENCH_ROUNDS  how often, 3
# VM_KERNEL …   see ../test/vm.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
peer=${BENCH_PEER:-${XDG_CACHE_HOME:-$HOME/.cache}/rtpedge/oracle}
out=$root/build/kernel/bench
. "$root/kernel/test/vm.sh"

vm_needs qemu-system-x86_64 busybox modprobe cpio gzip ip cc
vm_kernel

tree=$out/tree
rm -rf "$tree"
mkdir -p "$tree/bin" "$tree/lib64" "$tree/modules" "$tree/dev" "$out/mod"
make -s -C "$here/.." module KDIR="$kdir" >"$out/build.log" 2>&1
cp "$here/rtpbench.c" "$here/Kbuild" "$out/mod/"
make -s -C "$kdir" M="$out/mod" modules >>"$out/build.log" 2>&1
core=$root/ffi/src
srtp=$(sed "s|^|$core/|" "$root/ffi/srtp.sources")
cc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -I"$root/ffi/include" -I"$core" \
	-I"$here/../test" -o "$tree/bench" "$here"/bench.c "$here"/ng.c "$here/../test/client.c" \
	$srtp -lcrypto

# The peer: its daemon with its libraries, its module.
if [ -x "$peer/usr/bin/rtpengine" ]; then
	if [ ! -f "$out/peer/nft_rtpengine.ko" ]; then
		rm -rf "$out/peer"
		mkdir -p "$out/peer"
		chroot "$peer" sh -c 'cd /tmp && apt-get -qq download rtpengine-kernel-dkms'
		mv "$peer"/tmp/rtpengine-kernel-dkms_*.deb "$out/peer/"
		dpkg -x "$out"/peer/*.deb "$out/peer/deb"
		cp "$out"/peer/deb/usr/src/rtpengine-*/* "$out/peer/"
		(cd "$out/peer" && KSRC=$kdir M=$PWD sh -c 'bash gen-rtpengine-kmod-flags >rtpengine-kmod.mk' &&
			make -s -C "$kdir" M="$PWD" modules) >>"$out/build.log" 2>&1
	fi
	cp "$out/peer/nft_rtpengine.ko" "$tree/"
	mkdir -p "$tree/peer/usr/bin" "$tree/peer/proc" "$tree/peer/run" "$tree/peer/tmp" "$tree/peer/dev"
	cp "$peer/usr/bin/rtpengine" "$tree/peer/usr/bin/"
	chroot "$peer" ldd /usr/bin/rtpengine | grep -o '/[^ ]*' | sort -u | while read -r lib; do
		mkdir -p "$tree/peer$(dirname "$lib")"
		cp -L "$peer$lib" "$tree/peer$lib"
	done
else
	echo "no rtpengine in $peer: only rtpedge is measured"
fi

cp "$here/init.sh" "$tree/init"
chmod +x "$tree/init"
cp "$out/mod/rtpbench.ko" "$root/build/kernel/$release/rtpedge.ko" "$tree/"
cp "$(command -v busybox)" "$(readlink -f "$(command -v ip)")" "$tree/bin/"
vm_libraries "$tree/lib64" "$tree/bin/ip" "$tree/bench"
vm_modules "$tree/modules" dummy x_tables nf_tables ctr gcm ghash_generic aesni_intel sha1_ssse3 \
	>"$tree/modules/order"
vm_run "$tree" "${VM_SECONDS:-600}" "ROUNDS=${BENCH_ROUNDS:-3}" -accel tcg,thread=multi,tb-size=512 -m 3072

# The best round of each.
awk '$1 == "bench:" && /ns per packet/ {
	key = $2 " " $3; if (!(key in best) || $4 < best[key]) best[key] = $4
} END {
	for (key in best) {
		split(key, k, " ")
		peer = best["daemon " k[2]]
		printf "%-14s %6d ns per packet%s\n", key, best[key],
			peer ? sprintf(", %.2f times the peer'"'"'s packets", peer / best[key]) : ""
	}
}' "$out/console.log" | sort
