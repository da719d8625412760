/**
 * The commands `subscribe request`, `subscribe answer` and `unsubscribe`: a party that receives what others
 * send, beside the dialogue they are in.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Family } from "../core/endpoint.ts";
import {
  type Codec,
  negotiate,
  type NegotiationResult,
  NEW_MEDIA,
  writeSdp,
} from "../negotiate/mod.ts";
import type { NgRequest } from "../ng/request.ts";
import { NgError, type ReplyDict } from "../ng/types.ts";
import { hasAttribute, parseSdp } from "../sdp/mod.ts";
import { type Call, MAX_PARTICIPANTS } from "./call.ts";
import { composeSdp, type Part } from "./compose.ts";
import type { CallContext } from "./context.ts";
import { readDirection } from "./direction.ts";
import { hasRoom, type Media, subscribe, unsubscribe } from "./media.ts";
import { translate } from "./offer_answer.ts";
import type { Participant } from "./participant.ts";
import { InterfaceChoice, PortPlan } from "./port_plan.ts";
import { installRules } from "./rules.ts";
import { facing } from "./section_ports.ts";
import { selectCall, selectParty } from "./select_party.ts";
import { type SiprecLabels, siprecLabels } from "./siprec.ts";

/** A tag nobody has. */
export function newTag(): ByteString {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const NEEDS_KEYS =
  "A subscription to DTLS-SRTP needs secure media, which is not part of this build";
const NO_MEDIAS = "No medias found (no monologues matched)";

/** What `subscribe request` will change. */
interface Plan {
  readonly call: Call;
  readonly subscriber: Participant;
  readonly parts: readonly Part[];
  readonly result: NegotiationResult;
  readonly ports: PortPlan;
  readonly choice: InterfaceChoice;
  readonly family: Family;
}

/**
 * Executes `subscribe request`: offers a party the media of others.
 *
 * @throws NgError with nothing changed
 */
export function subscribeRequest(context: CallContext, request: NgRequest): ReplyDict {
  const call = selectCall(context, request);
  const ports = new PortPlan(context.relay, context.settings.saveInterfacePorts);
  try {
    const sources = selectSources(call, request);
    const subscriber = subscriberOf(context, call, request);
    if (sources.some((media) => media.participant === subscriber)) {
      throw new NgError("A party cannot subscribe to itself");
    }
    for (const media of sources) {
      const known = media.sinks.some(({ sink }) => sink.participant === subscriber);
      if (!known && !hasRoom(media)) throw new NgError("Too many listeners to one party");
    }
    const siprec = request.flags.has("SIPREC") ? siprecLabels(sources) : undefined;
    const plan = makePlan(context, request, { call, subscriber, sources, ports, siprec });
    const direction = directionOf(request);
    const sdp = composeSdp(plan.parts, direction);
    const facings = plan.result.medias.map((media, i) =>
      media.to.rejected || media.to.kind === "passthrough" ? undefined : facing(
        ports.advertise(
          subscriber,
          i,
          plan.choice.address(plan.family),
          undefined,
          true,
          media.to.secure?.ice !== undefined,
        ),
      )
    );
    const written = writeSdp({
      request,
      kind: "offer",
      sdp,
      medias: plan.result.medias,
      facings,
      memory: subscriber.session,
      loopMarker: undefined,
      sessionId: String(call.created),
      secure: context.source,
      home() {
        const local = plan.choice.address(plan.family);
        return { family: local.advertisedFamily, address: local.advertised };
      },
    });
    subscriber.session = written.memory;
    apply(context, request, plan);
    const tags = plan.parts.flatMap(({ source }) => source?.participant.tag ?? []);
    return {
      sdp: written.text,
      ...siprec?.reply,
      "from-tag": tags.length === 1 ? tags[0] : undefined,
      "from-tags": tags,
      "to-tag": subscriber.tag,
      result: "ok",
    };
  } catch (error) {
    ports.undo();
    throw translate(context, request, error);
  }
}

/** Sections a request is about: all first ones, then all second ones, and so on. */
function selectSources(call: Call, request: NgRequest): Media[] {
  const parties = selectParties(call, request).filter(({ removed, tag }) => !removed && tag !== "");
  const medias = parties.flatMap((party) => party.medias)
    .filter((media) => media.live && media.state.initialized)
    .filter(({ participant }) => participant.description !== undefined);
  if (medias.length === 0) throw new NgError(NO_MEDIAS);
  if (medias.some(({ state }) => state.dtls)) throw new NgError(NEEDS_KEYS);
  return medias.sort((a, b) => a.index - b.index);
}

function selectParties(call: Call, request: NgRequest): readonly Participant[] {
  const { all, fromTags, toTag } = request;
  if (all !== undefined && all !== "none") {
    return call.participants.filter((party) => !party.answersTo(toTag ?? "") && !party.listener);
  }
  if (fromTags.length > 0) {
    return [...new Set(fromTags.flatMap((tag) => call.byTag(tag) ?? []))];
  }
  const party = selectParty(call, request, { directional: false });
  if (party === undefined) throw new NgError(NO_MEDIAS);
  return [party];
}

function subscriberOf(context: CallContext, call: Call, { toTag }: NgRequest): Participant {
  const known = call.byTag(toTag ?? "");
  if (known?.peer !== undefined) throw new NgError("To-tag is in a dialogue already");
  if (known !== undefined) return known;
  if (call.participants.length >= MAX_PARTICIPANTS) {
    throw new NgError(`More than ${MAX_PARTICIPANTS} parties in one call`);
  }
  const tag = toTag === undefined || toTag === "" ? newTag() : toTag;
  return call.newParticipant(tag, context.clock.wall());
}

function directionOf({ flags }: NgRequest): "inactive" | "sendrecv" | "sendonly" {
  if (flags.has("inactive")) return "inactive";
  return flags.has("bidirectional") ? "sendrecv" : "sendonly";
}

function makePlan(
  context: CallContext,
  request: NgRequest,
  { call, subscriber, sources, ports, siprec }: {
    readonly call: Call;
    readonly subscriber: Participant;
    readonly sources: readonly Media[];
    readonly ports: PortPlan;
    readonly siprec: SiprecLabels | undefined;
  },
): Plan {
  const { relay, settings } = context;
  const parts = placeSources(subscriber, sources).map((source, i): Part => {
    const { type, protocol } = subscriber.medias[i]?.state ?? NEW_MEDIA;
    return { source, before: { type, protocol }, label: source && siprec?.labels.get(source) };
  });
  const result = negotiate({
    request,
    kind: "offer",
    sdp: composeSdp(parts, directionOf(request)),
    settings,
    from: parts.map(() => NEW_MEDIA),
    to: subscriber.medias.map(({ state }) => state),
    secure: context.source,
  });
  const { addressFamily } = request;
  const wanted = addressFamily === undefined ? undefined : addressFamily === "IP4" ? 4 : 6;
  const first = sources[0]!;
  const { from, fromFamily, to, toFamily } = readDirection(context, request);
  const family = wanted ?? toFamily ?? fromFamily ?? subscriber.family ?? first.family ?? 4;
  const name = request.interface ?? to ?? from;
  const choice = new InterfaceChoice(relay, subscriber.interface, name);
  return { call, subscriber, parts, result, ports, choice, family };
}

/**
 * Which source is heard in which section: those heard already stay where they are,
 * others take the place of one of their kind that has gone.
 */
function placeSources(subscriber: Participant, sources: readonly Media[]): (Media | undefined)[] {
  const places: (Media | undefined)[] = subscriber.medias.map(({ sources: edges }) =>
    edges.find(({ source }) => sources.includes(source))?.source
  );
  for (const source of sources.filter((one) => !places.includes(one))) {
    const free = places.findIndex((place, i) =>
      place === undefined && subscriber.medias[i]?.type === source.type
    );
    if (free < 0) places.push(source);
    else places[free] = source;
  }
  return places;
}

/** Changes the call. Nothing here may fail. */
function apply(context: CallContext, request: NgRequest, plan: Plan): void {
  const { call, subscriber, parts, result, choice, family } = plan;
  const { calls, clock, log, relay } = context;
  if (!call.participants.includes(subscriber)) call.admit(subscriber);
  for (const [i, { to, codecs }] of result.medias.entries()) {
    const media = subscriber.media(i);
    const { initialized, rtp, rtcp } = media.state;
    media.state = { ...to, codecs, initialized, rtp, rtcp };
    media.family = family;
    const source = parts[i]?.source;
    for (const edge of [...media.sources]) {
      if (edge.source === source) continue;
      unsubscribe(edge.source, media);
      unsubscribe(media, edge.source);
    }
    if (source === undefined) continue;
    subscribe(source, media, "pub/sub", { egress: request.flags.has("egress") });
    if (request.flags.has("bidirectional")) subscribe(media, source, "pub/sub");
    else if (request.flags.has("RTCP mirror")) {
      subscribe(media, source, "pub/sub", { rtcpOnly: true });
    }
  }
  plan.ports.apply();
  subscriber.interface = choice.chosen;
  subscriber.family = family;
  subscriber.listener = true;
  subscriber.removed = false;
  subscriber.deleteAt = undefined;
  const label = request.setLabel ?? request.toLabel;
  if (label !== undefined) subscriber.label = label;
  call.touch(clock);
  installRules(relay, call, log);
  calls.changed(call);
}

/**
 * Executes `subscribe answer`: the subscriber says where it wants the media.
 *
 * @throws NgError with nothing changed
 */
export function subscribeAnswer(context: CallContext, request: NgRequest): ReplyDict {
  if (request.sdp === undefined) throw new NgError("No SDP body in message");
  if (request.callId !== undefined && request.toTag === undefined) {
    throw new NgError("No to-tag in message");
  }
  const call = selectCall(context, request);
  const subscriber = call.byTag(request.toTag ?? "");
  if (subscriber === undefined || !subscriber.medias.some(listens)) {
    throw new NgError("To-tag not found");
  }
  try {
    const states = answeredStates(context, request, subscriber);
    const { calls, clock, log, relay } = context;
    for (const [i, state] of states.entries()) subscriber.media(i).state = state;
    subscriber.description = request.sdp;
    call.touch(clock);
    installRules(relay, call, log);
    calls.changed(call);
    return { result: "ok" };
  } catch (error) {
    throw translate(context, request, error);
  }
}

function listens({ sources }: Media): boolean {
  return sources.some(({ type }) => type === "pub/sub");
}

function answeredStates(
  { settings, source }: CallContext,
  request: NgRequest,
  subscriber: Participant,
): Media["state"][] {
  const sdp = parseSdp(request.sdp!);
  const before = subscriber.medias.map(({ state }) => state);
  if (sdp.medias.length > before.length) {
    throw new NgError("Failed to process subscription answer");
  }
  const { medias } = negotiate({
    request,
    kind: "answer",
    sdp,
    settings,
    from: before,
    to: before.map((state) => ({ ...NEW_MEDIA, type: state.type, protocol: state.protocol })),
    secure: source,
  });
  return medias.map(({ from, section }, i) => {
    const { codecs, mux, rejected } = before[i]!;
    // nobody is heard there any more, whatever the subscriber thinks
    if (rejected) return { ...from, rejected };
    if (from.kind === "rtp" && !from.rejected && !haveCommon(from.codecs, codecs)) {
      throw new NgError("Failed to process subscription answer");
    }
    const muxed = mux !== "none" && section !== undefined && hasAttribute(section, "rtcp-mux");
    const both = subscriber.medias[i]!.sinks.some(({ rtcpOnly }) => !rtcpOnly);
    return {
      ...from,
      recv: from.recv && both,
      mux: muxed ? "agreed" : "none",
      muxTold: muxed,
    };
  });
}

/** Whether the subscriber understands anything it is going to be sent. */
function haveCommon(heard: readonly Codec[], sent: readonly Codec[]): boolean {
  return heard.some((codec) =>
    sent.some(({ encoding, payloadType }) =>
      encoding === undefined || codec.encoding === undefined
        ? payloadType === codec.payloadType
        : encoding.toLowerCase() === codec.encoding.toLowerCase()
    )
  );
}

/**
 * Executes `unsubscribe`: a party hears nobody any more, or one source less.
 *
 * @throws NgError with nothing changed
 */
export function unsubscribeCommand(context: CallContext, request: NgRequest): ReplyDict {
  if (request.callId !== undefined && request.toTag === undefined) {
    throw new NgError("No to-tag in message");
  }
  const call = selectCall(context, request);
  const subscriber = call.byTag(request.toTag ?? "");
  const edges = subscriber?.medias.flatMap(({ sources }) => sources) ?? [];
  if (subscriber === undefined || edges.length === 0) throw new NgError("To-tag not found");
  const only = request.flags.has("directional")
    ? selectParty(call, request, { directional: true })
    : undefined;
  for (const { source, sink } of [...edges]) {
    if (only !== undefined && source.participant !== only) continue;
    unsubscribe(source, sink);
    if (sink.sinks.some((edge) => edge.sink === source && edge.type === "pub/sub")) {
      unsubscribe(sink, source);
    }
  }
  retire(context, call, subscriber);
  return { result: "ok" };
}

/** Puts the rules in force after edges have gone; a party that has none any more gives its ports back. */
function retire({ calls, log, relay }: CallContext, call: Call, party: Participant): void {
  const idle = party.peer === undefined &&
    party.medias.every(({ sinks, sources }) => sinks.length + sources.length === 0);
  const pairs = idle ? calls.takePorts(party) : [];
  if (idle) party.removed = true;
  installRules(relay, call, log);
  relay.closePairs(pairs);
  calls.changed(call);
}
