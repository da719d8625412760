/**
 * `list numsessions`, `list sessions` and the details of one call.
 *
 * @module
 */

import type {
  CallRegistry,
  CallView,
  MediaView,
  ParticipantView,
  StreamView,
} from "../call/types.ts";
import { type KernelShare, OBSTACLE_TEXTS } from "../relay/types.ts";
import { familyMix } from "../stats/mod.ts";
import type { CliContext } from "./context.ts";
import { seconds } from "./format.ts";
import { MORE_PARAMETERS } from "./tree.ts";

/** The answer to `list numsessions`. */
export function sessionCountText(context: CliContext): string {
  const { calls, statistics } = context.deps;
  let own = 0;
  let foreign = 0;
  const families = { ipv4: 0, ipv6: 0, mixed: 0 };
  for (const call of calls.calls()) {
    if (call.foreign) foreign++;
    else own++;
    const kind = familyMix(call);
    if (kind !== undefined) families[kind]++;
  }
  const transcoded = statistics.counters.get("rtpengine_transcoded_media");
  return `Current sessions own: ${own}\n` +
    `Current sessions foreign: ${foreign}\n` +
    `Current sessions total: ${own + foreign}\n` +
    `Current transcoded media: ${transcoded}\n` +
    `Current sessions ipv4 only media: ${families.ipv4}\n` +
    `Current sessions ipv6 only media: ${families.ipv6}\n` +
    `Current sessions ip mixed  media: ${families.mixed}\n`;
}

const FILTERS: Readonly<Record<string, (call: CallView) => boolean>> = {
  all: () => true,
  own: (call) => !call.foreign,
  foreign: (call) => call.foreign,
  recording: (call) => call.recording,
};

/** The answer to `list sessions`. */
export function sessionsText(context: CliContext, which: string): string {
  if (which === "") return MORE_PARAMETERS;
  const { calls } = context.deps;
  if (!Object.hasOwn(FILTERS, which)) {
    const call = calls.get(which);
    return call === undefined ? `\nCall ID not found (${which}).\n\n` : callText(context, call);
  }
  const lines = selectedCalls(calls, FILTERS[which]!).map(sessionLine);
  if (lines.length > 0) return lines.join("");
  return `No ${which === "all" ? "" : `${which} `}sessions on this media relay.\n`;
}

/** Newest first. */
function selectedCalls(calls: CallRegistry, filter: (call: CallView) => boolean): CallView[] {
  return Array.from(calls.calls()).filter(filter).reverse();
}

function yesNo(value: boolean): "y" | "n" {
  return value ? "y" : "n";
}

function sessionLine(call: CallView): string {
  const created = String(seconds(call.created)).padStart(12);
  return `ID: ${call.callId.padStart(60)} | del:${yesNo(call.deleting)} | creat:${created} | ` +
    `prx:${call.createdFrom} | redis:-1 | frgn:${yesNo(call.foreign)} | ` +
    `rec:${yesNo(call.recording)}\n`;
}

/** The details of one call. */
export function callText(context: CliContext, call: CallView): string {
  const word = (value: boolean): string => value ? "yes" : "no";
  const parties = call.participants.map((party, index) => partyText(context, call, party, index));
  return `\ncallid: ${call.callId}\n` +
    call.aliases.map((callId) => `alias: ${callId}\n`).join("") +
    `deletionmark: ${word(call.deleting)}\n` +
    `created: ${seconds(call.created)}\n` +
    `proxy: ${call.createdFrom}\n` +
    `tos: ${Math.max(0, call.tos)}\n` +
    `last_signal: ${seconds(call.lastSignal)}\n` +
    `redis_keyspace: -1\n` +
    `last redis update: 0\n` +
    `foreign: ${word(call.foreign)}\n` +
    `recording: ${word(call.recording)}\n\n` +
    `${parties.join("")}\n`;
}

/**
 * The details of one party.
 *
 * @param index position among the call's parties; the first made the offer
 */
export function partyText(
  context: CliContext,
  call: CallView,
  party: ParticipantView,
  index: number,
): string {
  const type = party.tag === "" ? "UNKNOWN" : index === 0 ? "FROM_TAG" : "TO_TAG";
  const duration = (Math.max(0, context.deps.clock.wall() - party.created) / 1000).toFixed(6);
  return `--- Tag '${party.tag}', type: ${type}, label '${party.label ?? ""}', ` +
    `branch '${party.viaBranch ?? ""}', callduration ${duration}\n` +
    aliasLine(party) +
    subscriptionLines(party) +
    party.medias.map((media) => mediaText(call, media)).join("");
}

function aliasLine({ aliases }: ParticipantView): string {
  if (aliases.length === 0) return "";
  return `---     Aliases: ${aliases.map((tag) => `'${tag}'`).join(", ")}\n`;
}

function subscriptionLines(party: ParticipantView): string {
  const edges = [
    ...party.subscriptions.map((edge) => ({ edge, text: "subscribed to media" })),
    ...party.subscribers.map((edge) => ({ edge, text: "subscription of media" })),
  ];
  // Sorting is stable: for each media section first whom it listens to, then who listens to it.
  edges.sort((a, b) => a.edge.index - b.edge.index);
  return edges.map(({ edge, text }) =>
    `---     ${text} with monologue tag '${edge.tag}' (index: ${edge.index})\n`
  ).join("");
}

function mediaText(call: CallView, media: MediaView): string {
  const rtp = media.streams.find(({ component }) => component === "rtp");
  const ssrc = rtp === undefined ? 0 : currentSsrc(rtp);
  // As with rtpengine, what was negotiated is named once something was heard.
  const codec = ssrc === 0 ? undefined : media.codec;
  return `------ Media #${media.index} (${media.type} over ${media.protocol}) using ${
    codec ?? "unknown codec"
  }\n` + media.streams.map((stream) => streamText(call, stream, ssrc)).join("");
}

/** SSRC of the last packet; 0 = none yet. */
function currentSsrc(stream: StreamView): number {
  let latest: { readonly ssrc: number; readonly last: number } | undefined;
  for (const source of stream.counters()?.ssrcs ?? []) {
    if (latest === undefined || source.last > latest.last) latest = source;
  }
  return latest?.ssrc ?? 0;
}

function streamText(call: CallView, stream: StreamView, ssrc: number): string {
  const { local, endpoint } = stream;
  const counters = stream.counters();
  const bound = local === undefined
    ? portText("0.0.0.0", 0)
    : portText(local.address.address, local.port);
  const remote = endpoint === undefined
    ? portText("", 0)
    : portText(endpoint.address, endpoint.port);
  const errors = (counters?.rxErrors ?? 0) + (counters?.txErrors ?? 0);
  const kernel = counters?.kernel;
  const user = kernel === undefined ? counters?.lastRx : kernel.lastUser;
  return `-------- Port ${bound} <> ${remote}${stream.component === "rtcp" ? " (RTCP)" : ""}, ` +
    `SSRC ${ssrc.toString(16)}, ${counters?.rxPackets ?? 0} p, ${counters?.rxBytes ?? 0} b, ` +
    `${errors} e, ${seconds(user || call.created)} uts ${seconds(kernel?.last ?? 0)} kts` +
    `${kernel === undefined ? "" : `, ${forwardingText(kernel)}`}\n`;
}

function forwardingText({ forwards, obstacle }: KernelShare): string {
  if (forwards || obstacle === undefined) return "kernelized";
  return `not kernelized: ${OBSTACLE_TEXTS[obstacle]}`;
}

function portText(address: string, port: number): string {
  return `${address.padStart(15)}:${String(port).padEnd(5)}`;
}
