/**
 * From the graph to forwarding rules: what arrives on a port of one section leaves on the ports of the
 * sections subscribed to it.
 *
 * @module
 */

import { type Endpoint, sameEndpoint } from "../core/endpoint.ts";
import type { MediaState } from "../negotiate/mod.ts";
import type { PortPair, Relay, Rule, RuleOutput, Slot } from "../relay/types.ts";
import type { Call } from "./call.ts";
import type { CallLog } from "./call_log.ts";
import { fixedSizeTypes, type Gate, limitPatterns, passingTypes, silencePatterns } from "./gate.ts";
import {
  type InstalledRule,
  type LocalPair,
  MAX_OUTPUTS,
  type Media,
  pairsOf,
  type PortEntry,
  type Subscription,
} from "./media.ts";
import { headerEdits, payloadTypes, ruleBundle, sectionsOn } from "./rules_bundle.ts";
import {
  type ComponentName,
  guardOf,
  isForeign,
  sealed,
  sendingPair,
  usesIce,
} from "./secure/protection.ts";

/** Learning window in ms. */
const LEARN_MS = 3000;
const NONE = [] as const;
const RTP = ["rtp"] as const;
const RTCP = ["rtcp"] as const;
const BOTH = ["rtp", "rtcp"] as const;
const COMPONENTS = ["rtp", "rtcp"] as const;
const ANY = ["rtp", "rtcp", "other"] as const;

/**
 * Puts rules in force for every section of a call, after its state has changed. Never throws: a rule the
 * engine does not take mutes its port.
 */
export function installRules(relay: Relay, call: Call, log: CallLog): void {
  for (const { medias } of call.participants) {
    for (const media of medias) checkTarget(relay, call, media, log);
    for (const media of medias) {
      if (media.riding) media.refused = medias[media.state.bundle?.carrier ?? -1]?.refused;
    }
  }
  for (const { medias } of call.participants) {
    for (const media of medias) moveKeys(relay, call, media, log);
  }
  for (const { medias } of call.participants) {
    for (const media of medias) {
      for (const entry of media.entries) {
        try {
          installEntry(relay, call, media, entry);
        } catch (error) {
          log.warn(call.callId, `media muted: ${error instanceof Error ? error.message : error}`);
          for (const { rtp, rtcp } of pairsOf(entry)) {
            relay.engine.clearRule(rtp.slot);
            relay.engine.clearRule(rtcp.slot);
          }
        }
      }
    }
  }
}

