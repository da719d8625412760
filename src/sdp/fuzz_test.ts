import assert from "node:assert/strict";
import { SdpError } from "./error.ts";
import { parseSdp, printSdp } from "./parse.ts";
import { connectionOf, directionOf, rtcpOf } from "./read.ts";
import { mutate, random } from "../core/random_test_support.ts";

const SEEDS = [
  "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n" +
  "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=fmtp:101 0-15\r\na=rtcp:4001\r\na=sendrecv\r\n",
  "v=0\no=bob 2 2 IN IP6 2001:db8::1\ns=x\nt=0 0\na=group:BUNDLE a b\n" +
  "m=video 9 UDP/TLS/RTP/SAVPF 96\nc=IN IP6 ::\na=mid:a\na=rtcp-mux\na=rtcp:9 IN IP6 ::1\n" +
  "m=image 0 udptl t38\nc=IN IP4 0.0.0.0\nm=message 2855 TCP/MSRP *\nc=IN IP4 192.0.2.1\n",
];
const BYTES = [
  "\r",
  "\n",
  "\r\n",
  "=",
  ":",
  " ",
  "/",
  "\x00",
  "\xff",
  "m=",
  "c=IN IP4 ",
  "a=",
  "0",
];

Deno.test("parseSdp either refuses 10,000 mutations or keeps every byte", () => {
  const pick = random(20240607);
  let accepted = 0;
  for (let round = 0; round < 10_000; round++) {
    let text = SEEDS[round % SEEDS.length]!;
    for (let i = pick(4); i >= 0; i--) text = mutate(text, pick, BYTES);
    try {
      const sdp = parseSdp(text);
      assert.equal(printSdp(sdp), text);
      for (const media of sdp.medias) {
        connectionOf(sdp, media);
        directionOf(sdp, media);
        const { port } = media.media;
        assert.ok(Number.isInteger(port) && port >= 0 && port <= 65535, text);
        assert.notEqual(rtcpOf(media)?.port, 0);
      }
      accepted++;
    } catch (error) {
      if (!(error instanceof SdpError)) throw error;
    }
  }
  assert.ok(accepted > 500 && accepted < 9_500, `${accepted} accepted: the mutations say nothing`);
});
