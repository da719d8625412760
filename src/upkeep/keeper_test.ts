import assert from "node:assert/strict";
import { type AccessRows, CONSOLE } from "../access/mod.ts";
import { FakeClock } from "../core/clock.ts";
import { generateKey, selfSign } from "../tls/self_signed.ts";
import { generatedIdentity, uploadedIdentity } from "../tls/mod.ts";
import { HttpsCertificate } from "./certificates.ts";
import { ConfigurationFile } from "./configuration.ts";
import { ConfigurationHistory } from "./history.ts";
import { BackupKeeper } from "./keeper.ts";

const PASSPHRASE = "twelve or more letters";
const FIRST = "[rtpengine]\ntimeout = 60\n";

class Rig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly history = ConfigurationHistory.inMemory();
  text = FIRST;
  /** Why nothing can be put into effect. */
  refuse: string | undefined;
  /** Why users cannot be replaced. */
  lock: string | undefined;
  /** Why certificates cannot be presented. */
  broken: string | undefined;
  rows: AccessRows = { users: [], tokens: [] };
  readonly keeper: BackupKeeper;
  readonly certificates: HttpsCertificate;
  #origin: "generated" | "uploaded" = "generated";

  constructor(readonly directory: string) {
    const options = () => new Map([["timeout", this.text]]);
    const configuration = new ConfigurationFile({
      path: "/x",
      section: "rtpengine",
      read: (text) =>
        Promise.resolve({ errors: [], warnings: [], options: new Map([["timeout", text]]) }),
      inEffect: options,
      atStart: options(),
      reload: () => Promise.resolve(this.refuse),
      history: this.history,
      clock: this.clock,
      files: {
        read: () => this.text,
        write: (_path, text) => void (this.text = text),
        readOnly: () => undefined,
      },
    });
    this.certificates = new HttpsCertificate({
      directory,
      names: () => [],
      presented: () => ({ origin: this.#origin, path: "/x", identity: undefined }),
      present: () => {
        if (this.broken !== undefined) return Promise.reject(new Error(this.broken));
        this.#origin = uploadedIdentity(directory) === undefined ? "generated" : "uploaded";
        return Promise.resolve();
      },
      clientIssuers: () => undefined,
      clientsMust: () => false,
      clock: this.clock,
    });
    this.keeper = new BackupKeeper({
      product: "1",
      host: "h",
      clock: this.clock,
      configuration,
      certificates: this.certificates,
      access: {
        export: () => this.rows,
        replace: (rows) => {
          if (this.lock !== undefined) throw new Error(this.lock);
          this.rows = rows;
        },
      },
      actor: () => "console",
    });
  }

  static async open(): Promise<Rig> {
    return new Rig(await Deno.makeTempDir({ prefix: "rtpedge-keeper-" }));
  }

  /** A backup with a certificate and users; what is there now is something else. */
  async backup(): Promise<string> {
    const key = await generateKey();
    const cert = await selfSign(key, [], this.clock.wall());
    await this.certificates.upload(cert, key, undefined);
    const password = `scrypt$15$8$1$${"A".repeat(22)}$${"B".repeat(43)}`;
    const user = { name: "ada", role: "admin", password, created: 0, lastLogin: 0 } as const;
    this.rows = { users: [user], tokens: [] };
    const backup = await this.keeper.make(PASSPHRASE);
    await this.certificates.remove();
    this.rows = { users: [], tokens: [] };
    this.text = "[rtpengine]\ntimeout = 90\n";
    return backup;
  }

  restore(backup: string) {
    const parts = ["configuration", "access", "certificate"] as const;
    return this.keeper.restore(backup, PASSPHRASE, parts, CONSOLE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.history[Symbol.dispose]();
    await Deno.remove(this.directory, { recursive: true });
  }
}

Deno.test("a backup brings back configuration, users and certificate", async () => {
  await using rig = await Rig.open();
  const backup = await rig.backup();
  await rig.restore(backup);
  assert.equal(rig.text, FIRST);
  assert.equal(rig.rows.users[0]?.name, "ada");
  assert.notEqual(rig.certificates.uploaded(), undefined);
});

Deno.test("a restore that fails on the way is taken back as a whole", async () => {
  const failures: ((rig: Rig) => void)[] = [
    (rig) => void (rig.refuse = "the port is taken"),
    (rig) => void (rig.lock = "the database is locked"),
    (rig) => void (rig.broken = "no such key"),
  ];
  for (const fail of failures) {
    await using rig = await Rig.open();
    const backup = await rig.backup();
    fail(rig);
    await assert.rejects(rig.restore(backup), /port is taken|database is locked|no such key/);
    assert.equal(rig.text, "[rtpengine]\ntimeout = 90\n");
    assert.equal(rig.rows.users.length, 0);
    assert.equal(rig.certificates.uploaded(), undefined);
  }
});

Deno.test("a certificate of the option, or none at all, is not replaced here", async () => {
  await using rig = await Rig.open();
  const key = await generateKey();
  const cert = await selfSign(key, [], rig.clock.wall());
  for (const origin of ["option", "none"] as const) {
    const certificates = new HttpsCertificate({
      directory: rig.directory,
      names: () => [],
      presented: () => ({ origin, path: "/etc/x.pem", identity: undefined }),
      present: () => Promise.resolve(),
      clientIssuers: () => undefined,
      clientsMust: () => false,
      clock: rig.clock,
    });
    const expected = origin === "option"
      ? /https-cert names \/etc\/x\.pem/
      : /no listener for HTTPS/;
    await assert.rejects(certificates.upload(cert, key, undefined), expected);
    await assert.rejects(certificates.renew(), expected);
    await assert.rejects(certificates.remove(), /no certificate was uploaded/);
  }
  assert.equal(uploadedIdentity(rig.directory), undefined);
});

Deno.test("a new self-signed certificate has a new key", async () => {
  await using rig = await Rig.open();
  const before = await generatedIdentity(rig.directory, [], rig.clock.wall());
  await rig.certificates.renew();
  const after = await generatedIdentity(rig.directory, [], rig.clock.wall());
  assert.notEqual(after.key, before.key);
  assert.equal(after.history, "reused");
});
