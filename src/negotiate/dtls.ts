/**
 * DTLS-SRTP (RFC 5763, 8842) in offers and answers. Associations end here, one with each party.
 *
 * @module
 */

import {
  type Fingerprint,
  type HashName,
  hashNamed,
  parseFingerprint,
} from "../dtls/fingerprint.ts";
import type { DtlsRole } from "../dtls/types.ts";
import type { NgRequest } from "../ng/request.ts";
import { attributeOf, type Sdp, type SdpMedia } from "../sdp/mod.ts";
import type { DtlsDescription, SecureSource, Setup } from "./secure_state.ts";

/** Fingerprints that are looked at. */
const MAX_FINGERPRINTS = 8;
const DEFAULT_HASH: HashName = "sha-256";
const SETUPS: readonly string[] = ["active", "passive", "actpass", "holdconn"] satisfies Setup[];

/** DTLS as a party describes it. */
export type RemoteDtls = Pick<DtlsDescription, "fingerprints" | "remoteSetup" | "remoteTlsId">;

/** DTLS of a section; those of the session level count where it has none of its own. */
export function readDtls(sdp: Sdp, section: SdpMedia): RemoteDtls | undefined {
  const own = fingerprintsOf(section);
  const fingerprints = own.length > 0 ? own : fingerprintsOf(sdp.session);
  if (fingerprints.length === 0) return undefined;
  const read = (name: string) =>
    (attributeOf(section, name) ?? attributeOf(sdp.session, name))?.param;
  const setup = read("setup")?.trim().toLowerCase();
  const remoteSetup = SETUPS.includes(setup ?? "") ? setup as Setup : undefined;
  const tlsId = read("tls-id");
  const remoteTlsId = tlsId !== undefined && /^[A-Za-z0-9+/_-]{20,255}$/.test(tlsId)
    ? tlsId
    : undefined;
  return { fingerprints, remoteSetup, remoteTlsId };
}

function fingerprintsOf({ lines }: { readonly lines: SdpMedia["lines"] }): Fingerprint[] {
  const found: Fingerprint[] = [];
  for (const { name, param } of lines) {
    if (name !== "fingerprint" || found.length >= MAX_FINGERPRINTS) continue;
    const fingerprint = parseFingerprint(param ?? "");
    if (fingerprint !== undefined) found.push(fingerprint);
  }
  return found;
}

/**
 * DTLS with the one who makes an offer, as the answer will have it. The role in use stays as long as the
 * association does (RFC 8842 section 5.3).
 *
 * @param role ours so far
 * @returns undefined when there is nothing to shake hands with
 */
export function dtlsOfOfferer(
  request: NgRequest,
  before: DtlsDescription | undefined,
  role: DtlsRole | undefined,
  remote: RemoteDtls | undefined,
  source: SecureSource,
): DtlsDescription | undefined {
  if (remote === undefined || remote.remoteSetup === "holdconn") return undefined;
  // RFC 4145 section 4: who offers and says nothing is active
  const setup = remote.remoteSetup ?? "active";
  const renewed = before !== undefined && isRenewed(before, remote);
  const kept = setup === "actpass" && !renewed ? role : undefined;
  const localSetup = kept ?? roleTowards(request, setup, source);
  const switched = role !== undefined && role !== localSetup;
  return {
    ...remote,
    localSetup,
    hash: wantedHash(request) ?? remote.fingerprints[0]!.hash,
    localTlsId: before === undefined || renewed ? newTlsId(source) : before.localTlsId,
    generation: (before?.generation ?? 0) + (renewed || switched ? 1 : 0),
  };
}

/** DTLS offered to the other side. */
export function dtlsOfAnswerer(
  request: NgRequest,
  before: DtlsDescription | undefined,
  source: SecureSource,
): DtlsDescription {
  return {
    fingerprints: before?.fingerprints ?? [],
    remoteSetup: before?.remoteSetup,
    remoteTlsId: before?.remoteTlsId,
    localSetup: "actpass",
    hash: wantedHash(request) ?? before?.fingerprints[0]?.hash ?? DEFAULT_HASH,
    localTlsId: before?.localTlsId ?? newTlsId(source),
    generation: before?.generation ?? 0,
  };
}

/**
 * DTLS with the one who answers.
 *
 * @param role ours so far
 */
export function answeredDtls(
  request: NgRequest,
  before: DtlsDescription,
  role: DtlsRole | undefined,
  remote: RemoteDtls,
  source: SecureSource,
): { readonly dtls: DtlsDescription; readonly role: DtlsRole } | undefined {
  if (remote.remoteSetup === "holdconn") return undefined;
  // RFC 4145 section 4: who answers and says nothing is passive
  const now = roleTowards(request, remote.remoteSetup ?? "passive", source);
  const renewed = isRenewed(before, remote) || (role !== undefined && role !== now);
  const generation = before.generation + (renewed ? 1 : 0);
  return { dtls: { ...before, ...remote, localSetup: now, generation }, role: now };
}

/** Our role towards somebody with this `a=setup`: client if that is left to us, unless told otherwise. */
function roleTowards({ dtls }: NgRequest, setup: Setup, { dtlsPassive }: SecureSource): DtlsRole {
  if (setup !== "actpass") return setup === "passive" ? "active" : "passive";
  return dtls.has("active") || !(dtlsPassive || dtls.has("passive")) ? "active" : "passive";
}

/** RFC 8842 section 4: another certificate or another `a=tls-id` is another association. */
function isRenewed(before: DtlsDescription, now: RemoteDtls): boolean {
  if (before.fingerprints.length === 0) return false;
  if (before.remoteTlsId !== now.remoteTlsId && now.remoteTlsId !== undefined) return true;
  return !now.fingerprints.some(({ hash, digest }) =>
    before.fingerprints.some((one) => one.hash === hash && one.digest === digest)
  );
}

function wantedHash({ other }: NgRequest): HashName | undefined {
  const value = other?.get("DTLS-fingerprint");
  return typeof value === "string" ? hashNamed(value) : undefined;
}

/** RFC 8842 section 5.1: at least 120 bits that are random. */
function newTlsId({ random }: SecureSource): string {
  return Array.from(random(16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
