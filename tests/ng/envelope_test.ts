/**
 * Requirements B2-01 to B2-07, B2-15 and B2-17: what a message looks like and what its words mean.
 *
 * @module
 */

import assert from "node:assert/strict";
import { fromBytes } from "../../src/core/bytes.ts";
import { UdpClient } from "./clients.ts";
import { openRig } from "./rig.ts";

const ALL_BYTES = fromBytes(Uint8Array.from({ length: 256 }, (_, i) => i));

function error(reason: string): string {
  return `d6:result5:error12:error-reason${reason.length}:${reason}e`;
}

Deno.test("B2-01 a reply has the cookie and the encoding of its request", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  assert.equal(await client.ask("5_41_3 d7:command4:pinge"), "5_41_3 d6:result4:ponge");
  assert.equal(await client.ask('5_41_4 {"command":"ping"}'), '5_41_4 {"result":"pong"}');
  for (const cookieless of ["nocookie", "d7:command4:pinge", " d7:command4:pinge", "", " "]) {
    client.send(cookieless);
  }
  await client.assertQuiet();
  assert.equal(await client.ask("6 "), `6 ${error("Invalid data (no payload)")}`);
  assert.equal(await client.ask("7 x"), `7 ${error("Invalid NG data format")}`);
});

Deno.test("B2-02 any bytes but a space make a cookie", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  const cookies = [
    "12345_1804289383_7",
    "8d1c2e5e-2f0b-4a64-9d0c-1f3b7f0e9a11",
    "\x00\xff\x80",
    "a\tb\nc",
    "d",
    "{",
    "x".repeat(4000),
  ];
  for (const cookie of cookies) {
    assert.equal(await client.ask(`${cookie} d7:command4:pinge`), `${cookie} d6:result4:ponge`);
  }
});

Deno.test("B2-03 all 256 byte values come back unchanged", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  const reply = await client.ask(`1 d7:command4:echo5:value256:${ALL_BYTES}e`);
  assert.equal(reply, `1 d5:value256:${ALL_BYTES}6:result2:oke`);
});

Deno.test("B2-04 keys come in any order, replies in that of insertion", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  const reply = await client.ask("1 d5:value1:v8:metadata1:m7:command4:echoe");
  assert.equal(reply, "1 d5:value1:v8:metadata1:m6:result2:oke");
  for (const spaced of ["d 7:command4:pinge", "d7:command 4:pinge", "d7:command4:ping e"]) {
    const cookie = spaced.replaceAll(" ", "_");
    assert.equal(
      await client.ask(`${cookie} ${spaced}`),
      `${cookie} ${error("Could not decode bencode dictionary")}`,
    );
  }
});

Deno.test("B2-05 integers may be strings and strings integers", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  await client.ask("1 d7:command4:echo7:call-idi42e5:limit1:73:TOS3:184e");
  await client.ask('2 {"command":"echo","call-id":42,"limit":"7","TOS":"184"}');
  for (const request of rig.requests) {
    assert.equal(request.callId, "42");
    assert.equal(request.limit, 7);
    assert.equal(request.tos, 184);
  }
  assert.equal(rig.requests.length, 2);
});

Deno.test("B2-06 ping, errors and unknown commands have rtpengine's exact words", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  const cases: [string, string][] = [
    ["d7:command4:pinge", "d6:result4:ponge"],
    ["d7:command5:offere", error("No SDP body in message")],
    ["d7:command4:PINGe", error("Unrecognized command")],
    ["d7:command15:start_recordinge", error("Unrecognized command")],
    ["de", error('Dictionary contains no key "command"')],
    ["d7:commandi5ee", error('Dictionary contains no key "command"')],
    ["d7:command3:buge", error("Internal error")],
    ['{"command":"x"}', '{"result":"error","error-reason":"Unrecognized command"}'],
    ["{", '{"result":"error","error-reason":"Failed to parse JSON document"}'],
  ];
  for (const [index, [request, reply]] of cases.entries()) {
    assert.equal(await client.ask(`${index} ${request}`), `${index} ${reply}`);
  }
});

