/**
 * The commands `offer` and `answer`: plan everything, then change the call.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import { type Family, formatEndpoint } from "../core/endpoint.ts";
import { canonicalIp } from "../core/ip.ts";
import {
  type Facing,
  negotiate,
  type NegotiationResult,
  type SessionMemory,
  writeSdp,
} from "../negotiate/mod.ts";
import type { NgRequest } from "../ng/request.ts";
import { LoadLimit, NgError, type ReplyDict } from "../ng/types.ts";
import { PortsExhausted } from "../relay/types.ts";
import { parseSdp, type Sdp, SdpError } from "../sdp/mod.ts";
import { aliasKey } from "./alias.ts";
import { securityWarning } from "./block.ts";
import { Call, MAX_PARTICIPANTS } from "./call.ts";
import type { CallContext } from "./context.ts";
import { readDirection } from "./direction.ts";
import { takeFragment } from "./fragment.ts";
import { type Match, matchAnswer, type Matched, matchOffer } from "./match.ts";
import { subscribe } from "./media.ts";
import type { Participant } from "./participant.ts";
import { startPiercing } from "./pierce.ts";
import { InterfaceChoice, PortPlan } from "./port_plan.ts";
import { installRules } from "./rules.ts";
import { joinTransports, planSections } from "./section_ports.ts";

/** Port pairs kept per section for endpoints that may come back. */
const MAX_ENTRIES = 8;

type Kind = "offer" | "answer";

/** Everything one message will change. */
interface Plan {
  readonly kind: Kind;
  readonly request: NgRequest;
  readonly sdp: Sdp;
  readonly call: Call;
  readonly match: Match;
  readonly from: Participant;
  readonly to: Participant;
  /** What `from` is known by from now on, if that was asked for. */
  readonly alias: string | undefined;
  readonly result: NegotiationResult;
  readonly ports: PortPlan;
  readonly fromInterface: InterfaceChoice;
  readonly toInterface: InterfaceChoice;
  readonly families: readonly SectionFamilies[];
}

/** Address families of one section. */
interface SectionFamilies {
  readonly from: Family;
  readonly to: Family;
}

/** Executes `offer`. Throws NgError or LoadLimit with nothing changed. */
export function offer(context: CallContext, request: NgRequest): ReplyDict {
  return exchange(context, "offer", request);
}

/** Executes `answer`. Throws NgError with nothing changed. */
export function answer(context: CallContext, request: NgRequest): ReplyDict {
  return exchange(context, "answer", request);
}

function exchange(context: CallContext, kind: Kind, request: NgRequest): ReplyDict {
  const text = checkKeys(kind, request);
  const ports = new PortPlan(context.relay, context.settings.saveInterfacePorts);
  try {
    if (request.flags.has("fragment") && context.source !== undefined) {
      return takeFragment(context, request, kind === "offer" ? request.fromTag : request.toTag);
    }
    const sdp = parseSdp(text);
    if (kind === "offer" && isLooped(context, request, sdp)) return { sdp: text, result: "ok" };
    const plan = makePlan(context, kind, request, sdp, ports);
    const written = write(context, plan);
    apply(context, plan, written.memory);
    const warnings = [...plan.result.warnings, ...dtmfWarnings(request)];
    const warning = warnings.join("; ");
    return { sdp: written.text, warning: warning === "" ? undefined : warning, result: "ok" };
  } catch (error) {
    ports.undo();
    throw translate(context, request, error);
  }
}

/** What the flag `block DTMF` cannot do as asked. */
function dtmfWarnings(request: NgRequest): string[] {
  const warning = request.flags.has("block DTMF") ? securityWarning(request) : undefined;
  return warning === undefined ? [] : [warning];
}

/** Turns what stopped an exchange into what the client is told. */
export function translate(context: CallContext, request: NgRequest, error: unknown): unknown {
  if (error instanceof SdpError) {
    context.log.warn(request.callId ?? "", `session description refused: ${error.message}`);
    return new NgError(error.reason);
  }
  if (error instanceof PortsExhausted) {
    context.log.warn(request.callId ?? "", error.message);
    if (context.calls.get(request.callId ?? "") === undefined) {
      context.observer?.rejected("Ran out of ports");
    }
    return new NgError("Ran out of ports");
  }
  if (error instanceof LoadLimit) context.observer?.rejected(error.limit);
  return error;
}

