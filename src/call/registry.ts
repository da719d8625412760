/**
 * All calls, by call-id.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { PortPair, Relay } from "../relay/types.ts";
import type { Call } from "./call.ts";
import { pairsOf } from "./media.ts";
import type { Participant } from "./participant.ts";
import type { CallObserver, CallRegistry, CallView, CloseReason } from "./types.ts";

/** The part of the calls that keeps something of its own for each of them. */
export interface CallFollower {
  /** A call has begun or changed. */
  update(call: Call): void;
  /** A call is gone and everybody else has been told. */
  remove(call: Call): void;
}

/** The calls of the daemon. */
export class CallTable implements CallRegistry {
  readonly #calls = new Map<ByteString, Call>();
  readonly #relay: Relay;
  readonly #observer: CallObserver | undefined;
  readonly #follower: CallFollower | undefined;
  /** Calls by the call-ids of those they have taken in. */
  readonly #aliases = new Map<ByteString, Call>();
  #foreign = 0;

  constructor(relay: Relay, observer?: CallObserver, follower?: CallFollower) {
    this.#relay = relay;
    this.#observer = observer;
    this.#follower = follower;
  }

  /** Number of calls that are not foreign. */
  get own(): number {
    return this.#calls.size - this.#foreign;
  }

  get size(): number {
    return this.#calls.size;
  }

  calls(): Iterable<CallView> {
    return this.#calls.values();
  }

  /** The calls themselves, in order of creation; one may be removed while they are walked. */
  all(): IterableIterator<Call> {
    return this.#calls.values();
  }

  /** A call by its call-id, or by that of a call it has taken in. */
  get(callId: ByteString): Call | undefined {
    return this.#calls.get(callId) ?? this.#aliases.get(callId);
  }

  /** One call takes in the parties of another, ports included, and answers to its call-id from now on. */
  merge(call: Call, other: Call): void {
    const parties = other.participants.splice(0);
    this.close(other, "terminated");
    for (const party of parties) call.admit(party);
    for (const callId of [other.callId, ...other.aliases]) {
      call.aliases.push(callId);
      this.#aliases.set(callId, call);
    }
    if (other.answered) call.answered = true;
  }

  /** Takes in a new call. */
  add(call: Call): void {
    this.#calls.set(call.callId, call);
    for (const callId of call.aliases) this.#aliases.set(callId, call);
    if (call.foreign) this.#foreign++;
    this.#observer?.created(call);
  }

  /** Tells that a message, a command or a timer has changed a call; everything is in place. */
  changed(call: Call): void {
    this.#follower?.update(call);
    this.agreed(call);
  }

  /** Tells that more of what was negotiated has been agreed on, which changes nothing in how it is followed. */
  agreed(call: Call): void {
    this.#observer?.changed?.(call);
  }

  /**
   * Makes every call there is own or foreign; those to come are own.
   *
   * @param now monotonic ms: the timers of calls that become own start again
   */
  setForeign(foreign: boolean, now: number): void {
    for (const call of this.#calls.values()) {
      if (call.foreign === foreign) continue;
      call.foreign = foreign;
      if (!foreign) call.signalled = now;
      this.#foreign += foreign ? 1 : -1;
      this.changed(call);
    }
  }

  terminate(callId: ByteString, reason: CloseReason): boolean {
    const call = this.get(callId);
    if (call === undefined) return false;
    this.close(call, reason);
    return true;
  }

  /** Ends a call at once: its ports go into quarantine. */
  close(call: Call, reason: CloseReason): void {
    if (this.#calls.get(call.callId) !== call) return;
    this.#calls.delete(call.callId);
    for (const callId of call.aliases) this.#aliases.delete(callId);
    if (call.foreign) this.#foreign--;
    try {
      this.#observer?.closed(call, reason);
    } finally {
      this.#follower?.remove(call);
      this.#relay.closePairs(call.participants.flatMap((party) => this.takePorts(party)));
    }
  }

  /** Takes the ports from a party; the caller closes them. */
  takePorts({ medias }: Participant): PortPair[] {
    return medias.flatMap((media) => {
      media.active = undefined;
      return media.entries.splice(0).flatMap(pairsOf);
    });
  }
}
