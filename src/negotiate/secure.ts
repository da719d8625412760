/**
 * Security of one media section in offers and answers: which of SDES and DTLS keys come from, whether there
 * is SRTP at all, and ICE.
 *
 * @module
 */

import type { DtlsRole } from "../dtls/types.ts";
import type { NgRequest } from "../ng/request.ts";
import type { Sdp, SdpMedia } from "../sdp/mod.ts";
import { type SuiteName, SUITES } from "../srtp/suites.ts";
import { answeredDtls, dtlsOfAnswerer, dtlsOfOfferer, readDtls } from "./dtls.ts";
import {
  answeredIce,
  iceOfAnswered,
  iceOfAnswerer,
  iceOfOfferer,
  readIce,
  wantsLite,
} from "./ice.ts";
import { isSecure } from "./protocol.ts";
import { answeredKeys, chosenKeys, offeredCryptos, readCryptos } from "./sdes.ts";
import {
  type DtlsDescription,
  type Keying,
  NO_SECURITY,
  type SecureSource,
  type SecureState,
} from "./secure_state.ts";
import type { MediaState } from "./state.ts";

/** What security of a section is worked out from. */
export interface SecureExchange {
  readonly request: NgRequest;
  readonly sdp: Sdp;
  readonly section: SdpMedia;
  readonly source: SecureSource;
  /** Of the one whose description it is, as it was. */
  readonly from: SecureState | undefined;
  /** Of the one it is rewritten for, as it was. */
  readonly to: SecureState | undefined;
  /** Profile of the description. */
  readonly heard: string;
  /** Profile that will be written. */
  readonly told: string;
  /** The one it is rewritten for has described itself before. */
  readonly known: boolean;
  /** Headers of packets change on the way, for a bundle or because extensions are taken out. */
  readonly edited: boolean;
}

/** Both sides after a message. */
export interface SecureOutcome {
  readonly from: SecureState;
  readonly to: SecureState;
}

const NONE: Keying = { type: "none" };
const OFFERED: Keying = { type: "offered" };

/** Keys, and the association they come from. */
type KeyingChoice = Pick<SecureState, "keying" | "dtls">;

const PLAIN: KeyingChoice = { keying: NONE, dtls: undefined };

/** An offer passes. */
export function offerSecurity(exchange: SecureExchange): SecureOutcome {
  const { request, sdp, section, source, heard, told, known } = exchange;
  const random = (length: number) => source.random(length);
  const { from = NO_SECURITY, to = NO_SECURITY } = exchange;
  const recrypt = from.recrypt || to.recrypt || request.flags.has("recrypt");

  const cryptos = readCryptos(section);
  const remote = readIce(sdp, section);
  const preferred = request.sdes.has("prefer") && cryptos.length > 0;
  const dtls = preferred
    ? undefined
    : dtlsOfOfferer(request, from.dtls, roleOf(from.keying), readDtls(sdp, section), source);
  const offersKeys = cryptos.length > 0 || dtls !== undefined;
  const fromLite = { ...from, lite: wantsLite(request, "backward", from.lite) };
  const nextFrom: SecureState = {
    ice: iceOfOfferer(request, fromLite, remote, random),
    lite: fromLite.lite,
    dtls,
    heard: cryptos,
    told: from.told,
    keying: isSecure(heard) || offersKeys ? stays(from.keying, cryptos.length > 0, dtls) : NONE,
    opportunistic: !isSecure(heard) && offersKeys,
    recrypt,
  };

  const opportunistic = !isSecure(told) && offersOpportunistic(exchange, nextFrom, to);
  const wanted = isSecure(told) || opportunistic;
  const toLite = { ...to, lite: wantsLite(request, "forward", to.lite) };
  const offersDtls = wanted && !request.dtls.has("off") &&
    (to.keying.type !== "sdes" || told.startsWith("UDP/TLS/"));
  const toDtls = offersDtls ? dtlsOfAnswerer(request, to.dtls, source) : undefined;
  const former = known ? undefined : from.heard;
  const copied = exchange.edited ? cryptos.filter(({ suite }) => !isAead(suite)) : cryptos;
  const offered = wanted ? offeredCryptos(request, copied, to, random, former) : [];
  return {
    from: nextFrom,
    to: {
      ice: iceOfAnswerer(request, toLite, remote !== undefined, known, random),
      lite: toLite.lite,
      dtls: toDtls,
      heard: to.heard,
      told: offered,
      keying: wanted ? stays(to.keying, offered.length > 0, toDtls) : NONE,
      opportunistic,
      recrypt,
    },
  };
}

