/* SPDX-License-Identifier: MIT */
/* The conformance suite, once for each mode. */
#include "conform.h"

static const char *use_steer(void)
{
	conform_mode = RTPE_MODE_STEER;
	return steer_skip();
}

static const char *use_sockets(void)
{
	conform_mode = RTPE_MODE_SOCKETS;
	return net_skip();
}

const struct suite suite_steer = { "steer", conform_tests, use_steer };
const struct suite suite_sockets = { "sockets", conform_tests, use_sockets };
const struct suite suite_steer_ports = { "steer-ports", conform_ports_tests, use_steer };
const struct suite suite_sockets_ports = { "sockets-ports", conform_ports_tests, use_sockets };
const struct suite suite_steer_mux = { "steer-mux", conform_mux_tests, use_steer };
const struct suite suite_sockets_mux = { "sockets-mux", conform_mux_tests, use_sockets };
const struct suite suite_steer_capture = { "steer-capture", conform_capture_tests, use_steer };
const struct suite suite_sockets_capture = { "sockets-capture", conform_capture_tests, use_sockets };
const struct suite suite_steer_edit = { "steer-edit", conform_edit_tests, use_steer };
const struct suite suite_sockets_edit = { "sockets-edit", conform_edit_tests, use_sockets };
const struct suite suite_steer_srtp = { "steer-srtp", conform_srtp_tests, use_steer };
const struct suite suite_sockets_srtp = { "sockets-srtp", conform_srtp_tests, use_sockets };
const struct suite suite_steer_traffic = { "steer-traffic", traffic_tests, use_steer };
const struct suite suite_sockets_traffic = { "sockets-traffic", traffic_tests, use_sockets };
