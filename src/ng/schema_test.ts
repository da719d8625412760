import assert from "node:assert/strict";
import { toBytes } from "../core/bytes.ts";
import { encodeBencode } from "./bencode.ts";
import { decodeBencode } from "./bencode.ts";
import { FLAGS } from "./flag_table.ts";
import type { NgRequest } from "./request.ts";
import { parseRequest } from "./schema.ts";
import { NgError, type NgSource, type ReplyDict } from "./types.ts";

const SOURCE: NgSource = {
  transport: "udp",
  peer: { family: 4, address: "192.0.2.1", port: 5000 },
  local: { family: 4, address: "192.0.2.2", port: 2223 },
};

function parse(keys: ReplyDict): NgRequest {
  const bytes = toBytes(encodeBencode({ command: "offer", ...keys }));
  return parseRequest(decodeBencode(bytes).value, SOURCE);
}

function words(set: ReadonlySet<string>): string[] {
  return [...set].sort();
}

Deno.test("parseRequest() fills what Kamailio's offer carries", () => {
  const request = parse({
    "supports": ["load limit"],
    "sdp": "v=0\r\n",
    "ICE": "remove",
    "flags": ["trust-address", "SIP-source-address", "loop-protect"],
    "replace": ["origin", "session-connection"],
    "transport-protocol": "RTP/AVP",
    "rtcp-mux": ["demux"],
    "call-id": "1-a\xff@x",
    "via-branch": "z9hG4bK-1",
    "received-from": ["IP4", "198.51.100.1"],
    "from-tag": "ft",
    "direction": ["pub", "priv"],
    "record-call": "off",
  });
  assert.equal(request.command, "offer");
  assert.equal(request.source, SOURCE);
  assert.equal(request.callId, "1-a\xff@x");
  assert.equal(request.fromTag, "ft");
  assert.equal(request.toTag, undefined);
  assert.equal(request.viaBranch, "z9hG4bK-1");
  assert.equal(request.sdp, "v=0\r\n");
  assert.deepEqual(words(request.flags), ["SIP source address", "loop protect", "trust address"]);
  assert.deepEqual(words(request.replace), ["origin", "session connection"]);
  assert.deepEqual(words(request.ice), ["remove"]);
  assert.deepEqual(words(request.rtcpMux), ["demux"]);
  assert.deepEqual(words(request.supports), ["load limit"]);
  assert.deepEqual(request.direction, ["pub", "priv"]);
  assert.deepEqual(request.receivedFrom, { family: 4, address: "198.51.100.1", port: 0 });
  assert.equal(request.transportProtocol, "RTP/AVP");
  assert.deepEqual(request.unknown, []);
});

Deno.test("parseRequest() needs a command that is a string", () => {
  for (const command of [undefined, 5, ["ping"]]) {
    assert.throws(() => parse({ command }), (error) => {
      assert.ok(error instanceof NgError);
      assert.equal(error.reason, 'Dictionary contains no key "command"');
      return true;
    });
  }
});

Deno.test("parseRequest() takes spaces, hyphens, underscores and letter case for equal", () => {
  for (const spelling of ["strict source", "strict-source", "strict_source", "Strict-SOURCE"]) {
    assert.deepEqual([...parse({ flags: [spelling] }).flags], ["strict source"], spelling);
  }
  for (const key of ["media address", "media-address", "media_address", "Media-Address"]) {
    assert.equal(parse({ [key]: "2001:DB8::1" }).mediaAddress?.address, "2001:db8::1", key);
  }
});

Deno.test("parseRequest() knows every flag of the table by its own name", () => {
  for (const flag of FLAGS) {
    const request = parse({ flags: [flag, flag.replaceAll(" ", "-"), flag.replaceAll(" ", "_")] });
    assert.ok(request.flags.has(flag), flag);
    assert.deepEqual(request.unknown, [], flag);
  }
});

