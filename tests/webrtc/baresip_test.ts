/**
 * SIP phones that secure their media, by SDES and by DTLS-SRTP, and Kamailio between them.
 *
 * @module
 */

import { audioCall } from "../interop/audio_call.ts";
import { PhoneFault, type PhoneSecurity } from "../interop/baresip.ts";
import { interopUnavailable } from "../interop/checks.ts";
import { startKamailio } from "../interop/kamailio.ts";
import { CONTROL, startRelay, UNDER_TEST } from "../interop/media_daemon.ts";
import { ADDRESS } from "../interop/rig.ts";
import { say } from "../support/mod.ts";
import { OPTIONS } from "./stage.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`tests with baresip are ignored: ${reason}`);

interface Case {
  readonly name: string;
  readonly a?: PhoneSecurity;
  readonly b?: PhoneSecurity;
  /** Flags of the offer, as they stand in Kamailio's configuration. */
  readonly offer: string;
  /** Flags of the answer. */
  readonly answer: string;
}

const CASES: readonly Case[] = [
  { name: "SDES calls plain", a: "srtp-mand", offer: "RTP/AVP", answer: "RTP/SAVP" },
  {
    name: "plain calls SDES",
    b: "srtp-mand",
    offer: "RTP/SAVP DTLS=off SDES-pad",
    answer: "RTP/AVP",
  },
  {
    name: "SDES calls SDES, the relay checks each packet",
    a: "srtp-mand",
    b: "srtp-mand",
    offer: "RTP/SAVP DTLS=off SDES-pad recrypt",
    answer: "RTP/SAVP",
  },
  {
    name: "SDES with feedback calls plain",
    a: "srtp-mandf",
    offer: "RTP/AVP",
    answer: "RTP/SAVPF",
  },
  { name: "DTLS calls plain", a: "dtls_srtp", offer: "RTP/AVP", answer: "UDP/TLS/RTP/SAVP" },
  {
    name: "plain calls DTLS",
    b: "dtls_srtp",
    offer: "UDP/TLS/RTP/SAVPF SDES-off",
    answer: "RTP/AVP",
  },
  {
    name: "plain calls DTLS, the relay is passive",
    b: "dtls_srtp",
    offer: "UDP/TLS/RTP/SAVPF SDES-off DTLS=passive",
    answer: "RTP/AVP",
  },
  {
    name: "SDES calls DTLS",
    a: "srtp-mand",
    b: "dtls_srtp",
    offer: "UDP/TLS/RTP/SAVPF SDES-off",
    answer: "RTP/SAVP",
  },
  {
    name: "DTLS calls SDES",
    a: "dtls_srtp",
    b: "srtp-mand",
    offer: "RTP/SAVP DTLS=off SDES-pad",
    answer: "UDP/TLS/RTP/SAVP",
  },
];

/** Times a call is made anew because a phone has died of a fault of its own. */
const ATTEMPTS = 4;

async function call({ a, b, offer, answer }: Case): Promise<void> {
  await audioCall({
    relay: (rig) => startRelay(rig, UNDER_TEST, OPTIONS),
    proxy: (rig) =>
      startKamailio(rig, {
        control: `udp:127.0.0.1:${CONTROL.udp}`,
        phoneB: ADDRESS.phoneB,
        offer,
        answer,
      }),
    security: { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) },
  });
}

async function callUntilPhonesLive(what: Case): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await call(what);
    } catch (error) {
      if (!(error instanceof PhoneFault) || attempt === ATTEMPTS) throw error;
      say(`the call is made anew, a phone has died: ${error.message}`);
    }
  }
}

for (const what of CASES) {
  Deno.test({
    name: `baresip, ${what.name}: tones both ways and nothing is left`,
    ignore: reason !== undefined,
    fn: () => callUntilPhonesLive(what),
  });
}
