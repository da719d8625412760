/**
 * A Kamailio configuration that lets the test decide: headers of a request say which functions of the
 * rtpengine module are called with which flags.
 *
 * | header     | meaning                                                              |
 * | ---------- | -------------------------------------------------------------------- |
 * | `X-Offer`  | flags of `rtpengine_offer()`, or of `rtpengine_manage()`             |
 * | `X-Answer` | flags for the answer                                                 |
 * | `X-Mode`   | `manage`: `rtpengine_manage()` does everything; `branch`: one offer for each branch |
 * | `X-Set`    | id of the set to be used                                             |
 * | `X-Nat`    | the sender is behind NAT                                             |
 * | `X-Query`  | `rtpengine_query()` goes before `rtpengine_delete()`                 |
 *
 * The body of an OPTIONS is carried out as JSON-RPC and answered with its result.
 *
 * @module
 */

import { kamailioHead, MOS_VARIABLES } from "./kamailio_head.ts";
import { CONTROL } from "./media_daemon.ts";
import { ADDRESS } from "./rig.ts";

/** A port nothing listens on. */
const DEAD = 2999;

/** Address of a second phone beside phone B. */
export const PHONE_C = "10.77.2.3";

/** The configuration. */
export function routesConfig(): string {
  return `${
    kamailioHead({
      ipv6: true,
      modules: ["tmx", "corex", "textopsx", "nathelper", "jsonrpcs", "rtpengine"],
    })
  }

modparam("jsonrpcs", "transport", 0)
modparam("rr", "enable_full_lr", 1)
modparam("rtpengine", "rtpengine_sock", "1 == udp:127.0.0.1:${CONTROL.udp}")
modparam("rtpengine", "rtpengine_sock", "2 == udp:127.0.0.1:${DEAD} udp:127.0.0.1:${CONTROL.udp}")
modparam("rtpengine", "setid_default", 1)
modparam("rtpengine", "rtpengine_tout_ms", 300)
modparam("rtpengine", "rtpengine_retr", 1)
modparam("rtpengine", "extra_id_pv", "$avp(extra_id)")
${MOS_VARIABLES}

request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("OPTIONS")) {
    jsonrpc_exec("$rb");
    set_reply_body("$jsonrpl(body)", "application/json");
    sl_send_reply("200", "OK");
    exit;
  }
  if (is_method("CANCEL")) {
    if (t_check_trans()) t_relay();
    exit;
  }
  if (is_present_hf("X-Set")) set_rtpengine_set("$hdr(X-Set)");
  if (is_present_hf("X-Nat")) { force_rport(); fix_nated_contact(); }
  $avp(offer) = $hdr(X-Offer);
  $avp(answer) = $hdr(X-Answer);
  $avp(mode) = $hdr(X-Mode);
  if (has_totag()) {
    if (!loose_route()) {
      if (is_method("ACK") && t_check_trans()) t_relay();
      exit;
    }
    if (is_method("BYE")) route(ENDED);
    if (is_method("ACK") && $avp(mode) == "manage" && has_body("application/sdp")) {
      rtpengine_manage("$avp(answer)");
    }
    if (is_method("INVITE")) {
      route(OFFER);
      t_on_reply("MEDIA");
    }
    t_relay();
    exit;
  }
  if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  record_route();
  $avp(user) = $rU;
  if ($avp(user) == "a") $ru = "sip:a@${ADDRESS.phoneA}:5060";
  if ($avp(user) == "b") $ru = "sip:b@${ADDRESS.phoneB}:5060";
  if ($avp(user) == "c") $ru = "sip:c@${PHONE_C}:5060";
  if ($avp(user) == "v6") $ru = "sip:b@[${ADDRESS.phoneB6}]:5060";
  if ($avp(user) == "fork") {
    $ru = "sip:b@${ADDRESS.phoneB}:5060";
    append_branch("sip:c@${PHONE_C}:5060");
  }
  if ($avp(mode) == "branch") t_on_branch("BRANCH");
  else route(OFFER);
  t_on_reply("MEDIA");
  t_on_failure("FAILED");
  t_relay();
}

route[OFFER] {
  if ($avp(mode) == "manage") {
    rtpengine_manage("$avp(offer)");
    return;
  }
  if (!rtpengine_offer("$avp(offer)")) {
    sl_send_reply("503", "Media Relay Failed");
    exit;
  }
}

route[ENDED] {
  if (is_present_hf("X-Query")) {
    if (rtpengine_query()) xlog("L_NOTICE", "queried $ci: average $avp(mos_average)\\n");
  }
  if ($avp(mode) == "manage") rtpengine_manage();
  else rtpengine_delete("$avp(offer)");
  xlog("L_NOTICE", "quality of $ci: min=$avp(mos_min) max=$avp(mos_max) average=$avp(mos_average) loss=$avp(mos_loss) jitter=$avp(mos_jitter) roundtrip=$avp(mos_roundtrip) samples=$avp(mos_samples)\\n");
}

branch_route[BRANCH] {
  $avp(extra_id) = $T_branch_idx;
  rtpengine_offer("$avp(offer) via-branch=extra");
}

onreply_route[MEDIA] {
  if (!has_body("application/sdp")) return;
  if ($avp(mode) == "manage") {
    rtpengine_manage("$avp(answer)");
  } else if ($avp(mode) == "branch") {
    $avp(extra_id) = $T_branch_idx;
    rtpengine_answer("$avp(answer) via-branch=extra");
  } else {
    rtpengine_answer("$avp(answer)");
  }
}

failure_route[FAILED] {
  if ($avp(mode) == "manage") rtpengine_manage();
  else rtpengine_delete();
}
`;
}
