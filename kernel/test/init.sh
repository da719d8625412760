#!/bin/busybox sh
# SPDX-License-Identifier: MIT
# The first process of the virtual machine: makes the stage of stage.h, runs
# the tests, and ends. Its last lines are for run.sh.
/bin/busybox mkdir -p /proc /sys /dev /tmp /run /etc
/bin/busybox --install -s /bin
export PATH=/bin:/sbin LD_LIBRARY_PATH=/lib64 XTABLES_LIBDIR=/xtables HOME=/
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
exec >/dev/console 2>&1 </dev/null
echo 1 >/proc/sys/kernel/printk
passed=0 failed=0

result() {	# whether it is right, what
	if [ "$1" = 0 ]; then
		passed=$((passed + 1)); echo "ok   $2"
	else
		failed=$((failed + 1)); echo "FAIL $2"
	fi
}

while read -r m; do insmod "/modules/$m" || echo "no module $m"; done </modules/order

# The first netfilter hook of its kind patches the kernel's code, the last one
# patches it back. The emulator's processors do not always see that as real ones
# do (an int3 nobody knows of): hooks that stay keep the code as it is.
for t in filter raw; do
	iptables-legacy -t $t -nL >/dev/null
	ip6tables-legacy -t $t -nL >/dev/null
done

dmesg -c >/dev/null
modprobe xt_RTPENGINE
result $? "the module loads, its self-tests pass"
dmesg | grep 'rtpedge: self-test' | grep -v passed
dmesg | grep -q 'self-tests passed'
result $? "the self-tests have run"

# By path, for the shell has an ip of its own.
mkdir -p /run/netns
/bin/ip link set lo up
/bin/ip netns add n1
/bin/ip netns add n2
touch /run/netns/here
mount --bind /proc/self/ns/net /run/netns/here
for n in 1 2; do
	/bin/ip link add v$n type veth peer name e$n
	/bin/ip link set e$n netns n$n
	/bin/ip addr add 10.9.$n.1/24 dev v$n
	/bin/ip addr add fd09:$n::1/64 dev v$n nodad
	/bin/ip link set v$n up
	/bin/ip -n n$n addr add 10.9.$n.2/24 dev e$n
	/bin/ip -n n$n addr add fd09:$n::2/64 dev e$n nodad
	/bin/ip -n n$n link set e$n up
	/bin/ip -n n$n link set lo up
done

# TESTS=fuzz on the kernel's command line: those alone.
/module_test ${TESTS:-} | tee /tmp/tests | grep -v ^tests:
n=$(sed -n 's/^tests: passed \([0-9]*\), .*/\1/p' /tmp/tests)
passed=$((passed + ${n:-0}))
n=$(sed -n 's/^tests: .*, failed \([0-9]*\)$/\1/p' /tmp/tests)
failed=$((failed + ${n:-1}))

right=0
for i in 1 2 3; do
	: >/tmp/load
	/module_test load >/tmp/load &
	load=$!
	for t in $(seq 400); do grep -q forwarding /tmp/load && break; usleep 50000; done
	grep -q forwarding /tmp/load || right=1
	rmmod rtpedge || right=1
	[ ! -e /proc/rtpengine ] || right=1
	usleep 200000
	kill -9 $load
	wait $load 2>/dev/null
	modprobe xt_RTPENGINE || right=1
done
result $right "rmmod under load"

# As README files tell administrators to begin, word by word.
rmmod xt_RTPENGINE 2>/dev/null || rmmod rtpedge
for kind in legacy nft; do
	ln -sf iptables-$kind /bin/iptables
	ln -sf ip6tables-$kind /bin/ip6tables
	right=0
	modprobe xt_RTPENGINE || right=1
	iptables -I INPUT -p udp -j RTPENGINE --id 0 || right=1
	ip6tables -I INPUT -p udp -j RTPENGINE --id 0 || right=1
	echo 'add 0' > /proc/rtpengine/control || right=1
	echo 'del 0' > /proc/rtpengine/control || right=1
	! echo 'del 0' > /proc/rtpengine/control || right=1
	iptables -N rtpengine || right=1
	iptables -I INPUT -p udp -j rtpengine || right=1
	iptables -I rtpengine -j RTPENGINE --id 42 || right=1
	iptables -S | grep -q -e '-A rtpengine -j RTPENGINE --id 42' || right=1
	echo 'add 42' > /proc/rtpengine/control || right=1
	[ "$(cat /proc/rtpengine/list)" = 42 ] || right=1
	! rmmod rtpedge || right=1
	iptables -F
	iptables -X rtpengine
	ip6tables -F
	echo 'del 42' > /proc/rtpengine/control || right=1
	rmmod rtpedge || right=1
	result $right "the start as it is written, iptables-$kind"
done 2>/dev/null

modprobe xt_RTPENGINE
iptables-legacy -A INPUT -p udp -j RTPENGINE --id 0 && ! rmmod rtpedge 2>/dev/null
result $? "a firewall rule holds the module"
iptables-legacy -F INPUT
rmmod rtpedge
result $? "and lets it go"

dmesg | grep -E 'BUG|WARNING|Oops|protection fault|KASAN|UBSAN|refcount|unreferenced|stall|leaked|Call Trace' >/tmp/splat
[ ! -s /tmp/splat ]
result $? "the kernel has nothing to complain about"
[ ! -s /tmp/splat ] || dmesg | tail -n 80
echo "uptime $(cut -d' ' -f1 /proc/uptime) s, kernel $(uname -r)"
echo "$passed passed, $failed failed, 0 skipped"
poweroff -f
