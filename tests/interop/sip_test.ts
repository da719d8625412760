import assert from "node:assert/strict";
import { header, headerList, parseSip, printSip, tagOf, uriOf } from "./sip.ts";

const INVITE = [
  "INVITE sip:b@192.0.2.1 SIP/2.0",
  "v: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK1",
  "From: <sip:a@192.0.2.9>;tag=x",
  "t: <sip:b@192.0.2.1>",
  "Record-Route: <sip:192.0.2.1;lr>, <sip:192.0.2.2;lr>",
  "CSeq: 7 INVITE",
  "",
  "body",
].join("\r\n");

Deno.test("parseSip() reads requests and responses", () => {
  const request = parseSip(INVITE);
  assert.equal(request.method, "INVITE");
  assert.equal(request.uri, "sip:b@192.0.2.1");
  assert.equal(request.status, undefined);
  assert.equal(request.body, "body");
  assert.match(header(request, "via"), /branch=z9hG4bK1/);
  assert.deepEqual(headerList(request, "record-route"), [
    "<sip:192.0.2.1;lr>",
    "<sip:192.0.2.2;lr>",
  ]);
  assert.equal(tagOf(header(request, "from")), "x");
  assert.equal(tagOf(header(request, "to")), undefined);
  assert.equal(uriOf(header(request, "to")), "sip:b@192.0.2.1");
  const response = parseSip("SIP/2.0 183 Progress\r\nCSeq: 7 INVITE\r\n\r\n");
  assert.equal(response.status, 183);
  assert.equal(response.method, "INVITE");
});

Deno.test("printSip() writes what parseSip() reads", () => {
  const request = parseSip(INVITE);
  const again = parseSip(printSip(request));
  assert.equal(again.body, request.body);
  assert.equal(header(again, "content-length"), "4");
  assert.equal(header(again, "from"), header(request, "from"));
  const response = { ...request, status: 200, body: "" };
  assert.equal(parseSip(printSip(response)).status, 200);
});

Deno.test("parseSip() refuses what is not SIP", () => {
  assert.throws(() => parseSip("hello"), /not SIP/);
});
