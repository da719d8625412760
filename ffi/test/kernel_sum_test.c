/* SPDX-License-Identifier: MIT */
/* One RTP source, counted in two places one after the other. */
#include "check.h"
#include "kernel.h"
#include "kernel_source.h"

static void followed(void)
{
	struct rtpe_ssrc_counters one = source(100, 10), two = source(110, 5);

	source_join(&one, &two);
	CHECK_EQ(one.packets, 15);
	CHECK_EQ(one.max_seq, 0x10000 + 114);
	CHECK_EQ(lost(&one), 0);
}

static void with_a_gap(void)
{
	struct rtpe_ssrc_counters one = source(100, 10), two = source(113, 2);

	source_join(&one, &two);
	CHECK_EQ(lost(&one), 3);
	CHECK_EQ(one.max_seq, 0x10000 + 114);
}

static void round_the_clock(void)
{
	struct rtpe_ssrc_counters one = source(65530, 6), two = source(0, 10);

	source_join(&one, &two);
	CHECK_EQ(one.max_seq, 0x20009);
	CHECK_EQ(lost(&one), 0);
}

static void around_the_move(void)
{
	struct rtpe_ssrc_counters one = source(100, 10), two = source(109, 5);

	source_join(&one, &two);
	CHECK_EQ(one.max_seq, 0x10000 + 113);
}

static void begun_anew(void)
{
	struct rtpe_ssrc_counters one = source(100, 10), two = source(40000, 5);

	two.resets = 1;
	source_join(&one, &two);
	CHECK_EQ(lost(&one), 0);
	CHECK_EQ(one.max_seq & 0xffff, 40004);
	CHECK_EQ(one.max_seq >> 16, 2);
}

static void nothing(void)
{
	struct rtpe_ssrc_counters one = source(100, 10), two = source(200, 0);

	source_join(&one, &two);
	CHECK_EQ(one.packets, 10);
	CHECK_EQ(one.max_seq, 0x10000 + 109);
}

static void settled_jitter(void)
{
	struct rtpe_ssrc_counters one = source(100, 50), few = source(150, 5), many = source(155, 50);

	one.jitter_x16 = 160;
	few.jitter_x16 = many.jitter_x16 = 320;
	source_join(&one, &few);
	CHECK_EQ(one.jitter_x16, 160);
	source_join(&one, &many);
	CHECK_EQ(one.jitter_x16, 320);
}

static const struct test tests[] = {
	{ "what follows is added", followed },
	{ "what is missing in between was lost", with_a_gap },
	{ "sequence numbers come round", round_the_clock },
	{ "both may have seen packets around the move", around_the_move },
	{ "a sender that begins anew loses nothing", begun_anew },
	{ "nothing changes nothing", nothing },
	{ "jitter is taken over once it has settled", settled_jitter },
	END_OF_TESTS
};

const struct suite suite_kernel_sum = { "kernel-sum", tests, NULL };
