/**
 * Which parties a message is about. Looks only; whoever is new is made by the caller.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { type NgRequest } from "../ng/request.ts";
import { NgError } from "../ng/types.ts";
import type { Call } from "./call.ts";
import type { Participant } from "./participant.ts";

/** One party of a match. */
export interface Matched {
  /** Undefined: a new one is needed. */
  readonly participant: Participant | undefined;
  /** Tag it has from now on. */
  readonly tag: ByteString;
}

/** Both parties of an offer or answer. */
export interface Match {
  /** Whose description it is. */
  readonly from: Matched;
  /** Whom it is for. */
  readonly to: Matched;
}

/**
 * Parties of an offer: `from-tag` is the offerer; the other one is found by `to-tag`, else by
 * `via-branch`, else it is whoever the offerer spoke with last.
 *
 * @param alias what the offerer is known by if its tag is not, see `alias.ts`
 * @throws NgError when one party would speak with itself
 */
export function matchOffer(
  call: Call | undefined,
  request: NgRequest,
  alias?: string,
): Match {
  const fromTag = request.fromTag ?? "";
  const toTag = request.toTag ?? "";
  refuseSelf(fromTag, toTag);
  if (call === undefined) return fresh(fromTag, toTag);
  const target = toTag === "" ? undefined : call.byTag(toTag);
  let from = fromTag === "" ? untaggedOfferer(call) : call.byTag(fromTag);
  if (from === undefined && alias !== undefined && fromTag !== "") {
    from = call.participants.find((party) => party.aliasKey === alias && party !== target);
  }
  // the called party speaks first: until now it had no name
  if (from === undefined && target?.peer?.tag === "") from = target.peer;
  const to = target ?? (from && offerTarget(call, from, toTag, request));
  // a new party has its tag from its own description
  return finish(from, fromTag, to, to === undefined ? "" : toTag === "" ? to.tag : toTag);
}

/**
 * Parties of an answer: `to-tag` is the one who answers, `from-tag` the one who offered.
 *
 * @throws NgError when one party would speak with itself
 */
export function matchAnswer(call: Call, request: NgRequest): Match {
  const offererTag = request.fromTag ?? "";
  const answererTag = request.toTag ?? "";
  refuseSelf(offererTag, answererTag);
  const known = answererTag === "" ? undefined : call.byTag(answererTag);
  const offerer = offererTag === "" ? untaggedOfferer(call) : call.byTag(offererTag) ?? known?.peer;
  const answerer = known ?? (offerer && answererOf(call, offerer, request));
  return finish(answerer, answererTag, offerer, offererTag);
}

function refuseSelf(fromTag: ByteString, toTag: ByteString): void {
  if (fromTag !== "" && fromTag === toTag) throw new NgError("Invalid dialogue association");
}

function fresh(fromTag: ByteString, toTag: ByteString): Match {
  return {
    from: { participant: undefined, tag: fromTag },
    to: { participant: undefined, tag: toTag },
  };
}

function finish(
  from: Participant | undefined,
  fromTag: ByteString,
  to: Participant | undefined,
  toTag: ByteString,
): Match {
  if (from !== undefined && from === to) throw new NgError("Invalid dialogue association");
  return {
    from: { participant: from, tag: fromTag },
    to: { participant: to, tag: toTag },
  };
}

/** The party without a tag that has described itself. */
function untaggedOfferer(call: Call): Participant | undefined {
  return call.participants.find((party) =>
    party.tag === "" && party.medias[0]?.state.initialized === true
  );
}

function offerTarget(
  call: Call,
  from: Participant,
  toTag: ByteString,
  request: NgRequest,
): Participant | undefined {
  const { peer } = from;
  const branch = request.viaBranch;
  if (toTag !== "") {
    // one that has a name already is not meant by another
    return peer?.tag === "" ? peer : undefined;
  }
  if (branch === undefined) return peer;
  return call.participants.find((party) => party !== from && party.viaBranch === branch);
}

/** The party an answer under a new tag belongs to: one that waits for a name, else the one it forked from. */
function answererOf(
  call: Call,
  offerer: Participant,
  request: NgRequest,
): Participant | undefined {
  const branch = request.viaBranch;
  const candidates = call.participants.filter((party) => party !== offerer);
  if (branch !== undefined) {
    const ofBranch = candidates.filter((party) => party.viaBranch === branch);
    const found = ofBranch.find((party) => party.tag === "") ?? ofBranch[0];
    if (found !== undefined) return found;
  }
  const { peer } = offerer;
  if (peer?.tag === "") return peer;
  const unnamed = candidates.find((party) => party.tag === "");
  if (unnamed !== undefined) return unnamed;
  const settled = peer?.medias.some(({ state }) => state.final) === true;
  return settled || request.flags.has("new branch") ? undefined : peer;
}
