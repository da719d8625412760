/**
 * The same call under the flags that stand in people's Kamailio configurations.
 *
 * @module
 */

import assert from "node:assert/strict";
import { AGAIN, type MatrixStage, ORDINARY, type Scenarios } from "./matrix_stage.ts";
import { assertTalks } from "./sip_media.ts";

const SIDES = "direction=inside direction=outside";

/** Flags of the offer, and of the answer where they differ; what phone B must be told, and phone A. */
interface FlagCase {
  readonly offer: string;
  readonly answer?: string;
  readonly atB?: RegExp;
  readonly atA?: RegExp;
}

const FLAGS: readonly FlagCase[] = [
  {
    offer: `replace-origin replace-session-connection ICE=remove RTP/AVP ${SIDES}`,
    answer: "replace-origin replace-session-connection ICE=remove RTP/AVP",
    atB: /^o=.* 10\.77\.2\.1\r$/m,
    atA: /^o=.* 10\.77\.1\.1\r$/m,
  },
  { offer: `trust-address replace-origin replace-session-connection ${SIDES}` },
  { offer: "trust-address direction=internal direction=external" },
  { offer: `RTP/AVP replace-session-connection replace-origin rtcp-mux-demux ${SIDES}` },
  { offer: `force trust-address replace-origin replace-session-connection ${SIDES}` },
  {
    offer: `replace-origin replace-session-connection rtcp-mux-offer generate-mid ${SIDES}`,
    answer: "replace-origin rtcp-mux-demux",
    atB: /^a=rtcp-mux\r$/m,
  },
  { offer: `RTP/AVPF trust-address ${SIDES}`, answer: "RTP/AVP", atB: /^m=audio \d+ RTP\/AVPF /m },
  { offer: `SIP-source-address replace-origin ${SIDES}`, answer: "SIP-source-address" },
  { offer: `replace-username replace-session-name SDES-off DTLS=off OSRTP-accept ${SIDES}` },
  { offer: `address-family=IP4 media-handover strict-source ${SIDES}` },
  { offer: `via-branch=1 trust-address ${SIDES}`, answer: "via-branch=2 trust-address" },
  { offer: `via-branch=auto trust-address ${SIDES}`, answer: "via-branch=auto trust-address" },
  { offer: `label=caller TOS=184 delete-delay=0 ${SIDES}` },
  { offer: `port-latching loop-protect no-rtcp-attribute ${SIDES}`, atB: /^a=rtpengine:/m },
  { offer: `codec-mask-PCMU transcode-PCMU ptime=20 ${SIDES}` },
];

const flagScenarios: Scenarios = Object.fromEntries(
  FLAGS.map(({ offer, answer, atB, atA }) => [
    `flags: ${offer}`,
    async (stage: MatrixStage) => {
      const headers = { "X-Offer": offer, "X-Answer": answer ?? "trust-address replace-origin" };
      const call = await stage.call({ headers });
      if (atB !== undefined) assert.match(call.atB, atB);
      if (atA !== undefined) assert.match(call.atA, atA);
      await assertTalks(call);
      await stage.bye(call);
    },
  ]),
);

/** By what they show. */
export const FLAG: Scenarios = {
  ...flagScenarios,

  async "rtpengine_manage() does everything"(stage) {
    const headers = { ...ORDINARY, "X-Mode": "manage" };
    const call = await stage.call({ headers });
    await assertTalks(call);
    const again = await stage.reinvite(call, "b", {}, {}, { ...AGAIN, "X-Mode": "manage" });
    await assertTalks(again);
    await stage.bye(again, "a", headers);
  },

  async "an IPv4 phone and an IPv6 phone"(stage) {
    const { v6 } = stage;
    const call = await stage.call({
      callee: v6,
      user: "v6",
      headers: {
        "X-Offer": `${ORDINARY["X-Offer"]} address-family=IP6`,
        "X-Answer": `${ORDINARY["X-Answer"]} address-family=IP4`,
      },
    });
    assert.match(call.atB, /^c=IN IP6 fd77:2::1\r$/m);
    assert.match(call.atA, /^c=IN IP4 10\.77\.1\.1\r$/m);
    await assertTalks(call);
    await stage.bye(call);
  },
};
