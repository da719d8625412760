/**
 * The DTLS side of one media transport. Handshakes are kept apart by where their datagrams come from, so
 * that whoever cannot show the right certificate spoils nothing but its own attempt: the first handshake
 * with the right fingerprint becomes the connection (RFC 5763 section 6.7.1). Where ICE has shown who the
 * other end is, all its addresses are one peer.
 *
 * @module
 */

import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { isClientHello, isOtherHello } from "./hello.ts";
import type { DtlsEngine, DtlsHandshake, DtlsKeys, DtlsNews, DtlsRole } from "./types.ts";

/** Handshakes of one transport at a time. */
const MAX_ATTEMPTS = 4;
/** Ms an attempt may take. */
const PATIENCE_MS = 30_000;
/** Ms an attempt has to get beyond its ClientHello before another may take its place. */
const GRACE_MS = 1000;

/**
 * What is known of where a datagram comes from: `validated` is the other end for certain, as ICE has found,
 * whatever the address; `signalled` is where descriptions say, port and all; `possible` is who could be the
 * other end behind a NAT.
 */
export type DtlsStanding = "validated" | "signalled" | "possible";

/** What an association tells. */
export interface DtlsListener {
  /** The port that a destination is to be sent to from. */
  portTowards(destination: Endpoint): number;
  /**
   * Keys are agreed with a peer whose certificate has the right fingerprint. When this returns the peer is
   * told that it may send.
   */
  connected(keys: DtlsKeys, peer: Endpoint): void;
  /** An attempt came to nothing. `mismatch`: the certificate was another one. */
  failed(reason: string, peer: Endpoint, mismatch: boolean): void;
  /** The peer has ended the connection. */
  closed(): void;
  /** Calls back once, after so many ms. @returns cancels it */
  schedule(ms: number, callback: () => void): () => void;
}

interface Attempt {
  /** Where it is sent to. */
  peer: Endpoint;
  readonly standing: DtlsStanding;
  /** The port it is sent from. */
  slot: number;
  readonly handshake: DtlsHandshake;
  patience: (() => void) | undefined;
  grace: (() => void) | undefined;
  /** The ClientHello it began with; undefined when we began. */
  hello: Uint8Array | undefined;
  /** More has come than the ClientHello. */
  advanced: boolean;
  /** It has had its time to get beyond the ClientHello. */
  due: boolean;
  ended: boolean;
}

/** One association. */
export class DtlsAssociation {
  readonly #engine: DtlsEngine;
  readonly #listener: DtlsListener;
  readonly #attempts = new Map<string, Attempt>();
  #role: DtlsRole;
  #fingerprints: readonly Fingerprint[];
  #connection: Attempt | undefined;
  /** Where whoever ICE has validated is sent to. */
  #selected: Endpoint | undefined;
  #closed = false;

  /** Nothing is sent or expected before {@link begin} or {@link receive}. */
  constructor(
    engine: DtlsEngine,
    role: DtlsRole,
    fingerprints: readonly Fingerprint[],
    listener: DtlsListener,
  ) {
    this.#engine = engine;
    this.#role = role;
    this.#fingerprints = fingerprints;
    this.#listener = listener;
  }

  /** Keys are agreed. */
  get connected(): boolean {
    return this.#connection !== undefined;
  }

  /** Nobody is heard of, and nothing is agreed. */
  get idle(): boolean {
    return this.#attempts.size === 0;
  }

  /** Our role. */
  get role(): DtlsRole {
    return this.#role;
  }

  /** What the peer's certificate has to look like. */
  get fingerprints(): readonly Fingerprint[] {
    return this.#fingerprints;
  }

