import assert from "node:assert/strict";
import { fromBytes, toBytes } from "../core/bytes.ts";
import { decodePayload, encodePayload, encodingOf, openEnvelope, sealEnvelope } from "./message.ts";
import { NgError } from "./types.ts";

Deno.test("openEnvelope() splits at the first space", () => {
  const opened = openEnvelope(toBytes("c\xff_1-x d1:a1: e"));
  assert.equal(opened?.cookie, "c\xff_1-x");
  assert.equal(fromBytes(opened?.payload ?? new Uint8Array()), "d1:a1: e");
});

Deno.test("openEnvelope() takes an empty payload but no empty cookie", () => {
  assert.equal(openEnvelope(toBytes("c "))?.payload.length, 0);
  for (const text of ["", " ", " de", "nocookie"]) {
    assert.equal(openEnvelope(toBytes(text)), undefined, JSON.stringify(text));
  }
});

Deno.test("sealEnvelope() joins cookie and payload byte for byte", () => {
  assert.equal(fromBytes(sealEnvelope("\xff", "d1:a1:\x80e")), "\xff d1:a1:\x80e");
  assert.equal(fromBytes(sealEnvelope(undefined, "{}")), "{}");
  assert.throws(() => sealEnvelope("c", "\u20ac"), RangeError);
});

Deno.test("decodePayload() chooses the codec by the first byte and gives the reason to answer", () => {
  assert.equal(decodePayload(toBytes("d7:command4:pinge")).get("command"), "ping");
  assert.equal(decodePayload(toBytes('{"command":"ping"}')).get("command"), "ping");
  const cases: [string, string][] = [
    ["", "Invalid data (no payload)"],
    ["x", "Invalid NG data format"],
    [" de", "Invalid NG data format"],
    ["[1]", "Invalid NG data format"],
    ["d", "Could not decode bencode dictionary"],
    ["{", "Failed to parse JSON document"],
  ];
  for (const [payload, reason] of cases) {
    assert.throws(() => decodePayload(toBytes(payload)), (error) => {
      assert.ok(error instanceof NgError);
      assert.equal(error.reason, reason);
      return true;
    });
  }
});

Deno.test("encodePayload() answers in the encoding of the request", () => {
  assert.equal(encodingOf(toBytes("{}")), "json");
  assert.equal(encodingOf(toBytes("de")), "bencode");
  assert.equal(encodingOf(toBytes("")), "bencode");
  assert.equal(encodePayload({ result: "pong" }, "json"), '{"result":"pong"}');
  assert.equal(encodePayload({ result: "pong" }, "bencode"), "d6:result4:ponge");
});
