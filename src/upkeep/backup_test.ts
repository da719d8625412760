import assert from "node:assert/strict";
import { type BackupContent, makeBackup, MAX_BACKUP, openBackup } from "./backup.ts";
import { UpkeepError } from "./error.ts";

const HEAD = { product: "1.2.3", host: "relay", created: 1_700_000_000_000 };
const OPEN: BackupContent = { configuration: "[rtpengine]\n", certificate: { cert: "PEM" } };
const SECRET: BackupContent = {
  configuration: "[rtpengine]\njanus-secret = hunter22\n",
  certificate: { cert: "PEM", key: "KEY" },
  access: { users: [{ name: "ada" }], tokens: [] },
};
const PASSPHRASE = "a long enough passphrase";

Deno.test("a backup without secrets comes back as it was", async () => {
  const text = await makeBackup(HEAD, OPEN);
  assert.deepEqual(await openBackup(text), { head: HEAD, sealed: false, content: OPEN });
  assert.match(text, /"secrets": "left out"/);
});

Deno.test("a backup with secrets shows none of them, and opens with its passphrase only", async () => {
  const text = await makeBackup(HEAD, SECRET, PASSPHRASE);
  assert.doesNotMatch(text, /hunter22|janus|ada|KEY/);
  assert.deepEqual(await openBackup(text, PASSPHRASE), {
    head: HEAD,
    sealed: true,
    content: SECRET,
  });
  assert.deepEqual(await openBackup(text), { head: HEAD, sealed: true, content: {} });
  await assert.rejects(openBackup(text, "another passphrase"), /the passphrase is wrong/);
  await assert.rejects(makeBackup(HEAD, SECRET, "short"), /at least 12 characters/);
});

Deno.test("a backup that was changed is refused, wherever it was", async () => {
  const open = JSON.parse(await makeBackup(HEAD, OPEN));
  const sealed = JSON.parse(await makeBackup(HEAD, SECRET, PASSPHRASE));
  const changed: [object, RegExp][] = [
    [{ ...open, host: "other" }, /digest/],
    [{ ...open, content: { configuration: "[rtpengine]\ninterface = any\n" } }, /digest/],
    [{ ...open, secrets: "sealed" }, /does not know|no text/],
    [{ ...open, version: 2 }, /of version 2, this program knows 1/],
    [{ ...open, format: "other" }, /no backup of this product/],
    [{ ...open, path: "/etc/passwd" }, /"path", which this program does not know/],
    [{ ...open, content: { "../x": "y" } }, /digest/],
    [{ ...sealed, host: "other" }, /passphrase is wrong, or it was changed/],
    [{ ...sealed, sealed: "AAAA" }, /changed or damaged/],
    [{ ...sealed, salt: "AAAA" }, /changed or damaged/],
    [[], /not what it should be/],
  ];
  for (const [document, expected] of changed) {
    await assert.rejects(openBackup(JSON.stringify(document), PASSPHRASE), (error) => {
      assert.ok(error instanceof UpkeepError, String(error));
      assert.match(error.message, expected);
      return true;
    });
  }
  await assert.rejects(openBackup("no JSON"), /cannot be read as JSON/);
  await assert.rejects(openBackup("x".repeat(MAX_BACKUP + 1)), /is longer than/);
});

Deno.test("a backup without secrets cannot bring users or keys in", async () => {
  const text = await makeBackup(HEAD, { access: { users: [], tokens: [] } });
  await assert.rejects(openBackup(text), /"access", which this program does not know/);
  const key = await makeBackup(HEAD, { certificate: { cert: "PEM", key: "KEY" } });
  await assert.rejects(openBackup(key), /"key", which this program does not know/);
});