Deno.test("parseRequest() resolves aliases of flags and keys", () => {
  assert.ok(parse({ flags: ["no-codec-renegotiation"] }).flags.has("reuse codecs"));
  assert.ok(parse({ flags: ["debugging"] }).flags.has("debug"));
  assert.ok(parse({ flags: ["pad crypto"] }).sdes.has("pad"));
  assert.equal(parse({ flags: ["generate-RTCP"] }).generateRtcp, true);
  assert.equal(parse({ flags: ["all"] }).all, "all");
  assert.equal(parse({ "from-label": "x" }).label, "x");
  assert.equal(parse({ "output-destination": "/f" }).other?.get("recording-file"), "/f");
  assert.deepEqual(words(parse({ "DTLS-reverse": "passive" }).dtls), ["passive"]);
  assert.deepEqual(words(parse({ "ICE-lite": "forward" }).ice), ["lite-forward"]);
});

Deno.test("parseRequest() folds prefixed flags into their lists", () => {
  const request = parse({
    flags: [
      "from-tags-A B",
      "from-tags-c",
      "codec-strip-EVS",
      "codec-transcode-PCMA",
      "codec_mask_opus/48000",
      "transcode-G722",
      "codec-set-opus/48000/2///maxaveragebitrate--40000;x..y",
      "SDES-off",
      "SDES-no-AES_256_CM_HMAC_SHA1_80",
      "SDES-order:AES_CM_128_HMAC_SHA1_80;F8_128_HMAC_SHA1_80;",
      "OSRTP-offer-RFC",
      "T38-no-V.17",
      "T.38-decode",
      "replace-SDP-version",
      "rtcp-mux-offer",
      "rtcp-mux-require",
      "BUNDLE-strict",
      "endpoint-learning-heuristic",
    ],
  });
  assert.deepEqual(request.fromTags, ["A B", "c"]);
  assert.deepEqual([...request.codec], [
    ["strip", ["EVS"]],
    ["transcode", ["PCMA", "G722"]],
    ["mask", ["opus/48000"]],
    ["set", ["opus/48000/2///maxaveragebitrate=40000;x y"]],
  ]);
  assert.deepEqual(words(request.sdes), [
    "no-AES_256_CM_HMAC_SHA1_80",
    "off",
    "order:AES_CM_128_HMAC_SHA1_80;F8_128_HMAC_SHA1_80;",
  ]);
  assert.deepEqual(words(request.osrtp), ["offer"]);
  assert.deepEqual(words(request.t38), ["decode", "no-v.17"]);
  assert.deepEqual(words(request.replace), ["SDP version"]);
  assert.deepEqual(words(request.rtcpMux), ["offer", "require"]);
  assert.deepEqual(words(request.bundle), ["strict"]);
  assert.equal(request.endpointLearning, "heuristic");
  assert.deepEqual(request.unknown, []);
});

Deno.test("parseRequest() takes integers for strings and strings for integers", () => {
  const request = parse({ "call-id": 12345, "delete delay": "30", "TOS": "184", "ptime": "20" });
  assert.equal(request.callId, "12345");
  assert.equal(request.deleteDelay, 30);
  assert.equal(request.tos, 184);
  assert.equal(request.ptime, 20);
  assert.equal(parse({ "call-id": 9007199254740993n }).callId, "9007199254740993");
  assert.equal(parse({ limit: "-1" }).limit, -1);
  assert.equal(parse({ limit: "abc" }).limit, undefined);
});

Deno.test("parseRequest() bounds TOS and delays", () => {
  assert.equal(parse({ TOS: -5 }).tos, -1);
  assert.equal(parse({ TOS: 0 }).tos, 0);
  assert.equal(parse({ TOS: 256 }).tos, undefined);
  assert.equal(parse({ "delete-delay": 0 }).deleteDelay, 0);
  assert.equal(parse({ "delete-delay": -1 }).deleteDelay, undefined);
  assert.equal(parse({ ptime: 0 }).ptime, undefined);
});

Deno.test("parseRequest() takes received from as a list or a string", () => {
  const expected = { family: 6, address: "2001:db8::7", port: 0 };
  for (
    const value of [["IP6", "2001:db8::7"], ["2001:db8::7"], "2001:db8::7", "[2001:DB8::7]"]
  ) {
    assert.deepEqual(parse({ "received from": value }).receivedFrom, expected);
  }
  const bad = parse({ "received from": ["IP4", "nowhere"] });
  assert.equal(bad.receivedFrom, undefined);
  assert.deepEqual(bad.unknown, ["address nowhere"]);
});

