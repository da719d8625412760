import assert from "node:assert/strict";
import { Bench } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B, mediaPart, play, sessionPart } from "./scenario_test_support.ts";

const OFFERED = "m=audio P1 RTP/AVP 8 0\nc=IN IP4 203.0.113.1\n" +
  "a=rtpmap:8 PCMA/8000\na=rtpmap:0 PCMU/8000\na=sendrecv\na=rtcp:P1+1\n";
const ANSWERED = "m=audio P1 RTP/AVP 8\nc=IN IP4 203.0.113.1\n" +
  "a=rtpmap:8 PCMA/8000\na=sendrecv\na=rtcp:P1+1\n";

Deno.test("offer and answer name ports of ours, in both directions", () => {
  play([
    { send: "offer", sdp: A + AUDIO, media: OFFERED },
    { send: "answer", sdp: B + AUDIO_B, media: ANSWERED },
    {
      send: "offer",
      sdp: B + AUDIO_B,
      keys: { "from-tag": "b", "to-tag": "a" },
      media: ANSWERED,
    },
    {
      send: "answer",
      sdp: A + AUDIO,
      keys: { "from-tag": "b", "to-tag": "a" },
      media: OFFERED.replace("8 0", "8").replace("a=rtpmap:0 PCMU/8000\n", ""),
    },
  ]);
});

Deno.test("the session part stays as it is but for c=", () => {
  const bench = new Bench();
  const session = A.replace("t=0 0\n", "b=AS:64\nt=1 2\nr=7d 1h\nk=prompt\na=tool:x\n");
  const reply = bench.offer(session + AUDIO);
  assert.equal(
    sessionPart(reply),
    "v=0\no=- 1 1 IN IP4 198.51.100.1\ns=-\nb=AS:64\nt=1 2\nr=7d 1h\nk=prompt\na=tool:x\n",
  );
});

Deno.test("missing o=, s= and t= lines are added", () => {
  const bench = new Bench();
  const reply = bench.offer("v=0\nc=IN IP4 198.51.100.1\n" + AUDIO);
  assert.match(sessionPart(reply), /^v=0\no=- \d+ 0 IN IP4 203\.0\.113\.1\ns=\nt=0 0\n$/);
});

Deno.test("bytes that are not ASCII pass unchanged", () => {
  const bench = new Bench();
  const reply = bench.offer(A.replace("s=-", "s=\xe9\xff") + AUDIO + "a=x:\x80\x00\xfe\n");
  assert.match(reply.sdp, /s=\xe9\xff\r\n/);
  // deno-lint-ignore no-control-regex
  assert.match(reply.sdp, /a=x:\x80\x00\xfe\r\n/);
});

Deno.test("lines end in CRLF whatever came in", () => {
  const bench = new Bench();
  const reply = bench.send("offer", { "call-id": "c", "from-tag": "a", sdp: A + AUDIO });
  assert.equal(reply.sdp.replaceAll("\r\n", "").includes("\n"), false);
});

Deno.test("unknown attributes keep their order and place, known ones have theirs", () => {
  const bench = new Bench();
  const reply = bench.offer(
    A + "m=audio 4000 RTP/AVP 0 96 13\ni=title\nb=AS:64\na=foo\na=rtpmap:96 opus/48000/2\n" +
      "a=fmtp:96 minptime=10;useinbandfec=1\na=ptime:20\na=maxptime:40\na=rtcp-fb:* nack\n" +
      "a=bar:1\na=rtcp-fb:96 ccm fir\na=label:9\na=mid:a1\na=rtcp:4001\na=extmap:1 urn:x\n" +
      "a=rtcp-mux\na=foo\na=fmtp:77 unused\na=rtpmap:77 unused/1\n",
  );
  assert.equal(
    mediaPart(reply),
    "m=audio P1 RTP/AVP 0 96 13\ni=title\nc=IN IP4 203.0.113.1\nb=AS:64\na=mid:a1\na=label:9\n" +
      "a=rtpmap:0 PCMU/8000\na=rtpmap:96 opus/48000/2\na=fmtp:96 minptime=10;useinbandfec=1\n" +
      "a=rtcp-fb:96 ccm fir\na=rtpmap:13 CN/8000\na=extmap:1 urn:x\na=rtcp-fb:* nack\n" +
      "a=foo\na=bar:1\na=foo\na=sendrecv\na=rtcp:P1+1\na=rtcp-mux\na=ptime:20\na=maxptime:40\n",
  );
});

