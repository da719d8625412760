/**
 * The commands `publish`, `create` and `create answer`: parties that speak with us alone until others
 * subscribe to them or they are connected.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import {
  negotiate,
  type NegotiationResult,
  NEW_MEDIA,
  type SessionMemory,
  writeSdp,
} from "../negotiate/mod.ts";
import type { NgRequest } from "../ng/request.ts";
import { NgError, type ReplyDict } from "../ng/types.ts";
import { parseSdp, type Sdp } from "../sdp/mod.ts";
import { type Call, MAX_PARTICIPANTS } from "./call.ts";
import type { CallContext } from "./context.ts";
import { readDirection } from "./direction.ts";
import type { Media } from "./media.ts";
import { newCall, translate } from "./offer_answer.ts";
import type { Participant } from "./participant.ts";
import { InterfaceChoice, PortPlan } from "./port_plan.ts";
import { acceptedDescription } from "./publish_answer.ts";
import { createdDescription } from "./created.ts";
import { installRules } from "./rules.ts";
import { facing } from "./section_ports.ts";
import { newTag } from "./subscribe.ts";

/** A party that speaks with us alone, and what it will be told. */
interface Plan {
  readonly request: NgRequest;
  readonly call: Call;
  readonly party: Participant;
  readonly ports: PortPlan;
  readonly choice: InterfaceChoice;
  readonly result: NegotiationResult;
  readonly states: readonly Media["state"][];
  readonly family: 4 | 6;
  readonly description: ByteString | undefined;
  readonly memory: SessionMemory;
}

/**
 * Executes `publish`: a party describes what it sends and gets an answer of ours.
 *
 * @throws NgError or LoadLimit with nothing changed
 */
export function publish(context: CallContext, request: NgRequest): ReplyDict {
  const { sdp: text } = request;
  if (text === undefined) throw new NgError("No SDP body in message");
  return speak(context, request, (party) => {
    const { settings } = context;
    const sdp = parseSdp(text);
    const before = party.medias.map(({ state }) => state);
    const offered = negotiate({
      request: { ...request, codec: new Map() },
      kind: "offer",
      sdp,
      settings,
      from: before,
      to: [],
      secure: context.source,
    });
    const accepted = acceptedDescription(request, sdp, offered, party);
    if (accepted === undefined) throw new NgError("Failed to create SDP");
    const answer = parseSdp(accepted.answer);
    const states = offered.medias.map(({ from }) => from);
    const result = negotiate({
      request: { ...request, codec: new Map() },
      kind: "answer",
      sdp: answer,
      settings,
      from: [],
      to: states,
      secure: context.source,
    });
    return {
      kind: "answer",
      sdp: answer,
      result,
      description: accepted.description,
      family: offered.medias[0]!.family,
    };
  }, true);
}

/**
 * Executes `create`: an offer of our own to a party nobody has offered anything yet.
 *
 * @throws NgError or LoadLimit with nothing changed
 */
export function create(context: CallContext, request: NgRequest): ReplyDict {
  return speak(context, request, (party) => {
    const { settings } = context;
    const sdp = parseSdp(createdDescription(request, party));
    const result = negotiate({
      request: { ...request, codec: new Map() },
      kind: "offer",
      sdp,
      settings,
      from: [],
      to: party.medias.map(({ state }) => state),
      secure: context.source,
    });
    return { kind: "offer", sdp, result, description: undefined, family: party.family ?? 4 };
  }, false);
}

/** One side of what is said to a party. */
interface Speech {
  readonly kind: "offer" | "answer";
  readonly sdp: Sdp;
  readonly result: NegotiationResult;
  /** What the party has described, as far as it was accepted. */
  readonly description: ByteString | undefined;
  readonly family: 4 | 6;
}

