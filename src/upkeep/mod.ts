/**
 * What an operator keeps in order: the configuration file and its history, backups, support bundles, update
 * slots. Knows neither HTTP nor calls.
 *
 * @module
 */

export type { Clock } from "../core/clock.ts";
export {
  type BackupContent,
  type BackupHead,
  makeBackup,
  MAX_BACKUP,
  MIN_PASSPHRASE,
  openBackup,
  type OpenedBackup,
} from "./backup.ts";
export {
  type CertificateOrigin,
  type CertificateParts,
  type CertificateView,
  HttpsCertificate,
  type Presented,
} from "./certificates.ts";
export { BackupKeeper, type BackupPart, type KeeperParts, type RestoreView } from "./keeper.ts";
export {
  type Applied,
  ConfigurationFile,
  type ConfigurationFiles,
  type ConfigurationParts,
  type CurrentFile,
  MAX_COMMENT,
  MAX_CONFIGURATION,
  type OptionChange,
  type OptionTexts,
  type Proposal,
  type Reading,
} from "./configuration.ts";
export { type DiffLine, diffLines } from "./diff.ts";
export { reasonOf, UpkeepError, type UpkeepProblem } from "./error.ts";
export { systemFiles } from "./files.ts";
export { ConfigurationHistory, type Revision, REVISIONS_KEPT } from "./history.ts";
export { redact, redactConfiguration, REDACTED, withSecretsOf } from "./redact.ts";
export { type SlotFiles, type UpdateSlot, type UpdateStatus, updateStatus } from "./slots.ts";
export { type ArchiveFile, gzip, tar } from "./tar.ts";