Deno.test("an answer keeps only codecs that were offered, whatever their numbers", () => {
  play([
    {
      send: "offer",
      sdp: A + "m=audio 4000 RTP/AVP 96 8\na=rtpmap:96 opus/48000/2\n",
      media: "m=audio P1 RTP/AVP 96 8\nc=IN IP4 203.0.113.1\na=rtpmap:96 opus/48000/2\n" +
        "a=rtpmap:8 PCMA/8000\na=sendrecv\na=rtcp:P1+1\n",
    },
    {
      send: "answer",
      sdp: B + "m=audio 5000 RTP/AVP 0 111 8\na=rtpmap:111 OPUS/48000/2\n",
      media: "m=audio P1 RTP/AVP 111 8\nc=IN IP4 203.0.113.1\na=rtpmap:111 OPUS/48000/2\n" +
        "a=rtpmap:8 PCMA/8000\na=sendrecv\na=rtcp:P1+1\n",
    },
  ]);
});

Deno.test("an answer without any offered codec is passed on", () => {
  const bench = new Bench();
  bench.offer(A + "m=audio 4000 RTP/AVP 8\n");
  const reply = bench.answer(B + "m=audio 5000 RTP/AVP 0\n");
  assert.match(reply.sdp, /^m=audio \d+ RTP\/AVP 0\r$/m);
});

Deno.test("the offered ptime is echoed in an answer that names none", () => {
  const bench = new Bench();
  bench.offer(A + "m=audio 4000 RTP/AVP 8\na=ptime:30\n");
  assert.match(bench.answer(B + "m=audio 5000 RTP/AVP 8\n").sdp, /a=ptime:30\r\n$/);
  assert.match(bench.answer(B + "m=audio 5000 RTP/AVP 8\na=ptime:20\n").sdp, /a=ptime:20\r\n$/);
});

Deno.test("errors have rtpengine's words", () => {
  const bench = new Bench();
  const cases: [string, Record<string, string>, string][] = [
    ["offer", {}, "No SDP body in message"],
    ["offer", { sdp: A }, "No call-id in message"],
    ["offer", { sdp: A, "call-id": "x" }, "No from-tag in message"],
    ["answer", { sdp: A, "call-id": "x", "from-tag": "a" }, "No to-tag in message"],
    ["answer", { sdp: A, "call-id": "x", "from-tag": "a", "to-tag": "b" }, "Unknown call-id"],
    ["offer", { sdp: A, "call-id": "x", "from-tag": "a" }, "Error rewriting SDP"],
    ["offer", { sdp: "hello", "call-id": "x", "from-tag": "a" }, "Failed to parse SDP"],
    [
      "offer",
      { sdp: A + AUDIO, "call-id": "x", "from-tag": "a", "to-tag": "a" },
      "Invalid dialogue association",
    ],
    [
      "offer",
      { sdp: A.replace(/c=.*\n/, "") + AUDIO, "call-id": "x", "from-tag": "a" },
      "Incomplete SDP specification",
    ],
    [
      "offer",
      { sdp: A + "m=audio 4000 RTP/AVP x\n", "call-id": "x", "from-tag": "a" },
      "Incomplete SDP specification",
    ],
    ["query", {}, "No call-id in message"],
    ["query", { "call-id": "x" }, "Unknown call-id"],
    ["delete", {}, "No call-id in message"],
  ];
  for (const [command, keys, reason] of cases) {
    assert.deepEqual(bench.send(command, keys), { result: "error", "error-reason": reason });
  }
  assert.equal(bench.service.registry.size, 0);
  assert.equal(bench.engine.openSlots, 0);
});
