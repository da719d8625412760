/**
 * Kamailio in the rig's core: it sends INVITEs for `b` to phone B and has its `rtpengine` module drive
 * the relay for every offer, answer and hang-up.
 *
 * @module
 */

import { oracleFolder } from "../oracle/mod.ts";
import { Daemon } from "../support/mod.ts";
import { kamailioHead } from "./kamailio_head.ts";
import type { Rig } from "./rig.ts";

/** What Kamailio is told. */
export interface KamailioOptions {
  /** The relay as `rtpengine_sock` names it: `udp:HOST:PORT`, `ws://…`, `wss://…` */
  readonly control: string;
  /** Address of phone B; an IPv6 one makes the relay bridge the families. */
  readonly phoneB: string;
  /** Further flags of offers. */
  readonly offer?: string;
  /** Further flags of answers. */
  readonly answer?: string;
}

function config({ control, phoneB, offer = "", answer = "" }: KamailioOptions): string {
  const overWebSocket = /^wss?:/.test(control);
  const [host, family] = phoneB.includes(":") ? [`[${phoneB}]`, "IP6"] : [phoneB, "IP4"];
  const flags = "replace-origin trust-address";
  return `${kamailioHead({ ipv6: true, modules: [...overWebSocket ? ["lwsc"] : [], "rtpengine"] })}

modparam("rr", "enable_full_lr", 1)
${overWebSocket ? 'modparam("rtpengine", "wsapi", "lwsc")' : ""}
modparam("rtpengine", "rtpengine_sock", "${control}")

request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) {
    if (t_check_trans()) t_relay();
    exit;
  }
  if (has_totag()) {
    if (!loose_route()) {
      if (is_method("ACK") && t_check_trans()) t_relay();
      exit;
    }
    if (is_method("BYE")) {
      if (rtpengine_delete()) xlog("L_NOTICE", "relay: deleted $ci\\n");
    }
    t_relay();
    exit;
  }
  if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  record_route();
  if (!rtpengine_offer("${flags} direction=inside direction=outside address-family=${family} ${offer}")) {
    sl_send_reply("500", "Media Relay Failed");
    exit;
  }
  xlog("L_NOTICE", "relay: offered $ci\\n");
  $ru = "sip:b@${host}:5060";
  t_on_reply("MEDIA");
  t_relay();
}

onreply_route[MEDIA] {
  if (status =~ "(18[03])|(2[0-9][0-9])" && has_body("application/sdp")) {
    if (rtpengine_answer("${flags} address-family=IP4 ${answer}")) xlog("L_NOTICE", "relay: answered $ci\\n");
  }
}
`;
}

/** Starts Kamailio and waits until it has found the relay. */
export async function startKamailio(rig: Rig, options: KamailioOptions): Promise<Daemon> {
  return await runKamailio(rig, config(options));
}

/** Starts Kamailio with a configuration and waits until it has found the relay. */
export async function runKamailio(
  rig: Rig,
  config: string,
  found: RegExp = /rtpengine instance .* found, support for it enabled/i,
): Promise<Daemon> {
  const file = await rig.folder.write(config, "kamailio.cfg");
  const runtime = rig.folder.inside();
  const argv = ["chroot", oracleFolder(), "kamailio", "-DD", "-E", "-f", file, "-Y", runtime];
  const kamailio = rig.use(new Daemon("kamailio", rig.core.ns.argv(argv)));
  await kamailio.line(found, 15_000);
  return kamailio;
}
