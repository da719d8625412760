/**
 * Session descriptions: text ⇄ lossless model. Owns syntax and inheritance; knows nothing of calls, ports
 * or what anybody wants to change.
 *
 * @module
 */

export type { ByteString } from "../core/bytes.ts";
export type { Family } from "../core/endpoint.ts";
export * from "./model.ts";
export { parseAddress } from "./address.ts";
export { SdpError, type SdpErrorReason } from "./error.ts";
export { MAX_SDP_FORMATS, MAX_SDP_LENGTH, MAX_SDP_LINES, MAX_SDP_MEDIAS } from "./limits.ts";
export { parsePort, parseSdp, printSdp } from "./parse.ts";
export {
  attributeOf,
  connectionOf,
  directionOf,
  hasAttribute,
  isDirection,
  rtcpOf,
} from "./read.ts";
