import assert from "node:assert/strict";
import { fromBytes, toBytes } from "../core/bytes.ts";
import { DecodeError } from "./errors.ts";
import { MessageScanner } from "./scanner.ts";

const MESSAGES = [
  "c1 d7:command4:pinge",
  '2_x {"command":"ping","x":"}]\\"{","l":[{},[]]}',
  "uuid-4 d7:command4:list5:limiti-5e1:ll3:eeei0edee3:sdp11:v=0\r\n e}{\xff\xe9e",
  "\nc4 {}",
  "\xff\xfe de",
];

function scan(scanner: MessageScanner, chunk: string): string[] {
  scanner.push(toBytes(chunk));
  const found: string[] = [];
  for (let next = scanner.next(); next !== undefined; next = scanner.next()) {
    found.push(fromBytes(next));
  }
  return found;
}

Deno.test("MessageScanner finds several messages in one piece", () => {
  const scanner = new MessageScanner();
  assert.deepEqual(scan(scanner, MESSAGES.join("")), MESSAGES);
  assert.equal(scanner.pending, 0);
});

Deno.test("MessageScanner finds messages however the stream is cut in two", () => {
  const stream = MESSAGES.join("");
  for (let cut = 0; cut <= stream.length; cut++) {
    const scanner = new MessageScanner();
    const found = [...scan(scanner, stream.slice(0, cut)), ...scan(scanner, stream.slice(cut))];
    assert.deepEqual(found, MESSAGES, `cut at ${cut}`);
  }
});

Deno.test("MessageScanner finds messages in single bytes", () => {
  const scanner = new MessageScanner();
  const found = [...MESSAGES.join("")].flatMap((byte) => scan(scanner, byte));
  assert.deepEqual(found, MESSAGES);
});

Deno.test("MessageScanner takes messages up to its limit, and then no more", () => {
  const message = (size: number): string => {
    const sdp = "x".repeat(size);
    return `c d3:sdp${size}:${sdp}e`;
  };
  const big = message(70_000);
  const scanner = new MessageScanner(big.length);
  assert.deepEqual(scan(scanner, big + "c d"), [big]);
  assert.equal(scanner.pending, 3);
  assert.throws(() => scan(new MessageScanner(big.length), message(70_001)), /longer than/);
  assert.throws(() => scan(new MessageScanner(1000), `c {"a":"${"x".repeat(1000)}`), /longer than/);
  assert.throws(() => scan(new MessageScanner(1000), "x".repeat(1001)), /longer than 1000 bytes/);
});

Deno.test("MessageScanner looks at every byte once", () => {
  // 1 MiB in 64-byte pieces would take minutes if each piece began anew.
  const scanner = new MessageScanner(1 << 21);
  const body = `c {"a":"${"x".repeat(1 << 20)}"}`;
  let found: string[] = [];
  for (let at = 0; at < body.length; at += 64) found = scan(scanner, body.slice(at, at + 64));
  assert.deepEqual(found, [body]);
});

Deno.test("MessageScanner refuses streams that are no messages", () => {
  const cases: [string, RegExp][] = [
    [" d7:command4:pinge", /no cookie/],
    ["c x", /neither bencode nor JSON/],
    ["c  de", /neither bencode nor JSON/],
    ["c [1]", /neither bencode nor JSON/],
    ["c d-1:", /unknown type of value at byte 1/],
    ["c d1x", /lacks a colon at byte 2/],
    ["c d1:ai5x", /stray character at byte 6/],
    ["c d99999999999:", /longer than a message may be/],
    [`c d1:a${"l".repeat(64)}`, /nested too deeply/],
    [`c {"a":${"[".repeat(64)}`, /nested too deeply/],
  ];
  for (const [stream, message] of cases) {
    const scanner = new MessageScanner();
    assert.throws(() => scan(scanner, stream), (error) => {
      assert.ok(error instanceof DecodeError);
      assert.match(error.message, message);
      return true;
    }, stream);
  }
});

Deno.test("MessageScanner.rest is the message that could not be finished", () => {
  const scanner = new MessageScanner();
  assert.throws(() => scan(scanner, "a d1:ai1eecookie d-"), DecodeError);
  assert.equal(fromBytes(scanner.rest), "cookie d-");
});
