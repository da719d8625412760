/**
 * Calls as the admin API shows them: in one line, and as a graph with counters.
 *
 * @module
 */

import type {
  CallRegistry,
  CallView,
  MediaView,
  ParticipantView,
  StreamView,
} from "../../call/types.ts";
import { type ByteString, fromText, toTextStrict } from "../../core/bytes.ts";
import { type Endpoint, formatEndpoint } from "../../core/endpoint.ts";
import { OBSTACLE_TEXTS, type SlotCounters } from "../../relay/types.ts";
import type { CallReport, CallSummary, StatusReport } from "./reports.ts";

type PartyReport = CallReport["parties"][number];
/** Why nothing is forwarded in the kernel when no port has a reason of its own. */
const NO_TABLE = "no kernel table is in use";

type StreamReport = PartyReport["medias"][number]["streams"][number];

/** Text for display: UTF-8, or latin-1 where it is none. */
export function textOf(bytes: ByteString): string {
  return toTextStrict(bytes) ?? bytes;
}

/** The call whose id reads like this. */
export function findCall(calls: CallRegistry, id: string): CallView | undefined {
  return calls.get(fromText(id)) ?? calls.get(id);
}

/** One call with everything that is known of it. */
export function callReport(
  call: CallView,
  relay: StatusReport["relay"],
  quality: unknown,
): CallReport {
  const position = new Map(call.participants.map((party, i) => [party, i]));
  const edges = call.participants.flatMap((party, to) =>
    party.medias.length === 0 ? [] : edgesOf(party, to, position)
  );
  return {
    summary: summaryOf(call),
    aliases: call.aliases.map(textOf),
    ...maybe("metadata", text(call.metadata)),
    blocked: (["media", "silence", "dtmf"] as const).filter((gate) => call.gate?.[gate] === true),
    forwarding: forwardingOf(call, relay),
    parties: call.participants.map((party) => partyOf(party, relay)),
    edges,
    quality,
  };
}

/** In the kernel when one of its streams is; else why none is. */
function forwardingOf(call: CallView, relay: StatusReport["relay"]): CallReport["forwarding"] {
  const obstacles = new Set<string>();
  for (const { medias } of call.participants) {
    for (const stream of medias.flatMap(({ streams }) => streams)) {
      const kernel = stream.counters()?.kernel;
      if (kernel?.forwards === true) return { by: "kernel", reason: "" };
      if (kernel?.obstacle !== undefined) obstacles.add(OBSTACLE_TEXTS[kernel.obstacle]);
    }
  }
  if (obstacles.size === 0) obstacles.add(NO_TABLE);
  return { by: "core", reason: [...obstacles, relay.reason].filter(Boolean).join("; ") };
}

/** Where the packets of one port are forwarded, and why not lower. */
function streamForwarding(
  { kernel }: SlotCounters,
  relay: StatusReport["relay"],
): NonNullable<StreamReport["forwarding"]> {
  if (kernel?.forwards === true) return { by: "kernel", reason: "" };
  if (kernel?.obstacle !== undefined) {
    return { by: "core", reason: OBSTACLE_TEXTS[kernel.obstacle] };
  }
  return {
    by: "core",
    reason: [NO_TABLE, relay.reason].filter(Boolean).join("; "),
  };
}

/** Own and active, ending, or another instance's. */
export function stateOf(call: CallView): CallSummary["state"] {
  return call.foreign ? "foreign" : call.deleting ? "deleting" : "active";
}

/** Whether a text in lower case is part of what a call is known by. */
export function matches(call: CallView, needle: string): boolean {
  const has = (value: string | undefined) =>
    value !== undefined && value.toLowerCase().includes(needle);
  const hasText = (value: ByteString | undefined) => value !== undefined && has(textOf(value));
  const hasEndpoint = (value: Endpoint | undefined) =>
    value !== undefined && has(formatEndpoint(value));
  return hasText(call.callId) || call.aliases.some(hasText) || hasText(call.metadata) ||
    has(call.createdFrom) ||
    call.participants.some((party) =>
      hasText(party.tag) || hasText(party.label) || hasText(party.metadata) ||
      party.aliases.some(hasText) ||
      party.medias.some((media) =>
        has(media.codec) ||
        media.streams.some((stream) =>
          hasEndpoint(stream.endpoint) || hasEndpoint(stream.advertised) ||
          (stream.local !== undefined && has(localOf(stream.local)))
        )
      )
    );
}

