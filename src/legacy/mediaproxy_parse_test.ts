import assert from "node:assert/strict";
import { parseMediaproxy } from "./mediaproxy_parse.ts";

const TAIL = "198.51.100.9 from local to remote Agent%201 info=from:x,fromtag:a,totag:b";

Deno.test("parseMediaproxy() reads request and lookup", () => {
  assert.deepEqual(
    parseMediaproxy(`request call@host 198.51.100.1:2000:audio,198.51.100.2:0:VIDEO ${TAIL}`),
    {
      type: "offer",
      callId: "call@host",
      streams: [
        { endpoint: { family: 4, address: "198.51.100.1", port: 2000 }, type: "audio" },
        { endpoint: { family: 4, address: "198.51.100.2", port: 0 }, type: "video" },
      ],
      fromTag: "a",
      toTag: "b",
    },
  );
  assert.deepEqual(parseMediaproxy(`lookup  c 198.51.100.1:2000, ${TAIL}`), {
    type: "answer",
    callId: "c",
    streams: [{ endpoint: { family: 4, address: "198.51.100.1", port: 2000 }, type: undefined }],
    fromTag: "a",
    toTag: "b",
  });
});

Deno.test("parseMediaproxy() asks for fromtag, and in a lookup for totag", () => {
  const line = (verb: string, info: string) =>
    parseMediaproxy(`${verb} c 198.51.100.1:2000:audio - - - - - - ${info}`);
  assert.equal(line("request", "info=fromtag:")?.type, "offer");
  assert.equal(line("request", "info=from:x"), undefined);
  assert.equal(line("request", "fromtag:a"), undefined);
  assert.equal(line("lookup", "info=fromtag:a"), undefined);
  assert.equal(line("lookup", "info=totag:b,fromtag:a")?.type, "answer");
});

Deno.test("parseMediaproxy() takes the first of two tags and colons in values", () => {
  const command = parseMediaproxy(
    "request c 198.51.100.1:2000 - - - - - - info=:x,fromtag:a:b,fromtag:c,x",
  );
  assert.equal(command?.type === "offer" && command.fromTag, "a:b");
});

Deno.test("parseMediaproxy() refuses streams it cannot read, and too many", () => {
  const streams = (list: string) => parseMediaproxy(`request c ${list} ${TAIL}`)?.type;
  const many = (count: number) => Array(count).fill("198.51.100.1:2000:audio").join(",");
  assert.equal(streams(many(16)), "offer");
  for (
    const list of [
      many(17),
      ",",
      "x",
      "198.51.100.1",
      "198.51.100.1:",
      "198.51.100.1:x",
      "198.51.100.1:65536:audio",
      "198.51.100.256:2000:audio",
      "::1:2000:audio",
      "[::1]:2000:audio",
      "198.51.100.1:2000:a b",
      "198.51.100.1:2000:au/dio",
      "198.51.100.1:2000:audio,x",
    ]
  ) assert.equal(streams(list), undefined, list);
});

Deno.test("parseMediaproxy() reads the bare words", () => {
  const types = ["status", "version", "build", "controls", "quit", "exit"].map((line) =>
    parseMediaproxy(line)?.type
  );
  assert.deepEqual(types, ["status", "version", "version", "controls", "quit", "quit"]);
  assert.deepEqual(parseMediaproxy("delete c info=fromtag:a"), { type: "delete", callId: "c" });
  assert.deepEqual(parseMediaproxy("delete c"), { type: "delete", callId: "c" });
});

Deno.test("parseMediaproxy() refuses everything else", () => {
  for (
    const line of [
      "",
      " ",
      "STATUS",
      "status x",
      "delete",
      "delete c info=x y",
      "help",
      "request c",
      `request c 198.51.100.1:2000 ${TAIL} more`,
      "request c 198.51.100.1:2000 - - - - - info=fromtag:a",
      `REQUEST c 198.51.100.1:2000 ${TAIL}`,
      `request ${"c".repeat(1100)} 198.51.100.1:2000 ${TAIL}`,
    ]
  ) assert.equal(parseMediaproxy(line), undefined, line);
});
