import assert from "node:assert/strict";
import { parseRtpproxy } from "./rtpproxy_parse.ts";

const OFFER = {
  type: "offer",
  callId: "call@host",
  branch: undefined,
  endpoint: { family: 4, address: "198.51.100.1", port: 2000 },
  fromTag: "a",
  toTag: undefined,
  section: 1,
  interfaces: [],
};

Deno.test("parseRtpproxy() reads what Kamailio's rtpproxy module sends", () => {
  assert.deepEqual(parseRtpproxy("Uc8,0,101 call@host 198.51.100.1 2000 a;1"), OFFER);
  assert.deepEqual(parseRtpproxy("USIEc8,0,101 call@host;z9hG4bK1 198.51.100.1 2000 a;2 b;2"), {
    ...OFFER,
    branch: "z9hG4bK1",
    toTag: "b",
    section: 2,
    interfaces: ["internal", "external"],
  });
  assert.deepEqual(parseRtpproxy("Lc8 call@host 198.51.100.1 2000 a;1 b;1"), {
    ...OFFER,
    type: "answer",
    toTag: "b",
  });
  assert.deepEqual(parseRtpproxy("U6c8 call@host 2001:DB8::1 2000 a;1"), {
    ...OFFER,
    endpoint: { family: 6, address: "2001:db8::1", port: 2000 },
  });
  assert.deepEqual(parseRtpproxy("D call@host a b"), {
    type: "delete",
    callId: "call@host",
    branch: undefined,
    fromTag: "a",
    toTag: "b",
  });
  assert.deepEqual(parseRtpproxy("Q call@host;br a;1 b;1 "), {
    type: "query",
    callId: "call@host",
    branch: "br",
    fromTag: "a",
    toTag: "b",
  });
  assert.deepEqual(parseRtpproxy("V"), { type: "version" });
  assert.deepEqual(parseRtpproxy("VF 20081102"), { type: "feature", date: "20081102" });
});

Deno.test("parseRtpproxy() is indifferent to case, spaces and line ends", () => {
  assert.deepEqual(parseRtpproxy("u  call@host \t198.51.100.1 2000  a;1\r\n"), OFFER);
  assert.deepEqual(parseRtpproxy(" vf 20040107"), { type: "feature", date: "20040107" });
  assert.deepEqual(parseRtpproxy("U call@host 198.51.100.1 2000 a;1 b;1 extra words"), {
    ...OFFER,
    toTag: "b",
  });
});

Deno.test("parseRtpproxy() takes semicolons: the first ends the call-id, the last a tag", () => {
  assert.deepEqual(parseRtpproxy("U x;y;z 198.51.100.1 2000 t;ag;3"), {
    ...OFFER,
    callId: "x",
    branch: "y;z",
    fromTag: "t;ag",
    section: 3,
  });
});

Deno.test("parseRtpproxy() counts a section 0 as the first and refuses absurd ones", () => {
  assert.deepEqual(parseRtpproxy("U call@host 198.51.100.1 2000 a;0"), OFFER);
  for (const section of ["17", "99999999999", "9".repeat(400)]) {
    assert.equal(parseRtpproxy(`U call@host 198.51.100.1 2000 a;${section}`), undefined);
  }
});

Deno.test("parseRtpproxy() takes the first two interface letters", () => {
  const interfaces = (flags: string) => {
    const command = parseRtpproxy(`U${flags} c 198.51.100.1 2000 a;1`);
    return command?.type === "offer" ? command.interfaces.join(" ") : undefined;
  };
  assert.equal(interfaces(""), "");
  assert.equal(interfaces("sEz20"), "external");
  assert.equal(interfaces("EI"), "external internal");
  assert.equal(interfaces("iee"), "internal external");
});

Deno.test("parseRtpproxy() gives back the address of media that is not told completely", () => {
  const echo = { type: "echo", address: "198.51.100.1", port: "2000" };
  for (
    const rest of ["", "a", "a;", ";1", "a;x", "a;-1", "a;1 b", "a;1 ;1", "a;1\nV"]
  ) {
    assert.deepEqual(parseRtpproxy(`U c 198.51.100.1 2000 ${rest}`), echo, rest);
  }
  assert.deepEqual(parseRtpproxy("L ;b 198.51.100.1 2000 a;1 b;1"), echo);
  const of = (address: string, port: string) => ({ type: "echo", address, port });
  assert.deepEqual(parseRtpproxy("U c host 2000 a;1"), of("host", "2000"));
  assert.deepEqual(parseRtpproxy("U c [::1] 2000 a;1"), of("[::1]", "2000"));
  assert.deepEqual(parseRtpproxy("U c ::1 x a;1"), of("::1", "x"));
});

Deno.test("parseRtpproxy() refuses everything else", () => {
  for (
    const text of [
      "",
      " ",
      "U",
      "U c",
      "U c 198.51.100.1",
      "U c 999.51.100.1 2000 a;1",
      "U c 198.51.100 2000 a;1",
      "U c ::1::2 2000 a;1",
      "U c 198.51.100.1 65536 a;1",
      "U c 198.51.100.1 99999999999999999999 a;1",
      "U c 198\n.51 2000 a;1",
      "U c 198.51.100.1 20\x00 a;1",
      "D",
      "D c",
      "D ;b a",
      "Q c",
      "VF",
      "P1 c /tmp/x session a;1 ",
      "S c a;1 ",
      "R c a",
      "C c a b",
      "G nsess_created",
      "I",
      "d7:command4:pinge",
    ]
  ) assert.equal(parseRtpproxy(text), undefined, JSON.stringify(text));
});
