/**
 * What stands behind the operations of upkeep: logs, certificates, the configuration file, backups,
 * captures, the system.
 *
 * @module
 */

import type { By } from "../../access/mod.ts";
import type { Captures } from "../../capture/mod.ts";
import type { LogRing } from "../../log/mod.ts";
import type { ConfigurationFile } from "../../upkeep/mod.ts";
import type { FileAnswer } from "./schema.ts";
import type {
  AllowListReport,
  CertificateReport,
  RestoreReport,
  SystemReport,
} from "./upkeep_reports.ts";

/** The certificate of the HTTPS listeners. */
export interface CertificateServices {
  /** What is presented now. */
  show(): CertificateReport;
  /**
   * Checks a chain with its key, keeps it and presents it from now on.
   *
   * @param host where the operator is just now; undefined = not known
   * @returns what clients may not like about it
   * @throws CertificateError, UpkeepError
   */
  upload(cert: string, key: string, host: string | undefined): Promise<readonly string[]>;
  /** Goes back to the self-signed one. @throws UpkeepError when nothing was uploaded */
  remove(): Promise<void>;
  /** Makes a new self-signed one with a new key. @throws UpkeepError when another one is in use */
  renew(): Promise<void>;
}

/** Parts of a backup that are taken over. */
export type RestorePart = "configuration" | "access" | "certificate";

/** Backups and support bundles. */
export interface BackupServices {
  /** A backup; with a passphrase the secrets are in it. @throws UpkeepError */
  make(passphrase?: string): Promise<string>;
  /** What restoring would change. @throws UpkeepError */
  inspect(text: string, passphrase?: string): Promise<RestoreReport>;
  /** Takes parts over, all or nothing. @throws UpkeepError, AccessError, CertificateError */
  restore(
    text: string,
    passphrase: string | undefined,
    parts: readonly RestorePart[],
    by: By,
  ): Promise<RestoreReport>;
  /** What a developer wants to know of this host, without secrets. */
  support(): Promise<FileAnswer>;
}

/** Everything. */
export interface UpkeepServices {
  /** The last log entries. */
  readonly logs: LogRing;
  /** The certificate of the HTTPS listeners. */
  readonly certificates: CertificateServices;
  /** The configuration file. */
  readonly configuration: ConfigurationFile;
  /** Backups and support bundles. */
  readonly backups: BackupServices;
  /** Captures of calls. */
  readonly captures: Captures;
  /** Who may use which listener. */
  allowLists(): readonly AllowListReport[];
  /** The host, the program, and its update slots. */
  system(): SystemReport;
}
