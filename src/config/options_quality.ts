/**
 * Options of RTCP, of the quality of media, and of telling Homer about both.
 *
 * @module
 */

import { choice, choices, flag, integer, peer } from "./types.ts";

/** RTCP and what it says about quality. */
export const QUALITY = {
  "rtcp-interval": integer({
    default: 5000,
    min: 100,
    unit: "ms",
    help: "Time between RTCP reports of our own; up to a second more is added at random",
  }),
  "mos": choices(["CQ", "LQ", "G.107", "G.107.2", "legacy"], {
    help: "How the quality score is computed: CQ (with delay) or LQ (without), and the formula",
  }),
  "measure-rtp": flag({ help: "Sample the jitter of received RTP for the statistics" }),
  "ssrc-reporting": choice(["full", "inline", "global", "none"], {
    default: "full",
    help:
      "Where answers to `delete` and `query` have RTP sources: inline in the sections, global " +
      "in a dictionary, both, or none",
  }),
};

/** Homer. */
export const HOMER = {
  "homer": peer({ help: "Send RTCP to this Homer server, in HEP3" }),
  "homer-protocol": choice(["udp", "tcp"], { default: "udp", help: "Transport to Homer" }),
  "homer-id": integer({ default: 2001, min: 0, max: 0xffffffff, help: "Capture id for Homer" }),
  "homer-disable-rtcp-stats": flag({ help: "Do not send RTCP to Homer" }),
  "homer-enable-ng": flag({ help: "Send ng messages to Homer" }),
  "homer-ng-capture-proto": integer({
    default: 61,
    min: 0,
    max: 255,
    help: "Protocol number of ng messages for Homer",
  }),
};
