/**
 * Values to play keys with that are not words of a table.
 *
 * @module
 */

import type { NgData } from "../../support/mod.ts";

/** Values by key. */
export const SAMPLES: Readonly<Record<string, readonly NgData[]>> = {
  "address": ["198.51.100.1"],
  "direction": [["inside", "outside"], ["default", "inside"]],
  "from-interface": ["inside"],
  "generate RTCP": ["on", "off"],
  "inbound-peer": ["10.20.0.1", "203.0.113.9"],
  "interface": ["inside"],
  "label": ["caller"],
  "media address": ["203.0.113.200", "2001:db8::77"],
  "metadata": ["some text"],
  "outbound-peer": ["10.20.0.1", "203.0.113.9"],
  "passthrough": ["on", "off"],
  "peer": ["10.20.0.1", "203.0.113.9"],
  "received from": [["IP4", "203.0.113.5"], "203.0.113.5"],
  "rtpp-flags": ["trust-address replace-origin"],
  "SIP code": [183, 200],
  "TOS": [0, 184, -1, 256],
  "to-interface": ["inside"],
  "to-label": ["called"],
  "via-branch": ["z9hG4bK1"],
  "xmlrpc-callback": ["203.0.113.9"],
};