Deno.test("parseRequest() takes no unspecified address for media", () => {
  for (const address of ["0.0.0.0", "::", "0:0::0"]) {
    const request = parse({ "media address": address });
    assert.equal(request.mediaAddress, undefined);
    assert.equal(request.unknown.length, 1);
  }
});

Deno.test("parseRequest() takes direction in all its forms", () => {
  assert.deepEqual(parse({ direction: ["a", "b"] }).direction, ["a", "b"]);
  assert.deepEqual(parse({ direction: "a b" }).direction, ["a", "b"]);
  assert.deepEqual(parse({ direction: "a,b" }).direction, ["a", "b"]);
  assert.deepEqual(parse({ direction: ["a"] }).direction, ["a"]);
  assert.deepEqual(parse({ direction: "a" }).direction, []);
  const halves = parse({ "to-interface": "b", "from-interface": "a" });
  assert.deepEqual([halves.fromInterface, halves.toInterface], ["a", "b"]);
  assert.equal(parse({ "inbound-peer": "192.0.2.7" }).inboundPeer?.address, "192.0.2.7");
  assert.deepEqual(parse({}).direction, []);
});

Deno.test("parseRequest() takes lists given as one string", () => {
  assert.deepEqual(words(parse({ flags: "trust-address" }).flags), ["trust address"]);
  assert.deepEqual(words(parse({ DTLS: "disable" }).dtls), ["off"]);
  assert.deepEqual(words(parse({ supports: "load limit" }).supports), ["load limit"]);
});

Deno.test("parseRequest() reads the codec dictionary", () => {
  const { codec, unknown } = parse({ codec: { strip: ["all"], Transcode: "PCMA", bogus: ["x"] } });
  assert.deepEqual([...codec], [["strip", ["all"]], ["transcode", ["PCMA"]]]);
  assert.deepEqual(unknown, ["codec bogus"]);
});

Deno.test("parseRequest() lists what nobody knows, bounded, and never fails on it", () => {
  const request = parse({
    "frobnicate": 1,
    "flags": ["trust address", "no such flag", "codec-frob-x", "sdes-frob"],
    "SDES": ["frob"],
    "media-address": [["nested"]],
    "call-id": ["list"],
    "sdp": { a: 1 },
    "direction": 5n,
  });
  assert.deepEqual(request.unknown, [
    "key frobnicate",
    "flag no such flag",
    "flag codec-frob-x",
    "sdes frob",
    "sdes frob",
    "value of media-address",
    "value of call-id",
    "value of sdp",
  ]);
  assert.equal(request.callId, undefined);
  const many = parse({ flags: Array.from({ length: 1000 }, (_, i) => `${i}${"x".repeat(500)}`) });
  assert.equal(many.unknown.length, 16);
  assert.ok(many.unknown.every((word) => word.length <= 64));
});

Deno.test("parseRequest() is not confused by names of object members", () => {
  const names = ["constructor", "__proto__", "toString", "hasOwnProperty"];
  const request = parse({ flags: names, "rtpp-flags": names.join(" ") });
  assert.deepEqual([...request.flags], []);
  assert.equal(request.unknown.length, 8);
});

Deno.test("parseRequest() expands WebRTC, and explicit values win", () => {
  const plain = parse({ flags: ["WebRTC"] });
  assert.equal(plain.transportProtocol, "UDP/TLS/RTP/SAVPF");
  assert.deepEqual(words(plain.ice), ["force", "trickle"]);
  assert.deepEqual(words(plain.rtcpMux), ["offer", "require"]);
  assert.deepEqual(words(plain.bundle), ["offer", "require"]);
  assert.deepEqual(words(plain.sdes), ["off"]);
  assert.ok(plain.flags.has("generate mid") && plain.flags.has("no rtcp attribute"));
  const explicit = parse({ "flags": ["WebRTC"], "transport protocol": "RTP/SAVPF" });
  assert.equal(explicit.transportProtocol, "RTP/SAVPF");
  const more = parse({ "flags": ["WebRTC"], "rtcp-mux": ["accept"], "bundle": ["accept"] });
  assert.deepEqual(words(more.rtcpMux), ["accept", "offer", "require"]);
  assert.deepEqual(words(more.bundle), ["accept", "offer", "require"]);
});

