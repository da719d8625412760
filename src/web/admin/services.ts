/**
 * What the admin API is given.
 *
 * @module
 */

import type { Access } from "../../access/mod.ts";
import type { CallRegistry } from "../../call/types.ts";
import type { ByteString } from "../../core/bytes.ts";
import type { Clock } from "../../core/clock.ts";
import type { NgSource } from "../../ng/types.ts";
import type { ObservationServices } from "./observation.ts";
import type { ConfigurationReport, HealthReport, StatusReport } from "./reports.ts";
import type { UpkeepServices } from "./upkeep.ts";

/** What stands behind the admin API. */
export interface AdminServices {
  /** Who may do what. */
  readonly access: Access;
  /** Time of rate limits. */
  readonly clock: Clock;
  /** Version of the product. */
  readonly version: string;
  /** The calls. */
  readonly calls: CallRegistry;
  /** The statistics of a call as the ng command `query` gives them, as JSON. */
  query(callId: ByteString): unknown;
  /** Mean score of the party of a call that hears worst, 1 to 5; undefined while nobody has reported. */
  mos(callId: ByteString): number | undefined;
  /** How it is going. */
  status(): StatusReport;
  /** The configuration in effect. */
  configuration(): ConfigurationReport;
  /** What is well and what is not. */
  health(): HealthReport;
  /** Logs, certificates, configuration, backups, captures. */
  readonly upkeep: UpkeepServices;
  /** What is watched over time. */
  readonly observation: ObservationServices;
  /** Carries out an ng message without a cookie. */
  ng(payload: Uint8Array, source: NgSource): Uint8Array | Promise<Uint8Array>;
}
