/**
 * What is wrong with a datagram that was taken for RTCP.
 *
 * @module
 */

/** The datagram is not valid RTCP. */
export class RtcpError extends Error {
  /** Class name. */
  override readonly name = "RtcpError";
}
