/* SPDX-License-Identifier: MIT */
/* The ng requests of a plain two-party audio call, as a SIP proxy sends them. */
#include "ngload.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DTLS "UDP/TLS/RTP/SAVPF"

const char *ng_step_name(enum ng_step step)
{
	static const char *const names[] = {"offer", "answer", "delete"};

	return names[step];
}

unsigned client_port(uint32_t call)
{
	return 10000 + 2 * (call % 25000);
}

/* Appends a bencode string. */
static void put(char **at, char *end, const char *text)
{
	int n = snprintf(*at, (size_t)(end - *at), "%zu:%s", strlen(text), text);

	if (n < 0 || n >= end - *at)
		die("a request does not fit");
	*at += n;
}

static void put_raw(char **at, char *end, const char *text)
{
	size_t n = strlen(text);

	if (n >= (size_t)(end - *at))
		die("a request does not fit");
	memcpy(*at, text, n + 1);
	*at += n;
}

/* The SDP of one party: G.711 both laws and telephone events. */
static void make_sdp(char *out, size_t room, const char *addr, uint32_t call, const char *protocol,
		     const char *lines)
{
	snprintf(out, room,
		 "v=0\r\no=- %u 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
		 "m=audio %u %s 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
		 "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n%s",
		 call + 1, addr, addr, client_port(call), protocol, lines);
}

/* What a step says of keys besides the SDP: both parties have theirs, whatever the other one has. */
static void put_keys(const struct ng_run *r, char **at, char *end)
{
	char text[64];

	if (!r->suite_a.name && !r->suite_b.name && !r->dtls_b)
		return;
	put(at, end, "transport protocol");
	put(at, end, r->dtls_b ? DTLS : r->suite_b.name ? "RTP/SAVP" : "RTP/AVP");
	if (r->dtls_b)
		put_raw(at, end, "8:rtcp-muxl5:offere");
	if (!r->suite_b.name)
		return;
	put(at, end, "SDES");
	put_raw(at, end, "l");
	snprintf(text, sizeof(text), "only-%s", r->suite_b.name);
	put(at, end, text);
	put_raw(at, end, "e");
}

/* What who speaks in this step says of keys; returns the protocol. */
static const char *own_keys(const struct ng_run *r, const struct ng_slot *s, enum ng_step step, char *out,
			    size_t room)
{
	const struct ng_suite *suite = step == STEP_OFFER ? &r->suite_a : &r->suite_b;
	uint8_t key[MAX_KEY_BYTES];

	*out = 0;
	if (step == STEP_ANSWER && r->dtls_b) {
		snprintf(out, room, "a=setup:active\r\na=fingerprint:sha-256 %s\r\na=rtcp-mux\r\n",
			 r->dtls_b);
		return DTLS;
	}
	if (!suite->name)
		return "RTP/AVP";
	ng_key(suite, step == STEP_OFFER ? 'a' : 'b', s->call, key);
	ng_crypto_line(suite, step == STEP_OFFER ? 1 : r->ports[s->call].tag_b, key, out, room);
	return "RTP/SAVP";
}

size_t ng_request(const struct ng_run *r, const struct ng_slot *s, char *out, size_t room)
{
	enum ng_step step = r->steps[s->step];
	char *at = out, *end = out + room, text[768], lines[192];
	const char *protocol;

	snprintf(text, sizeof(text), "b%" PRIx32 "_%u_%" PRIu32 " d", r->run, s->index, s->serial);
	put_raw(&at, end, text);
	put(&at, end, "command");
	put(&at, end, ng_step_name(step));
	put(&at, end, "call-id");
	snprintf(text, sizeof(text), "%s-%u", r->prefix, s->call);
	put(&at, end, text);
	put(&at, end, "from-tag");
	put(&at, end, "caller");
	if (step == STEP_DELETE) {
		put(&at, end, "delete delay");
		put_raw(&at, end, "i0ee");
		return (size_t)(at - out);
	}
	if (step == STEP_ANSWER) {
		put(&at, end, "to-tag");
		put(&at, end, "called");
	}
	put(&at, end, "replace");
	put_raw(&at, end, "l6:origin18:session-connectione");
	put(&at, end, "ICE");
	put(&at, end, r->ice ? "force" : "remove");
	if (step == STEP_OFFER)
		put_keys(r, &at, end);
	put(&at, end, "sdp");
	protocol = own_keys(r, s, step, lines, sizeof(lines));
	make_sdp(text, sizeof(text), step == STEP_OFFER ? r->client_a : r->client_b, s->call, protocol,
		 lines);
	put(&at, end, text);
	put_raw(&at, end, "e");
	return (size_t)(at - out);
}
