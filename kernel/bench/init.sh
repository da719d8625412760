#!/bin/busybox sh
# SPDX-License-Identifier: MIT
# The first process of the machine that measures: rounds of the peer and of us.
/bin/busybox mkdir -p /proc /sys /dev /tmp /run
/bin/busybox --install -s /bin
export PATH=/bin:/sbin LD_LIBRARY_PATH=/lib64
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
exec >/dev/console 2>&1 </dev/null
echo 1 >/proc/sys/kernel/printk
rounds=$(sed -n 's/.*ROUNDS=\([0-9]*\).*/\1/p' /proc/cmdline)

while read -r m; do insmod "/modules/$m" || echo "no module $m"; done </modules/order
insmod /rtpbench.ko

/bin/ip link set lo up
for n in 1 2; do
	/bin/ip link add d$n type dummy
	/bin/ip addr add 10.9.$n.1/24 dev d$n
	/bin/ip link set d$n up
	/bin/ip neigh replace 10.9.$n.2 lladdr 02:00:00:00:00:0$n dev d$n nud permanent
	echo 0 >/proc/sys/net/ipv4/conf/d$n/rp_filter
done
echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter

peer() {
	[ -d /peer ] || return 0
	insmod /nft_rtpengine.ko
	mount -t proc proc /peer/proc
	chroot /peer /usr/bin/rtpengine --config-file=none --table=0 --no-fallback \
		--interface=a/10.9.1.1 --interface=b/10.9.2.1 --listen-ng=127.0.0.1:2223 \
		--port-min=30000 --port-max=33000 --log-level=4 --log-stderr --foreground \
		--pidfile=/run/peer.pid --num-threads=1 >/tmp/peer.log 2>&1 &
	daemon=$!
	/bench daemon "$1" || tail /tmp/peer.log
	kill $daemon
	wait $daemon
	echo 'del 0' >/proc/rtpengine/control 2>/dev/null
	umount /peer/proc
	rmmod nft_rtpengine || echo "the peer's module stays"
}

us() {
	insmod /rtpedge.ko
	/bench early "$1"
	/bench input "$1"
	rmmod rtpedge
}

for i in $(seq "${rounds:-1}"); do
	for what in plain srtp; do
		peer $what
		us $what
	done
done
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace' | head
echo "bench: done, kernel $(uname -r)"
poweroff -f
