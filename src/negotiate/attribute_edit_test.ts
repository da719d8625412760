import assert from "node:assert/strict";
import { parseRequest } from "../ng/schema.ts";
import type { NgDict, NgValue } from "../ng/types.ts";
import { AttributeEdits } from "./attribute_edit.ts";

const HOME = { family: 4, address: "127.0.0.1", port: 2223 } as const;
const TEXT =
  "m=audio 1 RTP/AVP 8\r\na=foo:1\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:80 X/1\r\na=baz\r\n";

function dict(entries: Record<string, NgValue>): NgDict {
  return new Map(Object.entries(entries));
}

function edits(value: NgValue): AttributeEdits {
  const request = dict({ command: "offer", "sdp-attr": value });
  return new AttributeEdits(parseRequest(request, { transport: "udp", peer: HOME, local: HOME }));
}

function edited(section: Record<string, NgValue>): string {
  return edits(dict({ audio: dict(section) })).apply("audio", TEXT).replaceAll("\r\n", "|");
}

Deno.test("AttributeEdits removes by name, by name and tag, and whole lines", () => {
  const rest = "m=audio 1 RTP/AVP 8|";
  assert.equal(edited({ remove: ["foo", "rtpmap:8", "baz"] }), `${rest}a=rtpmap:80 X/1|`);
  assert.equal(edited({ remove: ["foo:1", "rtpmap"] }), `${rest}a=baz|`);
  assert.equal(
    edited({ remove: ["fo", "rtpmap:8 PCMA", "m=audio"] }),
    TEXT.replaceAll("\r\n", "|"),
  );
});

Deno.test("AttributeEdits substitutes in place and adds at the end", () => {
  assert.equal(
    edited({ substitute: [["baz", "qux:2"]], add: ["x", "y:1"], remove: ["rtpmap", "foo"] }),
    "m=audio 1 RTP/AVP 8|a=qux:2|a=x|a=y:1|",
  );
});

Deno.test("AttributeEdits touches only the section it is for", () => {
  const both = edits(dict({ none: dict({ add: ["s"] }), Video: dict({ add: ["v"] }) }));
  assert.equal(both.apply("audio", TEXT), TEXT);
  assert.equal(both.apply("global", "t=0 0\r\n"), "t=0 0\r\na=s\r\n");
  assert.equal(both.apply("video", "m=video\r\n"), "m=video\r\na=v\r\n");
});

Deno.test("AttributeEdits ignores what it does not understand, and line breaks above all", () => {
  for (const value of ["text", 5, ["a"], dict({ audio: "x" }), dict({ audio: dict({ add: 5 }) })]) {
    assert.equal(edits(value).apply("audio", TEXT), TEXT);
  }
  const injected = { add: ["x\r\nm=audio 9 RTP/AVP 0", ""], substitute: [["baz", "y\nz"], "baz"] };
  assert.equal(edited(injected), TEXT.replaceAll("\r\n", "|"));
});
