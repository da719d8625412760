/**
 * Certificates: the operator's, or a self-signed one that is made once. Does not know who listens.
 *
 * @module
 */

export {
  GENERATED,
  type GeneratedIdentity,
  generatedIdentity,
  loadIdentity,
  removeUploaded,
  RENEW_BEFORE,
  storeUploaded,
  UPLOADED,
  uploadedIdentity,
} from "./identity.ts";
export {
  DTLS_DAYS,
  type DtlsCertificate,
  type DtlsCertificateKind,
  makeDtlsCertificate,
} from "./dtls_certificate.ts";
export { type CertificateFacts, describeCertificates, inspectChain } from "./describe.ts";
export { CertificateError, type Identity, makeIdentity } from "./pem.ts";
export { MAX_DAYS, selfSign } from "./self_signed.ts";
