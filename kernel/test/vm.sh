# SPDX-License-Identifier: MIT
# Virtual machines that the module is tried in, for scripts that source this with
# $root (the tree) and $out (a folder to work in) set.
#
# VM_KERNEL   folder of unpacked kernel packages, fetched when it is missing
# VM_KDIR     headers to build against: those of that kernel
# VM_IMAGE    a kernel that needs no modules, built in VM_KDIR (build_kernel.sh)
# VM_MODULE   debug module built elsewhere

skip() {
	echo "skipped: $*"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
}

vm_needs() {	# tools
	for tool in "$@"; do
		command -v "$tool" >/dev/null || skip "$tool is not installed"
	done
	[ "$(uname -m)" = x86_64 ] || skip "the virtual machine is an amd64 one"
}

# Sets image, kdir, modules (none with VM_IMAGE) and release.
vm_kernel() {
	modules='' release=''
	if [ -n "${VM_IMAGE:-}" ]; then
		image=$VM_IMAGE kdir=$VM_KDIR
	else
		kernel=${VM_KERNEL:-${XDG_CACHE_HOME:-$HOME/.cache}/rtpedge/kernels/bookworm}
		if [ ! -d "$kernel/lib/modules" ] && [ ! -d "$kernel/usr/lib/modules" ]; then
			mkdir -p "$root/build"
			"$root/kernel/tools/fetch_headers.sh" bookworm cloud-amd64 "$kernel" image \
				>"$root/build/kernel-fetch.log" 2>&1 ||
				skip "no kernel to boot could be fetched, see build/kernel-fetch.log"
		fi
		modules=$(ls -dv "$kernel"/lib/modules/* "$kernel"/usr/lib/modules/* 2>/dev/null | tail -n 1)
		release=${modules##*/}
		image=$kernel/boot/vmlinuz-$release
		[ -f "$image" ] || image=$modules/vmlinuz
		kdir=${VM_KDIR:-$kernel/usr/src/linux-headers-$release}
	fi
	[ -f "$image" ] || skip "no kernel image in ${kernel:-}"
	[ -n "${VM_MODULE:-}" ] || [ -d "$kdir" ] || skip "no headers in $kdir"
}

# One at a time in $out.
vm_lock() {
	mkdir -p "$out"
	exec 9>"$out.lock"
	flock 9
}

# Builds the plugin and the debug module; what else is built is the arguments, a
# command. Sets module.
vm_build() {
	module=${VM_MODULE:-$root/build/kernel/$(basename "$kdir" | sed 's/^linux-headers-//')-debug/rtpedge.ko}
	{
		make -s -C "$root/kernel" plugin &&
			{ [ -n "${VM_MODULE:-}" ] || make -s -C "$root/kernel" module-debug KDIR="$kdir"; } &&
			"$@"
	} >"$out.log" 2>&1 || {
		cat "$out.log"
		echo "0 passed, 1 failed, 0 skipped"
		exit 1
	}
}

vm_libraries() {	# where to, whose
	to=$1
	shift
	for bin in "$@"; do ldd "$bin"; done | grep -o '/[^ ]*' | sort -u |
		while read -r lib; do cp -L "$lib" "$to/"; done
}

# Puts modules and what they need where they are to go, and prints their names in
# the order in which they load.
vm_modules() {	# where to, which
	to=$1
	shift
	depmod -b "${modules%/lib/modules/*}" "$release"
	for m in "$@"; do
		modprobe -d "${modules%/lib/modules/*}" -S "$release" --show-depends "$m" 2>/dev/null |
			sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | awk '!seen[$0]++' | while read -r m; do
		file=$(basename "$m")
		case $file in
		*.xz) file=${file%.xz} && xz -dc "$m" >"$to/$file" ;;
		*.zst) file=${file%.zst} && zstd -qdc "$m" >"$to/$file" ;;
		*) cp "$m" "$to/$file" ;;
		esac
		echo "$file"
	done
}

# Boots a folder as initial ramdisk. Without a timer check: under load an emulated
# timer is late.
vm_run() {	# folder, seconds, kernel command line, more of QEMU's
	tree=$1 seconds=$2 line=$3
	shift 3
	(cd "$tree" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$out/initrd.gz"
	timeout "$seconds" qemu-system-x86_64 -cpu max -smp 2 -nodefaults -no-reboot \
		-display none -serial stdio -kernel "$image" -initrd "$out/initrd.gz" \
		-append "console=ttyS0 quiet panic=-1 no_timer_check mitigations=off $line" "$@" </dev/null |
		sed -u 's/\r$//' | tee "$out/console.log" || true
}

# By what the tests in it have printed.
vm_verdict() {
	grep -q '^[0-9]* passed, [0-9]* failed' "$out/console.log" || {
		echo "The machine ended before the tests did, or took too long"
		echo "0 passed, 1 failed, 0 skipped"
		exit 1
	}
	grep -q '^[0-9]* passed, 0 failed' "$out/console.log"
}
