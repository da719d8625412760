/* SPDX-License-Identifier: MIT */
/*
 * When streams are handed to the kernel module and taken back, by what the core
 * tells it.
 */
#include <sched.h>

#include "check.h"
#include "kernel_source.h"
#include "kernel_stage.h"

/* ---- going there ------------------------------------------------------------ */

static void goes_when_learned(void)
{
	const struct rtpe_rule *r;

	start();
	install();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_LEARNING);
	CHECK_EQ(count_of(RTPE_KERNEL_PORT_OPEN), 0);
	send_from(peer_a, 41000, 1, a);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_SINK_LEARNING);
	send_from(peer_b, 41002, 1, b);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(count_of(RTPE_KERNEL_RULE_SET), 2);
	r = last_rule();
	CHECK_EQ(r->learning, RTPE_LEARN_OFF);
	CHECK(r->remote.port == 42000 || r->remote.port == 42002);
	stop();
}

static void one_way_does_not_wait(void)
{
	start();
	rules_a.rule.flags |= RTPE_RULE_ONE_WAY;
	install();
	send_from(peer_a, 41000, 1, a);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK(!(last_rule()->flags & RTPE_RULE_ONE_WAY));
	stop();
}

static void handover_comes_up(void)
{
	start();
	rules_a.rule.source_action = RTPE_SOURCE_HANDOVER;
	rules_b.rule.source_action = RTPE_SOURCE_HANDOVER;
	install();
	talk();
	tick();
	CHECK_EQ(last_rule()->source_action, RTPE_SOURCE_DROP);
	CHECK(last_rule()->punt & RTPE_CLASS_BAD_SOURCE);
	stop();
}

static void what_is_read_stays(void)
{
	start();
	rules_a.rule.flags |= RTPE_RULE_RTCP;
	rules_a.rule.punt = RTPE_CLASS_RTCP;
	rules_a.out[0].match = RTPE_CLASS_RTCP;
	rules_b.rule.n_outputs = 0;
	install();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_READ);
	CHECK_EQ(why(b), RTPE_WHY_NOWHERE);
	stop();
}

static void refusals_have_reasons(void)
{
	static const struct { int err; uint8_t why; } cases[] = {
		{ -EOPNOTSUPP, RTPE_WHY_UNSUPPORTED }, { -ENOMEM, RTPE_WHY_FULL },
		{ -EINVAL, RTPE_WHY_REFUSED },
	};

	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		start();
		install();
		answer[RTPE_KERNEL_RULE_SET] = cases[i].err;
		talk();
		tick();
		CHECK_EQ(why(a), cases[i].why);
		/* Still forwarded here. */
		send_from(peer_a, 41000, 2, a);
		CHECK_EQ(sum_of(a, NULL).rx_errors, 0);
		stop();
	}
}

static void a_full_table_is_tried_again(void)
{
	start();
	install();
	answer[RTPE_KERNEL_PORT_OPEN] = -ENOMEM;
	talk();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_FULL);
	answer[RTPE_KERNEL_PORT_OPEN] = 0;
	core->kernel->next_probe = 0;
	tick();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	stop();
}

/* ---- and coming back -------------------------------------------------------- */

static void comes_back_to_learn(void)
{
	start_in_kernel();
	rules_a.rule.flags |= RTPE_RULE_RELEARN;
	n_heard = 0;
	install();
	CHECK_EQ(why(a), RTPE_WHY_LEARNING);
	/* Its other end has to wait for it, too. */
	CHECK_EQ(why(b), RTPE_WHY_SINK_LEARNING);
	CHECK_EQ(count_of(RTPE_KERNEL_RULE_CLEAR), 2);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_LEARNING);
	talk();
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(why(b), RTPE_WHY_IN_KERNEL);
	stop();
}

static void a_changed_rule_is_replaced(void)
{
	start_in_kernel();
	n_heard = 0;
	rules_a.rule.pt_allow[0] = 1;
	install();
	CHECK_EQ(count_of(RTPE_KERNEL_RULE_CLEAR), 0);
	CHECK(count_of(RTPE_KERNEL_RULE_SET) >= 1);
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	stop();
}

