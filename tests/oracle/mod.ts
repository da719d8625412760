/**
 * The oracle: a folder outside the tree with today's rtpengine, Kamailio and SIP endpoints in it, run as
 * black boxes that the product is compared with.
 *
 * @module
 */

export { ensureOracle, oracleFolder, oracleUnavailable } from "./install.ts";
export { commonArguments, startRtpengine, waitForPong } from "./rtpengine.ts";
export type { RtpengineOptions } from "./rtpengine.ts";