/** An answer passes. */
export function answerSecurity(exchange: SecureExchange): SecureOutcome {
  const { request, sdp, section, heard, told } = exchange;
  const { from = NO_SECURITY, to = NO_SECURITY } = exchange;
  const recrypt = from.recrypt || to.recrypt || request.flags.has("recrypt");
  const cryptos = readCryptos(section);
  const answered = answeredKeying(exchange, from, cryptos);
  const refused = from.opportunistic && answered.keying.type === "none" && !isSecure(heard);
  const accepted = !(to.opportunistic && refused) || acceptsOpportunistic(request);
  const wanted = (isSecure(told) || to.opportunistic) && accepted;
  const chosen = wanted ? chosenKeying(exchange, to, answered.keying) : PLAIN;
  return {
    from: {
      ...from,
      ...answered,
      ice: answeredIce(from, readIce(sdp, section)),
      heard: answered.keying.type === "dtls" ? [] : cryptos,
      recrypt,
    },
    to: {
      ...to,
      heard: chosen.keying.type === "sdes" ? to.heard : [],
      ...chosen,
      ice: iceOfAnswered(request, to),
      told: chosen.keying.type === "sdes" ? [chosen.keying.send] : [],
      recrypt,
    },
  };
}

/** Keys with the one who answers. */
function answeredKeying(
  { request, sdp, section, source, heard }: SecureExchange,
  { keying, dtls, told, opportunistic }: SecureState,
  cryptos: SecureState["heard"],
): KeyingChoice {
  if (keying.type === "none") return PLAIN;
  const remote = readDtls(sdp, section);
  const shaken = dtls && remote && answeredDtls(request, dtls, roleOf(keying), remote, source);
  if (shaken !== undefined) {
    return { keying: { type: "dtls", role: shaken.role }, dtls: shaken.dtls };
  }
  const keys = answeredKeys(told, cryptos);
  if (keys !== undefined) return { keying: keys, dtls: undefined };
  const plain = !isSecure(heard) && (opportunistic || request.transportProtocol === "accept");
  return plain ? PLAIN : { keying: OFFERED, dtls: undefined };
}

/** Keys with the one an answer goes to. */
function chosenKeying(
  { request, source, edited }: SecureExchange,
  to: SecureState,
  other: Keying,
): KeyingChoice {
  const dtls = to.dtls?.fingerprints.length === 0 ? undefined : to.dtls;
  if (dtls !== undefined && !(request.dtls.has("off") && to.heard.length > 0)) {
    const { localSetup } = dtls;
    // an answer to somebody who has made no offer since the last one of ours
    const role = localSetup === "active" || localSetup === "passive"
      ? localSetup
      : roleOf(to.keying) ?? (dtls.remoteSetup === "active" ? "passive" : "active");
    return { keying: { type: "dtls", role }, dtls: { ...dtls, localSetup: role } };
  }
  const shared = other.type === "sdes" && !(edited && isAead(other.receive.suite));
  const sdes = shared ? other : undefined;
  const keys = chosenKeys(request, to, sdes, (length) => source.random(length));
  return { keying: keys ?? OFFERED, dtls: undefined };
}

/** A key of AES-GCM must not be used again for a packet whose header has changed (RFC 7714 section 8.1). */
function isAead(suite: SuiteName): boolean {
  return SUITES[suite].cipher === "aes-gcm";
}

function roleOf(keying: Keying): DtlsRole | undefined {
  return keying.type === "dtls" ? keying.role : undefined;
}

/** Keys in use stay so until the answer, if they can be what it settles on. */
function stays(before: Keying, sdes: boolean, dtls: DtlsDescription | undefined): Keying {
  if (before.type === "sdes" && sdes) return before;
  if (before.type === "dtls" && dtls !== undefined) return before;
  return OFFERED;
}

/** SRTP under a profile without it (RFC 8643): passed on as it came, or made so. */
function offersOpportunistic(
  { request }: SecureExchange,
  from: SecureState,
  to: SecureState,
): boolean {
  if (request.osrtp.has("offer") || request.osrtp.has("offer-legacy")) return true;
  if (request.transportProtocol !== undefined && request.transportProtocol !== "accept") {
    return false;
  }
  return from.opportunistic || to.opportunistic;
}

function acceptsOpportunistic({ osrtp }: NgRequest): boolean {
  return osrtp.has("accept") || osrtp.has("accept-rfc");
}

/** One section on both sides. */
interface Shared {
  readonly from: MediaState;
  readonly to: MediaState;
}

/** Sections of a bundle have one transport (RFC 9143 section 9): that of the one that carries them. */
export function shareSecurity<Section extends Shared>(sections: readonly Section[]): Section[] {
  const carried = (states: readonly MediaState[], i: number): MediaState => {
    const state = states[i]!;
    const carrier = states[state.bundle?.carrier ?? i];
    if (carrier === undefined || carrier === state || state.secure === undefined) return state;
    return { ...state, secure: carrier.secure, controlling: carrier.controlling };
  };
  const [from, to] = [sections.map((section) => section.from), sections.map(({ to }) => to)];
  return sections.map((section, i) => ({
    ...section,
    from: carried(from, i),
    to: carried(to, i),
  }));
}
