/**
 * Secure media of all calls: which transport belongs to which port, what is due next, and new rules whenever
 * something was agreed.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import type { DtlsEngine } from "../../dtls/mod.ts";
import type { PortPair, Relay, RelayEvent, Slot } from "../../relay/types.ts";
import type { Call } from "../call.ts";
import type { CallLog } from "../call_log.ts";
import { type Media, pairsOf, type PortEntry } from "../media.ts";
import { keyText, noAgreement } from "./agreement.ts";
import { protectionOf } from "./protection.ts";
import { Scheduler } from "./scheduler.ts";
import { timelineOf } from "./timeline.ts";
import { SecureTransport, type TransportTerms } from "./transport.ts";

/** What secure media needs from outside. */
export interface SecureOptions {
  /** Makes handshakes under the certificate of now; undefined = there is none. */
  readonly dtls?: () => DtlsEngine | undefined;
  /** Random bytes; the system's when absent. */
  readonly random?: (length: number) => Uint8Array;
  /** Asked to have {@link SecureMedia.run} called after so many ms; replaces what was asked before. */
  readonly wake?: (ms: number) => void;
  /** Where steps of ICE, and of keys, are logged; where all lines about calls go when absent. */
  readonly logs?: { readonly ice: CallLog; readonly crypto: CallLog };
  /** `log-srtp-keys`: keys are logged. */
  readonly logKeys?: boolean;
}

/** What {@link SecureMedia} works with. */
export interface SecureContext extends SecureOptions {
  readonly relay: Relay;
  readonly clock: Clock;
  readonly log: CallLog;
  /** Rules of a call are to be made anew, and the call has changed. */
  readonly changed: (call: Call) => void;
}

interface Owned {
  readonly call: Call;
  readonly media: Media;
  readonly transport: SecureTransport;
}

/** ICE and DTLS of all calls. */
export class SecureMedia {
  readonly #context: SecureContext;
  readonly #scheduler: Scheduler;
  readonly #calls = new Map<Call, Map<Media, Owned>>();
  readonly #slots = new Map<Slot, Owned>();
  /** Keys of signalling that have been logged. */
  readonly #logged = new WeakSet<object>();
  /** Calls whose rules are to be made anew. */
  readonly #dirty = new Set<Call>();
  #depth = 0;

  /** Knows of no call yet. */
  constructor(context: SecureContext) {
    this.#context = context;
    this.#scheduler = new Scheduler(context.clock, context.wake);
  }

  /** Monotonic ms at which {@link run} has something to do; undefined = only after input. */
  get next(): number | undefined {
    return this.#scheduler.next;
  }

  /** Transports there are. */
  get size(): number {
    return new Set(this.#slots.values()).size;
  }

  /** Does what is due. */
  run(): void {
    this.#enter(() => this.#scheduler.run());
  }

  /** A call has begun or changed; everything of it is in place. */
  update(call: Call): void {
    const known = this.#calls.get(call);
    let owners = known;
    const wanted = new Set<Media>();
    for (const { medias } of call.participants) {
      for (const media of medias) if (isWanted(call, media)) wanted.add(media);
    }
    if (this.#context.logKeys === true) this.#logKeys(call);
    if (wanted.size === 0 && known === undefined) return;
    this.#calls.set(call, owners ??= new Map());
    this.#enter(() => {
      for (const [media, owned] of owners) {
        const moved = !samePairs(media.own, owned.transport.pairs);
        if (!wanted.has(media) || moved) this.#drop(owners, owned);
      }
      for (const media of wanted) {
        const { transport } = owners.get(media) ?? this.#open(owners, call, media);
        transport.update(termsOf(media));
      }
    });
    if (wanted.size === 0) this.#calls.delete(call);
  }

  /** A call is gone. */
  remove(call: Call): void {
    const owners = this.#calls.get(call);
    if (owners === undefined) return;
    this.#calls.delete(call);
    for (const owned of [...owners.values()]) this.#drop(owners, owned);
    this.#dirty.delete(call);
  }

  /** Takes in an event of the engine; those that are not about STUN or DTLS change nothing. */
  handle(event: RelayEvent): void {
    if (event.type !== "punt" || event.class !== "stun" && event.class !== "dtls") return;
    const { slot, class: kind, source, payload } = event;
    const owned = this.#slots.get(slot);
    if (owned === undefined) return;
    this.#enter(() => owned.transport.receive(slot, kind, source, payload));
  }

