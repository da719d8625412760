import assert from "node:assert/strict";
import { countingSource } from "../negotiate/secure_test_support.ts";
import { addresses, Bench, crlf, type Keys, normal, type Reply } from "./fixture_test_support.ts";
import { A, AUDIO, B } from "./scenario_test_support.ts";

const OPUS = "m=audio 4000 RTP/AVP 96 8 0\na=rtpmap:96 opus/48000/2\na=fmtp:96 stereo=1\n" +
  "a=rtpmap:8 PCMA/8000\n";

function ask(bench: Bench, command: string, keys: Keys): Reply {
  const { sdp, ...rest } = keys;
  const body: Keys = typeof sdp === "string" ? { sdp: crlf(sdp) } : {};
  return bench.send(command, { "call-id": "p", "from-tag": "pub", ...rest, ...body });
}

/** Everything after the origin. */
function body(reply: Reply): string {
  return normal(reply).replace(/^v=0\no=- \d+ \d+ /, "");
}

Deno.test("publish is answered with one codec and with recvonly", () => {
  const bench = new Bench();
  const reply = ask(bench, "publish", { sdp: A + OPUS });
  assert.equal(reply["call-id"], "p");
  assert.equal(reply["from-tag"], "pub");
  assert.equal(
    body(reply),
    "IN IP4 203.0.113.1\ns=rtpedge\nt=0 0\nm=audio P1 RTP/AVP 96\nc=IN IP4 203.0.113.1\n" +
      "a=rtpmap:96 opus/48000/2\na=fmtp:96 stereo=1\na=recvonly\na=rtcp:P1+1\n",
  );
  const again = ask(bench, "publish", { sdp: A.replace("- 1 1", "- 1 2") + OPUS });
  assert.equal(again.sdp, reply.sdp, "the same again: nothing of ours has changed");
  const heard = ask(bench, "subscribe request", { "to-tag": "s" });
  assert.match(heard.sdp, /m=audio \d+ RTP\/AVP 96\r\n/, "others are offered what was taken");
  assert.deepEqual(bench.events, ["created p"]);
});

Deno.test("publish takes the codecs codec-accept wishes for", () => {
  const codecs = (accept: string) => {
    const reply = ask(new Bench(), "publish", { sdp: A + OPUS, flags: [`codec-accept-${accept}`] });
    return /m=audio \d+ RTP\/AVP (.*)/.exec(reply.sdp ?? "")?.[1] ?? reply["error-reason"];
  };
  assert.equal(codecs("PCMU"), "0");
  assert.equal(codecs("pcma/8000"), "8");
  assert.equal(codecs("any"), "96");
  assert.equal(codecs("all"), "96 8 0");
  assert.equal(codecs("G729"), "Failed to create SDP");
});

Deno.test("publish mirrors the direction, and lets media back under bidirectional", () => {
  const expected = {
    sendrecv: ["recvonly", "sendrecv"],
    sendonly: ["recvonly", "recvonly"],
    recvonly: ["inactive", "sendonly"],
    inactive: ["inactive", "inactive"],
  };
  for (const [direction, [one, both]] of Object.entries(expected)) {
    const sdp = A + AUDIO.replace("sendrecv", direction);
    for (const [flags, answer] of [[[], one], [["bidirectional"], both]] as const) {
      assert.match(ask(new Bench(), "publish", { sdp, flags }).sdp, new RegExp(`a=${answer}\r\n`));
    }
  }
});

Deno.test("publish makes up names nobody gave, and answers rtcp-mux", () => {
  const bench = new Bench();
  const reply = bench.send("publish", { sdp: crlf(A + AUDIO + "a=rtcp-mux\n") });
  assert.match(reply["call-id"], /^[0-9a-f]{64}$/);
  assert.match(reply["from-tag"], /^[0-9a-f]{64}$/);
  assert.match(reply.sdp, /a=rtcp-mux\r\n/);
  const refused = bench.send("publish", {
    sdp: crlf(A + AUDIO + "a=rtcp-mux\n"),
    "rtcp-mux": ["reject"],
  });
  assert.doesNotMatch(refused.sdp, /rtcp-mux/);
  assert.equal(bench.service.registry.size, 2);
});

