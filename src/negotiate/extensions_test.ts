import assert from "node:assert/strict";
import { parseSdp } from "../sdp/mod.ts";
import { editExtensions } from "./extensions.ts";
import { request } from "./request_test_support.ts";

const LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
const OFFSET = "urn:ietf:params:rtp-hdrext:toffset";
const HEAD = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
const OWN = `a=extmap-allow-mixed\r\na=extmap:1 ${LEVEL}\r\na=extmap:2/sendonly ${OFFSET} x=y\r\n`;

function edit(keys: Parameters<typeof request>[0], lines = OWN, session = "", told: string[] = []) {
  const sdp = parseSdp(`${HEAD}${session}m=audio 4000 RTP/AVP 0\r\n${lines}`);
  return editExtensions({ request: request(keys), kind: "offer", sdp }, sdp.medias[0]!, [], told);
}

Deno.test("editExtensions leaves everything alone unless asked", () => {
  const { lines, kept, masked, mixed } = edit({});
  assert.deepEqual(lines, OWN.split("\r\n").slice(1, 3).map((line) => line.slice(2)));
  assert.equal(mixed, true);
  assert.equal(edit({}, `a=extmap:1 ${LEVEL}\r\n`).mixed, false);
  assert.equal(kept, undefined);
  assert.deepEqual(masked, []);
});

Deno.test("editExtensions strips by URI, in lines and packets", () => {
  const one = edit({ extmap: { strip: [OFFSET] } });
  assert.deepEqual(one.lines, [`extmap:1 ${LEVEL}`]);
  assert.deepEqual(one.kept, [1]);
  for (const keys of [{ extmap: { strip: "all" } }, { flags: ["strip extmap"] }]) {
    const all = edit(keys);
    assert.deepEqual(all.lines, []);
    assert.deepEqual(all.kept, []);
  }
});

Deno.test("editExtensions remembers what it masks and tells it in answers", () => {
  const offered = edit({ extmap: { mask: [LEVEL] } });
  assert.deepEqual(offered.kept, [2]);
  assert.deepEqual(offered.masked, [`extmap:1 ${LEVEL}`]);
  const answered = edit({}, `a=extmap:2 ${OFFSET}\r\n`, "", [...offered.masked]);
  assert.deepEqual(answered.lines, [`extmap:1 ${LEVEL}`, `extmap:2 ${OFFSET}`]);
  assert.equal(answered.kept, undefined);
  const twice = edit({}, OWN, "", [...offered.masked]);
  assert.equal(twice.lines.filter((line) => line.startsWith("extmap:1 ")).length, 1);
});

Deno.test("editExtensions takes those of the session level for sections without their own", () => {
  const session = `a=extmap:5 ${LEVEL}\r\na=extmap:6 ${OFFSET}\r\n`;
  assert.deepEqual(edit({ extmap: { strip: [LEVEL] } }, "", session).lines, [`extmap:6 ${OFFSET}`]);
  assert.deepEqual(edit({}, `a=extmap:1 ${LEVEL}\r\n`, session).lines, [`extmap:1 ${LEVEL}`]);
});

Deno.test("editExtensions keeps no identifier that RTP cannot carry", () => {
  const odd =
    "a=extmap:4096 urn:a\r\na=extmap:x urn:b\r\na=extmap:255 urn:c\r\na=extmap:0 urn:d\r\n";
  assert.deepEqual(edit({ extmap: { strip: ["urn:z"] } }, odd).kept, [255]);
});

Deno.test("editExtensions takes no nonsense for an edit", () => {
  for (const extmap of ["strip", { strip: 5 }, { strip: [{ a: 1 }] }, { mask: {} }]) {
    assert.equal(edit({ extmap }).lines.length, 2);
  }
});
