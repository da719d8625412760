/**
 * The counters of a port that nothing has come to.
 *
 * @module
 */

import type { SlotCounters } from "./types.ts";

/** All 0. */
export const NO_COUNTERS: SlotCounters = {
  rxPackets: 0,
  rxBytes: 0,
  rxErrors: 0,
  txPackets: 0,
  txBytes: 0,
  txErrors: 0,
  lastRx: 0,
  lastTx: 0,
  dropSource: 0,
  dropMalformed: 0,
  dropFiltered: 0,
  dropNoRule: 0,
  dropAuth: 0,
  dropReplay: 0,
  punted: 0,
  remote: undefined,
  confirmed: false,
  learned: false,
  ssrcs: [],
};
