/**
 * What is wrong with a session description.
 *
 * @module
 */

/** Reasons rtpengine gives for a session description it does not take, word for word. */
export type SdpErrorReason = "Failed to parse SDP" | "Incomplete SDP specification";

/** A session description that cannot be used; `message` says where and why. */
export class SdpError extends Error {
  /** Name of the class. */
  override readonly name = "SdpError";

  /** Names the reason for the ng reply and the detail for logs. */
  constructor(readonly reason: SdpErrorReason, detail: string) {
    super(detail);
  }
}
