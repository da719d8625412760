import assert from "node:assert/strict";
import { Bench } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B, mediaPart, play } from "./scenario_test_support.ts";

const HERE = "c=IN IP4 203.0.113.1\n";

Deno.test("sections of all kinds pass in their order", () => {
  play([{
    send: "offer",
    sdp: A + "m=audio 4000 RTP/AVP 0\nm=video 4002 RTP/AVP 96\na=rtpmap:96 VP8/90000\n" +
      "m=image 4004 UDPTL t38\na=T38FaxVersion:0\nm=application 4006 UDP/BFCP *\na=confid:1\n" +
      "m=message 2855 TCP/MSRP *\na=path:msrp://x\nm=text 0 RTP/AVP 98\na=rtpmap:98 t140/1000\n",
    media: `m=audio P1 RTP/AVP 0\n${HERE}a=rtpmap:0 PCMU/8000\na=sendrecv\na=rtcp:P1+1\n` +
      `m=video P2 RTP/AVP 96\n${HERE}a=rtpmap:96 VP8/90000\na=sendrecv\na=rtcp:P2+1\n` +
      `m=image P3 udptl t38\n${HERE}a=T38FaxVersion:0\n` +
      `m=application P4 UDP/BFCP *\n${HERE}a=confid:1\n` +
      "m=message 2855 TCP/MSRP *\nc=IN IP4 198.51.100.1\na=path:msrp://x\n" +
      "m=text 0 RTP/AVP 98\nc=IN IP4 0.0.0.0\n",
  }]);
});

Deno.test("media over TCP passes untouched, its own address included", () => {
  play([{
    send: "offer",
    sdp: A + "m=application 9 TCP/TLS/BFCP *\nc=IN IP4 192.0.2.9\na=setup:passive\na=sendonly\n",
    media: "m=application 9 TCP/TLS/BFCP *\nc=IN IP4 192.0.2.9\na=setup:passive\na=sendonly\n",
  }]);
});

Deno.test("rejected sections keep what tells them apart", () => {
  play([{
    send: "offer",
    sdp: A + AUDIO +
      "m=video 0 RTP/AVP 96\ni=x\nb=AS:3\na=mid:3\na=label:3\na=x\na=rtpmap:96 VP8/90000\n" +
      "m=image 0 udptl t38\na=foo\nm=video 0 RTP/AVP 97\nc=IN IP6 2001:db8::9\n",
    media: `m=audio P1 RTP/AVP 8 0\n${HERE}a=rtpmap:8 PCMA/8000\na=rtpmap:0 PCMU/8000\n` +
      "a=sendrecv\na=rtcp:P1+1\nm=video 0 RTP/AVP 96\ni=x\nc=IN IP4 0.0.0.0\nb=AS:3\na=mid:3\n" +
      "a=label:3\nm=image 0 udptl t38\nc=IN IP4 0.0.0.0\na=foo\n" +
      "m=video 0 RTP/AVP 97\nc=IN IP6 ::\n",
  }]);
});

Deno.test("ICE is removed, keys of encrypted media stay", () => {
  const ice = "a=ice-ufrag:abcd\na=ice-pwd:efgh\na=candidate:1 1 UDP 1 192.0.2.1 9 typ host\n";
  const key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MTIz\n";
  play([{
    send: "offer",
    sdp: A.replace("t=0 0\n", "t=0 0\na=ice-lite\na=group:BUNDLE 1\na=group:LS 1\n") +
      "m=audio 4000 RTP/SAVP 0\n" + ice + key + "a=x\na=mid:1\n",
    media: `m=audio P1 RTP/SAVP 0\n${HERE}a=mid:1\na=rtpmap:0 PCMU/8000\na=x\na=sendrecv\n` +
      `a=rtcp:P1+1\n${key}`,
  }]);
});

Deno.test("DTLS-SRTP is relayed unexamined between the parties", () => {
  const bench = new Bench();
  const offered = bench.offer(
    A + "m=audio 4000 UDP/TLS/RTP/SAVPF 0\na=setup:actpass\na=fingerprint:sha-256 AA:BB\n",
  );
  assert.match(offered.sdp, /UDP\/TLS\/RTP\/SAVPF 0[^]*a=setup:actpass\r\na=fingerprint:sha-256/);
  const rule = bench.rule(offered)!;
  assert.equal(rule.opaque, true);
  assert.deepEqual(rule.outputs[0]!.match, ["rtp", "rtcp", "other"]);
});

