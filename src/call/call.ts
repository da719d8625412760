/**
 * A call: its parties and what counts for all of them.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Clock } from "../core/clock.ts";
import { parseEndpoint } from "../core/ip.ts";
import { type Gate, openGate } from "./gate.ts";
import { Participant } from "./participant.ts";
import type { CounterReader } from "./stream.ts";
import type { CallView } from "./types.ts";

/** Parties of one call: more than any fork has, few enough to look at with each message. */
export const MAX_PARTICIPANTS = 256;

/** What a new call is made of. */
export interface CallOrigin {
  readonly callId: ByteString;
  /** Wall-clock ms. */
  readonly created: number;
  /** Monotonic ms at the same moment. */
  readonly start: number;
  /** Control client, `ADDRESS:PORT`. */
  readonly createdFrom: string;
  readonly counters: CounterReader;
}

/** A call. */
export class Call implements CallView {
  readonly callId: ByteString;
  readonly created: number;
  readonly createdFrom: string;
  /** Monotonic ms of the creation. */
  readonly start: number;
  /** Call-ids of calls that have become part of this one. */
  readonly aliases: ByteString[] = [];
  readonly participants: Participant[] = [];
  lastSignal: number;
  /** Monotonic ms of the last signalling. */
  signalled: number;
  /** Address of the SIP side for `b2b-url`: the control client's, or what `xmlrpc-callback` says. */
  proxy: string;
  tos = -1;
  metadata: ByteString | undefined;
  foreign = false;
  readonly recording = false;
  /** An answer has been seen. */
  answered = false;
  /** `pierce NAT`: there is a port on which nothing has come in yet. */
  piercing = false;
  /** `drop-traffic`: nothing is forwarded. */
  dropTraffic = false;
  /** What is kept from everybody. */
  readonly gate: Gate = openGate();
  /** Monotonic ms at which the call ends, if that is scheduled. */
  deleteAt: number | undefined;
  /** Monotonic ms when packets were last seen, and the counter state that says so. */
  activity: { at: number; stamp: number };
  readonly #counters: CounterReader;

  constructor(origin: CallOrigin) {
    this.callId = origin.callId;
    this.created = origin.created;
    this.lastSignal = origin.created;
    this.start = origin.start;
    this.signalled = origin.start;
    this.createdFrom = origin.createdFrom;
    this.proxy = parseEndpoint(origin.createdFrom)?.address ?? "";
    this.activity = { at: origin.start, stamp: 0 };
    this.#counters = origin.counters;
  }

  /** The parties have just been heard of. */
  touch(clock: Clock): void {
    this.lastSignal = clock.wall();
    this.signalled = clock.now();
  }

  get deleting(): boolean {
    return this.deleteAt !== undefined;
  }

  /** The party of a tag, or of an alias of it. The empty tag is nobody's. */
  byTag(tag: ByteString): Participant | undefined {
    if (tag === "") return undefined;
    return this.participants.find((participant) => participant.answersTo(tag));
  }

  /** The party of a label; of several the last to come. */
  byLabel(label: ByteString): Participant | undefined {
    return this.participants.findLast((participant) => participant.label === label);
  }

  /** A party that is not in the call yet. */
  newParticipant(tag: ByteString, created: number): Participant {
    return new Participant(tag, created, this.#counters);
  }

  /** A party enters the call. */
  admit(party: Participant): void {
    party.number = this.participants.length;
    this.participants.push(party);
  }
}
