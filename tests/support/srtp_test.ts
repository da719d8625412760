import assert from "node:assert/strict";
import { buildRtp, parseRtp } from "./rtp.ts";
import { deriveKey, inlineOf, masterOf, newMasterKey, SrtpStream } from "./srtp.ts";

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

Deno.test("deriveKey() gives the keys of RFC 3711 appendix B.3", () => {
  const master = fromHex("E1F97A0D3E018BE0D64FA32C06DE4139" + "0EC675AD498AFEEBB6960B3AABE6");
  assert.deepEqual([...deriveKey(master, 0, 16)], [...fromHex("C61E7A93744F39EE10734AFE3FF7A087")]);
  assert.deepEqual([...deriveKey(master, 2, 14)], [...fromHex("30CBBC08863D8C85D49DB34A9AE1")]);
  const auth = fromHex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4");
  assert.deepEqual([...deriveKey(master, 1, 20)], [...auth]);
});

Deno.test("SrtpStream undoes what it did, and refuses what was changed", () => {
  const master = newMasterKey();
  assert.deepEqual(masterOf(inlineOf(master)), master);
  const stream = new SrtpStream(master);
  const payload = Uint8Array.from({ length: 160 }, (_, i) => i);
  const packet = buildRtp({ payloadType: 8, sequence: 7, timestamp: 8, ssrc: 9, payload });
  const secured = stream.protect(packet);
  assert.notDeepEqual(parseRtp(secured)?.payload.subarray(0, 160), payload);
  assert.deepEqual([...new SrtpStream(master).unprotect(secured) ?? []], [...packet]);
  secured[40] = (secured[40] ?? 0) ^ 1;
  assert.equal(stream.unprotect(secured), undefined);
});
