/**
 * From the old protocols to calls: makes the ng request that asks for the same and carries it out.
 *
 * @module
 */

import type { CallRegistry, CallView, ParticipantView } from "../call/types.ts";
import type { ByteString } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { Settings } from "../core/settings.ts";
import type { NgHandler } from "../ng/request.ts";
import { parseRequest } from "../ng/schema.ts";
import { type NgDict, NgError, type NgSource, type NgValue, type ReplyDict } from "../ng/types.ts";
import { readDescription, type Section, writeDescription } from "./description.ts";
import { secondsLeft } from "./time_left.ts";

/** What {@link LegacyCalls} works with. */
export interface LegacyCallsOptions {
  /** The ng commands; `offer`, `answer` and `delete` are used. */
  readonly handlers: ReadonlyMap<string, NgHandler>;
  /** The calls. */
  readonly registry: CallRegistry;
  /** Timeouts. */
  readonly settings: Settings;
  /** Time of the remaining life of a call. */
  readonly clock: Clock;
}

/** Media offered or answered. */
export interface Exchange {
  /** Which of the two. */
  readonly kind: "offer" | "answer";
  /** SIP Call-ID. */
  readonly callId: ByteString;
  /** Branch of the call, where the client tells. */
  readonly branch: ByteString | undefined;
  /** Tag of the one who offered. */
  readonly fromTag: ByteString;
  /** Tag of the one who answers, as far as it is known. */
  readonly toTag: ByteString | undefined;
  /** Logical interfaces: towards the sender, towards the other. */
  readonly interfaces: readonly string[];
  /** By 1-based position: what is described anew. Other sections of the sender stay as they are. */
  readonly sections: ReadonlyMap<number, Section>;
}

/** A call or a part of it that is to end. */
export interface Ended {
  /** SIP Call-ID. */
  readonly callId: ByteString;
  /** Only this branch, when the call has it. */
  readonly branch?: ByteString | undefined;
  /** A party the call must have. */
  readonly fromTag?: ByteString;
}

/** Packets of a call, of all parties together. */
export interface Totals {
  /** Seconds until the call would be timed out. */
  readonly secondsLeft: number;
  /** Received on RTP ports. */
  readonly rtpIn: number;
  /** Received on RTCP ports. */
  readonly rtcpIn: number;
  /** Sent from RTP ports. */
  readonly rtpOut: number;
  /** Sent from RTCP ports. */
  readonly rtcpOut: number;
}

/** The calls as the old protocols use them. */
export class LegacyCalls {
  readonly #options: LegacyCallsOptions;

  /** Keeps nothing of its own. */
  constructor(options: LegacyCallsOptions) {
    this.#options = options;
  }

  /** All calls. */
  get registry(): CallRegistry {
    return this.#options.registry;
  }

  /**
   * Carries out an offer or answer.
   *
   * @returns for each section described anew, where the other party is to send its media
   * @throws NgError or LoadLimit with nothing changed
   */
  exchange(exchange: Exchange, source: NgSource): ReadonlyMap<number, Endpoint> {
    const { kind, callId, branch, fromTag, toTag, interfaces, sections } = exchange;
    const reply = this.#run(kind, source, [
      ["call-id", callId],
      ["from-tag", fromTag],
      ["to-tag", toTag ?? (kind === "answer" ? "" : undefined)],
      ["via-branch", branch],
      ["direction", interfaces.length === 0 ? undefined : [...interfaces]],
      ["sdp", writeDescription(this.#restate(exchange))],
    ]);
    const told = readDescription(String(reply["sdp"]));
    const found = new Map<number, Endpoint>();
    for (const position of sections.keys()) {
      const endpoint = told[position - 1];
      if (endpoint === undefined) throw new NgError(`No media section ${position} in the reply`);
      found.set(position, endpoint);
    }
    return found;
  }

  /**
   * Ends a call, or the branch of it that is named.
   *
   * @throws NgError when there is no such call or party
   */
  remove({ callId, branch, fromTag }: Ended, source: NgSource): void {
    this.#run("delete", source, [
      ["call-id", callId],
      ["from-tag", fromTag],
      ["via-branch", branch],
      ["flags", ["fatal"]],
    ]);
  }

  /** Counters of the call both of whose tags, as far as given, are in it; undefined without such a call. */
  totals(callId: ByteString, ...tags: readonly (ByteString | undefined)[]): Totals | undefined {
    const { registry, settings, clock } = this.#options;
    const call = registry.get(callId);
    if (call === undefined) return undefined;
    const known = tags.every((tag) => tag === undefined || partyOf(call, tag) !== undefined);
    if (!known) return undefined;
    const sums = { rtp: { in: 0, out: 0 }, rtcp: { in: 0, out: 0 } };
    for (const { medias } of call.participants) {
      for (const stream of medias.flatMap(({ streams }) => streams)) {
        const counters = stream.counters();
        sums[stream.component].in += counters?.rxPackets ?? 0;
        sums[stream.component].out += counters?.txPackets ?? 0;
      }
    }
    return {
      secondsLeft: secondsLeft(call, settings, clock.wall()),
      rtpIn: sums.rtp.in,
      rtcpIn: sums.rtcp.in,
      rtpOut: sums.rtp.out,
      rtcpOut: sums.rtcp.out,
    };
  }

  /** All sections of the sender: what it says now, and what it said before of the others. */
  #restate({ kind, callId, fromTag, toTag, sections }: Exchange): Section[] {
    const call = this.#options.registry.get(callId);
    const tag = kind === "offer" ? fromTag : toTag;
    const medias = (call && tag !== undefined ? partyOf(call, tag)?.medias : undefined) ?? [];
    const count = Math.max(medias.length, ...sections.keys());
    return Array.from({ length: count }, (_, i) => {
      const anew = sections.get(i + 1);
      if (anew !== undefined) return anew;
      const media = medias[i];
      const rtp = media?.streams[0];
      const endpoint = rtp?.local === undefined ? undefined : rtp.advertised;
      return {
        type: media?.type === undefined || media.type === "" ? "unknown" : media.type,
        endpoint: endpoint ?? { family: 4, address: "0.0.0.0", port: 0 },
      };
    });
  }

  #run(
    command: string,
    source: NgSource,
    entries: readonly (readonly [string, NgValue | undefined])[],
  ): ReplyDict {
    const dict: NgDict = new Map([["command", command]]);
    for (const [key, value] of entries) if (value !== undefined) dict.set(key, value);
    const handler = this.#options.handlers.get(command);
    if (handler === undefined) throw new NgError("Unrecognized command");
    return handler(parseRequest(dict, source));
  }
}

function partyOf(call: CallView, tag: ByteString): ParticipantView | undefined {
  return tag === "" ? undefined : call.participants.find((party) => party.tag === tag);
}
