#!/bin/busybox sh
# SPDX-License-Identifier: MIT
# The first process of the virtual machine: networks of two parties around this
# host, then call_main.ts. Its last lines are for machine.sh.
/bin/busybox mkdir -p /proc /sys /dev /tmp /run /etc /disk /root /usr/bin /usr/sbin /sbin
/bin/busybox --install -s /bin
export PATH=/bin:/sbin:/usr/bin LD_LIBRARY_PATH=/lib64:/disk/lib XTABLES_LIBDIR=/xtables HOME=/root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
exec >/dev/console 2>&1 </dev/null
echo 1 >/proc/sys/kernel/printk
for m in virtio_pci virtio_blk ext4 veth xt_tcpudp nft_compat ctr gcm aesni_intel sha1_ssse3; do modprobe $m || echo "no module $m"; done
mount -t ext4 -o ro /dev/vda /disk || echo "no disk"
ln -s /disk/rtpedge/rtpedge /usr/bin/rtpengine
ln -s /bin/nft /usr/sbin/nft

# By path, for the shell has an ip of its own.
/bin/ip link set lo up
for n in 1 2; do
	/bin/ip netns add n$n
	/bin/ip link add v$n type veth peer name e$n
	/bin/ip link set e$n netns n$n
	/bin/ip link set v$n up
	/bin/ip -n n$n link set e$n up
	/bin/ip -n n$n link set lo up
done
/bin/ip addr add 10.64.73.31/24 dev v1
/bin/ip addr add 2001:db8::4f3:3d/64 dev v1 nodad
/bin/ip addr add 192.168.65.73/24 dev v2
/bin/ip -n n1 addr add 10.64.73.41/24 dev e1
/bin/ip -n n1 addr add 2001:db8::4f3:41/64 dev e1 nodad
/bin/ip -n n1 route add default via 10.64.73.31
/bin/ip -n n2 addr add 192.168.65.41/24 dev e2
/bin/ip -n n2 route add default via 192.168.65.73

only=$(sed -n 's/.*ONLY=\([^ ]*\).*/\1/p' /proc/cmdline)
DENO_DIR=/tmp/deno /disk/rtpedge/lib/deno run -A --quiet --no-config --no-lock --unstable-net /disk/call.js "$only"
dmesg | grep -E 'BUG|WARNING|Oops|protection fault|KASAN|UBSAN|refcount|stall|leaked|Call Trace' >/tmp/splat
if [ -s /tmp/splat ]; then
	dmesg | tail -n 60
	echo "FAIL the kernel has nothing to complain about"
	echo "0 passed, 1 failed, 0 skipped"
fi
echo "uptime $(cut -d' ' -f1 /proc/uptime) s, kernel $(uname -r)"
tail -n 1 /tmp/result 2>/dev/null
poweroff -f
