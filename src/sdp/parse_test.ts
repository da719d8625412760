import assert from "node:assert/strict";
import { SdpError } from "./error.ts";
import { MAX_SDP_LENGTH, MAX_SDP_LINES, MAX_SDP_MEDIAS } from "./limits.ts";
import { parsePort, parseSdp, printSdp } from "./parse.ts";

const SESSION = "v=0\r\no=- 1 2 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n";
const AUDIO = "m=audio 4000 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n";

function refuses(text: string, why: RegExp): void {
  assert.throws(
    () => parseSdp(text),
    (error) =>
      error instanceof SdpError && error.reason === "Failed to parse SDP" &&
      why.test(error.message),
    JSON.stringify(text.slice(0, 200)),
  );
}

Deno.test("parseSdp splits a description into sections", () => {
  const sdp = parseSdp(SESSION + AUDIO + "m=video 0/2 RTP/AVP 96\r\n");
  assert.equal(sdp.session.lines.length, 5);
  assert.equal(sdp.medias.length, 2);
  assert.deepEqual(sdp.medias[0]!.media, {
    type: "audio",
    port: 4000,
    protocol: "RTP/AVP",
    formats: "0 8",
  });
  assert.equal(sdp.medias[1]!.media.port, 0);
  assert.equal(sdp.session.origin?.version, "2");
  assert.equal(sdp.session.connection?.address, "198.51.100.1");
  assert.deepEqual(sdp.medias[0]!.lines[1], {
    type: "a",
    value: "rtpmap:0 PCMU/8000",
    name: "rtpmap",
    param: "0 PCMU/8000",
    end: "\r\n",
  });
});

Deno.test("printSdp gives back what parseSdp read, byte for byte", () => {
  const texts = [
    "",
    "v=0",
    SESSION + AUDIO,
    (SESSION + AUDIO).replaceAll("\r\n", "\n"),
    SESSION.replaceAll("\r\n", "\n") + AUDIO,
    (SESSION + AUDIO).trimEnd(),
    SESSION + AUDIO + "\r\nanything after a blank line \x00\xff",
    SESSION + "a=\r\na=:\r\na=x:\xe9\x00\x01 y \r\n" + AUDIO + "b=zzz\r\nk=prompt\r\ni=x\r\n",
    SESSION + "m=audio   4000\tRTP/AVP 0 \r\n".replace("\t", "  "),
  ];
  for (const text of texts) assert.equal(printSdp(parseSdp(text)), text);
});

Deno.test("parseSdp refuses what RFC 8866 does not allow", () => {
  refuses("hello", /line 1/);
  refuses("o=- 1 1 IN IP4 1.1.1.1\r\nv=0\r\n", /v=0/);
  refuses("v=1\r\n", /v=0/);
  refuses("v=0 \r\n", /v=0/);
  refuses(SESSION + "v=0\r\n", /two v=/);
  refuses(SESSION + "o=- 1 1 IN IP4 1.1.1.1\r\n", /two o=/);
  refuses(SESSION + "c=IN IP4 1.1.1.1\r\n", /two c=/);
  refuses(SESSION + AUDIO + "c=IN IP4 1.1.1.1\r\nc=IN IP4 1.1.1.1\r\n", /two c=/);
  refuses(SESSION + "x=1\r\n", /type "x"/);
  refuses(SESSION + "A=1\r\n", /type "A"/);
  refuses(SESSION + " =1\r\n", /type " "/);
  refuses(SESSION + AUDIO + "t=0 0\r\n", /type "t"/);
  refuses(SESSION + "a\r\n", /type=value/);
  refuses(SESSION.replaceAll("\r\n", "\r"), /v=0/);
  refuses(SESSION.replace(" IN IP4 198.51.100.1", ""), /six fields/);
});

Deno.test("parseSdp refuses m= lines without a valid port", () => {
  for (const port of ["", "x", "-1", "70000", "65536", "4000x", "0x10", "4000/", "99999999999"]) {
    const line = `m=audio ${port} RTP/AVP 0\r\n`;
    if (port === "4000/") assert.equal(parseSdp(SESSION + line).medias[0]!.media.port, 4000);
    else refuses(SESSION + line, /m=/);
  }
  refuses(SESSION + "m=\r\n", /fields/);
  refuses(SESSION + "m=audio\r\n", /fields/);
  refuses(SESSION + "m=audio 4000\r\n", /fields/);
  refuses(SESSION + "m=audio 4000 \r\n", /fields/);
  assert.equal(parseSdp(SESSION + "m=audio 4000 RTP/AVP\r\n").medias[0]!.media.formats, "");
});

Deno.test("parseSdp refuses c= lines without an IP address of the family they claim", () => {
  const bad = [
    "IN IP4",
    "IN IP4 host.example",
    "IN IP5 198.51.100.1",
    "XX IP4 198.51.100.1",
    "in ip4 198.51.100.1",
    "IN IP4 224.2.1.1/127",
    "IN IP4 1.2.3",
    "IN IP4 001.2.3.4",
    "IN IP6 198.51.100.1",
    "IN IP4 2001:db8::1",
    "IN IP6 fe80::1%eth0",
  ];
  for (const value of bad) refuses(SESSION.replace("c=IN IP4 198.51.100.1", `c=${value}`), /c=/);
});

Deno.test("parseSdp bounds length, lines and sections", () => {
  refuses(SESSION + "a=" + "x".repeat(MAX_SDP_LENGTH), /too long/);
  refuses(SESSION + "a=\r\n".repeat(MAX_SDP_LINES), /lines/);
  refuses(SESSION + "m=audio 9 RTP/AVP 0\r\n".repeat(MAX_SDP_MEDIAS + 1), /m= lines/);
  const most = SESSION + "m=audio 9 RTP/AVP 0\r\n".repeat(MAX_SDP_MEDIAS);
  assert.equal(parseSdp(most).medias.length, MAX_SDP_MEDIAS);
});

Deno.test("parsePort takes 0..65535 in decimal only", () => {
  assert.equal(parsePort("65535", 0, 5), 65535);
  assert.equal(parsePort("x80y", 1, 3), 80);
  for (const text of ["", "65536", "123456", "+80", "8 0"]) {
    assert.equal(parsePort(text, 0, text.length), -1, text);
  }
});
