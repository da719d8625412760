import "reflect-metadata";
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";
import assert from "node:assert/strict";
import { describeCertificates, inspectChain } from "./describe.ts";
import { storeUploaded, UPLOADED, uploadedIdentity } from "./identity.ts";
import { makeIdentity } from "./pem.ts";

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 86_400_000;
const NOW = Date.UTC(2027, 0, 1);

interface Made {
  readonly name: string;
  readonly keys: CryptoKeyPair;
  readonly pem: string;
}

interface Make {
  readonly name: string;
  readonly by?: Made;
  readonly hosts?: readonly string[];
  readonly from?: number;
  readonly days?: number;
  readonly rsaBits?: number;
}

async function make({ name, by, hosts = [], from = NOW - DAY, days = 90, rsaBits }: Make) {
  const algorithm = rsaBits === undefined ? EC : {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: rsaBits,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const pair = keys as CryptoKeyPair;
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: `CN=${by?.name ?? name}`,
    publicKey: pair.publicKey,
    signingKey: (by?.keys ?? pair).privateKey,
    signingAlgorithm: by === undefined ? algorithm : EC,
    notBefore: new Date(from),
    notAfter: new Date(from + days * DAY),
    extensions: [
      new BasicConstraintsExtension(hosts.length === 0, undefined, true),
      ...(hosts.length === 0 ? [] : [
        new SubjectAlternativeNameExtension(
          hosts.map((value) => ({
            type: /^[\d.]+$/.test(value) ? "ip" as const : "dns" as const,
            value,
          })),
        ),
      ]),
    ],
  });
  return { name, keys: pair, pem: certificate.toString("pem") + "\n" };
}

async function identity(own: Made, ...chain: Made[]) {
  const key = PemConverter.encode(
    await crypto.subtle.exportKey("pkcs8", own.keys.privateKey),
    "PRIVATE KEY",
  );
  return makeIdentity([own, ...chain].map(({ pem }) => pem).join(""), key, "cert", "key");
}

Deno.test("describeCertificates() tells what is in each certificate of a chain", async () => {
  const root = await make({ name: "root", days: 1000 });
  const own = await make({ name: "own", by: root, hosts: ["relay.example.com", "192.0.2.1"] });
  const [first, second, ...rest] = describeCertificates(own.pem + root.pem, "x");
  assert.equal(rest.length, 0);
  assert.deepEqual(
    { ...first, fingerprint: first?.fingerprint.length },
    {
      subject: "CN=own",
      issuer: "CN=root",
      names: ["relay.example.com", "192.0.2.1"],
      notBefore: NOW - DAY,
      notAfter: NOW + 89 * DAY,
      fingerprint: 95,
      key: "EC prime256v1",
      selfSigned: false,
    },
  );
  assert.equal(second?.selfSigned, true);
  assert.throws(() => describeCertificates("nothing", "x"), /^CertificateError: x holds no cert/);
});

Deno.test("inspectChain() takes a good chain without a word", async () => {
  const root = await make({ name: "root", days: 1000 });
  const middle = await make({ name: "middle", by: root });
  const own = await make({ name: "own", by: middle, hosts: ["relay.example.com", "192.0.2.1"] });
  const chain = await identity(own, middle);
  assert.deepEqual(inspectChain(chain, NOW, "relay.example.com"), []);
  assert.deepEqual(inspectChain(chain, NOW, "192.0.2.1"), []);
  assert.deepEqual(inspectChain(chain, NOW, undefined), []);
});

Deno.test("inspectChain() refuses what no client would take", async () => {
  const root = await make({ name: "root", days: 1000 });
  const other = await make({ name: "other", days: 1000 });
  const impostor = await make({ name: "root", days: 1000 });
  const host = { hosts: ["a.example"] };
  const own = await make({ name: "own", by: root, ...host });
  const old = await make({ name: "old", by: root, ...host, from: NOW - 100 * DAY });
  const early = await make({ name: "early", by: root, ...host, from: NOW + DAY });
  const weak = await make({ name: "weak", ...host, rsaBits: 1024 });
  const inspect = async (...chain: [Made, ...Made[]]) =>
    inspectChain(await identity(...chain), NOW, undefined);
  await assert.rejects(inspect(old, root), /the certificate ended on 2026-12-22/);
  await assert.rejects(inspect(early, root), /the certificate begins on 2027-01-02 only/);
  await assert.rejects(inspect(own, other), /was not issued by CN=other, which follows it/);
  await assert.rejects(inspect(own, impostor), /not issued by|not signed by the key of CN=root/);
  await assert.rejects(inspect(weak), /the key has 1024 bits/);
});

Deno.test("inspectChain() warns of what some clients will not like", async () => {
  const root = await make({ name: "root", days: 1000 });
  const own = await make({ name: "own", by: root, hosts: ["a.example"] });
  const single = inspectChain(await identity(own), NOW, "b.example");
  assert.match(single[0] ?? "", /^it is not for b\.example, where you are now: a\.example/);
  assert.match(single[1] ?? "", /no intermediate/);
  const self = inspectChain(await identity(await make({ name: "self" })), NOW, undefined);
  assert.match(self[0] ?? "", /^it names no host/);
  assert.match(self[1] ?? "", /^it is self-signed/);
});

Deno.test("what was uploaded is kept for its owner only, and is whole or not there", async () => {
  const directory = await Deno.makeTempDir({ prefix: "rtpedge-own-" });
  try {
    assert.equal(uploadedIdentity(directory), undefined);
    const [one, two] = [
      await identity(await make({ name: "one" })),
      await identity(await make({ name: "two" })),
    ];
    storeUploaded(directory, one);
    assert.equal(uploadedIdentity(directory)?.fingerprint, one.fingerprint);
    storeUploaded(directory, two);
    assert.equal(uploadedIdentity(directory)?.fingerprint, two.fingerprint);
    const { mode } = await Deno.stat(`${directory}/${UPLOADED.key}`);
    assert.equal(mode! & 0o777, 0o600);
    await Deno.remove(`${directory}/${UPLOADED.cert}`);
    assert.equal(uploadedIdentity(directory), undefined);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
