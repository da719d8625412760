import assert from "node:assert/strict";
import { SecretNames } from "./secrets.ts";
import { crlf } from "./dialogue.ts";
import { type Context, normalise, PortNames } from "./normalise.ts";

function context(told = ""): Context {
  const advertised = new Map([["203.0.113.1", "192.0.2.1"]]);
  return {
    ports: new PortNames(30_000, 30_999),
    secrets: new SecretNames(),
    call: "mine",
    told,
    advertised,
  };
}

function twice(reply: Parameters<typeof normalise>[0], given = context()): string[] {
  normalise(reply, given);
  return normalise(reply, given);
}

Deno.test("PortNames numbers ports by first appearance and keeps the RTP/RTCP relation", () => {
  const sdp = crlf("m=audio 30124 RTP/AVP 0", "a=rtcp:30125", "m=video 30010 RTP/AVP 0");
  assert.deepEqual(twice({ sdp }), [
    "sdp: m=audio P1 RTP/AVP 0",
    "sdp: a=rtcp:P1+1",
    "sdp: m=video P2 RTP/AVP 0",
  ]);
});

Deno.test("PortNames tells RTP on the odd port of a pair from RTP on the even one", () => {
  const sdp = crlf("m=audio 30125 RTP/AVP 0", "a=rtcp:30124");
  assert.deepEqual(twice({ sdp }), ["sdp: m=audio P1+1 RTP/AVP 0", "sdp: a=rtcp:P1"]);
});

Deno.test("PortNames gives a port without a partner no parity", () => {
  assert.deepEqual(twice({ sdp: crlf("m=audio 30125 RTP/AVP 0") }), ["sdp: m=audio P1 RTP/AVP 0"]);
});

Deno.test("PortNames tells the same number at two addresses apart, in bodies and statistics", () => {
  const audio = (address: string) => crlf("m=audio 30010 RTP/AVP 0", `c=IN IP4 ${address}`);
  const sdp = audio("203.0.113.1") + audio("192.0.2.2");
  const stream = (address: string) => ({ "local address": address, "local port": 30_010 });
  assert.deepEqual(twice({ sdp, streams: [stream("192.0.2.1"), stream("192.0.2.2")] }), [
    "sdp: m=audio P1 RTP/AVP 0",
    "sdp: c=IN IP4 203.0.113.1",
    "sdp: m=audio P2 RTP/AVP 0",
    "sdp: c=IN IP4 192.0.2.2",
    'streams[0]/local address = "192.0.2.1"',
    "streams[0]/local port = P1",
    'streams[1]/local address = "192.0.2.2"',
    "streams[1]/local port = P2",
  ]);
});

Deno.test("PortNames leaves ports outside its range", () => {
  assert.deepEqual(twice({ sdp: crlf("m=audio 2000 RTP/AVP 0") }), [
    "sdp: m=audio 2000 RTP/AVP 0",
  ]);
});

Deno.test("normalise() hides times but not that there is none", () => {
  assert.deepEqual(twice({ created: 17, "last signal": 0 }), [
    "created = <time>",
    "last signal = 0",
  ]);
});

Deno.test("normalise() lists flags in one order", () => {
  assert.deepEqual(twice({ x: { flags: ["send", "recv"] } }), ["x/flags = {recv, send}"]);
});

Deno.test("normalise() shows line ends that are not CRLF", () => {
  assert.deepEqual(twice({ sdp: "a=one\na=two\r\na=three" }), [
    "sdp: a=one\\n",
    "sdp: a=two",
    "sdp: a=three",
  ]);
});

Deno.test("normalise() hides a session id that was made up, and only that", () => {
  const sdp = crlf("o=- 123 1 IN IP4 198.51.100.1");
  assert.deepEqual(twice({ sdp }), ["sdp: o=- <id> 1 IN IP4 198.51.100.1"]);
  assert.deepEqual(twice({ sdp }, context(sdp)), ["sdp: o=- 123 1 IN IP4 198.51.100.1"]);
});

Deno.test("normalise() hides the name of an instance, unless it was told one", () => {
  const line = "a=rtpengine:0123456789ab";
  assert.deepEqual(twice({ sdp: crlf(line) }), ["sdp: a=rtpengine:<name>"]);
  assert.deepEqual(twice({ sdp: crlf(line) }, context(crlf(line))), [`sdp: ${line}`]);
  assert.deepEqual(twice({ sdp: crlf("a=rtpengine:other") }), ["sdp: a=rtpengine:other"]);
});

Deno.test("normalise() leaves other calls out of a list", () => {
  assert.deepEqual(twice({ calls: ["other", "mine"] }), ['calls[0] = "mine"']);
  assert.deepEqual(twice({ calls: ["other"] }), ["calls = []"]);
});

Deno.test("normalise() tells the absence of an answer", () => {
  assert.deepEqual(twice(undefined), ["no answer"]);
});

Deno.test("normalise() names what is made up, the same thing always the same way", () => {
  const told = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:theirs";
  const names = context(told);
  const sdp = crlf(
    told,
    "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:ours|2^31",
    "a=ice-ufrag:abcd",
    "a=fingerprint:sha-256 AA:BB",
    "a=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:ours",
    "a=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:others",
  );
  assert.deepEqual(normalise({ sdp }, names), [
    `sdp: ${told}`,
    "sdp: a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:<key 1 of 4>|2^31",
    "sdp: a=ice-ufrag:<ufrag 1 of 4>",
    "sdp: a=fingerprint:sha-256 <digest 1 of 5>",
    "sdp: a=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:<key 1 of 4>",
    "sdp: a=crypto:4 AES_CM_128_HMAC_SHA1_32 inline:<key 2 of 6>",
  ]);
});

Deno.test("normalise() gives a candidate's ports the names of its own address", () => {
  const sdp = crlf(
    "c=IN IP4 127.0.0.1",
    "m=audio 30000 RTP/AVP 8",
    "a=candidate:f 1 UDP 30000 127.0.0.1 30000 typ host",
    "a=candidate:g 1 UDP 29999 ::1 30000 typ host",
  );
  const names = context();
  normalise({ sdp }, names);
  assert.deepEqual(normalise({ sdp }, names).slice(2), [
    "sdp: a=candidate:<foundation 1> 1 UDP 30000 127.0.0.1 P1 typ host",
    "sdp: a=candidate:<foundation 2> 1 UDP 29999 ::1 P2 typ host",
  ]);
});

Deno.test("normalise() does not count what ICE has sent", () => {
  const stream = (flags: string[]) => ({
    tags: { a: { medias: [{ flags, streams: [{ stats_out: { packets: 1 } }] }] } },
  });
  const lines = (flags: string[]) => normalise(stream(flags), context());
  assert.ok(!lines(["ICE"]).some((line) => line.includes("stats_out")));
  assert.ok(lines(["ICE controlling"]).some((line) => line.includes("stats_out")));
});