Deno.test("encryption cannot be added or taken away, and the reply says so", () => {
  const bench = new Bench();
  const keys = { "transport protocol": "RTP/AVP" };
  const reply = bench.offer(A + "m=audio 4000 RTP/SAVP 0\na=crypto:1 X inline:y\n", keys);
  assert.equal(reply.result, "ok");
  assert.equal(reply.warning, "No translation between RTP/SAVP and RTP/AVP");
  assert.match(reply.sdp, /RTP\/SAVP 0/);
});

Deno.test("transport protocol rewrites AVP and AVPF in both directions", () => {
  const bench = new Bench();
  const keys = { "transport protocol": "RTP/AVPF" };
  assert.match(bench.offer(A + AUDIO, keys).sdp, /m=audio \d+ RTP\/AVPF 8 0/);
  const answer = B + AUDIO_B.replace("RTP/AVP", "RTP/AVPF");
  assert.match(bench.answer(answer).sdp, /m=audio \d+ RTP\/AVP 8/);
  // accepted is what the called side changed, not what it was offered
  const accept = { "transport protocol": "accept" };
  assert.match(bench.answer(answer, accept).sdp, /m=audio \d+ RTP\/AVP 8/);
  assert.match(bench.answer(B + AUDIO_B, accept).sdp, /m=audio \d+ RTP\/AVP 8/);
  const other = new Bench();
  other.offer(A + AUDIO);
  assert.match(other.answer(answer, accept).sdp, /m=audio \d+ RTP\/AVPF 8/);
  assert.match(other.answer(answer, keys).sdp, /m=audio \d+ RTP\/AVPF 8/);
});

Deno.test("a re-offer keeps the receiver's protocol until the sender changes its own", () => {
  const bench = new Bench();
  bench.offer(A + AUDIO);
  bench.answer(B + AUDIO_B, { "transport protocol": "RTP/AVPF" });
  const back = { "from-tag": "b", "to-tag": "a" };
  assert.match(bench.offer(B + AUDIO_B, back).sdp, /RTP\/AVPF 8/);
  const feedback = B + AUDIO_B.replace("RTP/AVP", "RTP/AVPF");
  assert.match(bench.offer(feedback, back).sdp, /RTP\/AVPF 8/);
  assert.match(bench.offer(B + AUDIO_B, back).sdp, /RTP\/AVP 8/);
});

Deno.test("generate mid numbers sections; an answer brings back the offerer's own mid", () => {
  const video = "m=video 4002 RTP/AVP 96\n";
  const mids = (reply: { sdp: string }) => reply.sdp.match(/(?<=a=mid:).*(?=\r)/g) ?? [];
  const bench = new Bench();
  const generate = { flags: ["generate-mid"] };
  assert.deepEqual(mids(bench.offer(A + AUDIO + video, generate)), ["1", "2"]);
  assert.deepEqual(mids(bench.answer(B + AUDIO_B + "a=mid:1\n" + video, generate)), []);
  const named = new Bench();
  const sdp = A + AUDIO + "a=mid:2\n" + video;
  assert.deepEqual(mids(named.offer(sdp, generate)), ["2", "4"]);
  assert.deepEqual(mids(named.answer(B + AUDIO_B + video)), ["2"]);
});

Deno.test("strip extmap and loop protect", () => {
  const bench = new Bench();
  const sdp = A.replace("t=0 0\n", "t=0 0\na=extmap:9 urn:s\n") + AUDIO + "a=extmap:1 urn:x\n";
  assert.match(bench.offer(sdp).sdp, /a=extmap:1 urn:x\r\n/);
  assert.equal(mediaPart(bench.offer(sdp, { flags: ["strip-extmap"] })).includes("extmap"), false);
  const marked = bench.offer(A + AUDIO, { flags: ["loop-protect"] });
  assert.match(marked.sdp, /a=rtpengine:marker\r\nm=/);
  const keys = { flags: ["loop-protect"], "call-id": "other" };
  assert.equal(bench.offer(marked.sdp, keys).sdp, marked.sdp);
  assert.equal(bench.service.registry.size, 1);
  const open = bench.offer(marked.sdp, { "call-id": "other" });
  assert.equal(open.sdp.includes("rtpengine"), false, "a foreign marker is not passed on");
});
