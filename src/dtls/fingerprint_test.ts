import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  digestBytes,
  fingerprintOf,
  formatFingerprint,
  HASHES,
  type HashName,
  parseFingerprint,
} from "./fingerprint.ts";

const CERTIFICATE = new TextEncoder().encode("a certificate");

Deno.test("fingerprints of every hash are written, read and found again", () => {
  for (const hash of Object.keys(HASHES) as HashName[]) {
    const own = fingerprintOf(CERTIFICATE, hash);
    assert.deepEqual(parseFingerprint(formatFingerprint(own)), own);
    const lower = formatFingerprint(own).toLowerCase();
    assert.deepEqual(parseFingerprint(lower.replace(hash, hash.toUpperCase())), own);
    const hashed = createHash(HASHES[hash]).update(CERTIFICATE).digest();
    assert.deepEqual(digestBytes(own), new Uint8Array(hashed));
  }
});

Deno.test("digestBytes: the number of bytes tells the hash function", () => {
  const lengths = (Object.keys(HASHES) as HashName[]).map((hash) =>
    digestBytes(fingerprintOf(CERTIFICATE, hash)).length
  );
  assert.deepEqual(lengths, [20, 28, 32, 48, 64]);
});

Deno.test("parseFingerprint takes nothing that makes no sense", () => {
  const { digest } = fingerprintOf(CERTIFICATE, "sha-256");
  const odd = [
    "",
    "sha-256",
    `md5 ${digest.slice(0, 47)}`,
    `sha-256 ${digest.slice(3)}`,
    `sha-256 ${digest}:00`,
    `sha-512 ${digest}`,
    `sha-256 ${digest.replaceAll(":", "")}`,
    `sha-256 ${digest.replace(/[0-9A-F]/, "G")}`,
    `sha-256 ${"AA:".repeat(100_000)}`,
  ];
  for (const text of odd) assert.equal(parseFingerprint(text), undefined, text.slice(0, 60));
});
