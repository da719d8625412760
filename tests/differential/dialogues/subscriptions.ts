/**
 * Subscriptions to the parties of a call, parties that are connected, and aliases.
 *
 * @module
 */

import {
  A,
  answer,
  AUDIO_A,
  AUDIO_B,
  B,
  command,
  crlf,
  type Dialogue,
  dialogue,
  offer,
  query,
  session,
  type Step,
} from "../dialogue.ts";

type Keys = Parameters<typeof command>[1];

/** Address of whoever listens. */
const S = "198.51.100.3";
const ONE = "m=audio 2000 RTP/AVP 8";
const established = [
  offer(session(A, ONE), { label: "caller" }),
  answer(session(B, ONE), { label: "callee" }),
];

function subscribe(keys: Keys): Step {
  return command("subscribe request", { "to-tag": "s", ...keys });
}

function accept(...ports: number[]): Step {
  const lines = ports.flatMap((port) => [
    `m=audio ${port} RTP/AVP 8`,
    "a=rtpmap:8 PCMA/8000",
    "a=recvonly",
  ]);
  return command("subscribe answer", { "to-tag": "s", sdp: session(S, ...lines) });
}

function aliased(name: string, first: Keys, second: Keys): Dialogue {
  const changed = session(A, "m=audio 2000 RTP/AVP 0", "a=sendrecv");
  return dialogue(
    `alias-key: ${name}`,
    offer(AUDIO_A, first),
    answer(AUDIO_B, first),
    offer(AUDIO_A, { "from-tag": "a2", "to-tag": "b", ...second }),
    query(),
    offer(changed, { "from-tag": "a3", "to-tag": "b", ...second }),
    query(),
  );
}

