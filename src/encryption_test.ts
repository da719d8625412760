import assert from "node:assert/strict";
import { loadConfig, systemHost } from "./config/mod.ts";
import { FakeClock } from "./core/clock.ts";
import { openEncryption } from "./encryption.ts";

const SILENT = { debug() {}, info() {}, warn() {} };
const DAY = 86_400_000;
/** Nobody unloads the relay core library. */
const LIBRARY_STAYS = { sanitizeResources: false };

async function open(args: readonly string[] = []) {
  const result = await loadConfig([
    "--config-file=none",
    "--interface=127.0.0.1",
    "--listen-ng=2223",
    ...args,
  ], {
    env: {},
    host: systemHost,
    columns: 80,
  });
  assert.ok(result.outcome === "run");
  const clock = new FakeClock(Date.UTC(2026, 0, 1));
  const encryption = await openEncryption({
    config: result.loaded.config,
    clock,
    links: () => assert.fail("no handshake is made"),
    logs: { ice: SILENT, crypto: SILENT },
    failed: (error) => assert.fail(String(error)),
    wake() {},
  });
  return { clock, encryption };
}

Deno.test(
  "openEncryption renews the certificate when half of its life is over",
  LIBRARY_STAYS,
  async () => {
    const { clock, encryption } = await open();
    const { source, options } = encryption;
    const first = source.fingerprint("sha-256");
    const engine = options.dtls!();
    clock.advance(14 * DAY);
    await encryption.tick();
    assert.deepEqual(source.fingerprint("sha-256"), first);
    clock.advance(DAY);
    await Promise.all([encryption.tick(), encryption.tick()]);
    assert.notEqual(options.dtls!(), engine);
    assert.notDeepEqual(source.fingerprint("sha-256"), first);
  },
);

Deno.test("openEncryption obeys the options of DTLS", LIBRARY_STAYS, async () => {
  const rsa = await open(["--dtls-cert-cipher=RSA", "--dtls-signature=SHA-1", "--dtls-passive"]);
  assert.equal(rsa.encryption.source.dtlsPassive, true);
  const { certificate } = rsa.encryption.options.dtls!()!;
  // rsaEncryption, 1.2.840.113549.1.1.1
  assert.ok(Array.from(certificate, hex).join("").includes("06092a864886f70d010101"));
  assert.equal(rsa.encryption.source.fingerprint("sha-512").digest.length, 64 * 3 - 1);
  await assert.rejects(open(["--dtls-ciphers=NO-SUCH-CIPHER"]), /DTLS cannot be used/);
});

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
