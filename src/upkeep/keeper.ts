/**
 * Backups of this host: what goes in, what comes back. A restore is checked as a whole before anything is
 * changed, and taken back as a whole when something goes wrong on the way.
 *
 * @module
 */

import { type AccessRows, type By, checkRows, parseRows } from "../access/mod.ts";
import type { Clock } from "../core/clock.ts";
import { describeCertificates } from "../tls/mod.ts";
import { type BackupContent, makeBackup, openBackup, type OpenedBackup } from "./backup.ts";
import type { HttpsCertificate } from "./certificates.ts";
import type { ConfigurationFile, OptionChange, Proposal } from "./configuration.ts";
import { reasonOf, UpkeepError } from "./error.ts";
import { redactConfiguration, withSecretsOf } from "./redact.ts";

/** Parts of a backup. */
export type BackupPart = "configuration" | "access" | "certificate";

/** What {@link BackupKeeper} works with. */
export interface KeeperParts {
  /** Version of the product. */
  readonly product: string;
  /** Name of the host. */
  readonly host: string;
  /** Time. */
  readonly clock: Clock;
  /** The configuration file. */
  readonly configuration: ConfigurationFile;
  /** The certificate of HTTPS. */
  readonly certificates: HttpsCertificate;
  /** Users and tokens. */
  readonly access: {
    /** All of them. */
    export(): AccessRows;
    /** Puts others in their place. @throws AccessError */
    replace(rows: AccessRows, by: By): void;
  };
  /** Who does what the operator has asked for. */
  readonly actor: (by: By) => string;
}

/** What a backup would change. */
export interface RestoreView {
  /** Version of the product that made it. */
  readonly product: string;
  /** Host it was made on. */
  readonly host: string;
  /** Wall-clock ms. */
  readonly created: number;
  /** It holds secrets, which need its passphrase. */
  readonly sealed: boolean;
  /** The configuration; undefined = it is not in it, or sealed. */
  readonly configuration?: {
    readonly errors: readonly string[];
    readonly warnings: readonly string[];
    readonly changes: readonly OptionChange[];
    /** Options whose secrets are not in it. */
    readonly missing: readonly string[];
  };
  /** Users and tokens. */
  readonly access?: {
    /** Names with roles. */
    readonly users: readonly string[];
    /** Names. */
    readonly tokens: readonly string[];
    /** Users of this host that are not in it. */
    readonly removed: readonly string[];
  };
  /** The uploaded certificate. */
  readonly certificate?: {
    readonly subject: string;
    readonly notAfter: number;
    /** Its key is there. */
    readonly usable: boolean;
  };
}

interface Read {
  readonly view: RestoreView;
  readonly opened: OpenedBackup;
  readonly proposal: Proposal | undefined;
  readonly rows: AccessRows | undefined;
}

/** Makes and restores backups. */
export class BackupKeeper {
  readonly #parts: KeeperParts;

  /** Does nothing by itself. */
  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** A backup; with a passphrase the secrets are in it. @throws UpkeepError */
  make(passphrase?: string): Promise<string> {
    const { product, host, clock, configuration, certificates, access } = this.#parts;
    const { text } = configuration.current();
    const uploaded = certificates.uploaded();
    const secrets = passphrase !== undefined;
    const content: BackupContent = {
      configuration: secrets ? text : redactConfiguration(text),
      ...(uploaded === undefined ? {} : {
        certificate: { cert: uploaded.cert, ...(secrets ? { key: uploaded.key } : {}) },
      }),
      ...(secrets ? { access: access.export() } : {}),
    };
    return makeBackup({ product, host, created: clock.wall() }, content, passphrase);
  }

  /** What restoring would change. @throws UpkeepError */
  async inspect(text: string, passphrase?: string): Promise<RestoreView> {
    return (await this.#read(text, passphrase)).view;
  }

  /** Takes parts over, all of them or none. @throws UpkeepError, AccessError, CertificateError */
  async restore(
    text: string,
    passphrase: string | undefined,
    parts: readonly BackupPart[],
    by: By,
  ): Promise<RestoreView> {
    const { configuration, certificates, access, actor } = this.#parts;
    const { view, opened, proposal, rows } = await this.#read(text, passphrase);
    const has = (part: BackupPart) => parts.includes(part);
    if (opened.sealed && passphrase === undefined) {
      throw new UpkeepError("bad input", "the backup is sealed", "give its passphrase");
    }
    const { certificate } = opened.content;
    const missing = [
      has("configuration") && proposal === undefined && "configuration",
      has("access") && rows === undefined && "users and tokens",
      has("certificate") && certificate?.key === undefined && "certificate with its key",
    ].filter((part) => part !== false);
    if (missing.length > 0) {
      throw new UpkeepError("bad input", `the backup holds no ${missing.join(", no ")}`);
    }
    if (has("configuration") && proposal!.errors.length > 0) {
      throw new UpkeepError("bad input", proposal!.errors.slice(0, 20).join("; "));
    }
    const former = { certificate: certificates.uploaded(), text: configuration.current().text };
    const undo: (() => Promise<unknown>)[] = [];
    try {
      if (has("certificate")) {
        await certificates.upload(certificate!.cert, certificate!.key!, undefined);
        undo.push(() => certificates.restore(former.certificate));
      }
      if (has("configuration")) {
        const { version } = configuration.current();
        await configuration.apply(proposal!.text, version, actor(by), "restored from a backup");
        undo.push(() =>
          configuration.apply(
            former.text,
            configuration.current().version,
            actor(by),
            "a restore was taken back",
          )
        );
      }
      if (has("access")) access.replace(rows!, by);
    } catch (error) {
      const left: string[] = [];
      for (const step of undo.reverse()) {
        await step().catch((again: unknown) => left.push(reasonOf(again)));
      }
      if (left.length === 0) throw error;
      throw new UpkeepError(
        "conflict",
        `${reasonOf(error)}; and what was restored before could not be taken back: ${
          left.join("; ")
        }`,
        "look at the configuration file and at the certificate",
      );
    }
    return view;
  }

  async #read(text: string, passphrase: string | undefined): Promise<Read> {
    const { configuration, access } = this.#parts;
    const opened = await openBackup(text, passphrase);
    const { content, head, sealed } = opened;
    const present = configuration.current().text;
    const filled = content.configuration === undefined
      ? undefined
      : withSecretsOf(content.configuration, present);
    const proposal = filled && await configuration.propose(filled.text);
    const rows = content.access === undefined ? undefined : parseRows(content.access);
    if (rows !== undefined) checkRows(rows);
    const names = new Set(rows?.users.map(({ name }) => name.toLowerCase()));
    const [own] = content.certificate === undefined
      ? []
      : describeCertificates(content.certificate.cert, "the backup");
    const view: RestoreView = {
      ...head,
      sealed,
      ...(proposal === undefined ? {} : {
        configuration: {
          errors: proposal.errors,
          warnings: proposal.warnings,
          changes: proposal.changes,
          missing: filled!.missing,
        },
      }),
      ...(rows === undefined ? {} : {
        access: {
          users: rows.users.map(({ name, role }) => `${name} (${role})`),
          tokens: rows.tokens.map(({ name }) => name),
          removed: access.export().users.map(({ name }) => name)
            .filter((name) => !names.has(name.toLowerCase())),
        },
      }),
      ...(own === undefined ? {} : {
        certificate: {
          subject: own.subject,
          notAfter: own.notAfter,
          usable: content.certificate?.key !== undefined,
        },
      }),
    };
    return { view, opened, proposal, rows };
  }
}
