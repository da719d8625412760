import assert from "node:assert/strict";
import { parseCrypto } from "../../srtp/mod.ts";
import { keysOfCrypto, keysOfDtls, ruleKeys, sameKeys } from "./agreement.ts";

function crypto(text: string) {
  const parsed = parseCrypto(text);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed;
}

const KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd";

Deno.test("keysOfCrypto keeps key, salt, MKI and session parameters; ruleKeys gives them as bytes", () => {
  const keys = keysOfCrypto(
    crypto(`1 AES_CM_128_HMAC_SHA1_32 inline:${KEY}|2^20|7:2 UNENCRYPTED_SRTCP`),
  );
  const rule = ruleKeys(JSON.parse(JSON.stringify(keys)));
  assert.equal(rule.suite, "AES_CM_128_HMAC_SHA1_32");
  assert.deepEqual([...rule.key], Array.from({ length: 16 }, (_, i) => i));
  assert.deepEqual([...rule.salt], Array.from({ length: 14 }, (_, i) => 16 + i));
  assert.deepEqual([...rule.mki!], [0, 7]);
  assert.equal(rule.plainRtcp, true);
  assert.equal(rule.plainRtp, undefined);
});

Deno.test("keysOfDtls says which keys are ours and which the other end's", () => {
  const side = (first: number) => ({
    key: new Uint8Array(16).fill(first),
    salt: new Uint8Array(12).fill(first + 1),
  });
  const keys = keysOfDtls({ suite: "AEAD_AES_128_GCM", local: side(1), remote: side(3) });
  assert.deepEqual(ruleKeys(keys.send).key, side(1).key);
  assert.deepEqual(ruleKeys(keys.send).salt, side(1).salt);
  assert.deepEqual(ruleKeys(keys.receive).key, side(3).key);
});

Deno.test("sameKeys: one key, but other parameters, are not the same keys", () => {
  const plain = keysOfCrypto(crypto(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`));
  assert.ok(sameKeys(plain, keysOfCrypto(crypto(`9 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^31`))));
  const others = [
    `1 AES_CM_128_HMAC_SHA1_32 inline:${KEY}`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:B${KEY.slice(1)}`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|1:1`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNENCRYPTED_SRTP`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNENCRYPTED_SRTCP`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNAUTHENTICATED_SRTP`,
  ];
  for (const text of others) assert.ok(!sameKeys(plain, keysOfCrypto(crypto(text))), text);
});
