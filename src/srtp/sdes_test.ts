import assert from "node:assert/strict";
import { formatCrypto, keysOf, lifetimeOf, newKeySalt, parseCrypto } from "./sdes.ts";
import { SUITE_NAMES, suiteNamed, suiteOfProfile, SUITES } from "./suites.ts";

const KEY = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

Deno.test("parseCrypto reads the examples of RFC 4568", () => {
  assert.deepEqual(
    parseCrypto(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:4`),
    {
      tag: 1,
      suite: "AES_CM_128_HMAC_SHA1_80",
      keySalt: KEY,
      lifetime: "2^20",
      mki: { value: 1, length: 4 },
      plainRtp: false,
      plainRtcp: false,
      noRtpAuth: false,
    },
  );
  const second = parseCrypto(
    `2 F8_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20|1:4;` +
      `inline:QUJjZGVmMTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5|2^20|2:4 FEC_ORDER=FEC_SRTP`,
  );
  assert.equal(second, "unknown parameter");
});

Deno.test("lifetimeOf reads powers and plain numbers", () => {
  assert.equal(lifetimeOf({ lifetime: "2^20" }), 1_048_576);
  assert.equal(lifetimeOf({ lifetime: "1000" }), 1000);
  assert.equal(lifetimeOf({ lifetime: undefined }), undefined);
});

Deno.test("parseCrypto reads session parameters and overlooks what may be overlooked", () => {
  const crypto = parseCrypto(
    `3 aes_cm_128_hmac_sha1_32 inline:${KEY} UNENCRYPTED_SRTP WSH=128 -ODD=1 UNAUTHENTICATED_SRTP`,
  );
  assert.ok(typeof crypto === "object");
  assert.equal(crypto.suite, "AES_CM_128_HMAC_SHA1_32");
  assert.deepEqual([crypto.plainRtp, crypto.plainRtcp, crypto.noRtpAuth], [true, false, true]);
});

Deno.test("parseCrypto takes keys with and without padding", () => {
  for (const name of SUITE_NAMES) {
    const key = newKeySalt(name, (length) => new Uint8Array(length).fill(7));
    for (const text of [key, key.replace(/=+$/, "")]) {
      const crypto = parseCrypto(`1 ${name} inline:${text}`);
      assert.ok(typeof crypto === "object", `${name} ${text}`);
      const { key: master, salt } = keysOf(crypto);
      assert.equal(master.length, SUITES[name].keyLength);
      assert.equal(salt.length, SUITES[name].saltLength);
      assert.ok([...master, ...salt].every((byte) => byte === 7));
    }
  }
});

Deno.test("parseCrypto says why it takes nothing", () => {
  const cases: [string, string][] = [
    [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}AAAA`, "key length"],
    [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY.slice(4)}`, "key length"],
    [`1 AES_CM_512_HMAC_SHA1_80 inline:${KEY}`, "unknown suite"],
    [`1 toString inline:${KEY}`, "unknown suite"],
    [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} NEW=1`, "unknown parameter"],
    [`1 AEAD_AES_128_GCM inline:${"A".repeat(38)} UNENCRYPTED_SRTP`, "unknown parameter"],
    [`1 AEAD_AES_128_GCM inline:${"A".repeat(38)} UNAUTHENTICATED_SRTP`, "unknown parameter"],
    [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:0`, "malformed"],
    [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|1:17`, "malformed"],
    [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^20|256:1`, "malformed"],
    [`x AES_CM_128_HMAC_SHA1_80 inline:${KEY}`, "malformed"],
    [`1 AES_CM_128_HMAC_SHA1_80 outline:${KEY}`, "malformed"],
    [`1 AES_CM_128_HMAC_SHA1_80`, "malformed"],
    ["", "malformed"],
    [" ".repeat(100_000), "malformed"],
  ];
  for (const [text, problem] of cases) assert.equal(parseCrypto(text), problem, text.slice(0, 80));
});

Deno.test("formatCrypto and parseCrypto are inverse", () => {
  const texts = [
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`,
    `7 AES_CM_128_HMAC_SHA1_32 inline:${KEY}|2^31`,
    `9 AES_CM_128_HMAC_SHA1_32 inline:${KEY}|2^31|65536:3 UNENCRYPTED_SRTP UNENCRYPTED_SRTCP`,
    `9 NULL_HMAC_SHA1_80 inline:${KEY}|1:2 UNAUTHENTICATED_SRTP`,
  ];
  for (const text of texts) {
    const crypto = parseCrypto(text);
    assert.ok(typeof crypto === "object", text);
    assert.equal(formatCrypto(crypto), text);
  }
});

Deno.test("formatCrypto pads keys when asked to", () => {
  const crypto = parseCrypto(`1 AEAD_AES_128_GCM inline:${"A".repeat(38)}`);
  assert.ok(typeof crypto === "object");
  assert.match(formatCrypto(crypto, true), /inline:A{38}==$/);
  assert.match(formatCrypto(crypto), /inline:A{38}$/);
});

Deno.test("keysOf writes the MKI in network order", () => {
  const crypto = parseCrypto(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|258:4`);
  assert.ok(typeof crypto === "object");
  assert.deepEqual([...keysOf(crypto).mki!], [0, 0, 1, 2]);
});

Deno.test("suites are found by name and by DTLS profile", () => {
  assert.equal(suiteNamed("aead_aes_256_gcm"), "AEAD_AES_256_GCM");
  assert.equal(suiteNamed("AES"), undefined);
  assert.deepEqual([1, 2, 7, 8, 9].map(suiteOfProfile), [
    "AES_CM_128_HMAC_SHA1_80",
    "AES_CM_128_HMAC_SHA1_32",
    "AEAD_AES_128_GCM",
    "AEAD_AES_256_GCM",
    undefined,
  ]);
});