  /** Those of SDES; whoever asks for it gets those of DTLS when they are agreed. */
  #logKeys(call: Call): void {
    const log = this.#context.logs?.crypto ?? this.#context.log;
    for (const media of call.participants.flatMap(({ medias }) => medias)) {
      const keying = media.state.secure?.keying;
      if (keying?.type !== "sdes" || this.#logged.has(keying.receive)) continue;
      this.#logged.add(keying.receive);
      const { receive, send } = protectionOf(media, "rtp");
      if (receive === undefined || send === undefined) continue;
      log.info(call.callId, `keys: ${nameOf(media)} ${keyText({ receive, send })}`);
    }
  }

  #open(owners: Map<Media, Owned>, call: Call, media: Media): Owned {
    const pairs = pairsOf(media.own!);
    const transport = new SecureTransport(
      this.#host(call, media),
      pairs,
      media.agreement ??= noAgreement(),
    );
    const owned = { call, media, transport };
    owners.set(media, owned);
    for (const { rtp, rtcp } of pairs) {
      for (const { slot } of [rtp, rtcp]) this.#slots.set(slot, owned);
    }
    return owned;
  }

  #drop(owners: Map<Media, Owned>, { media, transport }: Owned): void {
    owners.delete(media);
    for (const { slot } of transport.pairs.flatMap(({ rtp, rtcp }) => [rtp, rtcp])) {
      // the port may be another call's by now
      if (this.#slots.get(slot)?.transport === transport) this.#slots.delete(slot);
    }
    transport.close();
  }

  #host(
    call: Call,
    media: Media,
  ): ConstructorParameters<typeof SecureTransport>[0] {
    const { relay, clock, log, dtls, random, logKeys } = this.#context;
    const { ice, crypto: keys } = this.#context.logs ?? { ice: log, crypto: log };
    const name = nameOf(media);
    const note = (protocol: "ICE" | "DTLS", text: string, failed = false): void =>
      timelineOf(media).add({ at: clock.wall(), protocol, text, failed });
    return {
      scheduler: this.#scheduler,
      now: () => clock.now(),
      random: random ?? systemRandom,
      send: (slot, destination, payload) => void relay.engine.send(slot, payload, destination),
      allowed: (target, local) =>
        target.family === local.family && relay.refuseTarget(target, local) === undefined,
      remoteOf: (slot) => relay.engine.counters(slot).remote,
      engine: () => dtls?.(),
      changed: () => this.#enter(() => void this.#dirty.add(call)),
      log: {
        ice(message) {
          note("ICE", message);
          ice.debug(call.callId, `ICE: ${name} ${message}`);
        },
        dtls(message) {
          note("DTLS", message);
          keys.debug(call.callId, `DTLS: ${name} ${message}`);
        },
        warn(message) {
          note("DTLS", message, true);
          keys.warn(call.callId, `DTLS: ${name} ${message}`);
        },
        keys(pair) {
          if (logKeys === true) keys.info(call.callId, `keys: ${name} ${keyText(pair)}`);
        },
      },
    };
  }

  /** Whatever happens inside: rules are made once, after it. */
  #enter(action: () => void): void {
    this.#depth++;
    try {
      action();
    } finally {
      if (--this.#depth === 0) this.#flush();
    }
  }

  #flush(): void {
    for (const call of this.#dirty) {
      this.#dirty.delete(call);
      this.#context.changed(call);
    }
  }
}

function samePairs(entry: PortEntry | undefined, pairs: readonly PortPair[]): boolean {
  if (entry === undefined) return false;
  const now = pairsOf(entry);
  return now.length === pairs.length && now.every((pair, i) => pair === pairs[i]);
}

/** What a section is called in the log. */
function nameOf({ participant, index }: Media): string {
  return `${participant.tag}#${index}`;
}

function systemRandom(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}

/** A port pair of its own, something to negotiate on it, and nobody else to do so. */
function isWanted(call: Call, media: Media): boolean {
  const { secure } = media.state;
  if (secure === undefined || media.own === undefined || !media.live || call.foreign) return false;
  return secure.ice !== undefined || secure.keying.type === "dtls" ||
    secure.keying.type === "offered" && secure.dtls !== undefined;
}

function termsOf({ state }: Media): TransportTerms {
  const { ice, dtls, keying } = state.secure!;
  return {
    ice,
    controlling: state.controlling,
    dtls: keying.type === "dtls" || keying.type === "offered" ? dtls : undefined,
    role: keying.type === "dtls" ? keying.role : undefined,
    components: state.mux === "agreed" ? 1 : 2,
    rtp: state.rtp,
    rtcp: state.rtcp,
  };
}
