import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { GENERATED, generatedIdentity, loadIdentity, RENEW_BEFORE } from "./identity.ts";
import { CertificateError } from "./pem.ts";
import { certificateNames, generateKey, MAX_DAYS, selfSign } from "./self_signed.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2027, 0, 1);

async function inDirectory(body: (directory: string) => void | Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "rtpedge-tls-" });
  try {
    await body(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function modeOf(path: string): number {
  return Deno.statSync(path).mode! & 0o777;
}

Deno.test("generatedIdentity makes a P-256 certificate for local and given names", async () => {
  await inDirectory(async (directory) => {
    const identity = await generatedIdentity(
      `${directory}/deep/er`,
      ["192.0.2.1", "Media.Example"],
      NOW,
    );
    assert.equal(identity.history, "first");
    const certificate = new X509Certificate(identity.cert);
    assert.equal(certificate.publicKey.asymmetricKeyType, "ec");
    assert.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, "prime256v1");
    assert.equal(certificate.ca, false);
    assert.equal(certificate.verify(certificate.publicKey), true);
    assert.deepEqual(certificateNames(identity.cert), [
      "localhost",
      "127.0.0.1",
      "::1",
      "192.0.2.1",
      "media.example",
    ]);
  });
});

Deno.test("generatedIdentity keeps to 825 days and starts in the past", async () => {
  await inDirectory(async (directory) => {
    const { cert, notAfter } = await generatedIdentity(directory, [], NOW);
    const from = Date.parse(new X509Certificate(cert).validFrom);
    assert.ok(from < NOW);
    assert.ok(notAfter - from <= MAX_DAYS * DAY);
    assert.ok(notAfter - NOW > (MAX_DAYS - 2) * DAY);
  });
});

Deno.test("generatedIdentity writes files that only the owner reads", async () => {
  await inDirectory(async (directory) => {
    await generatedIdentity(`${directory}/data`, [], NOW);
    assert.equal(modeOf(`${directory}/data`), 0o700);
    assert.equal(modeOf(`${directory}/data/${GENERATED.key}`), 0o600);
    const names = await Array.fromAsync(Deno.readDir(`${directory}/data`), ({ name }) => name);
    assert.deepEqual(names.sort(), [GENERATED.cert, GENERATED.key]);
  });
});

Deno.test("generatedIdentity reuses what it made", async () => {
  await inDirectory(async (directory) => {
    const first = await generatedIdentity(directory, ["192.0.2.1"], NOW);
    const second = await generatedIdentity(directory, ["192.0.2.1"], NOW + 30 * DAY);
    assert.equal(second.history, "reused");
    assert.equal(second.cert, first.cert);
    assert.equal(second.fingerprint, first.fingerprint);
  });
});

Deno.test("generatedIdentity renews near the end of life and keeps the key", async () => {
  await inDirectory(async (directory) => {
    const first = await generatedIdentity(directory, [], NOW);
    const before = await generatedIdentity(directory, [], first.notAfter - RENEW_BEFORE);
    assert.equal(before.history, "reused");
    const after = await generatedIdentity(directory, [], first.notAfter - RENEW_BEFORE + 1);
    assert.equal(after.history, "renewed");
    assert.equal(after.key, first.key);
    assert.notEqual(after.fingerprint, first.fingerprint);
    assert.ok(after.notAfter > first.notAfter);
  });
});

Deno.test("generatedIdentity makes a new certificate for a new name", async () => {
  await inDirectory(async (directory) => {
    const first = await generatedIdentity(directory, [], NOW);
    const second = await generatedIdentity(directory, ["2001:DB8::1"], NOW);
    assert.equal(second.history, "names changed");
    assert.equal(second.key, first.key);
    assert.ok(certificateNames(second.cert).includes("2001:db8::1"));
  });
});

Deno.test("generatedIdentity replaces files that are damaged or do not match", async () => {
  await inDirectory(async (directory) => {
    const first = await generatedIdentity(directory, [], NOW);
    await Deno.writeTextFile(`${directory}/${GENERATED.cert}`, "damaged");
    assert.equal((await generatedIdentity(directory, [], NOW)).history, "unreadable");
    await Deno.writeTextFile(`${directory}/${GENERATED.key}`, await generateKey());
    const third = await generatedIdentity(directory, [], NOW);
    assert.equal(third.history, "unreadable");
    assert.notEqual(third.fingerprint, first.fingerprint);
    assert.equal((await generatedIdentity(directory, [], NOW)).history, "reused");
  });
});

Deno.test("generatedIdentity names the directory it cannot use", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/file`, "");
    await assert.rejects(
      generatedIdentity(`${directory}/file/data`, [], NOW),
      (error: Error) =>
        error instanceof CertificateError && error.message.includes(`${directory}/file/data`),
    );
  });
});

Deno.test("fingerprint is the SHA-256 of the certificate's bytes", async () => {
  await inDirectory(async (directory) => {
    const { cert, fingerprint } = await generatedIdentity(directory, [], NOW);
    const der = atob(cert.replace(/-----[^-]+-----|\s/g, ""));
    const hash = createHash("sha256").update(Uint8Array.from(der, (c) => c.charCodeAt(0)))
      .digest("hex");
    assert.equal(fingerprint.replaceAll(":", "").toLowerCase(), hash);
    assert.match(fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  });
});

Deno.test("loadIdentity reads two files, or one that holds both", async () => {
  await inDirectory(async (directory) => {
    const key = await generateKey();
    const cert = await selfSign(key, [], NOW);
    await Deno.writeTextFile(`${directory}/c.pem`, cert);
    await Deno.writeTextFile(`${directory}/k.pem`, key);
    await Deno.writeTextFile(`${directory}/both.pem`, cert + key);
    const two = loadIdentity(`${directory}/c.pem`, `${directory}/k.pem`);
    const one = loadIdentity(`${directory}/both.pem`, undefined);
    assert.equal(one.fingerprint, two.fingerprint);
    assert.equal(two.key, key);
  });
});

Deno.test("loadIdentity tells what is wrong and where", async () => {
  await inDirectory(async (directory) => {
    const write = async (name: string, content: string) => {
      await Deno.writeTextFile(`${directory}/${name}`, content);
      return `${directory}/${name}`;
    };
    const key = await generateKey();
    const cert = await write("c.pem", await selfSign(key, [], NOW));
    const own = await write("k.pem", key);
    const other = await write("other.pem", await generateKey());
    const junk = await write("junk.pem", "junk");
    const broken = await write(
      "broken.pem",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    const locked = await write("locked.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n");
    const cases: [string, string | undefined, RegExp][] = [
      [cert, other, /other\.pem does not belong to the certificate in .*c\.pem/],
      [cert, undefined, /c\.pem holds no private key/],
      [junk, own, /junk\.pem holds no certificate/],
      [broken, own, /certificate in .*broken\.pem cannot be read/],
      [cert, locked, /locked\.pem is encrypted/],
      [`${directory}/none.pem`, own, /https-cert: .*none\.pem cannot be read/],
      [cert, `${directory}/none.pem`, /https-key: .*none\.pem cannot be read/],
    ];
    for (const [certPath, keyPath, message] of cases) {
      assert.throws(() => loadIdentity(certPath, keyPath), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(!error.message.includes("BEGIN"), "no file content in messages");
        return error instanceof CertificateError;
      });
    }
  });
});

Deno.test("loadIdentity takes RSA and SEC1 keys made by openssl", {
  ignore: !hasOpenssl(),
}, async () => {
  await inDirectory((directory) => {
    for (const kind of ["rsa:2048", "ec"]) {
      const path = `${directory}/${kind.replace(":", "")}`;
      const extra = kind === "ec" ? ["-pkeyopt", "ec_paramgen_curve:prime256v1"] : [];
      const { success } = new Deno.Command("openssl", {
        args: [
          ...["req", "-x509", "-newkey", kind, ...extra, "-nodes", "-subj", "/CN=test"],
          ...["-keyout", `${path}.key`, "-out", `${path}.pem`],
        ],
        stderr: "null",
      }).outputSync();
      assert.ok(success);
      assert.match(loadIdentity(`${path}.pem`, `${path}.key`).fingerprint, /^[0-9A-F:]{95}$/);
    }
  });
});

function hasOpenssl(): boolean {
  try {
    return new Deno.Command("openssl", { args: ["version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}
