/**
 * What command handlers work with.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { Settings } from "../core/settings.ts";
import type { SecureSource } from "../negotiate/mod.ts";
import type { Relay } from "../relay/types.ts";
import type { CallLog } from "./call_log.ts";
import type { LoadGuard } from "./limits.ts";
import type { CallTable } from "./registry.ts";
import type { RtcpMonitor } from "./rtcp_monitor.ts";
import type { CounterReader } from "./stream.ts";
import type { SecureMedia } from "./secure/secure_media.ts";
import type { CallObserver } from "./types.ts";

/** `ssrc-reporting`: in the sections, in one dictionary for all, in both, or nowhere. */
export type SsrcReporting = "full" | "inline" | "global" | "none";

/** Everything a handler needs. */
export interface CallContext {
  readonly relay: Relay;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly calls: CallTable;
  readonly guard: LoadGuard;
  readonly log: CallLog;
  readonly observer: CallObserver | undefined;
  readonly counters: CounterReader;
  readonly rtcp: RtcpMonitor;
  readonly secure: SecureMedia;
  /** What ICE and keys of our own are negotiated with; undefined: those of the parties are passed on. */
  readonly source: SecureSource | undefined;
  /** How sources appear in statistics. */
  readonly ssrcReporting: SsrcReporting;
  /** Call-ids logged at debug level. */
  readonly debugCalls: Set<string>;
  /** `a=rtpengine` value of this instance, for `loop protect`. */
  readonly loopMarker: string;
}
