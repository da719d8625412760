/* SPDX-License-Identifier: MIT OR GPL-2.0 */
#include "srtp_params.h"

#include <stddef.h>

const char *srtp_problem(const struct rtpe_srtp *p)
{
	bool gcm = srtp_is_gcm(p);
	bool cm = p->cipher == RTPE_SRTP_AES_CM;

	if (p->cipher == 0 || p->cipher > RTPE_SRTP_AES_GCM)
		return "there is no such cipher";
	if (p->key_len != 16 && !(p->key_len == 32 && (cm || gcm)) && !(p->key_len == 24 && cm))
		return "the cipher has no keys of this length";
	if (p->salt_len != (gcm ? 12 : 14))
		return "the salt is not as long as the cipher wants it";
	if (p->auth != (gcm ? RTPE_SRTP_AUTH_NONE : RTPE_SRTP_HMAC_SHA1))
		return "the cipher and the authentication do not go together";
	if (gcm ? p->rtp_tag_len != SRTP_GCM_TAG || p->rtcp_tag_len != SRTP_GCM_TAG
		: p->rtcp_tag_len != 10 || (p->rtp_tag_len != 10 && p->rtp_tag_len != 4))
		return "the tags have no length that is defined";
	if (p->mki_len > RTPE_MKI_MAX)
		return "the MKI is too long";
	if (p->flags & ~(RTPE_SRTP_PLAIN_RTP | RTPE_SRTP_PLAIN_RTCP | RTPE_SRTP_NO_RTP_AUTH))
		return "an unknown flag is set";
	/* RFC 7714 section 11: an AEAD always authenticates. */
	if (gcm && p->flags & (RTPE_SRTP_NO_RTP_AUTH | RTPE_SRTP_PLAIN_RTP))
		return "AES-GCM cannot do without encryption and authentication of RTP";
	return NULL;
}
