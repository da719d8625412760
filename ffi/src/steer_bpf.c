/* SPDX-License-Identifier: MIT */
#include "steer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The few instructions that are needed, by the names of the kernel's own
 * documentation (Documentation/bpf/instruction-set). */
#define INSN(c, d, s, o, i) \
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define MOV_REG(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOV_IMM(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ALU_IMM(op, d, i) INSN(BPF_ALU64 | (op) | BPF_K, d, 0, 0, i)
#define ALU_REG(op, d, s) INSN(BPF_ALU64 | (op) | BPF_X, d, s, 0, 0)
#define LOAD(size, d, s, o) INSN(BPF_LDX | (size) | BPF_MEM, d, s, (int16_t)(o), 0)
#define STORE(size, d, o, s) INSN(BPF_STX | (size) | BPF_MEM, d, s, (int16_t)(o), 0)
#define STORE_IMM(size, d, o, i) INSN(BPF_ST | (size) | BPF_MEM, d, 0, (int16_t)(o), i)
#define JUMP_IMM(op, d, i, o) INSN(BPF_JMP | (op) | BPF_K, d, 0, o, i)
#define JUMP(o) INSN(BPF_JMP | BPF_JA, 0, 0, o, 0)
#define CALL(f) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT() INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define LOAD_MAP(d, fd) \
	INSN(BPF_LD | BPF_DW | BPF_IMM, d, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)

#define CTX(field) ((int)offsetof(struct bpf_sk_lookup, field))

/* Key of iface_map; v4 addresses leave ip[1..3] zero. */
struct iface_key {
	uint32_t family;
	uint32_t ip[4];
};

enum {
	KEY = -24,			/* struct iface_key on the BPF stack */
	INDEX = -4,			/* u32 array index on the BPF stack */
	MAX_INSNS = 80,
	/* Jump offsets that are to become "to the end". */
	PASS = 0x7fff,
};

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int map_new(enum bpf_map_type type, uint32_t key, uint32_t value, uint32_t entries,
		   uint32_t flags)
{
	union bpf_attr a;
	long fd;

	memset(&a, 0, sizeof(a));
	a.map_type = type;
	a.key_size = key;
	a.value_size = value;
	a.max_entries = entries;
	a.map_flags = flags;
	fd = bpf(BPF_MAP_CREATE, &a);
	return fd < 0 ? -errno : (int)fd;
}

static int map_set(int fd, const void *key, const void *value)
{
	union bpf_attr a;

	memset(&a, 0, sizeof(a));
	a.map_fd = (uint32_t)fd;
	a.key = (uintptr_t)key;
	a.value = (uintptr_t)value;
	return bpf(BPF_MAP_UPDATE_ELEM, &a) ? -errno : 0;
}

static void map_delete(int fd, const void *key)
{
	union bpf_attr a;

	memset(&a, 0, sizeof(a));
	a.map_fd = (uint32_t)fd;
	a.key = (uintptr_t)key;
	bpf(BPF_MAP_DELETE_ELEM, &a);
}

/*
 * if (protocol != UDP) pass;
 * iface = iface_map[{ family, local address }]  or pass;
 * word = port_map[iface * PORT_WORDS + port / 64]  or pass;
 * if (!(word >> port % 64 & 1)) pass;
 * socket = sock_map[port / 2 % threads * 2 + (family == 6)]  or pass;
 * assign; release; pass.
 */
static uint32_t program(const struct steer *s, uint32_t threads, struct bpf_insn *out)
{
	const struct bpf_insn insns[] = {
		MOV_REG(BPF_REG_6, BPF_REG_1),
		LOAD(BPF_W, BPF_REG_0, BPF_REG_6, CTX(protocol)),
		JUMP_IMM(BPF_JNE, BPF_REG_0, IPPROTO_UDP, PASS),
		LOAD(BPF_W, BPF_REG_8, BPF_REG_6, CTX(local_port)),
		/* r9 = family == AF_INET6, and the key of the address */
		LOAD(BPF_W, BPF_REG_1, BPF_REG_6, CTX(family)),
		JUMP_IMM(BPF_JEQ, BPF_REG_1, AF_INET6, 8),
		MOV_IMM(BPF_REG_9, 0),
		STORE_IMM(BPF_W, BPF_REG_10, KEY, 4),
		LOAD(BPF_W, BPF_REG_1, BPF_REG_6, CTX(local_ip4)),
		STORE(BPF_W, BPF_REG_10, KEY + 4, BPF_REG_1),
		STORE_IMM(BPF_W, BPF_REG_10, KEY + 8, 0),
		STORE_IMM(BPF_W, BPF_REG_10, KEY + 12, 0),
		STORE_IMM(BPF_W, BPF_REG_10, KEY + 16, 0),
		JUMP(10),
		MOV_IMM(BPF_REG_9, 1),
		STORE_IMM(BPF_W, BPF_REG_10, KEY, 6),
		LOAD(BPF_W, BPF_REG_1, BPF_REG_6, CTX(local_ip6[0])),
		STORE(BPF_W, BPF_REG_10, KEY + 4, BPF_REG_1),
		LOAD(BPF_W, BPF_REG_1, BPF_REG_6, CTX(local_ip6[1])),
		STORE(BPF_W, BPF_REG_10, KEY + 8, BPF_REG_1),
		LOAD(BPF_W, BPF_REG_1, BPF_REG_6, CTX(local_ip6[2])),
		STORE(BPF_W, BPF_REG_10, KEY + 12, BPF_REG_1),
		LOAD(BPF_W, BPF_REG_1, BPF_REG_6, CTX(local_ip6[3])),
		STORE(BPF_W, BPF_REG_10, KEY + 16, BPF_REG_1),
		/* the interface */
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ALU_IMM(BPF_ADD, BPF_REG_2, KEY),
		LOAD_MAP(BPF_REG_1, s->iface_map),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP_IMM(BPF_JEQ, BPF_REG_0, 0, PASS),
		/* the word of the port */
		LOAD(BPF_W, BPF_REG_7, BPF_REG_0, 0),
		ALU_IMM(BPF_MUL, BPF_REG_7, PORT_WORDS),
		MOV_REG(BPF_REG_1, BPF_REG_8),
		ALU_IMM(BPF_RSH, BPF_REG_1, 6),
		ALU_REG(BPF_ADD, BPF_REG_7, BPF_REG_1),
		STORE(BPF_W, BPF_REG_10, INDEX, BPF_REG_7),
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ALU_IMM(BPF_ADD, BPF_REG_2, INDEX),
		LOAD_MAP(BPF_REG_1, s->port_map),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP_IMM(BPF_JEQ, BPF_REG_0, 0, PASS),
		LOAD(BPF_DW, BPF_REG_1, BPF_REG_0, 0),
		MOV_REG(BPF_REG_2, BPF_REG_8),
		ALU_IMM(BPF_AND, BPF_REG_2, 63),
		ALU_REG(BPF_RSH, BPF_REG_1, BPF_REG_2),
		ALU_IMM(BPF_AND, BPF_REG_1, 1),
		JUMP_IMM(BPF_JEQ, BPF_REG_1, 0, PASS),
		/* the thread's socket */
		ALU_IMM(BPF_RSH, BPF_REG_8, 1),
		ALU_IMM(BPF_MOD, BPF_REG_8, (int32_t)threads),
		ALU_IMM(BPF_LSH, BPF_REG_8, 1),
		ALU_REG(BPF_ADD, BPF_REG_8, BPF_REG_9),
		STORE(BPF_W, BPF_REG_10, INDEX, BPF_REG_8),
		MOV_REG(BPF_REG_2, BPF_REG_10),
		ALU_IMM(BPF_ADD, BPF_REG_2, INDEX),
		LOAD_MAP(BPF_REG_1, s->sock_map),
		CALL(BPF_FUNC_map_lookup_elem),
		JUMP_IMM(BPF_JEQ, BPF_REG_0, 0, PASS),
		MOV_REG(BPF_REG_7, BPF_REG_0),
		MOV_REG(BPF_REG_1, BPF_REG_6),
		MOV_REG(BPF_REG_2, BPF_REG_0),
		MOV_IMM(BPF_REG_3, 0),
		CALL(BPF_FUNC_sk_assign),
		MOV_REG(BPF_REG_1, BPF_REG_7),
		CALL(BPF_FUNC_sk_release),
		/* pass */
		MOV_IMM(BPF_REG_0, SK_PASS),
		EXIT(),
	};
	uint32_t n = sizeof(insns) / sizeof(insns[0]);

	_Static_assert(sizeof(insns) / sizeof(insns[0]) <= MAX_INSNS, "program too long");
	memcpy(out, insns, sizeof(insns));
	for (uint32_t i = 0; i < n; i++)
		if (out[i].off == PASS)
			out[i].off = (int16_t)(n - 2 - i - 1);
	return n;
}

static int prog_load(const struct steer *s, uint32_t threads)
{
	static const char license[] = "Dual MIT/GPL";
	struct bpf_insn insns[MAX_INSNS];
	union bpf_attr a;
	long fd;

	memset(&a, 0, sizeof(a));
	a.prog_type = BPF_PROG_TYPE_SK_LOOKUP;
	a.expected_attach_type = BPF_SK_LOOKUP;
	a.insn_cnt = program(s, threads, insns);
	a.insns = (uintptr_t)insns;
	a.license = (uintptr_t)license;
	memcpy(a.prog_name, "rtpe_steer", sizeof("rtpe_steer"));
	fd = bpf(BPF_PROG_LOAD, &a);
	return fd < 0 ? -errno : (int)fd;
}

static int link_new(int prog)
{
	int ns = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	union bpf_attr a;
	long fd;

	if (ns < 0)
		return -errno;
	memset(&a, 0, sizeof(a));
	a.link_create.prog_fd = (uint32_t)prog;
	a.link_create.target_fd = (uint32_t)ns;
	a.link_create.attach_type = BPF_SK_LOOKUP;
	fd = bpf(BPF_LINK_CREATE, &a);
	fd = fd < 0 ? -errno : fd;
	close(ns);
	return (int)fd;
}

static int ports_mmap(struct steer *s)
{
	void *p;

	s->ports_bytes = (size_t)MAX_IFACES * PORT_WORDS * sizeof(uint64_t);
	p = mmap(NULL, s->ports_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, s->port_map, 0);
	if (p == MAP_FAILED)
		return -errno;
	s->ports = p;
	return 0;
}

int steer_bpf_open(struct steer *s, uint32_t threads, const char **step)
{
	int err;

	s->iface_map = s->port_map = s->sock_map = s->prog = s->link = -1;
	*step = "creating a BPF map";
	s->iface_map = map_new(BPF_MAP_TYPE_HASH, sizeof(struct iface_key), 4, MAX_IFACES, 0);
	if (s->iface_map < 0)
		return s->iface_map;
	s->port_map = map_new(BPF_MAP_TYPE_ARRAY, 4, 8, MAX_IFACES * PORT_WORDS, BPF_F_MMAPABLE);
	if (s->port_map < 0)
		return s->port_map;
	*step = "creating a BPF socket map";
	s->sock_map = map_new(BPF_MAP_TYPE_SOCKMAP, 4, 8, threads * 2, 0);
	if (s->sock_map < 0)
		return s->sock_map;
	*step = "mapping the BPF port table";
	err = ports_mmap(s);
	if (err)
		return err;
	*step = "loading the sk_lookup program";
	s->prog = prog_load(s, threads);
	if (s->prog < 0)
		return s->prog;
	*step = "attaching the sk_lookup program";
	s->link = link_new(s->prog);
	return s->link < 0 ? s->link : 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void steer_bpf_close(struct steer *s)
{
	/* Closing the link detaches the program. */
	close_fd(s->link);
	close_fd(s->prog);
	if (s->ports)
		munmap((void *)(uintptr_t)s->ports, s->ports_bytes);
	close_fd(s->sock_map);
	close_fd(s->port_map);
	close_fd(s->iface_map);
}

static struct iface_key key_of(const struct rtpe_addr *addr)
{
	struct iface_key key = { .family = addr->family };

	memcpy(key.ip, addr->ip, 16);
	return key;
}

int steer_bpf_iface(struct steer *s, const struct rtpe_addr *addr, uint32_t index)
{
	struct iface_key key = key_of(addr);

	return map_set(s->iface_map, &key, &index);
}

void steer_bpf_iface_remove(struct steer *s, const struct rtpe_addr *addr)
{
	struct iface_key key = key_of(addr);

	map_delete(s->iface_map, &key);
}

int steer_bpf_socket(struct steer *s, uint32_t thread, bool v6, int fd)
{
	uint32_t key = thread * 2 + v6;
	uint64_t value = (uint64_t)fd;

	return map_set(s->sock_map, &key, &value);
}

void steer_bpf_port(struct steer *s, uint32_t iface, uint16_t port, bool open)
{
	_Atomic uint64_t *word = &s->ports[iface * PORT_WORDS + port / 64];
	uint64_t bit = (uint64_t)1 << port % 64;

	if (open)
		atomic_fetch_or(word, bit);
	else
		atomic_fetch_and(word, ~bit);
}
