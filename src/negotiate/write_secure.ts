/**
 * Lines of ICE, DTLS and SDES in the rewritten description.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { formatFingerprint } from "../dtls/fingerprint.ts";
import { formatCandidate, foundationOf, priorityOf } from "../ice/candidate.ts";
import type { Component } from "../ice/types.ts";
import type { NgRequest } from "../ng/request.ts";
import { formatCrypto } from "../srtp/sdes.ts";
import type { DtlsDescription, SecureSource, SecureState } from "./secure_state.ts";
import type { Facing } from "./state.ts";

const EOL = "\r\n";

/** What the lines are written from. */
export interface SecureWriting {
  readonly request: NgRequest;
  readonly kind: "offer" | "answer";
  /** Of the one the description is for. */
  readonly secure: SecureState;
  readonly source: SecureSource;
  readonly facing: Facing;
  /** RTCP has a port of its own. */
  readonly components: Component;
}

/** Keys of one section. */
export function writeKeys({ request, kind, secure, source }: SecureWriting): ByteString {
  const { keying, dtls, told } = secure;
  let text = "";
  if (kind === "offer" || keying.type === "sdes") {
    for (const crypto of told) {
      text += `a=crypto:${formatCrypto(crypto, request.sdes.has("pad"))}${EOL}`;
    }
  }
  return dtls === undefined ? text : text + writeDtls(dtls, request, source);
}

function writeDtls(dtls: DtlsDescription, { flags }: NgRequest, source: SecureSource): ByteString {
  const { localSetup, hash, localTlsId } = dtls;
  let text = `a=setup:${localSetup}${EOL}`;
  text += `a=fingerprint:${formatFingerprint(source.fingerprint(hash))}${EOL}`;
  if (localTlsId !== undefined && !flags.has("no-tls-id")) text += `a=tls-id:${localTlsId}${EOL}`;
  return text;
}

/** ICE of one section. */
export function writeIce({ request, secure, facing, components }: SecureWriting): ByteString {
  if (secure.ice === undefined) return "";
  const { credentials, trickle } = secure.ice.local;
  let text = `a=ice-ufrag:${credentials.ufrag}${EOL}a=ice-pwd:${credentials.pwd}${EOL}`;
  const options = [...(trickle ? ["trickle"] : []), ...(request.ice.has("ice2") ? ["ice2"] : [])];
  if (options.length > 0) text += `a=ice-options:${options.join(" ")}${EOL}`;
  const addresses = [facing, ...facing.others ?? []];
  // an address that was asked for stands for all of ours
  const shown = request.mediaAddress;
  for (const component of components === 2 ? [1, 2] as const : [1] as const) {
    for (const [i, { address, family, rtpPort, rtcpPort }] of addresses.entries()) {
      const port = component === 1 ? rtpPort : rtcpPort;
      const candidate = formatCandidate({
        foundation: foundationOf(facing.address, i),
        component,
        priority: priorityOf("host", 65535 - i, component),
        endpoint: { family, address, ...shown, port },
        type: "host",
      });
      text += `a=candidate:${candidate}${EOL}`;
    }
  }
  return trickle ? text + `a=end-of-candidates${EOL}` : text;
}
