import assert from "node:assert/strict";
import {
  canonicalProtocol,
  hasFeedback,
  isKnownProtocol,
  isSecure,
  mediaKind,
  rewriteProtocol,
} from "./protocol.ts";

Deno.test("mediaKind tells RTP, other UDP and everything else apart", () => {
  assert.equal(mediaKind("audio", "RTP/AVP"), "rtp");
  assert.equal(mediaKind("video", "udp/tls/rtp/savpf"), "rtp");
  assert.equal(mediaKind("image", "udptl"), "opaque");
  assert.equal(mediaKind("application", "UDP/DTLS/SCTP"), "opaque");
  assert.equal(mediaKind("audio", "FOO/BAR"), "opaque");
  assert.equal(mediaKind("application", "TCP/TLS/BFCP"), "passthrough");
  assert.equal(mediaKind("application", "tcp"), "passthrough");
  assert.equal(mediaKind("message", "RTP/AVP"), "passthrough");
});

Deno.test("canonicalProtocol knows the usual spelling and keeps strangers", () => {
  assert.equal(canonicalProtocol("rtp/avp"), "RTP/AVP");
  assert.equal(canonicalProtocol("UDPTL"), "udptl");
  assert.equal(canonicalProtocol("Foo/Bar"), "Foo/Bar");
});

Deno.test("isSecure, hasFeedback and isKnownProtocol read the profile", () => {
  assert.deepEqual(["RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"].map(isSecure), [
    false,
    false,
    true,
    true,
  ]);
  assert.deepEqual(["RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"].map(hasFeedback), [
    false,
    true,
    false,
    true,
  ]);
  assert.equal(isSecure("udptl"), false);
  assert.equal(isKnownProtocol("udptl"), true);
  assert.equal(isKnownProtocol("TCP/MSRP"), false);
});

Deno.test("rewriteProtocol never adds or takes away encryption", () => {
  assert.equal(rewriteProtocol("RTP/AVP", "RTP/AVPF"), "RTP/AVPF");
  assert.equal(rewriteProtocol("RTP/SAVPF", "UDP/TLS/RTP/SAVPF"), "UDP/TLS/RTP/SAVPF");
  assert.equal(rewriteProtocol("RTP/SAVP", "RTP/AVP"), "RTP/SAVP");
  assert.equal(rewriteProtocol("rtp/avp", "RTP/SAVP"), "RTP/AVP");
  assert.equal(rewriteProtocol("udptl", "RTP/AVP"), "udptl");
  assert.equal(rewriteProtocol("RTP/AVP", undefined), "RTP/AVP");
  assert.equal(rewriteProtocol("RTP/AVP", "nonsense"), "RTP/AVP");
});

Deno.test("media nobody knows the protocol of has a name of its own and takes two ports", () => {
  const named = canonicalProtocol("unknown");
  assert.equal(named, "unknown (legacy)");
  assert.equal(isKnownProtocol(named), true);
  assert.equal(mediaKind("audio", "unknown"), "opaque pair");
  assert.equal(mediaKind("audio", named), "opaque pair");
  assert.equal(rewriteProtocol(named, "RTP/AVP"), named);
});
