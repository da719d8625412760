import assert from "node:assert/strict";
import { parseSdp, SdpError } from "../sdp/mod.ts";
import { remoteOf } from "./remote.ts";
import { request } from "./request_test_support.ts";

const SETTINGS = { sipSource: false, strictSource: false, endpointLearning: "heuristic" } as const;
const SESSION = "v=0\nc=IN IP4 198.51.100.1\n";

function remote(lines: string, keys = {}) {
  const sdp = parseSdp(lines);
  return remoteOf(request(keys), SETTINGS, sdp, sdp.medias[0]!);
}

Deno.test("remoteOf puts RTCP one above RTP unless a=rtcp says otherwise", () => {
  const plain = remote(SESSION + "m=audio 4000 RTP/AVP 0\n");
  assert.equal(plain.rtp?.port, 4000);
  assert.equal(plain.rtcp?.port, 4001);
  assert.equal(plain.samePort, false);
  const own = remote(SESSION + "m=audio 4000 RTP/AVP 0\na=rtcp:9 IN IP6 2001:db8::9\n");
  assert.deepEqual(own.rtcp, { family: 6, address: "2001:db8::9", port: 9 });
  const same = remote(SESSION + "m=audio 4000 RTP/AVP 0\na=rtcp:4000\n");
  assert.equal(same.samePort, true);
  const elsewhere = remote(SESSION + "m=audio 4000 RTP/AVP 0\na=rtcp:4000 IN IP4 192.0.2.1\n");
  assert.equal(elsewhere.samePort, false);
});

Deno.test("remoteOf has no RTCP endpoint above port 65535 and none at all for port 0", () => {
  assert.equal(remote(SESSION + "m=audio 65535 RTP/AVP 0\n").rtcp, undefined);
  const rejected = remote(SESSION + "m=audio 0 RTP/AVP 0\n");
  assert.equal(rejected.rtp, undefined);
  assert.equal(rejected.family, 4);
});

Deno.test("remoteOf needs an address even for a rejected section", () => {
  for (const port of [0, 4000]) {
    assert.throws(
      () => remote(`v=0\nm=audio ${port} RTP/AVP 0\n`),
      (error) => error instanceof SdpError && error.reason === "Incomplete SDP specification",
    );
  }
});

Deno.test("remoteOf takes a zero address as hold unless the message's source counts", () => {
  const zero = "v=0\nc=IN IP4 0.0.0.0\nm=audio 4000 RTP/AVP 0\n";
  assert.equal(remote(zero).held, true);
  const keys = { flags: ["SIP source address"], "received from": ["IP4", "192.0.2.5"] };
  const source = remote(zero, keys);
  assert.equal(source.held, false);
  assert.equal(source.rtp?.address, "192.0.2.5");
});
