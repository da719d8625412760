import assert from "node:assert/strict";
import { SdpError, type SdpLine } from "../sdp/mod.ts";
import { commonCodecs, parseCodecs, parsePayloadType } from "./codecs.ts";

/** `a=rtpmap` lines. */
function rtpmaps(...params: string[]): SdpLine[] {
  return params.map((param) => (
    { type: "a", value: `rtpmap:${param}`, name: "rtpmap", param, end: "\r\n" }
  ));
}

function encodings(formats: string, ...params: string[]): (string | undefined)[] {
  return parseCodecs(formats, rtpmaps(...params)).map(({ encoding }) => encoding);
}

Deno.test("parseCodecs names static payload types and reads rtpmap", () => {
  assert.deepEqual(encodings("0 8 18 13 34"), [
    "PCMU/8000",
    "PCMA/8000",
    "G729/8000",
    "CN/8000",
    "H263/90000",
  ]);
  assert.deepEqual(encodings("96 0", "96 opus/48000/2", "0 PCMU/16000"), [
    "opus/48000/2",
    "PCMU/16000",
  ]);
  assert.deepEqual(encodings("8", "8 pcma/8000/1"), ["pcma/8000"], "one channel is not written");
  assert.deepEqual(encodings("97", "97 L16/44100/11"), ["L16/44100/11"]);
});

Deno.test("parseCodecs leaves encodings open that nobody names", () => {
  assert.deepEqual(encodings("96"), [undefined]);
  assert.deepEqual(encodings("96", "96 foo", "x y/1", "200 a/1"), [undefined]);
  assert.deepEqual(encodings("96", "96 foo/0"), [undefined]);
  assert.deepEqual(encodings("1 2 19 77"), [undefined, undefined, undefined, undefined]);
  assert.deepEqual(parseCodecs("", []), [{ payloadType: 0, encoding: undefined }]);
});

Deno.test("parseCodecs refuses what is not a payload type", () => {
  for (const formats of ["x", "128", "0 200", "-1", "0x1", "1.5"]) {
    assert.throws(
      () => parseCodecs(formats, []),
      (error) => error instanceof SdpError && error.reason === "Incomplete SDP specification",
      formats,
    );
  }
  const many = Array.from({ length: 129 }, () => "0").join(" ");
  assert.throws(() => parseCodecs(many, []), SdpError);
});

Deno.test("parseCodecs does not mix up equal format lists with different maps", () => {
  assert.deepEqual(encodings("96", "96 VP8/90000"), ["VP8/90000"]);
  assert.deepEqual(encodings("96", "96 H264/90000"), ["H264/90000"]);
  assert.deepEqual(encodings("96", "96 VP8/90000"), ["VP8/90000"]);
});

Deno.test("parsePayloadType takes 0..127", () => {
  assert.equal(parsePayloadType("127"), 127);
  for (const text of ["", "128", "1000", " 1", "a"]) assert.equal(parsePayloadType(text), -1, text);
});

Deno.test("commonCodecs keeps offered encodings in the order of the answer", () => {
  const offered = parseCodecs("8 0 96 97", rtpmaps("96 opus/48000/2", "97 FOO/8000"));
  const answered = parseCodecs("111 9 0", rtpmaps("111 OPUS/48000/2"));
  assert.deepEqual(commonCodecs(answered, offered).map(({ payloadType }) => payloadType), [111, 0]);
  const strange = parseCodecs("9", []);
  assert.equal(commonCodecs(strange, offered), strange, "nothing in common: left alone");
  assert.equal(commonCodecs(strange, []), strange);
  const unnamed = parseCodecs("98", []);
  assert.deepEqual(commonCodecs(unnamed, parseCodecs("99 98", [])), unnamed);
});
