/**
 * Operations about the certificate of the HTTPS listeners.
 *
 * @module
 */

import { type Operation, operation, type RequestContext } from "./operation.ts";
import { object, optional, string } from "./schema.ts";
import { CERTIFICATE, CERTIFICATE_UPLOADED } from "./upkeep_reports.ts";

const PEM = string({ min: 1, max: 131_072, about: "PEM" });

/** The operations. */
export const CERTIFICATE_OPERATIONS: readonly Operation[] = [
  operation({
    id: "getCertificate",
    method: "get",
    path: "/certificate",
    summary: "What HTTPS presents, and whose client certificates are taken",
    needs: "admin",
    response: CERTIFICATE,
    run: ({ services }) => services.upkeep.certificates.show(),
  }),
  operation({
    id: "uploadCertificate",
    method: "put",
    path: "/certificate",
    summary: "Present another certificate from now on: its chain, and its private key",
    needs: "admin",
    body: object({ certificate: PEM, key: optional(PEM) }),
    maxBody: 300_000,
    response: CERTIFICATE_UPLOADED,
    async run(context, { body }) {
      const { certificates } = context.services.upkeep;
      const { certificate, key = certificate } = body;
      const warnings = await changing(
        context,
        "certificate.upload",
        () => certificates.upload(certificate, key, context.host),
      );
      return { warnings, certificate: certificates.show() };
    },
  }),
  operation({
    id: "removeCertificate",
    method: "delete",
    path: "/certificate",
    summary: "Forget the uploaded certificate and go back to the self-signed one",
    needs: "admin",
    run: (context) =>
      changing(context, "certificate.remove", () => context.services.upkeep.certificates.remove()),
  }),
  operation({
    id: "renewCertificate",
    method: "post",
    path: "/certificate/renew",
    summary: "Make a new self-signed certificate with a new key",
    needs: "admin",
    response: CERTIFICATE,
    async run(context) {
      const { certificates } = context.services.upkeep;
      await changing(context, "certificate.renew", () => certificates.renew());
      return certificates.show();
    },
  }),
];

/** A change with what was presented before and after it. */
async function changing<T>(
  { services, by }: RequestContext,
  action: string,
  change: () => Promise<T>,
): Promise<T> {
  const shown = () => {
    const { origin, chain: [own] } = services.upkeep.certificates.show();
    return { origin, subject: own?.subject, fingerprint: own?.fingerprint };
  };
  const before = shown();
  const result = await change();
  services.access.audit.change(by, { action, target: "https", before, after: shown() });
  return result;
}
