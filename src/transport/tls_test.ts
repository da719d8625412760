import assert from "node:assert/strict";
import { FakeClock } from "../core/clock.ts";
import { generateKey, selfSign } from "../tls/self_signed.ts";
import { tlsOptions } from "./tls.ts";

const now = new FakeClock().wall();
const key = await generateKey();
const cert = await selfSign(key, [], now);

Deno.test("tlsOptions() asks clients for nothing unless issuers are given", () => {
  const options = tlsOptions({ cert, key });
  assert.equal(options.requestCert, false);
  assert.equal(options.rejectUnauthorized, false);
  assert.equal(options.minVersion, "TLSv1.2");
  assert.ok(!("ca" in options));
});

Deno.test("tlsOptions() refuses clients without a certificate when issuers are given", () => {
  const required = tlsOptions({ cert, key, clientCa: cert });
  assert.equal(required.requestCert, true);
  assert.equal(required.rejectUnauthorized, true);
  const asked = tlsOptions({ cert, key, clientCa: cert, requireClientCertificate: false });
  assert.equal(asked.requestCert, true);
  assert.equal(asked.rejectUnauthorized, false);
});

Deno.test("tlsOptions() says what is wrong with a certificate or key", async () => {
  const other = await generateKey();
  assert.throws(
    () => tlsOptions({ cert, key: other }),
    /does not belong to the certificate of CN=/,
  );
  assert.throws(() => tlsOptions({ cert: "junk", key }), /^Error: certificate is not PEM/);
  assert.throws(() => tlsOptions({ cert, key: "junk" }), /^Error: private key is not PEM/);
  assert.throws(
    () => tlsOptions({ cert, key, clientCa: "junk" }),
    /^Error: client CA certificate is not PEM/,
  );
});
