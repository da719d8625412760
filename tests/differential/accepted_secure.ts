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

/** Ports of candidates where ICE begins with a call that is on. */
function iceTakenUp(): string[] {
  const ours = ["192.0.2.21", "203.0.113.22", "fd00:20::21", "fd00:20::22"];
  const candidates = (sign: string, ports: readonly number[]) =>
    [1, 2].flatMap((component) =>
      ours.map((address, i) =>
        `${sign}sdp: a=candidate:<foundation ${i + 1}> ${component} UDP ${
          2130706432 - 256 * i - component
        } ${address} P${ports[i]}${component === 2 ? "+1" : ""} typ host`
      )
    );
  return [
    "-sdp: m=audio P3 RTP/AVP 8 0",
    "+sdp: m=audio P1 RTP/AVP 8 0",
    "-sdp: a=rtcp:P3+1",
    "+sdp: a=rtcp:P1+1",
    ...candidates("-", [3, 4, 5, 6]),
    ...candidates("+", [1, 3, 4, 5]),
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
  {
    dialogue: "addresses: ICE taken up",
    step: 3,
    reason: "a port that stays loses nothing; the oracle opens another for whoever begins with ICE",
    lines: iceTakenUp(),
  },
  {
    dialogue: "addresses: ICE taken up",
    step: 5,
    reason: "a port that stays loses nothing; the oracle opens another for whoever begins with ICE",
    lines: [
      "-tags/b/medias[0]/streams[0]/local port = P3",
      "+tags/b/medias[0]/streams[0]/local port = P1",
      "-tags/b/medias[0]/streams[1]/local port = P3+1",
      "+tags/b/medias[0]/streams[1]/local port = P1+1",
    ],
  },
  {
    dialogue: "ICE optional: session level",
    step: 1,
    reason:
      "candidates are worth nothing without the credentials they belong to, which the oracle takes out at the session level",
    lines: [
      "+sdp: a=ice-ufrag:ssss",
      "+sdp: a=ice-pwd:ssssssssssssssssssssssss",
    ],
  },
  {
    dialogue: "ICE optional: several addresses of ours",
    step: 1,
    reason:
      "checks that are handed on unread have to come back the way they went, so that one of our addresses is named",
    lines: [
      "-sdp: a=candidate:<foundation 2> 1 UDP 2130706175 127.0.0.1 P2 typ host",
      "-sdp: a=candidate:<foundation 2> 2 UDP 2130706174 127.0.0.1 P2+1 typ host",
    ],
  },
  {
    dialogue: "ICE optional: in an answer alone",
    step: 2,
    reason:
      "the called side was offered ICE with us, and has never heard of the caller's credentials, so that neither could check the other",
    lines: [
      "-sdp: m=audio 4000 RTP/AVP 8",
      "-sdp: c=IN IP4 198.51.100.2",
      "-sdp: a=ice-ufrag:bbbb",
      "-sdp: a=ice-pwd:bbbbbbbbbbbbbbbbbbbbbbbb",
      "-sdp: a=candidate:1 1 UDP 2130706431 198.51.100.2 4000 typ host",
      "-sdp: a=candidate:1 2 UDP 2130706430 198.51.100.2 4001 typ host",
      "-sdp: a=candidate:<foundation 1> 1 UDP 2097152255 203.0.113.10 P2 typ host",
      "-sdp: a=candidate:<foundation 1> 2 UDP 2097152254 203.0.113.10 P2+1 typ host",
      "+sdp: m=audio P2 RTP/AVP 8",
      "+sdp: c=IN IP4 203.0.113.10",
      "+sdp: a=rtpmap:8 PCMA/8000",
      "+sdp: a=sendrecv",
      "+sdp: a=rtcp:P2+1",
      "+sdp: a=ice-ufrag:<ufrag 2 of 8>",
      "+sdp: a=ice-pwd:<pwd 2 of 26>",
      "+sdp: a=candidate:<foundation 1> 1 UDP 2130706431 203.0.113.10 P2 typ host",
      "+sdp: a=candidate:<foundation 1> 2 UDP 2130706430 203.0.113.10 P2+1 typ host",
    ],
  },
  {
    dialogue: "ICE force-relay: nobody has it",
    step: 1,
    reason:
      "without ICE there is no other way to the relay than the address in the description; the oracle writes the party's own, and relays one direction of the call",
    lines: [
      "-sdp: m=audio 2000 RTP/AVP 8 0",
      "-sdp: c=IN IP4 198.51.100.1",
      "+sdp: m=audio P1 RTP/AVP 8 0",
      "+sdp: c=IN IP4 203.0.113.10",
      "+sdp: a=rtpmap:8 PCMA/8000",
      "+sdp: a=rtpmap:0 PCMU/8000",
      "+sdp: a=rtcp:P1+1",
    ],
  },
  ...[
    { name: "SDES", suite: "AES_CM_128_HMAC_SHA1_80" },
    { name: "SDES with feedback", suite: "AEAD_AES_128_GCM" },
  ].map(({ name, suite }) => ({
    dialogue: `${name}: one section is rejected by the answer`,
    step: 3,
    reason: "a section that is rejected has no role in a handshake, and no suite",
    lines: [
      "-tags/b/medias[1]/flags = {DTLS role active, DTLS role passive, ICE controlling, SDES, initialized, recv, send}",
      "+tags/b/medias[1]/flags = {ICE controlling, SDES, initialized, recv, send}",
      `-tags/b/medias[1]/streams[0]/crypto suite = "${suite}"`,
      `-tags/b/medias[1]/streams[1]/crypto suite = "${suite}"`,
    ],
  })),
  {
    dialogue: "DTLS-off as a flag",
    step: 1,
    reason:
      "words of lists may stand among the flags after the name of the list; the oracle knows most of them there, but not this one",
    lines: [
      "-sdp: a=setup:actpass",
      "-sdp: a=fingerprint:sha-256 <digest 1 of 95>",
      "-sdp: a=tls-id:<tls-id 1 of 32>",
    ],
  },
];
