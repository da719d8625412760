import assert from "node:assert/strict";
import { parseSdp } from "../sdp/mod.ts";
import { isRelayed, type RelayedQuestion, withConnection, writeRelayed } from "./relayed.ts";
import { request } from "./request_test_support.ts";
import { type Facing, type MediaState, NEW_MEDIA } from "./state.ts";

const HEAD = "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n";
const CREDENTIALS = `a=ice-ufrag:aaaa\r\na=ice-pwd:${"a".repeat(24)}\r\n`;
const HOST = "a=candidate:1 1 UDP 2130706431 198.51.100.1 4000 typ host\r\n";
const RELAY = "a=candidate:2 1 UDP 16777215 203.0.113.9 7000 typ relay raddr 0.0.0.0 rport 0\r\n";
const AUDIO = "m=audio 4000 RTP/SAVP 8\r\n";
const FACING: Facing = { family: 4, address: "192.0.2.1", rtpPort: 30000, rtcpPort: 30001 };

function question(
  keys: Parameters<typeof request>[0],
  sdp = HEAD + AUDIO + CREDENTIALS,
  more: Partial<RelayedQuestion> = {},
): RelayedQuestion {
  const parsed = parseSdp(sdp);
  return {
    request: request(keys),
    kind: "offer",
    sdp: parsed,
    section: parsed.medias[0]!,
    from: NEW_MEDIA,
    to: NEW_MEDIA,
    ...more,
  };
}

Deno.test("isRelayed goes by the first offer of a section, and stays", () => {
  for (const ICE of ["optional", "force-relay"]) {
    assert.equal(isRelayed(question({ ICE })), true, ICE);
    assert.equal(isRelayed(question({ ICE }, HEAD + AUDIO)), false, "without ICE");
    assert.equal(isRelayed(question({ ICE, flags: ["reject ICE"] })), false);
    assert.equal(isRelayed(question({ ICE }, undefined, { kind: "answer" })), false);
    assert.equal(
      isRelayed(question({ ICE }, HEAD + "m=audio 0 RTP/AVP 8\r\n" + CREDENTIALS)),
      false,
      "rejected",
    );
    const known: MediaState = { ...NEW_MEDIA, type: "audio" };
    assert.equal(isRelayed(question({ ICE }, undefined, { from: known, to: known })), false);
  }
  for (const ICE of ["default", "force", "remove"]) {
    assert.equal(isRelayed(question({ ICE })), false, ICE);
    const from: MediaState = { ...NEW_MEDIA, type: "audio", kind: "relayed" };
    assert.equal(isRelayed(question({ ICE }, undefined, { from })), true, ICE);
    assert.equal(isRelayed(question({ ICE }, undefined, { to: from, kind: "answer" })), true);
  }
});

/** Lines of a section as it is written. */
function written(
  keys: Parameters<typeof request>[0],
  sdp: string,
  kind: "offer" | "answer" = "offer",
  verbatim = true,
): string[] {
  const parsed = parseSdp(sdp);
  const writing = { request: request(keys), kind, sdp: parsed, verbatim, facing: FACING };
  return writeRelayed(writing, parsed.medias[0]!).trimEnd().split("\r\n");
}

Deno.test("writeRelayed keeps a section as it is and adds a candidate below the party's own", () => {
  const rest = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc\r\na=x-unknown\r\n";
  const lines = written({ ICE: "optional" }, HEAD + AUDIO + CREDENTIALS + HOST + rest);
  assert.deepEqual(lines.slice(0, -2), [
    "m=audio 4000 RTP/SAVP 8",
    "c=IN IP4 198.51.100.1",
    ...(CREDENTIALS + HOST + rest).trimEnd().split("\r\n"),
  ]);
  assert.match(lines.at(-2)!, /^a=candidate:\w+ 1 UDP 2097152255 192\.0\.2\.1 30000 typ host$/);
  assert.match(lines.at(-1)!, /^a=candidate:\w+ 2 UDP 2097152254 192\.0\.2\.1 30001 typ host$/);
});

Deno.test("writeRelayed is a relay candidate under force-relay, the last one beside others", () => {
  const alone = written({ ICE: "force-relay" }, HEAD + AUDIO + CREDENTIALS + HOST);
  assert.match(
    alone.at(-2)!,
    /^a=candidate:\w+ 1 UDP 16777215 192\.0\.2\.1 30000 typ relay raddr 192\.0\.2\.1 rport 30000$/,
  );
  const beside = written({ ICE: "force-relay" }, HEAD + AUDIO + CREDENTIALS + HOST + RELAY);
  assert.match(beside.at(-2)!, / 1 UDP 255 192\.0\.2\.1 30000 typ relay /);
  assert.ok(beside.includes(RELAY.trimEnd()));
});

Deno.test("writeRelayed has the end of candidates behind them, and none where there is no ICE", () => {
  const ended = written(
    { ICE: "optional" },
    HEAD + AUDIO + CREDENTIALS + "a=end-of-candidates\r\na=sendrecv\r\n",
  );
  assert.match(ended.at(-2)!, /^a=candidate:\w+ 2 UDP 2130706430 /);
  assert.equal(ended.at(-1), "a=end-of-candidates");
  assert.deepEqual(written({}, HEAD + AUDIO), ["m=audio 4000 RTP/SAVP 8", "c=IN IP4 198.51.100.1"]);
});

Deno.test("writeRelayed has one component once rtcp-mux is agreed", () => {
  const sdp = HEAD + AUDIO + CREDENTIALS + "a=rtcp-mux\r\n";
  const count = (kind: "offer" | "answer") =>
    written({}, sdp, kind).filter((line) => line.startsWith("a=candidate")).length;
  assert.equal(count("offer"), 2);
  assert.equal(count("answer"), 1);
});

Deno.test("writeRelayed shows an address that was asked for, and takes what the session level had", () => {
  const lines = written(
    { ICE: "optional", "media address": "203.0.113.99" },
    HEAD + CREDENTIALS + "a=fingerprint:sha-256 AA\r\n" + AUDIO,
    "offer",
    false,
  );
  assert.deepEqual(lines.slice(2, 5), [
    ...CREDENTIALS.trimEnd().split("\r\n"),
    "a=fingerprint:sha-256 AA",
  ]);
  assert.match(lines.at(-1)!, / 203\.0\.113\.99 30001 typ host$/);
});

Deno.test("withConnection puts the session's address where RFC 8866 wants it", () => {
  const section = (lines: string) => {
    const sdp = parseSdp(HEAD + lines);
    return withConnection(sdp, sdp.medias[0]!).map(({ type }) => type).join("");
  };
  assert.equal(section("m=audio 4000 RTP/AVP 8\r\n"), "mc");
  assert.equal(section("m=audio 4000 RTP/AVP 8\r\ni=x\r\nb=AS:1\r\na=y\r\n"), "micba");
  assert.equal(section("m=audio 4000 RTP/AVP 8\r\nc=IN IP4 192.0.2.1\r\na=y\r\n"), "mca");
});