Deno.test("publish and create respect limits and fail without a trace", () => {
  const bench = new Bench({ settings: { maxSessions: 0 } });
  assert.equal(ask(bench, "publish", { sdp: A + AUDIO }).result, "load limit");
  assert.equal(ask(bench, "create", {}).result, "load limit");
  bench.settings.maxSessions = -1;
  const cases: [string, Keys, string][] = [
    ["publish", {}, "No SDP body in message"],
    ["publish", { sdp: "garbage" }, "Failed to parse SDP"],
    ["publish", { sdp: A }, "Failed to create SDP"],
    ["publish", { sdp: A + AUDIO.replace("/AVP", "/SAVP") }, "Failed to create SDP"],
    ["create", { flags: ["codec-offer-nobody"] }, "Codec 'nobody' needs a clock rate"],
    ["create answer", {}, "No SDP body in message"],
    ["create answer", { sdp: A + AUDIO }, "unknown call-ID"],
  ];
  for (const [command, keys, reason] of cases) {
    const reply = ask(bench, command, keys);
    assert.deepEqual(reply, { result: "error", "error-reason": reason });
  }
  assert.equal(bench.service.registry.size, 0);
  assert.equal(bench.engine.openSlots, 0);
  const poor = new Bench({ addresses: addresses(30001).filter(({ name }) => name === "pub") });
  const two = A + AUDIO + AUDIO.replace("4000", "4002");
  assert.equal(ask(poor, "publish", { sdp: two })["error-reason"], "Ran out of ports");
  assert.equal(poor.engine.openSlots, 0);
});

Deno.test("create offers PCMU and PCMA, or what it is told, and create answer completes it", () => {
  const bench = new Bench();
  const reply = ask(bench, "create", {});
  const expected = "IN IP4 203.0.113.1\ns=rtpedge\nt=0 0\nm=audio P1 RTP/AVP 0 8\n" +
    "c=IN IP4 203.0.113.1\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000\na=sendrecv\na=rtcp:P1+1\n";
  assert.equal(body(reply), expected);
  assert.equal(ask(bench, "create", {}).sdp, reply.sdp);
  const answer = B + "m=audio 5000 RTP/AVP 0\na=rtpmap:0 PCMU/8000\n";
  assert.deepEqual(ask(bench, "create answer", { sdp: answer }), { result: "ok" });
  assert.deepEqual(bench.rule(reply)?.remote?.port, 5000);
  assert.equal(
    ask(bench, "create answer", { "from-tag": "x", sdp: answer })["error-reason"],
    "from-tag not found",
  );
  const opus = ask(bench, "create", { "from-tag": "y", flags: ["codec-offer-opus"] });
  assert.match(opus.sdp, /RTP\/AVP 96\r\n.*a=rtpmap:96 opus\/48000\/2\r\n/s);
});

Deno.test("publish answers SRTP with keys of our own, by SDES and by DTLS", () => {
  const bench = new Bench({ source: countingSource() });
  const key = "A".repeat(40);
  const sdes = AUDIO.replace("/AVP", "/SAVP") +
    `a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:${key}\n`;
  const { sdp } = ask(bench, "publish", { sdp: A + sdes });
  assert.match(sdp, /m=audio \d+ RTP\/SAVP /);
  const [line] = /a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:\S{40}/.exec(sdp)!;
  assert.ok(!line.includes(key), "the publisher's key is for what it sends");
  const fingerprint = `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}\n`;
  const dtls = AUDIO.replace("RTP/AVP", "UDP/TLS/RTP/SAVPF") + fingerprint + "a=setup:actpass\n";
  const reply = ask(bench, "publish", { "from-tag": "d", sdp: A + dtls });
  assert.match(reply.sdp, /a=setup:active\r\na=fingerprint:sha-256 01:02\r\na=tls-id:[0-9a-f]{32}/);
});
