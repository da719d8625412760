/**
 * Keys and roles over both address families and in both directions, in calls that ring, are refused in part,
 * come late or are repeated.
 *
 * @module
 */

import {
  A,
  A6,
  B,
  B6,
  type Dialogue,
  dialogue,
  type Extra,
  query,
  session,
} from "../../dialogue.ts";
import {
  answers,
  answersBack,
  AVP,
  AVPF,
  credentials,
  crypto,
  DTLS_A,
  DTLS_B,
  fingerprint,
  ICE_A,
  ICE_B,
  offers,
  offersAgain,
  offersBack,
  phoneA,
  phoneB,
  PLAIN_A,
  PLAIN_B,
  SAVP,
  SAVPF,
  TLS,
  TLSF,
} from "./words.ts";

const NO_DTLS = { DTLS: "off" };
const NO_SDES = { SDES: "off" };

/** One way of having secure media. */
interface Manner {
  readonly name: string;
  readonly profile: string;
  /** Keys of the offer. */
  readonly keys: Extra;
  readonly linesA: readonly string[];
  readonly linesB: readonly string[];
  /** The same with other secrets. */
  readonly otherA: readonly string[];
  readonly otherB: readonly string[];
  /** Handshakes are made, whose packets are counted. */
  readonly busy: boolean;
}

// tags are those of the suites in offers of ours, so that answers name what was offered
const MANNERS: readonly Manner[] = [
  {
    name: "SDES",
    profile: SAVP,
    keys: NO_DTLS,
    linesA: [crypto(7, "a")],
    linesB: [crypto(7, "b")],
    otherA: [crypto(7, "c")],
    otherB: [crypto(7, "d")],
    busy: false,
  },
  {
    name: "SDES with feedback",
    profile: SAVPF,
    keys: NO_DTLS,
    linesA: [crypto(2, "a", "AEAD_AES_128_GCM")],
    linesB: [crypto(2, "b", "AEAD_AES_128_GCM")],
    otherA: [crypto(2, "c", "AEAD_AES_128_GCM")],
    otherB: [crypto(2, "d", "AEAD_AES_128_GCM")],
    busy: false,
  },
  {
    name: "DTLS",
    profile: TLS,
    keys: NO_SDES,
    linesA: DTLS_A,
    linesB: DTLS_B,
    otherA: [fingerprint("CC"), "a=setup:actpass"],
    otherB: [fingerprint("DD"), "a=setup:active"],
    busy: true,
  },
  {
    name: "DTLS with feedback",
    profile: TLSF,
    keys: NO_SDES,
    linesA: DTLS_A,
    linesB: [fingerprint("BB"), "a=setup:passive"],
    otherA: [fingerprint("CC"), "a=setup:actpass"],
    otherB: [fingerprint("DD"), "a=setup:passive"],
    busy: true,
  },
  {
    name: "ICE",
    profile: AVP,
    keys: {},
    linesA: ICE_A,
    linesB: ICE_B,
    otherA: credentials("cccc"),
    otherB: credentials("dddd"),
    busy: true,
  },
];

const WAYS: readonly (readonly [string, Extra])[] = [
  ["IPv4 to IPv6", { "address family": "IP6" }],
  ["from inside to outside", { direction: ["inside", "outside"] }],
  ["from outside to inside", { direction: ["outside", "inside"] }],
];

function six(address: string, port: number, profile: string, lines: readonly string[]): string {
  return session(address, `m=audio ${port} ${profile} 8`, ...lines);
}

/** A second section of the same kind. */
function second(port: number, profile: string, lines: readonly string[]): string {
  return [`m=video ${port} ${profile} 34`, ...lines, ""].join("\r\n");
}