function speak(
  context: CallContext,
  request: NgRequest,
  prepare: (party: Participant) => Speech,
  described: boolean,
): ReplyDict {
  const { calls, clock, guard, relay, settings } = context;
  const ports = new PortPlan(relay, settings.saveInterfacePorts);
  try {
    const callId = request.callId ?? newTag();
    const existing = calls.get(callId);
    const call = existing ?? newCall(context, request, callId);
    const tag = request.fromTag === undefined || request.fromTag === ""
      ? newTag()
      : request.fromTag;
    const known = call.byTag(tag);
    if (known === undefined && call.participants.length >= MAX_PARTICIPANTS) {
      throw new NgError(`More than ${MAX_PARTICIPANTS} parties in one call`);
    }
    if (known?.peer !== undefined && described) {
      throw new NgError("From-tag is in a dialogue already");
    }
    const party = known ?? call.newParticipant(tag, clock.wall());
    const { kind, sdp, result, description, family: heard } = prepare(party);
    if (existing === undefined) guard.admit(calls.own);
    const { addressFamily } = request;
    const wanted = addressFamily === undefined ? undefined : addressFamily === "IP4" ? 4 : 6;
    const directions = readDirection(context, request);
    const family = wanted ?? directions.fromFamily ?? party.family ?? heard;
    const name = request.interface ?? directions.from;
    const choice = new InterfaceChoice(relay, party.interface, name);
    const facings = result.medias.map((media, i) =>
      media.to.rejected || media.to.kind === "passthrough" ? undefined : facing(
        ports.advertise(
          party,
          i,
          choice.address(family),
          undefined,
          true,
          media.to.secure?.ice !== undefined,
        ),
      )
    );
    const written = writeSdp({
      // nobody else's address may stand in the origin
      request: { ...request, replace: new Set([...request.replace, "origin"]) },
      kind,
      sdp,
      medias: result.medias,
      facings,
      memory: party.session,
      loopMarker: undefined,
      sessionId: String(call.created),
      secure: context.source,
      home() {
        const local = choice.address(family);
        return { family: local.advertisedFamily, address: local.advertised };
      },
    });
    const states = result.medias.map(({ to, codecs }) =>
      described ? to : { ...to, codecs, initialized: to.initialized }
    );
    const { memory } = written;
    apply(context, {
      request,
      call,
      party,
      ports,
      choice,
      result,
      states,
      family,
      description,
      memory,
    });
    return { sdp: written.text, "call-id": callId, "from-tag": tag, result: "ok" };
  } catch (error) {
    ports.undo();
    throw translate(context, request, error);
  }
}

/** Changes the call. Nothing here may fail. */
function apply(context: CallContext, plan: Plan): void {
  const { request, call, party, ports, choice, states, family } = plan;
  const { calls, clock, log, relay, settings } = context;
  const isNew = calls.get(call.callId) !== call;
  if (!call.participants.includes(party)) call.admit(party);
  for (const [i, state] of states.entries()) {
    const media = party.media(i);
    media.state = state;
    media.family = family;
  }
  ports.apply();
  party.listener = false;
  party.session = plan.memory;
  party.interface = choice.chosen;
  party.family = family;
  party.removed = false;
  party.deleteAt = undefined;
  if (plan.description !== undefined) {
    party.description = plan.description;
    call.answered = true;
  }
  const label = request.label ?? request.setLabel;
  if (label !== undefined) party.label = label;
  if (request.metadata !== undefined) party.metadata = call.metadata = request.metadata;
  if (request.tos === undefined) call.tos = settings.tos;
  else if (request.tos >= 0) call.tos = request.tos;
  if (request.flags.has("debug")) context.debugCalls.add(call.callId);
  if (request.flags.has("block DTMF")) party.gate.dtmf = true;
  call.touch(clock);
  call.deleteAt = undefined;
  installRules(relay, call, log);
  if (isNew) calls.add(call);
  calls.changed(call);
}

/**
 * Executes `create answer`: the party of a `create` says where it wants its media.
 *
 * @throws NgError with nothing changed
 */
export function createAnswer(context: CallContext, request: NgRequest): ReplyDict {
  const { calls, clock, log, relay, settings } = context;
  if (request.sdp === undefined) throw new NgError("No SDP body in message");
  if (request.callId === undefined) throw new NgError("No call-id in message");
  if (request.fromTag === undefined) throw new NgError("No from-tag in message");
  const call = calls.get(request.callId);
  if (call === undefined) throw new NgError("unknown call-ID");
  const party = call.byTag(request.fromTag);
  if (party === undefined) throw new NgError("from-tag not found");
  try {
    const { medias } = negotiate({
      request,
      kind: "answer",
      sdp: parseSdp(request.sdp),
      settings,
      from: party.medias.map(({ state }) => state),
      to: party.medias.map(() => NEW_MEDIA),
      secure: context.source,
    });
    if (medias.length > party.medias.length) throw new NgError("Incomplete SDP specification");
    for (const [i, { from }] of medias.entries()) {
      const media = party.media(i);
      const muxed = media.state.mux !== "none" && from.mux === "agreed";
      media.state = { ...from, mux: muxed ? "agreed" : "none", muxTold: muxed };
    }
    party.description = request.sdp;
    call.answered = true;
    call.touch(clock);
    installRules(relay, call, log);
    calls.changed(call);
    return { result: "ok" };
  } catch (error) {
    throw translate(context, request, error);
  }
}
