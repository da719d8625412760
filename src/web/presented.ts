/**
 * What a request shows of who sends it.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { bearerToken, type Presented } from "../access/mod.ts";

const MAX_NAME = 64;

/** The token and the verified client certificate of a request. */
export function presentedBy(request: IncomingMessage): Presented {
  return {
    token: bearerToken(request.headers.authorization),
    certificate: certificateOf(request.socket),
  };
}

/** Name in a client certificate that was issued by those we trust; undefined without one. */
function certificateOf(socket: IncomingMessage["socket"]): string | undefined {
  if (!("getPeerCertificate" in socket)) return undefined;
  const tls = socket as TLSSocket;
  // without this the certificate may be anybody's
  if (tls.authorized !== true) return undefined;
  const certificate = tls.getPeerCertificate();
  const name: unknown = certificate?.subject?.CN;
  if (typeof name === "string" && name !== "") return name.slice(0, MAX_NAME);
  return certificate?.fingerprint256;
}
