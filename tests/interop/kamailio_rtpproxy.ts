/**
 * A Kamailio configuration that relays media with its `rtpproxy` module. Headers of an INVITE name the flags:
 * `X-Offer` and `X-Answer`.
 *
 * @module
 */

import { kamailioHead } from "./kamailio_head.ts";
import { ADDRESS } from "./rig.ts";

/** Port of the relay's rtpproxy listener. */
export const RTPPROXY_PORT = 2222;

/** Flags from phone A to phone B: the address and the session address are replaced, two interfaces bridged. */
export const RTPPROXY_FLAGS = { offer: "coie", answer: "coei", again: "co" } as const;

/** What Kamailio says when it has found the relay. */
export const RTPPROXY_FOUND = /rtp proxy .* found, support for it enabled/i;

/** The configuration. */
export function rtpproxyConfig(): string {
  return `${kamailioHead({ modules: ["rtpproxy"] })}

modparam("rr", "enable_full_lr", 1)
modparam("rtpproxy", "rtpproxy_sock", "udp:127.0.0.1:${RTPPROXY_PORT}")

request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) {
    if (t_check_trans()) {
      rtpproxy_destroy();
      t_relay();
    }
    exit;
  }
  $avp(answer) = "${RTPPROXY_FLAGS.answer}";
  if (is_present_hf("X-Answer")) $avp(answer) = $hdr(X-Answer);
  if (has_totag()) {
    if (!loose_route()) {
      if (is_method("ACK") && t_check_trans()) t_relay();
      exit;
    }
    if (is_method("BYE")) rtpproxy_destroy();
    if (is_method("INVITE")) {
      rtpproxy_offer("${RTPPROXY_FLAGS.again}");
      $avp(answer) = "${RTPPROXY_FLAGS.again}";
      t_on_reply("MEDIA");
    }
    t_relay();
    exit;
  }
  if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  record_route();
  $avp(offer) = "${RTPPROXY_FLAGS.offer}";
  if (is_present_hf("X-Offer")) $avp(offer) = $hdr(X-Offer);
  if (!rtpproxy_offer("$avp(offer)")) {
    sl_send_reply("503", "Media Relay Failed");
    exit;
  }
  $ru = "sip:b@${ADDRESS.phoneB}:5060";
  t_on_reply("MEDIA");
  t_relay();
}

onreply_route[MEDIA] {
  if (has_body("application/sdp")) rtpproxy_answer("$avp(answer)");
}
`;
}