static void a_cleared_rule_is_cleared(void)
{
	start_in_kernel();
	n_heard = 0;
	CHECK_EQ(rtpe_rule_clear(core, (uint32_t)a), 0);
	CHECK_EQ(count_of(RTPE_KERNEL_RULE_CLEAR), 1);
	CHECK_EQ(why(a), RTPE_WHY_NO_RULE);
	stop();
}

static void a_closed_port_is_closed(void)
{
	struct rtpe_counters sum;

	start_in_kernel();
	n_heard = 0;
	of(a)->rx_packets = 100;
	stats_payload(of(a), 101, 7, 70);
	rtpe_port_close(core, (uint32_t)a);
	CHECK_EQ(count_of(RTPE_KERNEL_PORT_CLOSE), 1);
	/* What was counted can still be read. */
	sum = sum_of(a, NULL);
	CHECK_EQ(sum.rx_packets, 101);
	CHECK_EQ(sum.payload[0].packets, 1);
	CHECK_EQ(sum.payload_type[1], 0x80 | 101);
	CHECK_EQ(sum.payload[1].packets, 7);
	stop();
}

/* ---- what goes wrong -------------------------------------------------------- */

static void a_module_that_goes(void)
{
	struct rtpe_offload_status status;
	char at[128];

	start_in_kernel();
	of(a)->rx_packets = 50;
	answer[RTPE_KERNEL_RULE_CLEAR] = -EIO;
	path(at, "5/control");
	CHECK_EQ(unlink(at), 0);
	core->kernel->next_probe = 0;
	rtpe_offload_tick(core, &status);
	CHECK_EQ(status.up, 0);
	CHECK_EQ(why(a), RTPE_WHY_NO_MODULE);
	CHECK_EQ(sum_of(a, NULL).rx_packets, 51);
	send_from(peer_a, 41000, 2, a);
	munmap(module, PLACES * sizeof(*module));
	table_appears();
	answer[RTPE_KERNEL_RULE_CLEAR] = 0;
	core->kernel->next_probe = 0;
	rtpe_offload_tick(core, &status);
	tick();
	CHECK_EQ(status.up, 1);
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(sum_of(a, NULL).rx_packets, 52);
	stop();
}

static void packets_that_miss_it(void)
{
	start_in_kernel();
	for (uint16_t i = 0; i < KERNEL_STRAYS; i++)
		send_from(peer_a, 41000, (uint16_t)(2 + i), a);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_MISSED);
	CHECK_EQ(core->kernel->status.missed, 1);
	of(a)->rx_packets = 5;
	core->kernel->next_probe = 0;
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	CHECK_EQ(core->kernel->status.missed, 0);
	stop();
}