/** Everything that is asked of each of them. */
function each({ name, profile, keys, linesA, linesB, otherA, otherB, busy }: Manner): Dialogue[] {
  const [a, b] = [phoneA(profile, ...linesA), phoneB(profile, ...linesB)];
  const [newA, newB] = [phoneA(profile, ...otherA), phoneB(profile, ...otherB)];
  const [videoA, videoB] = [second(2002, profile, linesA), second(4002, profile, linesB)];
  const back = phoneB(profile, ...linesB.map((line) => line.replace(/setup:\w+/, "setup:actpass")));
  const asked = busy ? [] : [query()];
  const plain = { "transport protocol": AVP, ICE: "remove" };
  const secured = {
    ...keys,
    "transport protocol": profile,
    ...(name === "ICE" ? { ICE: "force" } : {}),
  };
  return [
    ...WAYS.map(([way, extra]) =>
      dialogue(
        `${name}: ${way}`,
        offers(a, { ...keys, direction: ["inside", "inside"], ...extra }),
        answers(b, { direction: ["inside", "inside"], ...extra, "address family": null }),
        ...asked,
      )
    ),
    dialogue(
      `${name}: all IPv6`,
      offers(six(A6, 2000, profile, linesA), { ...keys, direction: ["inside", "inside"] }),
      answers(six(B6, 4000, profile, linesB), { direction: ["inside", "inside"] }),
      ...asked,
    ),
    dialogue(
      `${name}: to a plain phone over IPv6`,
      offers(a, { ...plain, "address family": "IP6", direction: ["inside", "inside"] }),
      answers(six(B6, 4000, AVP, []), { direction: ["inside", "inside"] }),
      ...asked,
    ),
    dialogue(
      `${name}: from a plain phone over IPv6`,
      offers(six(A6, 2000, AVP, []), {
        ...secured,
        "address family": "IP4",
        direction: ["inside", "inside"],
      }),
      answers(b, { direction: ["inside", "inside"] }),
      ...asked,
    ),
    dialogue(`${name}: rings, then answers`, offers(a, keys), answers(b), answers(b), ...asked),
    dialogue(`${name}: rings with other secrets`, offers(a, keys), answers(b), answers(newB)),
    dialogue(`${name}: two offers, one answer`, offers(a, keys), offers(newA, keys), answers(b)),
    dialogue(
      `${name}: forked`,
      offers(a, { ...keys, "via-branch": "one" }),
      offers(a, { ...keys, "via-branch": "two" }),
      answers(b, { "to-tag": "x", "via-branch": "one" }),
      answers(newB, { "to-tag": "y", "via-branch": "two" }),
    ),
    dialogue(
      `${name}: the caller renews its secrets`,
      offers(a, keys),
      answers(b),
      offersAgain(newA, keys),
      answers(b),
      ...asked,
    ),
    dialogue(
      `${name}: the called side renews its secrets`,
      offers(a, keys),
      answers(b),
      offersAgain(a, keys),
      answers(newB),
      ...asked,
    ),
    dialogue(
      `${name}: the called side offers`,
      offers(a, keys),
      answers(b),
      offersBack(back, keys),
      answersBack(phoneA(profile, ...linesA.map((line) => line.replace("actpass", "active")))),
    ),
    dialogue(
      `${name}: one section is rejected by the answer`,
      offers(a + videoA, keys),
      answers(b + second(0, profile, [])),
      ...asked,
    ),
    dialogue(
      `${name}: the first section is rejected by the answer`,
      offers(a + videoA, keys),
      answers(session(B, `m=audio 0 ${profile} 8`) + videoB),
    ),
    dialogue(
      `${name}: a section is rejected by the offer`,
      offers(a + second(0, profile, []), keys),
      answers(b + second(0, profile, [])),
    ),
    dialogue(
      `${name}: a section is added`,
      offers(a, keys),
      answers(b),
      offersAgain(a + videoA, keys),
      answers(b + videoB),
    ),
    dialogue(
      `${name}: a section is given up`,
      offers(a + videoA, keys),
      answers(b + videoB),
      offersAgain(a + second(0, profile, []), keys),
      answers(b + second(0, profile, [])),
    ),
    dialogue(
      `${name}: on hold and back`,
      offers(a, keys),
      answers(b),
      offersAgain(a + "a=sendonly\r\n", keys),
      answers(b + "a=recvonly\r\n"),
      offersAgain(a, keys),
      answers(b),
    ),
    dialogue(
      `${name}: on hold by the zero address`,
      offers(a, keys),
      answers(b),
      ...(name === "ICE" ? [] : [
        offersAgain(a.replace(`c=IN IP4 ${A}`, "c=IN IP4 0.0.0.0"), keys),
        answers(b),
      ]),
    ),
    dialogue(
      `${name}: trust address`,
      offers(a, { ...keys, flags: ["trust address"] }),
      answers(b),
    ),
    dialogue(
      `${name}: generate mid`,
      offers(a + videoA, { ...keys, flags: ["generate mid"] }),
      answers(b + videoB, { flags: ["generate mid"] }),
    ),
    dialogue(
      `${name}: replaces all it can`,
      offers(a, { ...keys, replace: ["origin", "session name", "username", "SDP version"] }),
      answers(b, { replace: ["origin", "session name", "username", "SDP version"] }),
    ),
    dialogue(`${name}: asymmetric`, offers(a, { ...keys, flags: ["asymmetric"] }), answers(b)),
    dialogue(
      `${name}: strict source and media handover`,
      offers(a, { ...keys, flags: ["strict source", "media handover"] }),
      answers(b),
    ),
    ...["offer", "require", "demux", "accept", "reject"].flatMap((word) => [
      dialogue(
        `${name}: rtcp-mux ${word}, and the party has none`,
        offers(a, { ...keys, "rtcp-mux": [word] }),
        answers(b, { "rtcp-mux": [word] }),
      ),
      dialogue(
        `${name}: rtcp-mux ${word}, and both have it`,
        offers(a + "a=rtcp-mux\r\n", { ...keys, "rtcp-mux": [word] }),
        answers(b + "a=rtcp-mux\r\n", { "rtcp-mux": [word] }),
      ),
    ]),
    dialogue(
      `${name}: feedback profile asked for`,
      offers(PLAIN_A, {
        ...secured,
        "transport protocol": profile.replace(/AVPF?$/, "AVPF"),
      }),
      ...(busy ? [] : [answers(phoneB(SAVPF, ...linesB))]),
    ),
    dialogue(
      `${name}: given up for RTP with feedback`,
      offers(a, { ...keys, "transport protocol": AVPF, ICE: "remove" }),
      answers(phoneB(AVPF)),
    ),
    dialogue(
      `${name}: from plain to plain in between`,
      offers(PLAIN_A, secured),
      answers(b, { "transport protocol": AVP }),
      offersAgain(PLAIN_A, secured),
      answers(b, { "transport protocol": AVP }),
    ),
    dialogue(
      `${name}: nobody answers, and it is offered as RTP`,
      offers(a, keys),
      offers(PLAIN_A, plain),
    ),
    dialogue(`${name}: the answer has none`, offers(a, keys), answers(PLAIN_B)),
  ];
}

/** All of them. */
export const FAMILIES: readonly Dialogue[] = MANNERS.flatMap(each);
