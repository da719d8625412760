/**
 * The record of a call that has ended, as one line (`log-facility-cdr`).
 *
 * @module
 */

import { toText } from "../core/bytes.ts";
import type { CallView, CloseReason, MediaView, ParticipantView, StreamView } from "./types.ts";

const TERMINATIONS: ReadonlyMap<CloseReason, string> = new Map([
  ["timeout", "TIMEOUT"],
  ["silent_timeout", "SILENT_TIMEOUT"],
  ["final_timeout", "FINAL_TIMEOUT"],
  ["offer_timeout", "OFFER_TIMEOUT"],
  ["terminated", "REGULAR"],
  ["force_terminated", "FORCED"],
]);

/**
 * Writes the record. To be called while the counters of the call can still be read.
 *
 * @param now wall-clock ms
 */
export function callRecord(call: CallView, reason: CloseReason, now: number): string {
  const fields: [string, string | number][] = [
    ["ci", call.callId],
    ["created_from", call.createdFrom],
    ["last_signal", Math.floor(call.lastSignal / 1000)],
    ["tos", Math.max(0, call.tos)],
  ];
  for (const [index, party] of call.participants.entries()) {
    const prefix = `ml${index}_`;
    fields.push(
      [`${prefix}start_time`, seconds(party.created)],
      [`${prefix}end_time`, seconds(now)],
      [`${prefix}duration`, seconds(Math.max(0, now - party.created))],
      [`${prefix}termination`, TERMINATIONS.get(reason) ?? "UNKNOWN"],
      [`${prefix}local_tag`, party.tag],
      [`${prefix}local_tag_type`, tagType(party, index)],
      [`${prefix}remote_tag`, remoteTag(party)],
    );
    for (const media of party.medias) fields.push(...mediaFields(prefix, media));
  }
  return fields.map(([name, value]) => `${name}=${plain(value)}, `).join("");
}

function tagType({ tag }: ParticipantView, index: number): string {
  return tag === "" ? "UNKNOWN" : index === 0 ? "FROM_TAG" : "TO_TAG";
}

function remoteTag(party: ParticipantView): string {
  return party.inDialogueWith ?? party.subscriptions[0]?.tag ?? "";
}

function mediaFields(party: string, media: MediaView): [string, string | number][] {
  const fields: [string, string | number][] = [];
  const rtp = media.streams.find(({ component }) => component === "rtp");
  const payloadType = rtp?.counters()?.ssrcs.at(-1)?.payloadType;
  if (rtp?.flags.includes("RTP")) fields.push(["payload_type", payloadType ?? "unknown"]);
  for (const stream of media.streams) {
    fields.push(...streamFields(`${party}midx${media.index}_${stream.component}_`, stream));
  }
  return fields;
}

function streamFields(prefix: string, stream: StreamView): [string, string | number][] {
  const counters = stream.counters();
  const { endpoint, local } = stream;
  return [
    [`${prefix}endpoint_ip`, endpoint?.address ?? ""],
    [`${prefix}endpoint_port`, endpoint?.port ?? 0],
    [`${prefix}local_relay_ip`, local?.address.address ?? ""],
    [`${prefix}local_relay_port`, local?.port ?? 0],
    [`${prefix}relayed_packets`, counters?.rxPackets ?? 0],
    [`${prefix}relayed_bytes`, counters?.rxBytes ?? 0],
    [`${prefix}relayed_errors`, counters?.rxErrors ?? 0],
    [`${prefix}last_packet`, Math.floor((counters?.lastRx ?? 0) / 1000)],
    [`${prefix}in_tos_tclass`, counters?.rxTos ?? 0],
  ];
}

/** Milliseconds as seconds with six decimals. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(6);
}

/** A value of a SIP peer cannot pretend to be another field or line. */
function plain(value: string | number): string | number {
  // deno-lint-ignore no-control-regex
  return typeof value === "number" ? value : toText(value).replace(/[\x00-\x1f,]/g, "_");
}
