import assert from "node:assert/strict";
import { isClientHello, isOtherHello } from "./hello.ts";

function hello(random: number, epoch = 0, type = 1): Uint8Array {
  const datagram = new Uint8Array(13 + 12 + 2 + 32 + 10);
  datagram.set([22, 254, 253, 0, epoch]);
  datagram[13] = type;
  datagram.fill(random, 27, 59);
  return datagram;
}

Deno.test("isClientHello takes a first flight, and nothing else", () => {
  assert.equal(isClientHello(hello(7)), true);
  assert.equal(isClientHello(hello(7, 1)), false);
  assert.equal(isClientHello(hello(7, 0, 2)), false);
  assert.equal(isClientHello(hello(7).fill(23, 0, 1)), false);
  assert.equal(isClientHello(hello(7).subarray(0, 13)), false);
  assert.equal(isClientHello(new Uint8Array()), false);
});

Deno.test("isOtherHello tells a new handshake from a repeated ClientHello", () => {
  assert.equal(isOtherHello(hello(7), hello(7)), false);
  assert.equal(isOtherHello(hello(8), hello(7)), true);
  // the second one of a cookie exchange, and its sequence numbers
  assert.equal(isOtherHello(hello(7).fill(1, 8, 12), hello(7)), false);
  assert.equal(isOtherHello(hello(8, 0, 16), hello(7)), false);
  // the second part of one that is too long for a datagram
  assert.equal(isOtherHello(hello(8).fill(1, 20, 22), hello(7)), false);
  assert.equal(isOtherHello(hello(8), hello(7, 0, 16)), false);
  assert.equal(isOtherHello(hello(8).subarray(0, 20), hello(7).subarray(0, 20)), false);
});
