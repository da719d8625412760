/**
 * ICE (RFC 8445, 8838, 8839) in offers and answers. Each party has an agent of ours opposite it: what one
 * says of its candidates never reaches the other.
 *
 * @module
 */

import { parseCandidate } from "../ice/candidate.ts";
import { newCredentials, validCredentials } from "../ice/credentials.ts";
import type { Candidate, IceCredentials } from "../ice/types.ts";
import type { NgRequest } from "../ng/request.ts";
import { attributeOf, hasAttribute, type Sdp, type SdpMedia } from "../sdp/mod.ts";
import { type IceAgreement, MAX_CANDIDATES, type RemoteIce } from "./secure_state.ts";

/** Options under which the other side is offered ICE although nobody asked for it. */
const OFFERING = ["force", "optional"] as const;

/** What was known of ICE with a party. */
export interface IceBefore {
  readonly ice: IceAgreement | undefined;
  readonly lite: boolean;
}

/** Bytes nobody can guess. */
type Random = (length: number) => Uint8Array;

/**
 * ICE of one section, what stands at the session level included. Candidates that cannot be used are left
 * out; credentials RFC 8839 does not allow count as none.
 */
export function readIce(sdp: Sdp, section: SdpMedia): RemoteIce | undefined {
  const read = (name: string) =>
    (attributeOf(section, name) ?? attributeOf(sdp.session, name))?.param;
  const credentials = { ufrag: read("ice-ufrag") ?? "", pwd: read("ice-pwd") ?? "" };
  if (!validCredentials(credentials)) return undefined;
  const trickle = read("ice-options")?.split(" ").includes("trickle") === true;
  const ended = hasAttribute(section, "end-of-candidates") ||
    hasAttribute(sdp.session, "end-of-candidates");
  return {
    credentials,
    lite: hasAttribute(sdp.session, "ice-lite") || hasAttribute(section, "ice-lite"),
    trickle,
    candidates: readCandidates(section),
    complete: ended || !trickle,
  };
}

/** Candidates of a section, each once. */
export function readCandidates({ lines }: SdpMedia): Candidate[] {
  const found: Candidate[] = [];
  for (const { name, param } of lines) {
    if (name !== "candidate" || found.length >= MAX_CANDIDATES) continue;
    const candidate = parseCandidate(param ?? "");
    if (candidate !== undefined && !found.some((one) => sameCandidate(one, candidate))) {
      found.push(candidate);
    }
  }
  return found;
}

/** Whether we are a lite agent (RFC 8445 section 2.5) after an offer. */
export function wantsLite(
  { ice }: NgRequest,
  side: "forward" | "backward",
  before: boolean,
): boolean {
  if (ice.has("lite-off")) return false;
  return before || ice.has("lite") || ice.has("lite-both") || ice.has(`lite-${side}`);
}

/** ICE with the one who makes an offer; new credentials of its own are a restart (section 4.4.1.1.1). */
export function iceOfOfferer(
  request: NgRequest,
  { ice: before, lite }: IceBefore,
  remote: RemoteIce | undefined,
  random: Random,
): IceAgreement | undefined {
  if (remote === undefined || request.flags.has("reject ICE")) return undefined;
  const restart = before !== undefined &&
    (request.flags.has("reset") || isRestart(before.remote, remote));
  const stays = before !== undefined && !restart;
  return {
    remote: stays ? withKnown(before.remote, remote) : remote,
    local: {
      credentials: stays ? before.local.credentials : newCredentials(random),
      lite,
      trickle: remote.trickle,
    },
    stage: stays ? before.stage : "offered",
    generation: (before?.generation ?? 0) + (restart ? 1 : 0),
  };
}

/**
 * ICE offered to the other side: when it is asked for or in use, or was offered and this side is new.
 *
 * @param heard the one who makes the offer has ICE
 * @param known this side has answered before
 */
export function iceOfAnswerer(
  request: NgRequest,
  { ice: before, lite }: IceBefore,
  heard: boolean,
  known: boolean,
  random: Random,
): IceAgreement | undefined {
  const asked = OFFERING.some((word) => request.ice.has(word));
  const wanted = asked || before !== undefined || (heard && !known);
  if (!wanted || request.ice.has("remove")) return undefined;
  const restart = before !== undefined && request.flags.has("reset");
  const stays = before !== undefined && !restart;
  return {
    remote: before?.remote,
    local: {
      credentials: stays ? before.local.credentials : newCredentials(random),
      lite,
      trickle: request.ice.has("trickle") || before?.remote?.trickle === true,
    },
    stage: stays ? before.stage : "offered",
    generation: (before?.generation ?? 0) + (restart ? 1 : 0),
  };
}

/** ICE with the one who answers. */
export function answeredIce(
  { ice: before }: IceBefore,
  remote: RemoteIce | undefined,
): IceAgreement | undefined {
  if (before === undefined || remote === undefined) return undefined;
  const restart = before.stage === "agreed" && isRestart(before.remote, remote);
  return {
    ...before,
    remote: restart ? remote : withKnown(before.remote, remote),
    stage: "agreed",
    generation: before.generation + (restart ? 1 : 0),
  };
}

/** ICE with the one an answer goes to. */
export function iceOfAnswered(
  request: NgRequest,
  { ice }: IceBefore,
): IceAgreement | undefined {
  if (ice?.remote === undefined || request.ice.has("remove")) return undefined;
  return { ...ice, stage: "agreed" };
}

/** Whether credentials have changed. */
export function isRestart(before: RemoteIce | undefined, now: RemoteIce): boolean {
  return before !== undefined && !sameCredentials(before.credentials, now.credentials);
}

/** A description may leave out candidates that came one by one. */
export function withKnown(before: RemoteIce | undefined, now: RemoteIce): RemoteIce {
  if (before === undefined || isRestart(before, now)) return now;
  const more = before.candidates.filter((one) =>
    !now.candidates.some((other) => sameCandidate(one, other))
  );
  const candidates = [...now.candidates, ...more].slice(0, MAX_CANDIDATES);
  return { ...now, candidates };
}

/** Whether two have the same credentials. */
export function sameCredentials(a: IceCredentials, b: IceCredentials): boolean {
  return a.ufrag === b.ufrag && a.pwd === b.pwd;
}

function sameCandidate(a: Candidate, b: Candidate): boolean {
  return a.component === b.component && a.type === b.type &&
    a.endpoint.port === b.endpoint.port && a.endpoint.address === b.endpoint.address;
}