/** ICE has selected another of our addresses: what is known of streams goes there, before the keys do. */
function moveKeys(relay: Relay, call: Call, media: Media, log: CallLog): void {
  const { own, agreement, live } = media;
  if (!live || own?.others === undefined || !usesIce(media)) return;
  for (const component of COMPONENTS) {
    const path = agreement?.[component];
    if (path?.remote === undefined) continue;
    const pairs = pairsOf(own);
    const now = pairs.indexOf(sendingPair(media, component));
    const before = own.selected?.[component] ?? now;
    own.selected = { ...own.selected, [component]: now };
    if (before === now) continue;
    try {
      relay.engine.moveKeys?.(pairs[before]![component].slot, pairs[now]![component].slot);
    } catch (error) {
      log.warn(call.callId, `keys begin anew: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** Decides whether media may be sent to a party at all. */
function checkTarget(relay: Relay, call: Call, media: Media, log: CallLog): void {
  const { own: active, state } = media;
  let reason: string | undefined;
  // ICE looks at each address before it sends there
  if (active !== undefined && media.live && !state.held && !usesIce(media)) {
    if (state.rtp !== undefined) reason = refusal(relay, state.rtp, active);
    if (reason === undefined && state.rtcp !== undefined && !state.rtcpMuxed) {
      reason = refusal(relay, state.rtcp, active);
    }
  }
  if (reason !== undefined && reason !== media.refused) {
    log.warn(call.callId, `media muted: ${reason}`);
  }
  media.refused = reason;
}

function refusal(relay: Relay, target: Endpoint, { pair }: PortEntry): string | undefined {
  if (target.family !== pair.local.family) {
    return `media target ${target.address} cannot be reached from ${pair.local.address}`;
  }
  return relay.refuseTarget(target, pair.local);
}

function installEntry(relay: Relay, call: Call, media: Media, entry: PortEntry): void {
  if (media.live && takesRtcp(media, entry)) entry.everMuxed = true;
  installPair(relay, call, media, entry, entry);
  for (const other of entry.others ?? []) installPair(relay, call, media, entry, other);
}

/** @param local the pair of the entry that is advertised first, or that of a further candidate */
function installPair(
  relay: Relay,
  call: Call,
  media: Media,
  entry: PortEntry,
  local: LocalPair,
): void {
  const { pair } = local;
  const { state } = media;
  if (!media.live || (local !== entry && !usesIce(media))) {
    local.rtpRule = clear(relay, pair.rtp.slot, local.rtpRule);
    local.rtcpRule = clear(relay, pair.rtcp.slot, local.rtcpRule);
    return;
  }
  const opaque = state.kind !== "rtp" || state.dtls;
  const origin = description(state);
  const common = base(call, media, opaque);
  const rtp = guardOf(media, "rtp", pair, reachable(state.rtp, pair), common.punt);
  relay.engine.setRule(pair.rtp.slot, {
    ...common,
    ...rtp.rule,
    ...remote(rtp.remote, origin, local.rtpRule),
    rtcpMux: entry.everMuxed === true && !opaque,
    rtcpOnly: false,
    ...(rtp.closed ? { outputs: NONE } : bundled(call, media, entry, opaque)),
  });
  local.rtpRule = { remote: rtp.remote, origin };
  // a pair that has known RTCP of its own keeps an ear for those who have not noticed rtcp-mux yet
  if (state.kind === "opaque" || (entry.muxed && state.mux === "agreed")) {
    local.rtcpRule = clear(relay, pair.rtcp.slot, local.rtcpRule);
    return;
  }
  const rtcp = guardOf(media, "rtcp", pair, reachable(state.rtcp, pair), common.punt);
  relay.engine.setRule(pair.rtcp.slot, {
    ...common,
    ...rtcp.rule,
    ...remote(rtcp.remote, origin, local.rtcpRule),
    rtcpMux: false,
    rtcpOnly: !opaque,
    ...(rtcp.closed ? { outputs: NONE } : bundledRtcp(call, media, entry, opaque ? ANY : RTCP)),
  });
  local.rtcpRule = { remote: rtcp.remote, origin };
}

/** Stands for the party's last description; `reset` makes it another one. */
function description({ origin, resets }: MediaState): string {
  return resets === 0 ? origin : `${origin} ${resets}`;
}

/** An endpoint a port can send to at all. */
function reachable(target: Endpoint | undefined, { local }: PortPair): Endpoint | undefined {
  return target?.family === local.family ? target : undefined;
}

function clear(relay: Relay, slot: Slot, installed: InstalledRule | undefined): undefined {
  if (installed !== undefined) relay.engine.clearRule(slot);
  return undefined;
}

/** Whether RTCP of a party can be read here: SRTCP of keys that are the parties' own cannot. */
function readsRtcp(state: MediaState): boolean {
  return state.kind === "rtp" && !isForeign(state);
}

/** Whether RTCP of a party ends here, and reports of our own are sent to it. */
export function endsRtcp(state: MediaState): boolean {
  return state.generateRtcp && readsRtcp(state);
}

/** Parts of a rule that RTP and RTCP have in common. */
function base(
  call: Call,
  { state }: Media,
  opaque: boolean,
): Pick<
  Rule,
  "sourceAction" | "learning" | "learnMs" | "blackhole" | "waitInput" | "oneWay" | "opaque" | "punt"
> {
  return {
    opaque,
    sourceAction: state.handover ? "handover" : state.strictSource ? "drop" : "ignore",
    learning: state.asymmetric ? "off" : state.learning,
    learnMs: LEARN_MS,
    blackhole: call.dropTraffic || state.echo === "blackhole",
    waitInput: state.natWait,
    ...(state.unidirectional ? { oneWay: true } : {}),
    punt: readsRtcp(state) ? RTCP : NONE,
  };
}

/**
 * The signalled endpoint, and whether learning starts anew: when it has changed, or the party has sent a
 * changed description. A mere refresh (the same `o=` again, RFC 3264 section 8) does not open it.
 */
function remote(
  target: Endpoint | undefined,
  origin: string,
  installed: InstalledRule | undefined,
): Pick<Rule, "remote" | "relearn"> {
  const before = installed?.remote;
  const same = target === undefined || before === undefined
    ? target === before
    : sameEndpoint(target, before);
  const relearn = !same || installed?.origin !== origin;
  return target === undefined ? { relearn } : { remote: target, relearn };
}

/** Whether RTCP may come in on the RTP port: the party said so, or was told to, now or before. */
function takesRtcp({ state }: Media, entry: PortEntry): boolean {
  return state.mux !== "none" || state.muxTold || entry.everMuxed === true;
}

/** What an RTP port does with packets, whichever of the sections that share it they are of. */
function bundled(
  call: Call,
  owner: Media,
  entry: PortEntry,
  opaque: boolean,
): Pick<Rule, "bundle" | "outputs" | "payloadTypes" | "silence" | "blockShort"> {
  const sections = sectionsOn(owner, entry);
  const bundle = opaque ? undefined : ruleBundle(sections);
  if (bundle === undefined) return gates(call, owner, entry, opaque);
  const parts = sections.map((media) => gates(call, media, entry, false));
  const outputs = parts.flatMap((part, section) =>
    part.outputs.map((output) => ({ ...output, section }))
  );
  const silence = limitPatterns(parts.flatMap((part) => part.silence ?? []));
  const blockShort = parts.flatMap((part) => part.blockShort ?? []);
  const limited = parts.some((part) => part.payloadTypes !== undefined);
  return {
    bundle,
    outputs: owner.state.echo === "echo" ? parts[0]!.outputs : outputs.slice(0, MAX_OUTPUTS),
    ...(limited
      ? {
        payloadTypes: parts.flatMap((part, i) => part.payloadTypes ?? payloadTypes(sections[i]!)),
      }
      : {}),
    ...(silence.length > 0 ? { silence } : {}),
    ...(blockShort.length > 0 ? { blockShort } : {}),
  };
}

/** The same for an RTCP port. */
function bundledRtcp(
  call: Call,
  owner: Media,
  entry: PortEntry,
  match: RuleOutput["match"],
): Pick<Rule, "bundle" | "outputs"> {
  const sections = sectionsOn(owner, entry);
  const bundle = match === ANY ? undefined : ruleBundle(sections);
  if (bundle === undefined || owner.state.echo === "echo") {
    return { outputs: rtcpOutputs(call, owner, match) };
  }
  const outputs = sections.flatMap((media, section) =>
    rtcpOutputs(call, media, match).map((output) => ({ ...output, section }))
  );
  return { bundle, outputs: outputs.slice(0, MAX_OUTPUTS) };
}

/** Outputs of an RTP port and what they are let through; see `gate.ts`. */
function gates(
  call: Call,
  media: Media,
  entry: PortEntry,
  opaque: boolean,
): Pick<Rule, "outputs" | "payloadTypes" | "silence" | "blockShort"> {
  const own = media.participant.gate;
  const open = edges(media);
  // an output has no payload types of its own, so events pass only where everybody's media is blocked
  const all = call.gate.media || own.media || (open.length > 0 && open.every(isBlocked));
  const gate = {
    media: all,
    silence: call.gate.silence || own.silence,
    dtmf: call.gate.dtmf || own.dtmf,
  };
  if (opaque && all) return { outputs: [] };
  const outputs = rtpOutputs(call, media, entry, {
    opaque,
    silence: gate.silence,
    listeners: open,
    all,
  });
  if (opaque || !isEdited(media, open, gate)) return { outputs };
  const sent = media.state.codecs;
  const heard = open.flatMap(({ sink }) => sink.state.codecs);
  const payloadTypes = passingTypes(gate, sent, heard);
  return {
    outputs,
    ...(media.state.blockShort ? { blockShort: fixedSizeTypes(sent) } : {}),
    ...(payloadTypes === undefined ? {} : { payloadTypes }),
    ...(outputs.some(({ silence }) => silence)
      ? { silence: silencePatterns([...heard, ...sent]) }
      : {}),
  };
}

/** Whether anything but the outputs has to be said: most ports let everything pass as it is. */
function isEdited({ state }: Media, open: readonly Subscription[], gate: Gate): boolean {
  return state.blockShort || gate.media || gate.silence || gate.dtmf || open.some(isSilenced);
}

function isSilenced({ gate }: Subscription): boolean {
  return gate.silence;
}

function isBlocked({ gate }: Subscription): boolean {
  return gate.media;
}

/** How an RTP port's outputs come about. */
interface Hearing {
  readonly opaque: boolean;
  /** Everybody hears silence. */
  readonly silence: boolean;
  /** Who hears anything at all. */
  readonly listeners: readonly Subscription[];
  /** RTP passes on all edges, also those that are blocked. */
  readonly all: boolean;
}

/** Outputs of an RTP port; with rtcp-mux RTCP comes in here too. */
function rtpOutputs(
  call: Call,
  media: Media,
  entry: PortEntry,
  { opaque, silence, listeners, all }: Hearing,
): readonly RuleOutput[] {
  const { state } = media;
  const audible = !opaque && state.type === "audio";
  if (state.echo === "echo") {
    const { rtp } = sendingPair(media, "rtp");
    const outputs = echo(call, media, "rtp", rtp.slot, opaque ? ANY : BOTH);
    return silence && audible ? outputs.map((one) => ({ ...one, silence })) : outputs;
  }
  const outputs: RuleOutput[] = [];
  for (const edge of listeners) {
    const { sink } = edge;
    const { rtp } = sendingPair(sink, "rtp");
    if (state.recv && sink.state.send && !edge.rtcpOnly && (all || !isBlocked(edge))) {
      const to = opaque
        ? output(call, rtp.slot, ANY)
        : { ...output(call, rtp.slot, RTP), ...headerEdits(media, sink) };
      const quiet = audible && (silence || edge.gate.silence);
      const out = sealed(media, "rtp", sink, "rtp", quiet ? { ...to, silence: true } : to);
      if (out !== undefined) outputs.push(out);
    }
    if (takesRtcp(media, entry) && !opaque && !endsRtcp(state)) {
      const out = rtcpOutput(call, media, "rtp", sink, RTCP);
      if (out !== undefined) outputs.push(out);
    }
  }
  return outputs.length > MAX_OUTPUTS ? outputs.slice(0, MAX_OUTPUTS) : outputs;
}

function rtcpOutputs(
  call: Call,
  media: Media,
  match: RuleOutput["match"],
): readonly RuleOutput[] {
  if (media.state.echo === "echo") {
    return echo(call, media, "rtcp", sendingPair(media, "rtcp").rtcp.slot, match);
  }
  if (endsRtcp(media.state)) return [];
  return edges(media).slice(0, MAX_OUTPUTS)
    .map(({ sink }) => rtcpOutput(call, media, "rtcp", sink, match))
    .filter((one) => one !== undefined);
}

/** @param from component of the source the packets come in on */
function rtcpOutput(
  call: Call,
  source: Media,
  from: ComponentName,
  sink: Media,
  match: RuleOutput["match"],
): RuleOutput | undefined {
  const to = sink.state.rtcpMuxed ? "rtp" : "rtcp";
  return sealed(source, from, sink, to, output(call, rtcpSlot(sink), match));
}

function echo(
  call: Call,
  media: Media,
  component: ComponentName,
  slot: Slot,
  match: RuleOutput["match"],
): readonly RuleOutput[] {
  if (!canSend(media)) return [];
  const out = sealed(media, component, media, component, output(call, slot, match));
  return out === undefined ? [] : [out];
}

/** Edges to sections that can be sent to. RTCP goes to them whatever the direction of media is. */
function edges(media: Media): readonly Subscription[] {
  const found: Subscription[] = [];
  for (const edge of media.sinks) if (!edge.egress && hears(edge)) found.push(edge);
  // what a party receives is copied to those who listen to its egress
  for (const { egress, type, sink } of media.sinks) {
    if (egress || type !== "offer/answer") continue;
    for (const copy of sink.sinks) if (copy.egress && hears(copy)) found.push(copy);
  }
  return found;
}

function hears({ sink }: Subscription): boolean {
  return sink.live && canSend(sink);
}

/** Whether anything may be sent to the party of a section. */
function canSend({ state, refused }: Media): boolean {
  return !state.held && refused === undefined;
}

/** Port of a live section that RTCP towards its party leaves from. */
export function rtcpSlot(media: Media): Slot {
  return media.state.rtcpMuxed
    ? sendingPair(media, "rtp").rtp.slot
    : sendingPair(media, "rtcp").rtcp.slot;
}

function output(call: Call, slot: Slot, match: RuleOutput["match"]): RuleOutput {
  return call.tos < 0 ? { slot, match } : { slot, match, tos: call.tos };
}