Deno.test("parseRequest() takes record call, generate RTCP and passthrough as switches", () => {
  assert.ok(parse({ "record call": "yes" }).flags.has("record call"));
  assert.ok(!parse({ flags: ["record call"], "record-call": "no" }).flags.has("record call"));
  assert.ok(parse({ "record call": "discard" }).flags.has("discard recording"));
  assert.equal(parse({ "generate RTCP": "on" }).generateRtcp, true);
  assert.equal(parse({ "generate-RTCP": "off" }).generateRtcp, false);
  assert.ok(parse({ passthrough: "off" }).flags.has("no passthrough"));
});

Deno.test("parseRequest() does not share state between requests", () => {
  parse({ flags: ["fatal"], "from-tags": ["x"], codec: { strip: ["a"] } });
  const next = parse({});
  assert.equal(next.flags.size, 0);
  assert.equal(next.fromTags.length, 0);
  assert.equal(next.codec.size, 0);
});

Deno.test("parseRequest() applies a flag string", () => {
  const request = parse({
    "rtpp-flags": "trust-address replace-origin ICE=remove RTP AVPF direction=pub direction=priv " +
      "codec=[transcode=[PCMA PCMU/8000] strip=[EVS]] SDES=[off pad] to-tag=tt from-tag=ft " +
      "media-address=192.0.2.9 received-from=[IP4 192.0.2.8] flags=[strict-source fatal] bogus",
  });
  assert.deepEqual(words(request.flags), [
    "directional",
    "fatal",
    "strict source",
    "to-tag",
    "trust address",
  ]);
  assert.equal(request.transportProtocol, "RTP/AVPF");
  assert.deepEqual(request.direction, ["pub", "priv"]);
  assert.deepEqual([...request.codec], [["transcode", ["PCMA", "PCMU/8000"]], ["strip", ["EVS"]]]);
  assert.deepEqual(words(request.sdes), ["off", "pad"]);
  assert.deepEqual(words(request.replace), ["origin"]);
  assert.equal(request.toTag, "tt");
  assert.equal(request.fromTag, "ft");
  assert.equal(request.mediaAddress?.address, "192.0.2.9");
  assert.equal(request.receivedFrom?.address, "192.0.2.8");
  assert.deepEqual(request.unknown, ["flag bogus"]);
});

Deno.test("parseRequest() puts transport shorthands of a flag string together", () => {
  const cases: [string, string][] = [
    ["RTP", "RTP/AVP"],
    ["SRTP", "RTP/SAVP"],
    ["SRTP AVPF", "RTP/SAVPF"],
    ["DTLS", "UDP/TLS/RTP/SAVP"],
    ["DTLS AVPF", "UDP/TLS/RTP/SAVPF"],
    ["AVPF RTP", "RTP/AVPF"],
    ["UDP/TLS/RTP/SAVPF", "UDP/TLS/RTP/SAVPF"],
    ["RTP/SAVP", "RTP/SAVP"],
  ];
  for (const [flags, protocol] of cases) {
    assert.equal(parse({ "rtpp-flags": flags }).transportProtocol, protocol, flags);
  }
  assert.deepEqual(parse({ "rtpp-flags": "internal external" }).direction, [
    "internal",
    "external",
  ]);
});

Deno.test("parseRequest() names words that have no effect yet, and only those", () => {
  const request = parse({
    "flags": ["trust-address", "record call", "SDES-off"],
    "ICE": ["remove"],
    "DTLS": "passive",
    "codec": { strip: ["EVS"], transcode: ["PCMA"] },
    "transport protocol": "RTP/SAVP",
    "file": "/a.wav",
    "record-call": "off",
  });
  assert.deepEqual(request.deferred, [
    "record call",
    "codec transcode",
    "file",
  ]);
  assert.deepEqual(parse({ "transport protocol": "RTP/AVPF", "ICE": "remove" }).deferred, []);
});

