import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { type DtlsCertificateKind, makeDtlsCertificate } from "./dtls_certificate.ts";

const NOW = Date.UTC(2026, 0, 1);

async function made(kind: Partial<DtlsCertificateKind> = {}) {
  const pem = await makeDtlsCertificate(
    { cipher: "prime256v1", rsaBits: 2048, signature: "SHA-256", ...kind },
    NOW,
  );
  return { certificate: new X509Certificate(pem.certificate), key: createPrivateKey(pem.key) };
}

Deno.test("makeDtlsCertificate signs itself with EC P-256 and is valid for 30 days", async () => {
  const { certificate, key } = await made();
  assert.ok(certificate.checkPrivateKey(key));
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.publicKey.asymmetricKeyType, "ec");
  const valid = Date.parse(certificate.validTo) - Date.parse(certificate.validFrom);
  assert.equal(valid, 30 * 86_400_000);
  assert.ok(Date.parse(certificate.validFrom) < NOW);
});

Deno.test("makeDtlsCertificate makes RSA keys of the size asked for, and SHA-1 signatures", async () => {
  const { certificate, key } = await made({ cipher: "RSA", rsaBits: 1024, signature: "SHA-1" });
  assert.ok(certificate.checkPrivateKey(key));
  assert.ok(certificate.verify(certificate.publicKey));
  assert.equal(certificate.publicKey.asymmetricKeyDetails?.modulusLength, 1024);
  // sha1WithRSAEncryption, 1.2.840.113549.1.1.5
  const oid = "06092a864886f70d010105";
  assert.ok(certificate.raw.toString("hex").includes(oid));
});

Deno.test("makeDtlsCertificate never makes the same one twice", async () => {
  const [one, other] = [await made(), await made()];
  assert.notEqual(one.certificate.serialNumber, other.certificate.serialNumber);
  assert.notEqual(one.certificate.fingerprint256, other.certificate.fingerprint256);
});
