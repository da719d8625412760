/* SPDX-License-Identifier: MIT */
/* A test is a name that reads as a sentence of the specification, and a
 * function. A failed check ends it. */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>
#include <stdio.h>

struct test {
	const char *name;
	void (*func)(void);
};

struct suite {
	const char *name;
	const struct test *tests;
	/* NULL, or returns why the suite cannot run here (NULL = it can). */
	const char *(*skip)(void);
};

extern const struct suite suite_classify, suite_checksum, suite_ring, suite_learn,
	suite_stats, suite_rule, suite_api, suite_steer, suite_sockets, suite_ctl,
	suite_steer_ports, suite_sockets_ports, suite_steer_traffic, suite_sockets_traffic,
	suite_rtnl, suite_l2, suite_counters_file, suite_steer_srtp, suite_sockets_srtp, suite_srtp, suite_srtp_restore, suite_vectors, suite_punts, suite_wipe,
	suite_dtls, suite_dtls_link, suite_restore, suite_route,
	suite_ext, suite_bundle, suite_rtcp_names, suite_steer_mux, suite_sockets_mux,
	suite_steer_capture, suite_sockets_capture,
	suite_steer_edit, suite_sockets_edit, suite_taken, suite_kernel, suite_kernel_sum,
	suite_kernel_heirs;

__attribute__((format(printf, 3, 4), noreturn))
void check_failed(const char *file, int line, const char *format, ...);

#define CHECK(cond)                                                                      \
	do {                                                                             \
		if (!(cond))                                                             \
			check_failed(__FILE__, __LINE__, "%s", #cond);                   \
	} while (0)

#define CHECK_EQ(got, want)                                                              \
	do {                                                                             \
		long long got_ = (long long)(got), want_ = (long long)(want);            \
		if (got_ != want_)                                                       \
			check_failed(__FILE__, __LINE__, "%s is %lld, not %lld", #got,   \
				     got_, want_);                                       \
	} while (0)

#define END_OF_TESTS { NULL, NULL }

#endif
