import assert from "node:assert/strict";
import { parseRtcp } from "./parse.ts";
import { rtcpLogLine } from "./log_line.ts";

function line(hex: string): string | undefined {
  const digits = hex.replaceAll(" ", "").match(/../g) ?? [];
  return rtcpLogLine(parseRtcp(Uint8Array.from(digits, (two) => Number.parseInt(two, 16))));
}

Deno.test("rtcpLogLine writes the lines rtpengine writes", () => {
  assert.equal(
    line(
      "81c8000c 22222222 eeabb933 589374bc 000041c8 00000063 00003de0" +
        "11111111 01ffffff 0001003f 00000008 b9324147 00010f9e" +
        "81ca0004 22222222 0108626f6240686f73740000",
    ),
    "version=2, padding=0, count=1, payloadtype=200, length=12, ssrc=572662306, " +
      "ntp_sec=4004231475, ntp_fractions=1486058684, rtp_ts=16840, sender_packets=99, " +
      "sender_bytes=15840, ssrc=286331153, fraction_lost=1, packet_loss=16777215, " +
      "last_seq=65599, jitter=8, last_sr=3107078471, delay_since_last_sr=69534, " +
      "version=2, padding=0, count=1, payloadtype=202, length=4",
  );
  const report = "81c90007 11111111 22222222 0cfffffd 00000013 00000028 00000000 00000000";
  const told = "version=2, padding=0, count=1, payloadtype=201, length=7, ssrc=286331153, " +
    "ssrc=572662306, fraction_lost=12, packet_loss=16777213, last_seq=19, jitter=40, last_sr=0, " +
    "delay_since_last_sr=0";
  assert.equal(line(report), told);
  assert.equal(line(`${report} 81cb0001 11111111`), told);
  assert.equal(line(`${report} 80cc0003 11111111 74657374 01020304`), told);
  assert.equal(
    line(
      `${report} 80cf000a 11111111 07000008 22222222 05020a14 00c801f4 00640032 e0d8107f 55322c2b` +
        "0000003c 00640190",
    ),
    `${told}, version=2, padding=0, count=0, payloadtype=207, length=10, ssrc=286331153, ` +
      "rb_header_blocktype=7, rb_header_blockspecdata=0, rb_header_blocklength=8, " +
      "rb_voip_mtc_ssrc=572662306, rb_voip_mtc_loss_rate=5, rb_voip_mtc_discard_rate=2, " +
      "rb_voip_mtc_burst_den=10, rb_voip_mtc_gap_den=20, rb_voip_mtc_burst_dur=200, " +
      "rb_voip_mtc_gap_dur=500, rb_voip_mtc_rnd_trip_delay=100, rb_voip_mtc_end_sys_delay=50, " +
      "rb_voip_mtc_signal_lvl=224, rb_voip_mtc_noise_lvl=216, rb_voip_mtc_rerl=16, " +
      "rb_voip_mtc_gmin=127, rb_voip_mtc_r_factor=85, rb_voip_mtc_ext_r_factor=50, " +
      "rb_voip_mtc_mos_lq=44, rb_voip_mtc_mos_cq=43, rb_voip_mtc_rx_config=0, " +
      "rb_voip_mtc_jb_nom=60, rb_voip_mtc_jb_max=100, rb_voip_mtc_jb_abs_max=400",
  );
});

Deno.test("rtcpLogLine has nothing to say of what is no report", () => {
  assert.equal(line("81cb0001 11111111"), undefined);
  assert.equal(line("81ce0002 11111111 22222222"), undefined);
});
