/* SPDX-License-Identifier: MIT */
/*
 * The XDP program that turns a page into the next packet: flow after flow, with sequence number,
 * timestamps and the time of making. In C it would read
 *
 *	if (data + FRAME_BYTES > data_end) return XDP_ABORTED;
 *	now = ktime_get_ns() << 8;
 *	if (now < state->due) return XDP_DROP;
 *	if (now - state->due > MAX_LATE) state->due = now; (held up: no burst to make up for it)
 *	state->due += state->interval;
 *	key = state->next; state->next = key + 1 < flow_count ? key + 1 : 0;
 *	f = lookup(flow_map, &key); if (!f) return XDP_ABORTED;
 *	copy addresses, ports, checksum, flow index and SSRC from f into the packet;
 *	seq = f->seq++; write seq, RTP sequence number, RTP timestamp; write now >> 8;
 *	return XDP_PASS;
 *
 * and it is written out here so that the benchmark needs no BPF compiler.
 */
#include "blast.h"

#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* One millisecond, in 1/256 ns. */
#define MAX_LATE 256000000

#define INSN(c, d, s, o, i) \
	((struct bpf_insn){.code = (c), .dst_reg = (d), .src_reg = (s), .off = (int16_t)(o), .imm = (int32_t)(i)})
#define MOV(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOVI(d, i) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define ADDI(d, i) INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, i)
#define MULI(d, i) INSN(BPF_ALU64 | BPF_MUL | BPF_K, d, 0, 0, i)
#define LOAD(sz, d, s, o) INSN(BPF_LDX | BPF_MEM | (sz), d, s, o, 0)
#define STORE(sz, d, o, s) INSN(BPF_STX | BPF_MEM | (sz), d, s, o, 0)
#define BE(d, bits) INSN(BPF_ALU | BPF_END | BPF_TO_BE, d, 0, 0, bits)
#define ADD(d, s) INSN(BPF_ALU64 | BPF_ADD | BPF_X, d, s, 0, 0)
#define SUB(d, s) INSN(BPF_ALU64 | BPF_SUB | BPF_X, d, s, 0, 0)
#define LSH(d, i) INSN(BPF_ALU64 | BPF_LSH | BPF_K, d, 0, 0, i)
#define JLEI(d, i, o) INSN(BPF_JMP | BPF_JLE | BPF_K, d, 0, o, i)
#define JGE(d, s, o) INSN(BPF_JMP | BPF_JGE | BPF_X, d, s, o, 0)
#define JGT(d, s, o) INSN(BPF_JMP | BPF_JGT | BPF_X, d, s, o, 0)
#define JLTI(d, i, o) INSN(BPF_JMP | BPF_JLT | BPF_K, d, 0, o, i)
#define JNEI(d, i, o) INSN(BPF_JMP | BPF_JNE | BPF_K, d, 0, o, i)
#define CALL(f) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, f)
#define EXIT INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define MAP(d, kind, fd) INSN(BPF_LD | BPF_DW | BPF_IMM, d, kind, 0, fd), INSN(0, 0, 0, 0, 0)
/* Copies a field of the flow (r0) into the packet (r7) through r1. */
#define COPY(sz, field, at) LOAD(sz, 1, 0, offsetof(struct blast_flow, field)), STORE(sz, 7, at, 1)

#define IP ETH_BYTES
#define UDP (IP + IP_BYTES)
#define RTP (UDP + UDP_BYTES)

int blast_load_program(int state_map, int flow_map, uint32_t flow_count)
{
	static char log[16384];
	struct bpf_insn code[] = {
		LOAD(BPF_W, 7, 1, offsetof(struct xdp_md, data)),
		LOAD(BPF_W, 8, 1, offsetof(struct xdp_md, data_end)),
		MOV(1, 7),
		ADDI(1, FRAME_BYTES),
		JGT(1, 8, 28), /* to "abort" */
		MAP(9, BPF_PSEUDO_MAP_VALUE, state_map),
		CALL(BPF_FUNC_ktime_get_ns),
		STORE(BPF_DW, 10, -16, 0),
		LSH(0, 8),
		LOAD(BPF_DW, 1, 9, offsetof(struct blast_state, due)),
		JGE(0, 1, 2),
		MOVI(0, XDP_DROP),
		EXIT,
		MOV(2, 0),
		SUB(2, 1),
		JLEI(2, MAX_LATE, 1),
		MOV(1, 0),
		LOAD(BPF_DW, 2, 9, offsetof(struct blast_state, interval)),
		ADD(1, 2),
		STORE(BPF_DW, 9, offsetof(struct blast_state, due), 1),
		LOAD(BPF_W, 1, 9, offsetof(struct blast_state, next)),
		STORE(BPF_W, 10, -4, 1),
		ADDI(1, 1),
		JLTI(1, flow_count, 1),
		MOVI(1, 0),
		STORE(BPF_W, 9, offsetof(struct blast_state, next), 1),
		MAP(1, BPF_PSEUDO_MAP_FD, flow_map),
		MOV(2, 10),
		ADDI(2, -4),
		CALL(BPF_FUNC_map_lookup_elem),
		JNEI(0, 0, 2),
		/* abort: */
		MOVI(0, XDP_ABORTED),
		EXIT,
		COPY(BPF_W, src_addr, IP + 12),
		COPY(BPF_W, dst_addr, IP + 16),
		COPY(BPF_H, ip_checksum, IP + 10),
		COPY(BPF_H, src_port, UDP),
		COPY(BPF_H, dst_port, UDP + 2),
		COPY(BPF_W, ssrc, RTP + 8),
		COPY(BPF_W, index, RTP + OFF_FLOW),
		LOAD(BPF_W, 6, 0, offsetof(struct blast_flow, seq)),
		MOV(1, 6),
		ADDI(1, 1),
		STORE(BPF_W, 0, offsetof(struct blast_flow, seq), 1),
		MOV(1, 6),
		BE(1, 32),
		STORE(BPF_W, 7, RTP + OFF_SEQ, 1),
		MOV(1, 6),
		BE(1, 16),
		STORE(BPF_H, 7, RTP + 2, 1),
		MULI(6, RTP_PAYLOAD),
		BE(6, 32),
		STORE(BPF_W, 7, RTP + 4, 6),
		LOAD(BPF_DW, 1, 10, -16),
		STORE(BPF_DW, 7, RTP + OFF_STAMP, 1),
		MOVI(0, XDP_PASS),
		EXIT,
	};
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_XDP;
	attr.insns = (uintptr_t)code;
	attr.insn_cnt = sizeof(code) / sizeof(code[0]);
	attr.license = (uintptr_t)"GPL";
	attr.log_buf = (uintptr_t)log;
	attr.log_size = sizeof(log);
	attr.log_level = 1;
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (fd < 0)
		die("the kernel refuses the XDP program: %m\n%.4000s", log);
	return (int)fd;
}