  /** In the active role: begins with a peer, unless that has happened. */
  begin(peer: Endpoint, standing: DtlsStanding = "signalled"): void {
    if (this.#closed || this.connected || this.#role !== "active") return;
    if (this.#find(peer, standing) !== undefined) return;
    this.#open(peer, standing)?.handshake.begin();
  }

  /** Takes a datagram from a source that may be looked at. */
  receive(source: Endpoint, datagram: Uint8Array, standing: DtlsStanding = "possible"): void {
    if (this.#closed) return;
    let attempt = this.#find(source, standing);
    if (attempt !== undefined && this.#beginsAnew(attempt, datagram)) {
      this.#end(attempt);
      attempt = undefined;
    }
    // only a server is found by others, and no longer once it has a connection
    if (attempt === undefined && this.#role === "passive" && !this.connected) {
      attempt = this.#open(source, standing);
    }
    if (attempt === undefined) return;
    if (isClientHello(datagram)) attempt.hello ??= datagram.slice();
    else attempt.advanced = attempt.hello !== undefined;
    if (this.#role === "passive" && attempt !== this.#connection) {
      this.#aim(attempt, attempt.standing === "validated" ? this.#selected ?? source : source);
    }
    attempt.handshake.receive(datagram);
  }

  /** The peer is sent to elsewhere from now on (RFC 8445: a pair was selected). */
  move(peer: Endpoint): void {
    this.#selected = peer;
    const attempt = this.#connection ?? this.#find(peer, "validated");
    if (attempt !== undefined) this.#aim(attempt, peer);
  }

  /** Ends everything, without a goodbye: a peer could take it for one of an association that follows. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const attempt of [...this.#attempts.values()]) this.#end(attempt);
    this.#connection = undefined;
  }

  /** The attempt that a datagram of a source belongs to. */
  #find(source: Endpoint, standing: DtlsStanding): Attempt | undefined {
    const exact = this.#attempts.get(formatEndpoint(source));
    if (exact !== undefined || standing !== "validated") return exact;
    for (const attempt of this.#attempts.values()) {
      if (attempt.standing === "validated") return attempt;
    }
    return undefined;
  }

  /** Whether a source that got no further than its ClientHello begins another handshake. */
  #beginsAnew(attempt: Attempt, datagram: Uint8Array): boolean {
    const { hello, due } = attempt;
    return due && hello !== undefined && !isAdvanced(attempt) && isOtherHello(datagram, hello);
  }

  #open(peer: Endpoint, standing: DtlsStanding): Attempt | undefined {
    if (this.#attempts.size >= MAX_ATTEMPTS && !this.#makeRoom(standing)) return undefined;
    const { schedule } = this.#listener;
    const slot = this.#listener.portTowards(peer);
    const attempt: Attempt = {
      peer,
      standing,
      slot,
      handshake: this.#engine.handshake({
        role: this.#role,
        fingerprints: this.#fingerprints,
        slot,
        destination: peer,
        told: (news) => this.#told(attempt, news),
      }),
      patience: undefined,
      grace: undefined,
      hello: undefined,
      advanced: false,
      due: false,
      ended: false,
    };
    attempt.patience = schedule(PATIENCE_MS, () => {
      if (this.#connection === attempt || attempt.ended) return;
      this.#end(attempt);
      this.#listener.failed("the handshake took too long", attempt.peer, false);
    });
    attempt.grace = schedule(GRACE_MS, () => {
      attempt.due = true;
    });
    this.#attempts.set(formatEndpoint(peer), attempt);
    return attempt;
  }

  /**
   * Whoever forges addresses must not take the room of others: who is named goes before who could be
   * anybody, and who has had time to answer and did not goes first.
   */
  #makeRoom(standing: DtlsStanding): boolean {
    const guests = [...this.#attempts.values()].filter((attempt) =>
      attempt !== this.#connection && attempt.standing === "possible"
    );
    const idle = guests.find((guest) => guest.due && !isAdvanced(guest));
    const victim = idle ?? (standing === "possible" ? undefined : guests[0]);
    if (victim === undefined) return false;
    this.#end(victim);
    return true;
  }

  /** It is spoken with at another address, or from another port. */
  #aim(attempt: Attempt, peer: Endpoint): void {
    const slot = this.#listener.portTowards(peer);
    const [before, after] = [formatEndpoint(attempt.peer), formatEndpoint(peer)];
    if (before === after && attempt.slot === slot) return;
    if (this.#attempts.get(before) === attempt) this.#attempts.delete(before);
    attempt.peer = peer;
    attempt.slot = slot;
    this.#attempts.set(after, attempt);
    attempt.handshake.aim({ slot, destination: peer });
  }

  #told(attempt: Attempt, news: DtlsNews): void {
    if (attempt.ended) return;
    switch (news.state) {
      case "connected":
        return this.#connect(attempt, news.keys);
      case "failed":
        return this.#fail(attempt, news.error, news.mismatch);
      case "closed":
        this.#end(attempt);
        if (this.#connection !== attempt) return;
        this.#connection = undefined;
        this.#listener.closed();
    }
  }

  #connect(attempt: Attempt, keys: DtlsKeys): void {
    this.#connection = attempt;
    attempt.patience?.();
    attempt.grace?.();
    // the other attempts were others'
    for (const other of [...this.#attempts.values()]) if (other !== attempt) this.#end(other);
    this.#listener.connected(keys, attempt.peer);
    // our last flight tells the peer that it may send: keys have to be in place by then
    if (!attempt.ended) attempt.handshake.accept();
  }

  #fail(attempt: Attempt, reason: string, mismatch: boolean): void {
    const wasConnection = this.#connection === attempt;
    this.#end(attempt);
    if (wasConnection) this.#connection = undefined;
    this.#listener.failed(reason, attempt.peer, mismatch);
  }

  #end(attempt: Attempt): void {
    attempt.ended = true;
    attempt.patience?.();
    attempt.grace?.();
    attempt.handshake.free();
    const name = formatEndpoint(attempt.peer);
    if (this.#attempts.get(name) === attempt) this.#attempts.delete(name);
  }
}

/** Whether more has come than the ClientHello, by way of us or straight to the handshake. */
function isAdvanced({ advanced, handshake, hello }: Attempt): boolean {
  return advanced || hello !== undefined && handshake.heard;
}
