/* SPDX-License-Identifier: MIT */
/* The layout of the public structs as text, for whoever binds the library. */
#include <stddef.h>
#include <stdio.h>

#include "rtpe_dtls.h"
#include "rtpe_offload.h"

struct field {
	const char *name;
	uint32_t offset;
	uint32_t size;
};

#define STRUCT(s) { "struct " #s, 0, sizeof(struct s) }
#define FIELD(s, f) { #s "." #f, offsetof(struct s, f), sizeof(((struct s *)0)->f) }

static const struct field fields[] = {
	STRUCT(rtpe_addr),
	FIELD(rtpe_addr, family), FIELD(rtpe_addr, port), FIELD(rtpe_addr, scope),
	FIELD(rtpe_addr, ip),
	STRUCT(rtpe_srtp),
	FIELD(rtpe_srtp, cipher), FIELD(rtpe_srtp, auth), FIELD(rtpe_srtp, rtp_tag_len),
	FIELD(rtpe_srtp, rtcp_tag_len), FIELD(rtpe_srtp, key_len), FIELD(rtpe_srtp, salt_len),
	FIELD(rtpe_srtp, mki_len), FIELD(rtpe_srtp, flags), FIELD(rtpe_srtp, key),
	FIELD(rtpe_srtp, salt), FIELD(rtpe_srtp, mki),
	STRUCT(rtpe_output),
	FIELD(rtpe_output, src), FIELD(rtpe_output, dst), FIELD(rtpe_output, slot),
	FIELD(rtpe_output, match), FIELD(rtpe_output, flags), FIELD(rtpe_output, ssrc_in),
	FIELD(rtpe_output, ssrc_out), FIELD(rtpe_output, seq_offset), FIELD(rtpe_output, tos),
	FIELD(rtpe_output, tos_set), FIELD(rtpe_output, section), FIELD(rtpe_output, mid_id),
	FIELD(rtpe_output, mid_len), FIELD(rtpe_output, mid), FIELD(rtpe_output, ext_allow),
	FIELD(rtpe_output, encrypt),
	STRUCT(rtpe_silence),
	FIELD(rtpe_silence, payload_type), FIELD(rtpe_silence, byte),
	STRUCT(rtpe_section),
	FIELD(rtpe_section, mid_len), FIELD(rtpe_section, n_ssrcs), FIELD(rtpe_section, mid),
	FIELD(rtpe_section, payload_types), FIELD(rtpe_section, ssrcs),
	STRUCT(rtpe_bundle),
	FIELD(rtpe_bundle, mid_extension), FIELD(rtpe_bundle, n_sections),
	FIELD(rtpe_bundle, sections),
	STRUCT(rtpe_rule),
	FIELD(rtpe_rule, size), FIELD(rtpe_rule, abi), FIELD(rtpe_rule, local),
	FIELD(rtpe_rule, remote), FIELD(rtpe_rule, source_action), FIELD(rtpe_rule, learning),
	FIELD(rtpe_rule, flags), FIELD(rtpe_rule, learn_ms), FIELD(rtpe_rule, punt),
	FIELD(rtpe_rule, pt_allow), FIELD(rtpe_rule, n_outputs), FIELD(rtpe_rule, block_short),
	FIELD(rtpe_rule, silence_pass), FIELD(rtpe_rule, n_silence), FIELD(rtpe_rule, silence),
	FIELD(rtpe_rule, decrypt),
	STRUCT(rtpe_core_opts),
	FIELD(rtpe_core_opts, size), FIELD(rtpe_core_opts, mode),
	FIELD(rtpe_core_opts, threads), FIELD(rtpe_core_opts, max_slots),
	FIELD(rtpe_core_opts, punt_ring_bytes), FIELD(rtpe_core_opts, ctl_ring_bytes),
	FIELD(rtpe_core_opts, punt_rate), FIELD(rtpe_core_opts, coalesce_us),
	FIELD(rtpe_core_opts, rcvbuf_bytes), FIELD(rtpe_core_opts, flags),
	FIELD(rtpe_core_opts, counters_path),
	STRUCT(rtpe_ssrc_counters),
	FIELD(rtpe_ssrc_counters, packets), FIELD(rtpe_ssrc_counters, bytes),
	FIELD(rtpe_ssrc_counters, payload_bytes), FIELD(rtpe_ssrc_counters, first_us),
	FIELD(rtpe_ssrc_counters, last_us), FIELD(rtpe_ssrc_counters, ssrc),
	FIELD(rtpe_ssrc_counters, base_seq), FIELD(rtpe_ssrc_counters, max_seq),
	FIELD(rtpe_ssrc_counters, last_ts), FIELD(rtpe_ssrc_counters, jitter_x16),
	FIELD(rtpe_ssrc_counters, duplicates), FIELD(rtpe_ssrc_counters, reordered),
	FIELD(rtpe_ssrc_counters, resets), FIELD(rtpe_ssrc_counters, transit),
	FIELD(rtpe_ssrc_counters, clock_rate), FIELD(rtpe_ssrc_counters, payload_type),
	FIELD(rtpe_ssrc_counters, in_use),
	STRUCT(rtpe_payload_counters),
	FIELD(rtpe_payload_counters, packets), FIELD(rtpe_payload_counters, bytes),
	STRUCT(rtpe_counters),
	FIELD(rtpe_counters, rx_packets), FIELD(rtpe_counters, rx_bytes),
	FIELD(rtpe_counters, rx_errors), FIELD(rtpe_counters, tx_packets),
	FIELD(rtpe_counters, tx_bytes), FIELD(rtpe_counters, tx_errors),
	FIELD(rtpe_counters, last_rx_us), FIELD(rtpe_counters, last_tx_us),
	FIELD(rtpe_counters, opened_us), FIELD(rtpe_counters, punted),
	FIELD(rtpe_counters, punt_dropped), FIELD(rtpe_counters, drop_source),
	FIELD(rtpe_counters, drop_malformed), FIELD(rtpe_counters, drop_filtered),
	FIELD(rtpe_counters, drop_no_rule),
	FIELD(rtpe_counters, drop_auth), FIELD(rtpe_counters, drop_replay), FIELD(rtpe_counters, generation),
	FIELD(rtpe_counters, remote), FIELD(rtpe_counters, remote_seq),
	FIELD(rtpe_counters, confirmed), FIELD(rtpe_counters, learned),
	FIELD(rtpe_counters, rx_tos), FIELD(rtpe_counters, payload_type),
	FIELD(rtpe_counters, payload), FIELD(rtpe_counters, ssrc),
	STRUCT(rtpe_srtp_window),
	FIELD(rtpe_srtp_window, top), FIELD(rtpe_srtp_window, seen),
	STRUCT(rtpe_srtp_state),
	FIELD(rtpe_srtp_state, ssrc), FIELD(rtpe_srtp_state, key), FIELD(rtpe_srtp_state, from),
	FIELD(rtpe_srtp_state, used), FIELD(rtpe_srtp_state, rtp), FIELD(rtpe_srtp_state, rtcp),
	STRUCT(rtpe_srtp_port),
	FIELD(rtpe_srtp_port, srtcp_index), FIELD(rtpe_srtp_port, rx_clock),
	FIELD(rtpe_srtp_port, tx_clock), FIELD(rtpe_srtp_port, rx), FIELD(rtpe_srtp_port, tx),
	STRUCT(rtpe_thread_counters),
	FIELD(rtpe_thread_counters, wakeups), FIELD(rtpe_thread_counters, batches),
	FIELD(rtpe_thread_counters, rx_packets), FIELD(rtpe_thread_counters, tx_packets),
	FIELD(rtpe_thread_counters, rx_unknown), FIELD(rtpe_thread_counters, rx_overflow),
	FIELD(rtpe_thread_counters, tx_errors), FIELD(rtpe_thread_counters, cpu_ns),
	STRUCT(rtpe_event),
	FIELD(rtpe_event, len), FIELD(rtpe_event, type), FIELD(rtpe_event, reason),
	FIELD(rtpe_event, slot), FIELD(rtpe_event, payload_len), FIELD(rtpe_event, time_us),
	FIELD(rtpe_event, src), FIELD(rtpe_event, dst),
	STRUCT(rtpe_dtls_result),
	FIELD(rtpe_dtls_result, state), FIELD(rtpe_dtls_result, out_len),
	FIELD(rtpe_dtls_result, timeout_ms), FIELD(rtpe_dtls_result, profile),
	FIELD(rtpe_dtls_result, key_len), FIELD(rtpe_dtls_result, salt_len),
	FIELD(rtpe_dtls_result, local_key), FIELD(rtpe_dtls_result, local_salt),
	FIELD(rtpe_dtls_result, remote_key), FIELD(rtpe_dtls_result, remote_salt),
	FIELD(rtpe_dtls_result, mismatch), FIELD(rtpe_dtls_result, error),
	STRUCT(rtpe_dtls_news), FIELD(rtpe_dtls_news, token), FIELD(rtpe_dtls_news, result),
	STRUCT(rtpe_offload_opts),
	FIELD(rtpe_offload_opts, size), FIELD(rtpe_offload_opts, table),
	FIELD(rtpe_offload_opts, hook), FIELD(rtpe_offload_opts, slots),
	FIELD(rtpe_offload_opts, lease_ms), FIELD(rtpe_offload_opts, adopt),
	FIELD(rtpe_offload_opts, retry_ms), FIELD(rtpe_offload_opts, patient),
	FIELD(rtpe_offload_opts, mark),
	FIELD(rtpe_offload_opts, proc),
	STRUCT(rtpe_offload_status),
	FIELD(rtpe_offload_status, up), FIELD(rtpe_offload_status, streams),
	FIELD(rtpe_offload_status, missed), FIELD(rtpe_offload_status, refused),
	FIELD(rtpe_offload_status, pushed), FIELD(rtpe_offload_status, pulled),
	STRUCT(rtpe_offload_slot),
	FIELD(rtpe_offload_slot, counted), FIELD(rtpe_offload_slot, in_kernel),
	FIELD(rtpe_offload_slot, why),
	STRUCT(rtpe_offload_share),
	FIELD(rtpe_offload_share, rx_packets), FIELD(rtpe_offload_share, rx_bytes),
	FIELD(rtpe_offload_share, rx_errors), FIELD(rtpe_offload_share, tx_errors),
	FIELD(rtpe_offload_share, last_rx_us),
};

int rtpe_abi_describe(char *buf, rtpe_u32 len)
{
	size_t done = 0;

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct field *f = &fields[i];
		char *at = done < len ? buf + done : NULL;
		size_t room = done < len ? len - done : 0;
		int n = f->name[6] == ' '
				? snprintf(at, room, "%s %u\n", f->name, f->size)
				: snprintf(at, room, "%s %u %u\n", f->name, f->offset, f->size);

		done += (size_t)n;
	}
	return (int)done;
}
