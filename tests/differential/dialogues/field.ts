/**
 * Bodies in the manner of phones, gateways and switches in the field.
 *
 * @module
 */

import { A, A6, answer, B, B6, crlf, type Dialogue, dialogue, offer, query } from "../dialogue.ts";

const DESK_PHONE = crlf(
  "v=0",
  `o=- 20800 20800 IN IP4 ${A}`,
  "s=SDP data",
  `c=IN IP4 ${A}`,
  "t=0 0",
  "m=audio 11800 RTP/AVP 0 8 18 9 101",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:18 G729/8000",
  "a=fmtp:18 annexb=no",
  "a=rtpmap:9 G722/8000",
  "a=fmtp:101 0-15",
  "a=rtpmap:101 telephone-event/8000",
  "a=ptime:20",
  "a=sendrecv",
);

const GATEWAY = crlf(
  "v=0",
  `o=CiscoSystemsSIP-GW-UserAgent 7344 1029 IN IP4 ${B}`,
  "s=SIP Call",
  `c=IN IP4 ${B}`,
  "t=0 0",
  "m=audio 17304 RTP/AVP 8 101 19",
  `c=IN IP4 ${B}`,
  "a=rtpmap:8 PCMA/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=fmtp:101 0-16",
  "a=rtpmap:19 CN/8000",
  "a=ptime:20",
);

const SOFTPHONE = crlf(
  "v=0",
  `o=alice 3841 2222 IN IP4 ${A}`,
  "s=Talk",
  `c=IN IP4 ${A}`,
  "t=0 0",
  "a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics",
  "m=audio 7078 RTP/AVP 96 97 98 0 8 18 101 99 100",
  "a=rtpmap:96 opus/48000/2",
  "a=fmtp:96 useinbandfec=1",
  "a=rtpmap:97 speex/16000",
  "a=fmtp:97 vbr=on",
  "a=rtpmap:98 speex/8000",
  "a=fmtp:98 vbr=on",
  "a=fmtp:18 annexb=yes",
  "a=rtpmap:101 telephone-event/48000",
  "a=rtpmap:99 telephone-event/16000",
  "a=rtpmap:100 telephone-event/8000",
  "a=ptime:20",
  "m=video 9078 RTP/AVP 96 97",
  "a=rtpmap:96 VP8/90000",
  "a=rtpmap:97 H264/90000",
  "a=fmtp:97 profile-level-id=42801F",
);

const SWITCH = crlf(
  "v=0",
  `o=FreeSWITCH 1795200000 1795200001 IN IP4 ${B}`,
  "s=FreeSWITCH",
  `c=IN IP4 ${B}`,
  "t=0 0",
  "m=audio 27168 RTP/AVP 96 101",
  "a=rtpmap:96 opus/48000/2",
  "a=fmtp:96 useinbandfec=1",
  "a=rtpmap:101 telephone-event/48000",
  "a=fmtp:101 0-15",
  "a=ptime:20",
  "m=video 0 RTP/AVP 19",
);

const IMS = crlf(
  "v=0",
  `o=- 1795 1 IN IP6 ${A6}`,
  "s=-",
  `c=IN IP6 ${A6}`,
  "b=AS:41",
  "b=RR:0",
  "b=RS:0",
  "t=0 0",
  "a=sendrecv",
  "m=audio 12000 RTP/AVP 104 102 105 100",
  "b=AS:41",
  "b=RR:0",
  "b=RS:0",
  "a=rtpmap:104 AMR-WB/16000",
  "a=fmtp:104 mode-change-capability=2;max-red=0",
  "a=rtpmap:102 AMR/8000",
  "a=fmtp:102 mode-change-capability=2;max-red=0",
  "a=rtpmap:105 telephone-event/16000",
  "a=fmtp:105 0-15",
  "a=rtpmap:100 telephone-event/8000",
  "a=fmtp:100 0-15",
  "a=curr:qos local none",
  "a=curr:qos remote none",
  "a=des:qos mandatory local sendrecv",
  "a=des:qos optional remote sendrecv",
  "a=ptime:20",
  "a=maxptime:240",
);

const IMS_ANSWER = crlf(
  "v=0",
  `o=- 1796 1 IN IP6 ${B6}`,
  "s=-",
  `c=IN IP6 ${B6}`,
  "t=0 0",
  "m=audio 14000 RTP/AVP 104 105",
  "a=rtpmap:104 AMR-WB/16000",
  "a=fmtp:104 mode-change-capability=2;max-red=0",
  "a=rtpmap:105 telephone-event/16000",
  "a=fmtp:105 0-15",
  "a=curr:qos local sendrecv",
  "a=curr:qos remote none",
  "a=des:qos mandatory local sendrecv",
  "a=des:qos mandatory remote sendrecv",
  "a=conf:qos remote sendrecv",
  "a=ptime:20",
);

