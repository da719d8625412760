/**
 * RTCP: bytes to packets and back (RFC 3550, RFC 3611, RFC 4585, RFC 5506). Knows no sockets, calls or
 * statistics.
 *
 * @example
 * ```ts
 * import { buildRtcp, parseRtcp } from "./mod.ts";
 *
 * const bytes = buildRtcp([{ type: "BYE", ssrcs: [1, 2] }]);
 * const [bye] = parseRtcp(bytes);
 * if (bye?.type !== "BYE" || bye.ssrcs.length !== 2) throw new Error("not what was written");
 * ```
 *
 * @module
 */

export type { ByteString } from "../core/bytes.ts";
export { buildRtcp, MAX_COUNT } from "./build.ts";
export { RtcpError } from "./error.ts";
export { rtcpLogLine } from "./log_line.ts";
export { ntpDelay, ntpMiddle, type NtpTime, ntpTime } from "./ntp.ts";
export { type ParseOptions, parseRtcp } from "./parse.ts";
export * from "./types.ts";
