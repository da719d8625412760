/**
 * What is said of calls to whoever keeps the log.
 *
 * @module
 */

/** Where lines about calls go. `callId` goes on every line. */
export interface CallLog {
  /** For whoever looks into one call. */
  debug(callId: string, message: string): void;
  /** What an operator may want to know. */
  info(callId: string, message: string): void;
  /** What an operator should know. */
  warn(callId: string, message: string): void;
}