/** @returns the description */
function checkKeys(kind: Kind, { sdp, callId, fromTag, toTag }: NgRequest): ByteString {
  if (sdp === undefined) throw new NgError("No SDP body in message");
  if (callId === undefined) throw new NgError("No call-id in message");
  if (fromTag === undefined) throw new NgError("No from-tag in message");
  if (kind === "answer" && toTag === undefined) throw new NgError("No to-tag in message");
  return sdp;
}

/** Whether this instance wrote the description itself and `loop protect` asks to leave it alone. */
function isLooped({ loopMarker }: CallContext, request: NgRequest, sdp: Sdp): boolean {
  return request.flags.has("loop protect") &&
    sdp.session.lines.some(({ name, param }) => name === "rtpengine" && param === loopMarker);
}

function makePlan(
  context: CallContext,
  kind: Kind,
  request: NgRequest,
  sdp: Sdp,
  ports: PortPlan,
): Plan {
  const { calls, guard, relay, settings } = context;
  const existing = calls.get(request.callId!);
  if (existing === undefined && kind === "answer") throw new NgError("Unknown call-id");
  const alias = aliasKey(request, settings, sdp);
  const match = existing !== undefined && kind === "answer"
    ? matchAnswer(existing, request)
    : matchOffer(existing, request, alias);
  if (existing === undefined) guard.admit(calls.own);
  const call = existing ?? newCall(context, request);
  const added = [match.from, match.to].filter(({ participant }) => participant === undefined);
  if (call.participants.length + added.length > MAX_PARTICIPANTS) {
    throw new NgError(`More than ${MAX_PARTICIPANTS} parties in one call`);
  }
  const now = context.clock.wall();
  const from = match.from.participant ?? call.newParticipant(match.from.tag, now);
  const to = match.to.participant ?? call.newParticipant(match.to.tag, now);
  const result = negotiate({
    request,
    kind,
    sdp,
    settings,
    from: from.medias.map((media) => media.state),
    to: to.medias.map((media) => media.state),
    secure: context.source,
  });
  const nothing = sdp.medias.length === 0 || result.medias.every((media) => media.to.hidden);
  if (nothing) throw new NgError("Error rewriting SDP");
  const directions = readDirection(context, request);
  const families = result.medias.map((media, i) => {
    const own = media.from.held ? from.medias[i]?.family ?? from.family : undefined;
    const fromFamily = own ?? media.family;
    const toFamily = requestedFamily(request) ?? directions.toFamily ?? to.medias[i]?.family ??
      to.family ?? fromFamily;
    return { from: directions.fromFamily ?? fromFamily, to: toFamily };
  });
  return {
    kind,
    request,
    sdp,
    call,
    match,
    from,
    to,
    alias,
    result,
    ports,
    fromInterface: new InterfaceChoice(relay, from.interface, directions.from),
    // Towards the sender the family of its description counts for more than the interface named.
    toInterface: new InterfaceChoice(
      relay,
      to.interface,
      directions.to,
      directions.to !== undefined,
    ),
    families,
  };
}

function requestedFamily({ addressFamily }: NgRequest): Family | undefined {
  return addressFamily === undefined ? undefined : addressFamily === "IP4" ? 4 : 6;
}

/** A call that is not in the table yet. */
export function newCall(
  { clock, counters }: CallContext,
  request: NgRequest,
  callId = request.callId!,
): Call {
  return new Call({
    callId,
    created: clock.wall(),
    start: clock.now(),
    createdFrom: formatEndpoint(request.source.peer),
    counters,
  });
}

/** Opens ports and writes the new description. */
function write(
  context: CallContext,
  plan: Plan,
): { text: ByteString; memory: SessionMemory } {
  const { request, kind, sdp, result, to } = plan;
  return writeSdp({
    request,
    kind,
    sdp,
    medias: result.medias,
    facings: planPorts(plan),
    memory: to.session,
    loopMarker: request.flags.has("loop protect") ? context.loopMarker : undefined,
    sessionId: String(plan.call.created),
    secure: context.source,
    home() {
      const local = plan.toInterface.address(plan.families[0]?.to ?? 4);
      return { family: local.advertisedFamily, address: local.advertised };
    },
  });
}

