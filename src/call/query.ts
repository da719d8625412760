/**
 * The command `query`, and the statistics tree it shares with `delete`.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import { isKnownProtocol } from "../negotiate/mod.ts";
import type { NgRequest } from "../ng/request.ts";
import { NgError, type ReplyDict, type ReplyValue } from "../ng/types.ts";
import { OBSTACLE_TEXTS, type SlotCounters } from "../relay/types.ts";
import type { Call } from "./call.ts";
import type { CallContext } from "./context.ts";
import type { Media } from "./media.ts";
import type { Participant } from "./participant.ts";
import { SsrcStatistics } from "./ssrc_statistics.ts";
import type { StreamView, SubscriptionView } from "./types.ts";

/** Executes `query`. */
export function query(context: CallContext, request: NgRequest): ReplyDict {
  const { calls } = context;
  if (request.callId === undefined) throw new NgError("No call-id in message");
  const call = calls.get(request.callId);
  if (call === undefined) throw new NgError("Unknown call-id");
  return { ...callStatistics(context, call, { only: selectParties(call, request) }), result: "ok" };
}

/** Parties a query is limited to; undefined = all. */
export function selectParties(
  call: Call,
  request: NgRequest,
): ReadonlySet<Participant> | undefined {
  const { fromTag, toTag } = request;
  const tag = toTag !== undefined && toTag !== "" ? toTag : fromTag;
  if (tag === undefined || tag === "") return undefined;
  const party = call.byTag(tag);
  const chosen = new Set<Participant>();
  if (party === undefined) return chosen;
  chosen.add(party);
  for (const media of party.medias) {
    for (const edge of media.sources) chosen.add(edge.source.participant);
  }
  return chosen;
}

/** Counters of one component. */
interface Totals {
  packets: number;
  bytes: number;
  errors: number;
}

/** What a statistics tree is about. */
export interface StatisticsScope {
  /** Parties to show; absent = all. */
  readonly only?: ReadonlySet<Participant> | undefined;
  /** The call has ended: its ports are nobody's any more. */
  readonly ended?: boolean;
}

/** The statistics tree of a call. */
export function callStatistics(
  context: CallContext,
  call: Call,
  { only, ended = false }: StatisticsScope = {},
): ReplyDict {
  const totals = { RTP: newTotals(), RTCP: newTotals() };
  const tags = new Map<string, ReplyValue>();
  const ssrcs = new SsrcStatistics(context, call);
  for (const party of call.participants) {
    if (only !== undefined && !only.has(party)) continue;
    tags.set(keyOf(party), partyStatistics({ call, ended, totals, ssrcs }, party));
  }
  const seconds = Math.floor(call.created / 1000);
  return {
    created: seconds,
    created_us: (call.created % 1000) * 1000,
    created_ts: call.created * 1000,
    "last signal": Math.floor(call.lastSignal / 1000),
    "last redis update": 0,
    metadata: call.metadata,
    SSRC: ssrcs.all(),
    tags,
    totals: {
      RTP: { ...totals.RTP },
      RTCP: { ...totals.RTCP },
    },
  };
}

/** Key of a party in `tags`. */
function keyOf(party: Participant): string {
  return party.tag === "" ? `<untagged ${party.number}>` : party.tag;
}

/** What is gathered while the tree is walked. */
interface Gathering {
  readonly call: Call;
  readonly ended: boolean;
  readonly totals: { readonly RTP: Totals; readonly RTCP: Totals };
  readonly ssrcs: SsrcStatistics;
}

function partyStatistics(gathering: Gathering, party: Participant): ReplyDict {
  return {
    tag: party.tag,
    created: Math.floor(party.created / 1000),
    "in dialogue with": party.inDialogueWith,
    label: party.label,
    "via-branch": party.viaBranch,
    "tag-aliases": party.aliases.length === 0 ? undefined : [...party.aliases],
    metadata: party.metadata,
    subscriptions: subscriptions(party.subscriptions),
    subscribers: subscriptions(party.subscribers),
    medias: party.medias.filter(({ hidden }) => hidden !== true)
      .map((media, i) => mediaStatistics(gathering, media, i + 1)),
    VSC: [],
  };
}

