/**
 * Differences about secure media that are meant.
 *
 * @module
 */

import type { Accepted } from "./accepted.ts";

/** Lines of ICE that only the oracle writes. */
function withoutIce(number: number): string[] {
  return [
    `-sdp: a=ice-ufrag:<ufrag ${number} of 8>`,
    `-sdp: a=ice-pwd:<pwd ${number} of 26>`,
    `-sdp: a=candidate:<foundation 1> 1 UDP 2130706431 203.0.113.10 P${number} typ host`,
    `-sdp: a=candidate:<foundation 1> 2 UDP 2130706430 203.0.113.10 P${number}+1 typ host`,
  ];
}

/** Differences about ICE, DTLS and SDES. */
export const ACCEPTED_SECURE: readonly Accepted[] = [
  ...["ICE: a ufrag alone", "ICE: credentials that are too short"].flatMap((dialogue) =>
    [1, 2].map((step) => ({
      dialogue,
      step,
      reason:
        "a party without a password, or with one that RFC 8839 section 5.4 does not allow, cannot be checked by anybody, so it is taken as one without ICE",
      lines: withoutIce(step),
    }))
  ),
  {
    dialogue: "ICE: the called side restarts",
    step: 5,
    reason:
      "who restarts controls the new session (RFC 8445 section 6.1.1); the session with the other party goes on, and so does its role",
    lines: [
      "-tags/a/medias[0]/flags = {ICE, ICE controlling, initialized, recv, send}",
      "+tags/a/medias[0]/flags = {ICE, initialized, recv, send}",
    ],
  },
  {
    dialogue: "ICE: the zero address is no hold",
    step: 1,
    reason:
      "an agent that has gathered no candidates yet writes the zero address (RFC 8840 section 4.1.1) and does want media",
    lines: [
      "-sdp: a=sendonly",
      "+sdp: a=sendrecv",
    ],
  },
  {
    dialogue: "SDES: AEAD without encryption",
    step: 1,
    reason:
      "suites of authenticated encryption have no form without encryption (RFC 7714 section 14.3)",
    lines: [
      "-sdp: a=crypto:1 AEAD_AES_256_GCM inline:<key 1 of 59> UNENCRYPTED_SRTP",
      "+sdp: a=crypto:1 AEAD_AES_256_GCM inline:<key 1 of 59>",
    ],
  },
  {
    dialogue: "SDES: given up",
    step: 5,
    reason: "there is no suite where there is no SRTP any more; the oracle shows the last one",
    lines: [
      '-tags/a/medias[0]/streams[0]/crypto suite = "AES_CM_128_HMAC_SHA1_80"',
      '-tags/a/medias[0]/streams[1]/crypto suite = "AES_CM_128_HMAC_SHA1_80"',
      '-tags/b/medias[0]/streams[0]/crypto suite = "AES_CM_128_HMAC_SHA1_80"',
      '-tags/b/medias[0]/streams[1]/crypto suite = "AES_CM_128_HMAC_SHA1_80"',
    ],
  },
  ...["OSRTP accept-legacy: SRTP first", "OSRTP accept-legacy: to RTP"].map((dialogue) => ({
    dialogue,
    step: 2,
    reason: "every section has an address (RFC 8866 section 5.7), a rejected one too",
    lines: ["+sdp: c=IN IP4 0.0.0.0"],
  })),
  {
    dialogue: "OSRTP offer-legacy",
    step: 1,
    reason:
      "one section in the form of RFC 8643; two sections for one stream are more than their answers can be told apart by",
    lines: [
      "-sdp: m=audio P1 RTP/SAVP 8 0",
      "-sdp: c=IN IP4 203.0.113.10",
      "-sdp: a=rtpmap:8 PCMA/8000",
      "-sdp: a=rtpmap:0 PCMU/8000",
      "-sdp: a=sendrecv",
      "-sdp: a=rtcp:P1+1",
    ],
  },
  {
    dialogue: "DTLS: no setup is offered",
    step: 2,
    reason:
      "who offers without a=setup is active (RFC 4145 section 4), so that there is a handshake; the oracle answers without keys",
    lines: [
      "+sdp: a=setup:passive",
      "+sdp: a=fingerprint:sha-256 <digest 1 of 95>",
      "+sdp: a=tls-id:<tls-id 1 of 32>",
    ],
  },
  {
    dialogue: "DTLS: an ICE restart",
    step: 4,
    reason:
      "an ICE restart is no new DTLS association (RFC 8842 section 4); browsers refuse another handshake under the same certificate",
    lines: [
      "-sdp: a=tls-id:<tls-id 3 of 32>",
      "+sdp: a=tls-id:<tls-id 2 of 32>",
    ],
  },
];