/** Plans the ports of all sections. */
function planPorts(plan: Plan): (Facing | undefined)[] {
  const { from, to, request, result, ports, families, fromInterface, toInterface } = plan;
  return planSections({
    from,
    to,
    sections: result.medias,
    ports,
    latch: request.flags.has("port latching"),
    hold: plan.kind === "offer",
    fromAddress: (i) => fromInterface.address(families[i]!.from),
    toAddress: (i) => toInterface.address(families[i]!.to),
  });
}

/** Changes the call. Nothing here may fail. */
function apply(context: CallContext, plan: Plan, memory: SessionMemory): void {
  const { call, from, to, request, result, match, kind } = plan;
  const { clock, calls, log, relay, settings } = context;
  const isNew = calls.get(call.callId) !== call;
  join(call, from, match.from);
  join(call, to, match.to);
  for (let i = 0; i < result.medias.length; i++) {
    const media = result.medias[i]!;
    const families = plan.families[i]!;
    const fromMedia = from.media(i);
    const toMedia = to.media(i);
    fromMedia.state = media.from;
    fromMedia.family = families.from;
    toMedia.state = media.to;
    toMedia.family = families.to;
  }
  // what the sender has beyond that is known to nobody it speaks with now
  for (const media of from.medias.slice(result.medias.length)) {
    media.state = { ...media.state, rejected: true };
  }
  plan.ports.apply();
  for (const party of [from, to]) joinTransports(party);
  from.interface = plan.fromInterface.chosen;
  to.interface = plan.toInterface.chosen;
  from.family = plan.families[0]?.from;
  to.family = plan.families[0]?.to;
  to.session = memory;
  from.description = request.sdp;
  from.listener = to.listener = false;
  if (plan.alias !== undefined) from.aliasKey = plan.alias;
  if (request.label !== undefined) from.label = request.label;
  if (request.flags.has("debug")) context.debugCalls.add(call.callId);
  const callback = canonicalIp(request.xmlrpcCallback ?? "");
  if (callback !== undefined) call.proxy = callback.address;
  if (request.flags.has("block DTMF")) from.gate.dtmf = true;
  if (request.metadata !== undefined) from.metadata = call.metadata = request.metadata;
  if (kind === "offer" && match.to.participant === undefined) to.viaBranch = request.viaBranch;
  associate(plan);
  const { tos = settings.tos } = request;
  // As in rtpengine, answers have no say in it; a negative one keeps what there is.
  if (kind === "offer" && (request.tos === undefined || tos >= 0)) call.tos = tos;
  if (request.dropTraffic === "stop") call.dropTraffic = false;
  else if (request.dropTraffic === "start") call.dropTraffic = true;
  if (kind === "answer") call.answered = true;
  call.touch(clock);
  call.deleteAt = undefined;
  for (const party of [from, to]) {
    party.deleteAt = undefined;
    party.removed = false;
  }
  const old = [...from.medias, ...to.medias].flatMap((media) => [
    ...media.takeOldest(MAX_ENTRIES),
    ...media.takeOthers(),
  ]);
  installRules(relay, call, log);
  startPiercing(relay, call);
  if (old.length > 0) relay.closePairs(old);
  if (isNew) calls.add(call);
  calls.changed(call);
}

/** A party enters the call, or gets its name, or another one. */
function join(call: Call, party: Participant, { participant, tag }: Matched): void {
  if (participant === undefined) call.admit(party);
  if (tag === "" || party.answersTo(tag)) return;
  if (party.tag !== "") party.aliases.push(party.tag);
  party.tag = tag;
}

/** Draws the edges of the dialogue. */
function associate({ call, from, to, result, kind, request, match }: Plan): void {
  const forking = kind === "offer" &&
    (match.to.participant === undefined || request.toTag === undefined || request.toTag === "");
  if (!forking) {
    for (const party of call.participants) {
      if (party === from || party === to) continue;
      if (party.peer === from || party.peer === to) party.peer = undefined;
      party.detach(from);
      party.detach(to);
    }
  }
  from.peer = to;
  to.peer = from;
  for (let i = 0; i < result.medias.length; i++) {
    subscribe(from.media(i), to.media(i), "offer/answer");
    subscribe(to.media(i), from.media(i), "offer/answer");
  }
}
