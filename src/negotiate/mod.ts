/**
 * Offer/answer policy: a request, what is known of both parties and a parsed description → new states and a
 * new description. Pure functions over plain values; ports are chosen by the caller in between.
 *
 * @module
 */

export type { ByteString } from "../core/bytes.ts";
export type { Endpoint, Family } from "../core/endpoint.ts";
export { type Fingerprint, HASHES, type HashName } from "../dtls/fingerprint.ts";
export type { Candidate, CandidateType, Component, IceCredentials } from "../ice/types.ts";
export type { NgRequest } from "../ng/request.ts";
export type { CryptoAttribute, SessionParameters } from "../srtp/sdes.ts";
export { type SuiteName, type SuiteParts, SUITES } from "../srtp/suites.ts";
export type { NgDict, NgSource, NgTransport, NgValue } from "../ng/types.ts";
export type * from "../sdp/model.ts";
export { bundleAnswer, bundleOffer, type BundleSection, type Bundling } from "./bundle.ts";
export { type Codec, commonCodecs, parseCodecs } from "./codecs.ts";
export { parseFragment, withFragment } from "./fragment.ts";
export { answerMux, type MuxOutcome, offerMux } from "./mux.ts";
export { negotiate, type NegotiatedMedia, type NegotiationResult } from "./negotiate.ts";
export type { Negotiation } from "./negotiation.ts";
export {
  canonicalProtocol,
  hasFeedback,
  isKnownProtocol,
  isSecure,
  type MediaKind,
  mediaKind,
  rewriteProtocol,
} from "./protocol.ts";
export { type Remote, remoteOf, trustsAddress } from "./remote.ts";
export {
  type BundleMember,
  type Facing,
  type FacingAddress,
  type MediaState,
  type MuxState,
  type NegotiationSettings,
  NEW_MEDIA,
  NEW_SESSION,
  type SessionMemory,
} from "./state.ts";
export {
  type DtlsDescription,
  type IceAgreement,
  type IceDescription,
  type Keying,
  MAX_CANDIDATES,
  NO_SECURITY,
  type RemoteIce,
  type SecureSource,
  type SecureState,
  type Setup,
} from "./secure_state.ts";
export { writeSdp, type Writing } from "./write.ts";