/** A call in one line. */
export function summaryOf(call: CallView): CallSummary {
  const media = call.participants.flatMap(({ medias }) =>
    medias.map(({ type, codec }) => codec === undefined ? type : `${type} ${textOf(codec)}`)
  );
  return {
    id: textOf(call.callId),
    created: Math.floor(call.created),
    lastSignal: Math.floor(call.lastSignal),
    createdFrom: call.createdFrom,
    state: stateOf(call),
    recording: call.recording,
    tags: call.participants.map(({ tag }) => textOf(tag)),
    labels: call.participants.flatMap(({ label }) => label === undefined ? [] : [textOf(label)]),
    media: [...new Set(media)],
  };
}

function edgesOf(
  party: ParticipantView,
  to: number,
  position: ReadonlyMap<ParticipantView, number>,
): CallReport["edges"] {
  return party.subscriptions.flatMap((edge, number) => {
    const from = position.get(edge.party);
    if (from === undefined) return [];
    // edges come in the order of the receiver's sections
    const before = party.subscriptions.slice(0, number)
      .filter((other) => other.party === edge.party).length;
    const media = Math.min(before + 1, party.medias.length);
    return [{ from, to, media, sourceMedia: edge.index, type: edge.type }];
  });
}

function partyOf(party: ParticipantView, relay: StatusReport["relay"]): PartyReport {
  return {
    tag: textOf(party.tag),
    aliases: party.aliases.map(textOf),
    ...maybe("label", text(party.label)),
    ...maybe("viaBranch", text(party.viaBranch)),
    ...maybe("metadata", text(party.metadata)),
    created: Math.floor(party.created),
    ...maybe("inDialogueWith", text(party.inDialogueWith)),
    medias: party.medias.map((media) => mediaOf(media, relay)),
  };
}

function mediaOf(
  media: MediaView,
  relay: StatusReport["relay"],
): PartyReport["medias"][number] {
  return {
    index: media.index,
    type: textOf(media.type),
    protocol: textOf(media.protocol),
    ...maybe("codec", text(media.codec)),
    hidden: media.hidden === true,
    flags: [...media.flags],
    streams: media.streams.map((stream) => streamOf(stream, relay)),
    steps: (media.secureSteps ?? []).map((step) => ({ ...step, at: Math.floor(step.at) })),
  };
}

function streamOf(stream: StreamView, relay: StatusReport["relay"]): StreamReport {
  const counters = stream.counters();
  const remote = counters?.remote ?? stream.endpoint;
  const { local, advertised } = stream;
  return {
    component: stream.component,
    ...maybe("local", local && localOf(local)),
    ...maybe("interface", local && textOf(local.address.name)),
    ...maybe("remote", remote && formatEndpoint(remote)),
    ...maybe("advertised", advertised && formatEndpoint(advertised)),
    confirmed: counters?.confirmed ?? false,
    ...maybe("suite", stream.cryptoSuite),
    ...maybe("forwarding", counters && streamForwarding(counters, relay)),
    flags: [...stream.flags],
    ...maybe("counters", counters && countersOf(counters)),
  };
}

function localOf({ address, port }: NonNullable<StreamView["local"]>): string {
  return formatEndpoint({ family: address.family, address: address.address, port });
}

function countersOf(counters: SlotCounters): NonNullable<StreamReport["counters"]> {
  return {
    packetsIn: counters.rxPackets,
    bytesIn: counters.rxBytes,
    errorsIn: counters.rxErrors,
    packetsOut: counters.txPackets,
    bytesOut: counters.txBytes,
    errorsOut: counters.txErrors,
    ...maybe("lastIn", counters.lastRx === 0 ? undefined : Math.floor(counters.lastRx)),
    ...maybe("lastOut", counters.lastTx === 0 ? undefined : Math.floor(counters.lastTx)),
    dropped: {
      source: counters.dropSource,
      malformed: counters.dropMalformed,
      filtered: counters.dropFiltered,
      noRule: counters.dropNoRule,
      notAuthentic: counters.dropAuth,
      replayed: counters.dropReplay,
    },
    sources: counters.ssrcs.map(({ ssrc, packets, lost, duplicates, reordered, jitter }) => ({
      ssrc,
      packets,
      // RFC 3550 lets it be negative when packets come twice
      lost: Math.max(0, lost),
      duplicates,
      reordered,
      jitterMs: jitter,
    })),
    payloadTypes: [...counters.payloads ?? []],
  };
}

function text(value: ByteString | undefined): string | undefined {
  return value === undefined ? undefined : textOf(value);
}

/** A field that is there or not. */
function maybe<K extends string, T>(name: K, value: T | undefined): { [P in K]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [P in K]?: T };
}

/** A reply tree as JSON has it: byte strings as text, dictionaries as objects. */
export function jsonOf(value: unknown): unknown {
  if (typeof value === "string") return textOf(value);
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== "object" || value === null) return value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [textOf(String(key)), jsonOf(item)]));
}
