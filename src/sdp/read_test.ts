import assert from "node:assert/strict";
import { parseAddress } from "./address.ts";
import type { SdpMedia } from "./model.ts";
import { parseSdp } from "./parse.ts";
import { attributeOf, connectionOf, directionOf, hasAttribute, rtcpOf } from "./read.ts";

const SESSION = "v=0\no=- 1 1 IN IP4 198.51.100.1\ns=-\nc=IN IP4 198.51.100.1\nt=0 0\n";

function media(lines: string): SdpMedia {
  return parseSdp(SESSION + "m=audio 4000 RTP/AVP 0\n" + lines).medias[0]!;
}

Deno.test("connectionOf prefers the section's own address", () => {
  const sdp = parseSdp(SESSION + "m=audio 1 X 0\nm=video 2 X 0\nc=IN IP6 2001:DB8:0::1\n");
  assert.equal(connectionOf(sdp, sdp.medias[0]!)?.address, "198.51.100.1");
  assert.equal(connectionOf(sdp, sdp.medias[1]!)?.address, "2001:db8::1");
});

Deno.test("directionOf takes the section's direction before the session's", () => {
  const direction = (session: string, section: string) => {
    const sdp = parseSdp(`${SESSION}${session}m=audio 1 RTP/AVP 0\n${section}`);
    return directionOf(sdp, sdp.medias[0]!);
  };
  assert.equal(direction("", ""), undefined);
  assert.equal(direction("a=inactive\n", ""), "inactive");
  assert.equal(direction("a=inactive\n", "a=sendrecv\n"), "sendrecv");
  assert.equal(direction("", "a=sendonly\na=recvonly\n"), "recvonly");
  assert.equal(direction("", "a=inactive\na=sendrecv\n"), "inactive");
  assert.equal(direction("", "a=SendOnly\n"), undefined, "names are case-sensitive");
});

Deno.test("rtcpOf reads RFC 3605 attributes and ignores broken ones", () => {
  assert.deepEqual(rtcpOf(media("a=rtcp:5000\n")), { port: 5000, address: undefined });
  assert.equal(rtcpOf(media("a=rtcp:5000 IN IP4 192.0.2.7\n"))?.address?.address, "192.0.2.7");
  assert.deepEqual(rtcpOf(media("a=rtcp:5000 IN IP4 name\n")), { port: 5000, address: undefined });
  for (const param of ["", ":", ":0", ":x", ":70000", ":-1"]) {
    assert.equal(rtcpOf(media(`a=rtcp${param}\n`)), undefined, param);
  }
});

Deno.test("attributeOf finds the first attribute of a name", () => {
  const section = media("a=x:1\na=x:2\na=y\n");
  assert.equal(attributeOf(section, "x")?.param, "1");
  assert.equal(attributeOf(section, "y")?.param, undefined);
  assert.equal(hasAttribute(section, "y"), true);
  assert.equal(hasAttribute(section, "m"), false);
});

Deno.test("parseAddress marks the unspecified address and unwraps brackets", () => {
  assert.equal(parseAddress("IN IP4 0.0.0.0")?.unspecified, true);
  assert.equal(parseAddress("IN IP6 ::")?.unspecified, true);
  assert.equal(parseAddress("IN IP6 [2001:db8::5]")?.address, "2001:db8::5");
  assert.equal(parseAddress("IN IP4 192.0.2.1 more")?.unspecified, false);
  assert.equal(parseAddress("IN IP4 192.0.2.256"), undefined);
});

Deno.test("parseAddress does not grow without bound", () => {
  for (let i = 0; i < 5000; i++) {
    const text = `IN IP4 10.${i >> 8 & 255}.${i & 255}.1`;
    assert.equal(parseAddress(text)?.address, text.slice(7));
  }
});