const FAX_OVER_G711 = crlf(
  "v=0",
  `o=- 4 5 IN IP4 ${A}`,
  "s=-",
  `c=IN IP4 ${A}`,
  "t=0 0",
  "m=audio 5004 RTP/AVP 8",
  "a=rtpmap:8 PCMA/8000",
  "a=silenceSupp:off - - - -",
  "a=ecan:fb on -",
  "a=X-fax",
);

const T38 = crlf(
  "v=0",
  `o=- 4 6 IN IP4 ${A}`,
  "s=-",
  `c=IN IP4 ${A}`,
  "t=0 0",
  "m=image 5004 udptl t38",
  "a=T38FaxVersion:0",
  "a=T38MaxBitRate:14400",
  "a=T38FaxRateManagement:transferredTCF",
  "a=T38FaxMaxBuffer:262",
  "a=T38FaxMaxDatagram:176",
  "a=T38FaxUdpEC:t38UDPRedundancy",
);

/** Swaps the phones: a body of A's as if B had sent it. */
function asB(body: string): string {
  return body.replaceAll(A, B);
}

/** Swaps the phones: a body of B's as if A had sent it. */
function asA(body: string): string {
  return body.replaceAll(B, A);
}

/** Bodies of the field. */
export const FIELD: readonly Dialogue[] = [
  dialogue("desk phone calls a gateway", offer(DESK_PHONE), answer(GATEWAY), query()),
  dialogue(
    "gateway calls a desk phone",
    offer(asA(GATEWAY)),
    answer(crlf(
      "v=0",
      `o=- 20801 20801 IN IP4 ${B}`,
      "s=SDP data",
      `c=IN IP4 ${B}`,
      "t=0 0",
      "m=audio 11802 RTP/AVP 8 101",
      "a=rtpmap:8 PCMA/8000",
      "a=rtpmap:101 telephone-event/8000",
      "a=fmtp:101 0-15",
      "a=ptime:20",
      "a=sendrecv",
    )),
    query(),
  ),
  dialogue("softphone calls a switch", offer(SOFTPHONE), answer(SWITCH)),
  dialogue(
    "softphone on hold at a switch",
    offer(SOFTPHONE),
    answer(SWITCH),
    offer(SOFTPHONE.replace("m=video", "a=sendonly\r\nm=video"), { "to-tag": "b" }),
    answer(SWITCH.replace("m=video", "a=recvonly\r\nm=video")),
  ),
  dialogue("IMS call with preconditions", offer(IMS), answer(IMS_ANSWER), query()),
  dialogue(
    "IMS call to a gateway over IPv4",
    offer(IMS, { "address family": "IP4", replace: ["origin"] }),
    answer(IMS_ANSWER.replaceAll(`IP6 ${B6}`, `IP4 ${B}`), {
      "address family": "IP6",
      replace: ["origin"],
    }),
  ),
  dialogue(
    "fax: G.711 changed to T.38 and back",
    offer(FAX_OVER_G711),
    answer(asB(FAX_OVER_G711)),
    offer(T38, { "to-tag": "b" }),
    answer(asB(T38)),
    offer(FAX_OVER_G711, { "to-tag": "b" }),
    answer(asB(FAX_OVER_G711)),
  ),
  dialogue(
    "fax: T.38 refused",
    offer(FAX_OVER_G711),
    answer(asB(FAX_OVER_G711)),
    offer(FAX_OVER_G711 + T38.slice(T38.indexOf("m=image")), { "to-tag": "b" }),
    answer(asB(FAX_OVER_G711) + "m=image 0 udptl t38\r\n"),
  ),
  dialogue(
    "everything Kamailio can add to a desk phone's call",
    offer(DESK_PHONE, {
      "flags": ["trust-address", "replace-origin", "asymmetric", "full-rtcp-attribute"],
      "direction": ["inside", "outside"],
      "via-branch": "z9hG4bK776",
      "received-from": ["IP4", "198.51.100.200"],
      "media-address": "203.0.113.200",
    }),
    answer(GATEWAY, {
      "flags": ["trust-address", "replace-origin", "asymmetric", "full-rtcp-attribute"],
      "direction": ["outside", "inside"],
      "via-branch": "z9hG4bK776",
      "received-from": ["IP4", "198.51.100.201"],
    }),
    query(),
  ),
];
