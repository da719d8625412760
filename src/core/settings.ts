/**
 * Values an operator may change while the daemon runs (`set …` of the control tree, reload). One mutable
 * object made from the configuration; readers look at it at the time of use and never copy it.
 *
 * @module
 */

/** Run-time settings. Times in seconds, as in the options of the same name. */
export interface Settings {
  /** No packet for this long ends the call. */
  timeout: number;
  /** The same for calls on hold (nothing expected). */
  silentTimeout: number;
  /** Longest call, 0 = no limit. */
  finalTimeout: number;
  /** Life of an offer without an answer. */
  offerTimeout: number;
  /** Seconds between `delete` and removal. */
  deleteDelay: number;
  /** -1 = no limit, 0 = take no new calls. */
  maxSessions: number;
  /** 0 = no limit. */
  maxLoad: number;
  /** Percent, 0 = no limit. */
  maxCpu: number;
  /** Bytes per second, 0 = no limit. */
  maxBandwidth: number;
  /** Default TOS byte of media, -1 = keep. */
  tos: number;
  /** TOS byte of answers to ng requests. */
  controlTos: number;
  /** ICE has the candidate that is in `c=` and no others, whatever addresses the interface has. */
  saveInterfacePorts: boolean;
  /** Prefer the SIP source address to the address in SDP. */
  sipSource: boolean;
  /** How endpoint addresses are learned. */
  endpointLearning: "off" | "immediate" | "delayed" | "heuristic";
  /** Apply `strict source` to every stream. */
  strictSource: boolean;
  /** Highest level logged: -1..7. */
  logLevel: number;
}