Deno.test("B2-07 load limit goes to those who support it, an error to others", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  assert.equal(
    await client.ask("1 d8:supportsl10:load limite7:command4:fulle"),
    "1 d6:result10:load limit7:message19:Load limit exceedede",
  );
  assert.equal(
    await client.ask("2 d7:command4:fulle"),
    `2 ${error("Parallel session limit reached")}`,
  );
});

Deno.test("D2-17 hostile encodings are answered with an error at once", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  const bombs = [
    `d1:a${"l".repeat(65_000)}`,
    `d${"1:ad".repeat(16_000)}`,
    "d1:a99999999999:e",
    "d1:a-3:e",
    "d-3:i1ee",
    "d1:al-3:ee",
    "d1:ai-0ee",
    "d1:ai007ee",
    `d1:ai${"9".repeat(65_000)}ee`,
    `d${"9".repeat(65_000)}:`,
    "d1:a10:abc",
    `{"a":${"[".repeat(65_000)}`,
    `{"a":${"9".repeat(65_000)}}`,
    `{"a":"${"\\u0041".repeat(10_000)}`,
  ];
  const started = performance.now();
  for (const [index, bomb] of bombs.entries()) {
    const reply = await client.ask(`${index} ${bomb}`);
    assert.match(reply, /Could not decode bencode dictionary|Failed to parse JSON document/);
  }
  assert.ok(performance.now() - started < 2000);
});

Deno.test("B2-15 JSON keeps bytes and % as they are in both directions", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  // Bytes that are not UTF-8 go out raw, and what went out can be sent back.
  const sent = await client.ask(`1 {"command":"echo","value":"a\xff%41%zz%"}`);
  assert.equal(sent, `1 {"value":"a\xff%41%zz%","result":"ok"}`);
  const escaped = await client.ask(
    String.raw`2 {"command":"echo","value":"\u00e9\u20ac\ud83d\ude00\r\n\u0001\u007f\"\\\/"}`,
  );
  const utf8 = "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
  assert.equal(
    escaped,
    `2 {"value":"${utf8}` + String.raw`\r\n\u0001\u007f\"\\/","result":"ok"}`,
  );
  const bencode = await client.ask(String.raw`3 {"command":"echo","value":"\u00e9"}`);
  const same = await client.ask(bencode.replace(/^3 {/, '4 {"command":"echo",'));
  assert.equal(same.slice(2), bencode.slice(2));
});

Deno.test("B2-17 unknown flags are ignored with a warning, and flag strings are read", async () => {
  await using rig = await openRig();
  await using client = await UdpClient.connect(rig.udp);
  const offer = "3:sdp5:v=0\r\n7:command5:offer";
  assert.equal(
    await client.ask(`1 d5:flagsl13:trust-address11:frobnicatede4:frob1:x${offer}e`),
    "1 d3:sdp5:v=0\r\n6:result2:oke",
  );
  assert.deepEqual([...rig.requests[0]?.flags ?? []], ["trust address"]);
  const warnings = rig.logs.filter(({ level }) => level === "warning");
  assert.equal(warnings.length, 1);
  assert.deepEqual(warnings[0]?.details["unknown"], ["flag frobnicated", "key frob"]);
  const flags = "trust-address replace-origin ICE=force RTP direction=a direction=b";
  await client.ask(`2 d10:rtpp-flags${flags.length}:${flags}${offer}e`);
  const request = rig.requests[1];
  assert.ok(request?.flags.has("trust address"));
  assert.ok(request?.replace.has("origin") && request.ice.has("force"));
  assert.equal(request?.transportProtocol, "RTP/AVP");
  assert.deepEqual(request?.direction, ["a", "b"]);
});