static void no_module(void)
{
	struct rtpe_offload_opts o;
	char err[256];

	prepare();
	peer_a = peer_b = -1;
	module = mmap(NULL, PLACES * sizeof(*module), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK_EQ(take_table(0), -ENOENT);
	o = opts_of(0);
	o.patient = 1;
	CHECK_EQ(rtpe_offload_open(core, &o, err, sizeof(err)), 0);
	CHECK(err[0] != '\0');
	stop();
}

/* ---- counters ---------------------------------------------------------------- */

static void sums_are_of_both(void)
{
	struct rtpe_offload_share share;
	struct rtpe_counters sum;

	start_in_kernel();
	of(a)->rx_packets = 30;
	of(a)->rx_bytes = 3000;
	of(a)->last_rx_us = ~(rtpe_u64)0 >> 1;
	of(a)->ssrc[0] = source(2, 30);
	sum = sum_of(a, &share);
	CHECK_EQ(sum.rx_packets, 31);
	CHECK_EQ(share.rx_packets, 30);
	CHECK_EQ(sum.ssrc[0].packets, 31);
	CHECK_EQ(lost(&sum.ssrc[0]), 0);
	CHECK_EQ(rtpe_counters_last_rx(core, (uint32_t)a), of(a)->last_rx_us);
	CHECK_EQ(rtpe_counters_sum(core, 1u << 30, &sum, NULL), -EBADF);
	stop();
}

static void sources_go_on(void)
{
	struct rtpe_counters sum;

	start_in_kernel();
	of(a)->rx_packets = 30;
	of(a)->ssrc[0] = source(2, 30);
	CHECK_EQ(rtpe_rule_clear(core, (uint32_t)a), 0);
	sum = sum_of(a, NULL);
	CHECK_EQ(sum.ssrc[0].packets, 31);
	install();
	/* Sequence numbers of the module's time are not lost ones. */
	send_from(peer_a, 41000, 32, a);
	sum = sum_of(a, NULL);
	CHECK_EQ(sum.ssrc[0].packets, 32);
	CHECK_EQ(lost(&sum.ssrc[0]), 0);
	CHECK_EQ(sum.rx_packets, 32);
	n_heard = 0;
	tick();
	/* There they begin anew. */
	CHECK_EQ(count_of(RTPE_KERNEL_TRACKS_SET), 1);
	stop();
}

/* ---- keys --------------------------------------------------------------------- */

/* What the relay thread claims, and is answered. */
static _Atomic uint64_t claimed;
static _Atomic int claim_answer;
static _Atomic bool stalled;		/* the relay thread, by being answered late */

static ssize_t claim_write(int fd, const void *buf, size_t len)
{
	const struct rtpe_kernel_msg *m = buf;
	struct rtpe_kernel_srtp s;
	int err = atomic_load(&claim_answer);

	if (m->type != RTPE_KERNEL_SRTP_CLAIM)
		return fake_write(fd, buf, len);
	memcpy(&s, m + 1, sizeof(s));
	CHECK_EQ(s.sent, 0);
	CHECK_EQ(s.state.ssrc, 7);
	atomic_store(&claimed, s.state.rtp.top);
	while (atomic_load(&stalled))
		sched_yield();
	errno = -err;
	return err ? -1 : (ssize_t)len;
}

static const struct rtpe_srtp keys = {
	.cipher = RTPE_SRTP_AES_CM, .auth = RTPE_SRTP_HMAC_SHA1, .key_len = 16, .salt_len = 14,
	.rtp_tag_len = 10, .rtcp_tag_len = 10, .key = { 1 },
};

static void send_one_sealed(struct srtp *seal, uint16_t seq)
{
	struct rtpe_addr to = addr_of("127.0.0.1", 41000);
	uint8_t buf[200];
	size_t len = make_rtp(buf, 172, seq, 7);
	int n = srtp_seal_rtp(seal, buf, len, buf, sizeof(buf));

	CHECK(n > 0);
	peer_send(peer_a, &to, buf, (size_t)n);
}

static void send_sealed(struct srtp *seal, uint16_t seq)
{
	struct rtpe_addr to = addr_of("127.0.0.1", 41000);
	uint64_t before = received(a);

	send_one_sealed(seal, seq);
	wait_rx(core, a, before + 1);
	/* By the time the next is counted it has been dealt with. */
	peer_send(peer_a, &to, "nonsense", 8);
	wait_rx(core, a, before + 2);
}

/* What the relay thread and the module have both been sent only one of them takes. */
static void an_index_is_claimed(void)
{
	struct srtp *seal = srtp_new(&keys, SRTP_PROTECT, NULL);
	const struct rtpe_counters *c;

	start();
	kernel_write = claim_write;
	atomic_store(&claimed, 0);
	atomic_store(&claim_answer, 0);
	rules_a.rule.decrypt = keys;
	install();
	send_sealed(seal, 1);
	/* Nobody else could have it. */
	CHECK_EQ(atomic_load(&claimed), 0);
	send_from(peer_b, 41002, 1, b);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	c = &rtpe_counters(core)[a];
	send_sealed(seal, 2);
	CHECK_EQ(atomic_load(&claimed), 2);
	CHECK_EQ(__atomic_load_n(&c->drop_replay, __ATOMIC_RELAXED), 0);
	atomic_store(&claim_answer, -EALREADY);
	send_sealed(seal, 4);
	CHECK_EQ(atomic_load(&claimed), 4);
	CHECK_EQ(__atomic_load_n(&c->drop_replay, __ATOMIC_RELAXED), 1);
	/* No room there, or no module: who is left has to do. */
	atomic_store(&claim_answer, -ENOSPC);
	send_sealed(seal, 3);
	CHECK_EQ(atomic_load(&claimed), 3);
	CHECK_EQ(__atomic_load_n(&c->drop_replay, __ATOMIC_RELAXED), 1);
	srtp_free(seal);
	stop();
}

/* ---- what waits ------------------------------------------------------------------ */

/* A is in the module, B learned; the relay thread is busy with a packet of A's,
 * and one of B's waits for it. */
static struct srtp *start_waiting(void)
{
	struct srtp *seal = srtp_new(&keys, SRTP_PROTECT, NULL);
	struct rtpe_addr to = addr_of("127.0.0.1", 41002);
	uint8_t buf[172];

	start();
	kernel_write = claim_write;
	atomic_store(&claimed, 0);
	atomic_store(&claim_answer, 0);
	rules_a.rule.decrypt = keys;
	rules_a.rule.flags |= RTPE_RULE_ONE_WAY;
	install();
	send_sealed(seal, 1);
	tick();
	CHECK_EQ(why(a), RTPE_WHY_IN_KERNEL);
	send_from(peer_b, 41002, 1, b);
	atomic_store(&stalled, true);
	send_one_sealed(seal, 2);
	while (atomic_load(&claimed) != 2)
		sched_yield();
	peer_send(peer_b, &to, buf, make_rtp(buf, sizeof(buf), 2, 7));
	tick();
	CHECK_EQ(why(b), RTPE_WHY_SOON);
	return seal;
}

/* What is told meanwhile does not make the module refuse it. */
static void what_is_asked_is_not_told(void)
{
	struct rtpe_kernel_srtp told;
	struct srtp *seal = start_waiting();

	n_heard = 0;
	CHECK_EQ(kernel_srtp_put(core, &core->slots[a]), 0);
	CHECK_EQ(n_heard, 1);
	CHECK_EQ(heard[0].head.type, RTPE_KERNEL_SRTP_PUT);
	memcpy(&told, heard[0].body, sizeof(told));
	CHECK_EQ(told.state.rtp.top, 1);
	CHECK_EQ(told.state.rtp.seen[0], 1);
	atomic_store(&stalled, false);
	wait_rx(core, b, 2);
	n_heard = 0;
	CHECK_EQ(kernel_srtp_put(core, &core->slots[a]), 0);
	memcpy(&told, heard[0].body, sizeof(told));
	CHECK_EQ(told.state.rtp.top, 2);
	CHECK_EQ(told.state.rtp.seen[0], 3);
	srtp_free(seal);
	stop();
}

static void what_waits_goes_first(void)
{
	struct srtp *seal = start_waiting();

	atomic_store(&stalled, false);
	wait_rx(core, b, 2);
	tick();
	CHECK_EQ(why(b), RTPE_WHY_IN_KERNEL);
	srtp_free(seal);
	stop();
}

static void nobody_waits_for_ever(void)
{
	struct srtp *seal = start_waiting();

	core->kernel->ports[b].waits_since -= KERNEL_PATIENCE_US;
	tick();
	CHECK_EQ(why(b), RTPE_WHY_IN_KERNEL);
	atomic_store(&stalled, false);
	wait_rx(core, b, 2);
	srtp_free(seal);
	stop();
}

static const struct test tests[] = {
	{ "a stream goes to the module when both ends are learned", goes_when_learned },
	{ "one-way media does not wait for who never sends", one_way_does_not_wait },
	{ "packets of who takes over come up", handover_comes_up },
	{ "what is read here, or goes nowhere, stays", what_is_read_stays },
	{ "a refusal has a reason, and loses nothing", refusals_have_reasons },
	{ "a full table is tried again", a_full_table_is_tried_again },
	{ "a stream comes back to learn", comes_back_to_learn },
	{ "a changed rule is replaced where it is", a_changed_rule_is_replaced },
	{ "a cleared rule is cleared there", a_cleared_rule_is_cleared },
	{ "a closed port is closed there, and its counters stay", a_closed_port_is_closed },
	{ "a module that goes, and is back", a_module_that_goes },
	{ "packets that miss the module are noticed", packets_that_miss_it },
	{ "no module is a reason not to start, unless one is patient", no_module },
	{ "sums are of both", sums_are_of_both },
	{ "sources go on where the module was", sources_go_on },
	{ "an index under keys is claimed before the packet goes on", an_index_is_claimed },
	{ "what is being claimed is not told by others", what_is_asked_is_not_told },
	{ "what waits in a socket goes first", what_waits_goes_first },
	{ "but nobody waits for ever", nobody_waits_for_ever },
	END_OF_TESTS
};

const struct suite suite_kernel = { "kernel", tests, net_skip };
