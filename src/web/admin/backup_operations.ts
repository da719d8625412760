/**
 * Operations about backups and support bundles.
 *
 * @module
 */

import { MAX_BACKUP } from "../../upkeep/mod.ts";
import { type Operation, operation } from "./operation.ts";
import { Download, list, object, oneOf, optional, string } from "./schema.ts";
import { RESTORE } from "./upkeep_reports.ts";

const PASSPHRASE = optional(
  string({ min: 1, max: 256, about: "with it the secrets are in the backup, sealed" }),
);
const BACKUP = string({ min: 1, max: MAX_BACKUP, about: "the text of a backup" });
/** A whole backup as JSON, every quote of it escaped. */
const MAX_BODY = MAX_BACKUP * 2;

/** The operations. */
export const BACKUP_OPERATIONS: readonly Operation[] = [
  operation({
    id: "makeBackup",
    method: "post",
    path: "/backup",
    summary: "One file with configuration and certificate; with a passphrase also users and keys",
    needs: "admin",
    body: object({ passphrase: PASSPHRASE }),
    response: new Download("application/json", "a backup"),
    async run({ services, by }, { body: { passphrase } }) {
      const text = await services.upkeep.backups.make(passphrase);
      const secrets = passphrase === undefined ? "left out" : "sealed";
      services.access.audit.change(by, {
        action: "backup.make",
        target: "all",
        after: { secrets },
      });
      const day = new Date(services.clock.wall()).toISOString().slice(0, 10);
      const { hostname } = services.upkeep.system();
      const kind = passphrase === undefined ? "" : "-with-secrets";
      return {
        name: `rtpedge-backup-${hostname}-${day}${kind}.json`,
        body: new TextEncoder().encode(text),
      };
    },
  }),
  operation({
    id: "inspectBackup",
    method: "post",
    path: "/restore/inspection",
    summary: "What restoring a backup would change; nothing is changed",
    needs: "admin",
    body: object({ backup: BACKUP, passphrase: PASSPHRASE }),
    maxBody: MAX_BODY,
    response: RESTORE,
    run: ({ services }, { body }) => services.upkeep.backups.inspect(body.backup, body.passphrase),
  }),
  operation({
    id: "restoreBackup",
    method: "post",
    path: "/restore",
    summary: "Take parts of a backup over: all of them, or with any mistake none",
    needs: "admin",
    body: object({
      backup: BACKUP,
      passphrase: PASSPHRASE,
      parts: list(oneOf(["configuration", "access", "certificate"]), { min: 1, max: 3 }),
    }),
    maxBody: MAX_BODY,
    response: RESTORE,
    async run({ services, by }, { body: { backup, passphrase, parts } }) {
      const report = await services.upkeep.backups.restore(backup, passphrase, parts, by);
      const { product, host, created, configuration } = report;
      services.access.audit.change(by, {
        action: "backup.restore",
        target: parts.join(", "),
        after: { product, host, created, options: configuration?.changes.map(({ name }) => name) },
      });
      return report;
    },
  }),
  operation({
    id: "makeSupportBundle",
    method: "post",
    path: "/support-bundle",
    summary: "An archive for whoever helps: state, health, configuration, log; no secrets",
    needs: "admin",
    response: new Download("application/gzip", "a tar archive"),
    async run({ services, by }) {
      const file = await services.upkeep.backups.support();
      services.access.audit.change(by, { action: "support.bundle", target: file.name });
      return file;
    },
  }),
];