/** One entry per party and kind of edge, however many sections it is subscribed to. */
function subscriptions(edges: readonly SubscriptionView[]): ReplyDict[] {
  const distinct = new Map<unknown, ReplyDict>();
  for (const { party, tag, type } of edges) distinct.set(party, { tag, type });
  return [...distinct.values()];
}

/** @param index as the party counts its sections */
function mediaStatistics(gathering: Gathering, media: Media, index: number): ReplyDict {
  const { totals, ssrcs } = gathering;
  const heard = ssrcs.sources(media);
  const streams = media.streams.map((stream) => {
    const counters = stream.counters();
    add(stream.component === "rtp" ? totals.RTP : totals.RTCP, counters);
    return streamStatistics(gathering, stream, counters, heard[0]?.ssrc);
  });
  const sent = media.sources.flatMap(({ source }) => ssrcs.sources(source));
  return {
    index,
    type: media.type,
    protocol: isKnownProtocol(media.protocol) ? media.protocol : undefined,
    codec: heard.some(({ packets }) => packets > 0) ? media.codec : undefined,
    streams,
    flags: [...media.flags],
    "ingress SSRCs": ssrcs.ingress(heard),
    "egress SSRCs": ssrcs.egress(sent),
  };
}

function streamStatistics(
  { call, ended }: Gathering,
  stream: StreamView,
  counters: SlotCounters | undefined,
  ssrc: number | undefined,
): ReplyDict {
  const local = ended ? undefined : stream.local;
  const last = Math.floor(Math.max(counters?.lastRx ?? 0, call.created) / 1000);
  const user = Math.floor(
    Math.max(counters?.kernel?.lastUser ?? counters?.lastRx ?? 0, call.created) / 1000,
  );
  const obstacle = counters?.kernel?.obstacle;
  return {
    "local port": local?.port,
    "local address": local?.address.address,
    family: local && familyName(local.address.family),
    // the port may be another section's, which has the counters
    endpoint: endpoint(
      counters === undefined ? stream.endpoint : counters.remote ?? stream.advertised,
    ),
    "advertised endpoint": endpoint(stream.advertised),
    "crypto suite": stream.cryptoSuite,
    "last packet": last,
    "last kernel packet": Math.floor((counters?.kernel?.last ?? 0) / 1000),
    "last user packet": user,
    "not in kernel": obstacle && OBSTACLE_TEXTS[obstacle],
    SSRC: ssrc,
    flags: [...stream.flags],
    stats: {
      packets: counters?.rxPackets ?? 0,
      bytes: counters?.rxBytes ?? 0,
      errors: counters?.rxErrors ?? 0,
    },
    "payload types": payloadTypes(counters),
    stats_out: {
      packets: counters?.txPackets ?? 0,
      bytes: counters?.txBytes ?? 0,
      errors: counters?.txErrors ?? 0,
    },
  };
}

/** What came, by payload type; undefined where nothing did. */
function payloadTypes(counters: SlotCounters | undefined): ReplyDict[] | undefined {
  const payloads = counters?.payloads ?? [];
  if (payloads.length === 0) return undefined;
  return payloads.map(({ payloadType, packets, bytes }) => ({
    "payload type": payloadType,
    packets,
    bytes,
  }));
}

function endpoint(value: Endpoint | undefined): ReplyDict {
  if (value === undefined) return {};
  return { family: familyName(value.family), address: value.address, port: value.port };
}

function familyName(family: 4 | 6): string {
  return family === 4 ? "IPv4" : "IPv6";
}

function newTotals(): Totals {
  return { packets: 0, bytes: 0, errors: 0 };
}

function add(totals: Totals, counters: SlotCounters | undefined): void {
  if (counters === undefined) return;
  totals.packets += counters.rxPackets;
  totals.bytes += counters.rxBytes;
  totals.errors += counters.rxErrors;
}
