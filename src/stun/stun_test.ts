import assert from "node:assert/strict";
import { fromBytes } from "../core/bytes.ts";
import { buildStun, parseStun, type StunMessage } from "./mod.ts";

function hex(text: string): Uint8Array {
  return Uint8Array.from(
    text.replaceAll(/\s/g, "").match(/../g) ?? [],
    (pair) => parseInt(pair, 16),
  );
}

const PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";
const TRANSACTION = fromBytes(hex("b7e7a701bc34d686fa87dfae"));
/** RFC 5769 section 2. */
const REQUEST = hex(`
  000100582112a442b7e7a701bc34d686fa87dfae
  802200105354554e207465737420636c69656e74
  002400046e0001ff 80290008932ff9b151263b36
  000600096576746a3a68367659202020
  000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
  80280004e57a3bcf`);
const RESPONSE_4 = hex(`
  0101003c2112a442b7e7a701bc34d686fa87dfae
  8022000b7465737420766563746f7220
  002000080001a147e112a643
  000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7
  80280004c07d4c96`);
const RESPONSE_6 = hex(`
  010100482112a442b7e7a701bc34d686fa87dfae
  8022000b7465737420766563746f7220
  002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9
  00080014a382954e4be67bf11784c97c8292c275bfe3ed41
  80280004c8fb0b4c`);

Deno.test("parseStun reads the request of RFC 5769", () => {
  const message = parseStun(REQUEST)!;
  assert.equal(message.class, "request");
  assert.equal(message.transaction, TRANSACTION);
  assert.equal(message.software, "STUN test client");
  assert.equal(message.username, "evtj:h6vY");
  assert.equal(message.priority, 0x6e0001ff);
  assert.equal(message.controlled, 0x932ff9b151263b36n);
  assert.equal(message.authentic(PASSWORD), true);
  assert.equal(message.authentic(`${PASSWORD}x`), false);
});

Deno.test("parseStun reads the responses of RFC 5769", () => {
  for (
    const [bytes, family, address] of [
      [RESPONSE_4, 4, "192.0.2.1"],
      [RESPONSE_6, 6, "2001:db8:1234:5678:11:2233:4455:6677"],
    ] as const
  ) {
    const message = parseStun(bytes)!;
    assert.equal(message.class, "success");
    assert.deepEqual(message.mapped, { family, address, port: 32853 });
    assert.equal(message.authentic(PASSWORD), true);
  }
});

Deno.test("buildStun and parseStun are inverse", () => {
  const messages: StunMessage[] = [
    {
      class: "request",
      transaction: TRANSACTION,
      username: "a:b",
      priority: 1,
      useCandidate: true,
    },
    { class: "request", transaction: TRANSACTION, controlling: 2n ** 64n - 1n },
    { class: "request", transaction: TRANSACTION, controlled: 0n, software: "x" },
    { class: "indication", transaction: TRANSACTION },
    {
      class: "success",
      transaction: TRANSACTION,
      mapped: { family: 4, address: "203.0.113.255", port: 65535 },
    },
    {
      class: "success",
      transaction: TRANSACTION,
      mapped: { family: 6, address: "2001:db8::1", port: 1 },
    },
    { class: "error", transaction: TRANSACTION, error: { code: 487, reason: "Role Conflict" } },
    {
      class: "error",
      transaction: TRANSACTION,
      error: { code: 420, reason: "Unknown Attribute" },
      unknownAttributes: [1, 0x7fff, 3],
    },
  ];
  for (const message of messages) {
    for (const key of [undefined, "secret"]) {
      const { authentic, notUnderstood, ...read } = parseStun(buildStun(message, key))!;
      assert.deepEqual(read, message);
      assert.deepEqual(notUnderstood, []);
      assert.equal(authentic("secret"), key !== undefined);
    }
  }
});

Deno.test("parseStun notices every flipped bit", () => {
  for (const bytes of [REQUEST, RESPONSE_4, RESPONSE_6]) {
    // a FINGERPRINT that is called something else is no longer one, and was never protected
    for (let bit = 0; bit < (bytes.length - 8) * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3]! ^= 1 << (bit & 7);
      const message = parseStun(changed);
      assert.ok(message === undefined || !message.authentic(PASSWORD), `bit ${bit}`);
    }
  }
});

Deno.test("parseStun takes no part of a message for the whole, and nothing behind it", () => {
  for (let length = 0; length < REQUEST.length; length++) {
    assert.equal(parseStun(REQUEST.subarray(0, length)), undefined, `${length}`);
  }
  const longer = new Uint8Array(REQUEST.length + 4);
  longer.set(REQUEST);
  assert.equal(parseStun(longer), undefined);
});

Deno.test("parseStun ignores attributes behind MESSAGE-INTEGRITY", () => {
  const bytes = buildStun({ class: "request", transaction: TRANSACTION, username: "a:b" }, "key");
  const open = bytes.subarray(0, bytes.length - 8);
  const forged = Uint8Array.from([...open, 0, 0x25, 0, 0]);
  new DataView(forged.buffer).setUint16(2, forged.length - 20);
  const message = parseStun(forged)!;
  assert.equal(message.useCandidate, undefined);
  assert.equal(message.authentic("key"), true);
});

Deno.test("parseStun lists what has to be understood and is not", () => {
  const plain = buildStun({ class: "request", transaction: TRANSACTION });
  const open = plain.subarray(0, plain.length - 8);
  const odd = Uint8Array.from([...open, 0x7f, 0xee, 0, 1, 9, 0, 0, 0, 0xff, 0xee, 0, 0]);
  new DataView(odd.buffer).setUint16(2, odd.length - 20);
  assert.deepEqual(parseStun(odd)!.notUnderstood, [0x7fee]);
});

Deno.test("parseStun survives anything", () => {
  let seed = 12345;
  const random = () => (seed = Math.imul(seed, 1103515245) + 12345 >>> 0) >>> 16;
  let read = 0;
  for (let round = 0; round < 20_000; round++) {
    const bytes = REQUEST.slice();
    for (let i = 0; i < 1 + random() % 6; i++) bytes[random() % bytes.length] = random() & 255;
    if (round % 2) {
      // the fingerprint would catch them all
      bytes[bytes.length - 8] = 0x80;
      bytes[bytes.length - 7] = 0x99;
    }
    if (parseStun(bytes) !== undefined) read++;
  }
  assert.ok(read > 100, `${read} could be read`);
});

Deno.test("buildStun refuses what does not fit", () => {
  assert.throws(
    () => buildStun({ class: "request", transaction: TRANSACTION, username: "x".repeat(1500) }),
    RangeError,
  );
});