Deno.test("parseRequest() applies templates: default, command, then those named", () => {
  const templates = new Map([
    ["default", "trust-address TOS=8"],
    ["offer", "TOS=16 replace-origin template=more"],
    ["answer", "strict-source"],
    ["more", "ICE=remove template=more template=missing"],
    ["chosen", "TOS=32 WebRTC"],
  ]);
  const bytes = toBytes(encodeBencode({ command: "offer", template: "chosen", TOS: 64 }));
  const request = parseRequest(decodeBencode(bytes).value, SOURCE, templates);
  assert.equal(request.tos, 64);
  assert.ok(request.flags.has("trust address") && request.flags.has("WebRTC"));
  assert.ok(!request.flags.has("strict source"));
  assert.deepEqual(words(request.replace), ["origin"]);
  assert.ok(request.ice.has("remove"));
  assert.deepEqual(request.unknown, ["template missing"]);
});

Deno.test("parseRequest() splits lists given as one text at commas", () => {
  const request = parse({
    "flags": "trust-address, replace-origin",
    "replace": "session-name,username",
    "codec": { strip: "PCMU,EVS" },
  });
  assert.ok(request.flags.has("trust address"));
  assert.deepEqual(words(request.replace), ["origin", "session name", "username"]);
  assert.deepEqual(request.codec.get("strip"), ["PCMU", "EVS"]);
});

Deno.test("parseRequest() reads edits of attributes, as a dictionary and as flags", () => {
  const request = parse({
    "sdp-attr": {
      none: { add: "x", remove: ["tool"] },
      global: { add: ["y--1..2"] },
      audio: { substitute: [["a:1", "b:2"], "c>d", "nothing"] },
      video: { frobnicate: ["x"], add: ["two\r\nlines"] },
    },
    "flags": ["sdp-attr-add-audio-x-foo--1", "sdp-attr-substitute-video-e>f", "sdp-attr-add-x"],
  });
  const sorted = (edits: NgRequest["attributeEdits"]) =>
    edits.toSorted((a, b) => a.attribute < b.attribute ? -1 : 1);
  assert.deepEqual(
    sorted(request.attributeEdits),
    sorted([
      { section: "audio", operation: "add", attribute: "x-foo=1" },
      { section: "video", operation: "substitute", attribute: "e", by: "f" },
      { section: "global", operation: "add", attribute: "x" },
      { section: "global", operation: "remove", attribute: "tool" },
      { section: "global", operation: "add", attribute: "y=1 2" },
      { section: "audio", operation: "substitute", attribute: "a:1", by: "b:2" },
      { section: "audio", operation: "substitute", attribute: "c", by: "d" },
    ]),
  );
  assert.deepEqual(request.unknown.toSorted(), ["flag sdp-attr-add-x", "value of sdp-attr"]);
});

Deno.test("parseRequest() takes prefixed flags of a flag string with values", () => {
  const request = parse({ "rtpp-flags": "codec-strip=[PCMU EVS] codec-offer=PCMA direction=a" });
  assert.deepEqual(request.codec.get("strip"), ["PCMU", "EVS"]);
  assert.deepEqual(request.codec.get("offer"), ["PCMA"]);
  assert.deepEqual(request.direction, ["a"]);
  assert.deepEqual(request.unknown, []);
});

Deno.test("parseRequest() bounds templates that lead to each other", () => {
  const wide = Array(40).fill("template=b").join(" ");
  const templates = new Map([
    ["a", `replace-origin ${wide}`],
    ["b", `template=a ${wide} TOS=8`],
    ["offer", "TOS=16"],
  ]);
  const bytes = toBytes(encodeBencode({ command: "offer", template: ["a", "offer"], TOS: 1 }));
  const request = parseRequest(decodeBencode(bytes).value, SOURCE, templates);
  assert.ok(request.replace.has("origin"));
  const again = toBytes(encodeBencode({ command: "offer", ATOS: 1, TOS: 1, template: "offer" }));
  assert.equal(parseRequest(decodeBencode(again).value, SOURCE, templates).tos, 16);
});