/** Subscriptions and connections. */
export const SUBSCRIPTIONS: readonly Dialogue[] = [
  dialogue(
    "subscribe to one party",
    ...established,
    subscribe({ "from-tag": "a" }),
    query(),
    accept(6000),
    query(),
  ),
  dialogue(
    "subscribe to both parties",
    ...established,
    subscribe({ all: "all" }),
    accept(6000, 6002),
    query(),
  ),
  dialogue(
    "subscribe by a list of tags",
    ...established,
    subscribe({ "from-tags": ["b", "a"] }),
    accept(6000, 6002),
    query(),
  ),
  dialogue("subscribe by flag", ...established, subscribe({ flags: ["all"] }), query()),
  dialogue(
    "subscribe to a label and get one",
    ...established,
    subscribe({ label: "callee", "set-label": "ear", interface: "inside" }),
    query(),
  ),
  dialogue(
    "subscribe with all codecs of an offer",
    offer(AUDIO_A),
    answer(AUDIO_B),
    subscribe({ "from-tag": "a" }),
  ),
  dialogue(
    "subscribe inactive",
    ...established,
    subscribe({ label: "caller", flags: ["inactive"] }),
  ),
  dialogue(
    "subscribe over IPv6",
    ...established,
    subscribe({ label: "caller", "address family": "IP6" }),
  ),
  dialogue(
    "subscribe over AVPF",
    ...established,
    subscribe({ label: "caller", "transport protocol": "RTP/AVPF" }),
  ),
  dialogue(
    "subscribe with rtcp-mux",
    ...established,
    subscribe({ label: "caller", "rtcp-mux": ["offer"] }),
  ),
  dialogue(
    "subscribe with a codec stripped",
    offer(AUDIO_A),
    answer(session(B, "m=audio 4000 RTP/AVP 8 0")),
    subscribe({ "from-tag": "a", codec: { strip: ["PCMA"] } }),
  ),
  dialogue(
    "subscribe for SIPREC",
    ...established,
    subscribe({ all: "all", flags: ["SIPREC"] }),
    accept(6000, 6002),
  ),
  dialogue(
    "subscribe with RTCP mirror",
    ...established,
    subscribe({ label: "caller", flags: ["RTCP mirror"] }),
    accept(6000),
    query(),
  ),
  dialogue(
    "subscribe to egress",
    ...established,
    subscribe({ label: "caller", flags: ["egress"] }),
    accept(6000),
    query(),
  ),
  dialogue(
    "subscribe to audio and video",
    offer(session(A, ONE, "m=video 2002 RTP/AVP 96", "a=rtpmap:96 VP8/90000")),
    answer(session(B, ONE, "m=video 4002 RTP/AVP 96", "a=rtpmap:96 VP8/90000")),
    subscribe({ all: "all" }),
    query(),
  ),
  dialogue(
    "subscribe passes ssrc and ptime on",
    offer(session(A, ONE, "a=ssrc:1 cname:x", "a=ptime:30", "a=mid:0")),
    answer(session(B, ONE)),
    subscribe({ "from-tag": "a" }),
  ),
  dialogue(
    "a subscription outlives a re-offer",
    ...established,
    subscribe({ "from-tag": "a" }),
    accept(6000),
    offer(session(A, ONE).replace("7001 1", "7001 2"), { "to-tag": "b" }),
    answer(session(B, ONE)),
    query(),
  ),
  dialogue(
    "unsubscribe",
    ...established,
    subscribe({ all: "all" }),
    accept(6000, 6002),
    command("unsubscribe", { "to-tag": "s", "from-tag": "a", flags: ["directional"] }),
    query({ "from-tag": "a" }),
    command("unsubscribe", { "to-tag": "s" }),
    query({ "from-tag": "a" }),
    command("unsubscribe", { "to-tag": "s" }),
  ),
  dialogue(
    "subscribe that cannot be done",
    ...established,
    subscribe({}),
    subscribe({ "from-tag": "x" }),
    subscribe({ "from-tags": ["x"] }),
    subscribe({ label: "x" }),
    subscribe({ "call-id": "no-such-call" }),
    subscribe({ "call-id": null }),
    command("subscribe answer", { "to-tag": "s", sdp: session(S, ONE) }),
    command("subscribe answer", { sdp: session(S, ONE) }),
    command("subscribe answer", { "to-tag": "s" }),
    command("subscribe answer", { "call-id": "no-such-call", "to-tag": "s", sdp: session(S, ONE) }),
    command("subscribe answer", { "call-id": null, "to-tag": "s", sdp: session(S, ONE) }),
    command("unsubscribe", { "to-tag": "s" }),
    command("unsubscribe", {}),
    command("unsubscribe", { "call-id": "no-such-call", "to-tag": "s" }),
  ),
  dialogue(
    "publish that cannot be done",
    command("publish", { "from-tag": "a" }),
    command("publish", { "from-tag": "a", sdp: "garbage" }),
    command("publish", { "from-tag": "a", sdp: crlf("v=0", "s=-", "t=0 0") }),
  ),
  dialogue(
    "create answer that cannot be done",
    command("create answer", { "from-tag": "a", sdp: AUDIO_A }),
    command("create answer", { "from-tag": "a" }),
    command("create answer", { sdp: AUDIO_A }),
  ),
  dialogue(
    "connect a transferred call",
    ...established,
    offer(session(S, ONE), { "from-tag": "c" }),
    answer(session(S, ONE.replace("2000", "2010")), { "from-tag": "c", "to-tag": "d" }),
    command("connect", { "from-tag": "a", "to-tag": "c" }),
    query(),
    command("connect", { "from-tag": "a", "to-tag": "d", flags: ["directional"] }),
    query(),
    command("connect", { "from-tag": "a", "to-tag": "b" }),
    query(),
  ),
  dialogue(
    "connect that cannot be done",
    ...established,
    command("connect", { "from-tag": "a" }),
    command("connect", { "to-tag": "a" }),
    command("connect", { "from-tag": "x", "to-tag": "a" }),
    command("connect", { "from-tag": "a", "to-tag": "b", "to-call-id": "no-such-call" }),
    command("connect", { "call-id": "no-such-call", "from-tag": "a", "to-tag": "b" }),
    command("connect", { "call-id": null, "from-tag": "a", "to-tag": "b" }),
  ),
  aliased("off", {}, { "alias-key": "off" }),
  aliased("SDP", { "alias-key": "SDP" }, { "alias-key": "SDP" }),
  aliased("address", { "alias-key": "address" }, { "alias-key": "address" }),
  aliased("endpoint is address", { "alias-key": "endpoint" }, { "alias-key": "address" }),
  aliased("SDP, not told before", {}, { "alias-key": "SDP" }),
];
