/**
 * The DTLS side of one media transport. Handshakes are kept apart by where their datagrams come from, so
 * that whoever cannot show the right certificate spoils nothing but its own attempt: the first handshake
 * with the right fingerprint becomes the connection (RFC 5763 section 6.7.1). Where ICE has shown who the
 * other end is, all its addresses are one peer.
 *
 * @module
 */

import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { type Fingerprint, matchesFingerprint } from "./fingerprint.ts";
import { isClientHello, isOtherHello } from "./hello.ts";
import type { DtlsEngine, DtlsHandshake, DtlsKeys, DtlsRole, DtlsStep } from "./types.ts";

/** Handshakes of one transport at a time. */
const MAX_ATTEMPTS = 4;
/** Datagrams of one attempt that wait for the step before; more are lost, as on any network. */
const MAX_QUEUE = 16;
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
  /** A datagram is to be sent. */
  send(destination: Endpoint, datagram: Uint8Array<ArrayBuffer>): void;
  /** Keys are agreed with a peer whose certificate has the right fingerprint. */
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
  readonly handshake: DtlsHandshake;
  readonly queue: (Uint8Array | undefined)[];
  stepping: boolean;
  timer: (() => void) | undefined;
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
    const attempt = this.#open(peer, standing);
    if (attempt !== undefined) this.#feed(attempt, undefined);
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
      this.#rename(attempt, attempt.standing === "validated" ? this.#selected ?? source : source);
    }
    this.#feed(attempt, datagram.slice());
  }

  /** The peer is sent to elsewhere from now on (RFC 8445: a pair was selected). */
  move(peer: Endpoint): void {
    this.#selected = peer;
    const attempt = this.#connection ?? this.#find(peer, "validated");
    if (attempt !== undefined) this.#rename(attempt, peer);
  }

  /** Ends everything. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { peer, handshake } = this.#connection ?? {};
    if (peer !== undefined && handshake !== undefined) {
      for (const datagram of handshake.close()) this.#listener.send(peer, datagram);
    }
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
    const { hello, due, advanced } = attempt;
    return due && !advanced && hello !== undefined && isOtherHello(datagram, hello);
  }

  #open(peer: Endpoint, standing: DtlsStanding): Attempt | undefined {
    if (this.#attempts.size >= MAX_ATTEMPTS && !this.#makeRoom(standing)) return undefined;
    const { schedule } = this.#listener;
    const attempt: Attempt = {
      peer,
      standing,
      handshake: this.#engine.handshake(this.#role),
      queue: [],
      stepping: false,
      timer: undefined,
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
    const idle = guests.find(({ due, advanced }) => due && !advanced);
    const victim = idle ?? (standing === "possible" ? undefined : guests[0]);
    if (victim === undefined) return false;
    this.#end(victim);
    return true;
  }

  #rename(attempt: Attempt, peer: Endpoint): void {
    const [before, after] = [formatEndpoint(attempt.peer), formatEndpoint(peer)];
    if (before === after) return;
    this.#attempts.delete(before);
    attempt.peer = peer;
    this.#attempts.set(after, attempt);
  }

  #feed(attempt: Attempt, datagram: Uint8Array | undefined): void {
    if (attempt.queue.length >= MAX_QUEUE) return;
    attempt.queue.push(datagram);
    if (!attempt.stepping) void this.#work(attempt);
  }

  async #work(attempt: Attempt): Promise<void> {
    attempt.stepping = true;
    while (attempt.queue.length > 0 && !attempt.ended) {
      let step: DtlsStep;
      try {
        step = await attempt.handshake.step(attempt.queue.shift());
      } catch (error) {
        this.#fail(attempt, error instanceof Error ? error.message : String(error), false);
        break;
      }
      if (attempt.ended) break;
      this.#stepped(attempt, step);
    }
    attempt.stepping = false;
  }

  #stepped(attempt: Attempt, step: DtlsStep): void {
    // our last flight tells the peer that it may send: keys have to be in place by then
    if (step.state === "connected" && !this.connected) this.#connect(attempt, step.keys);
    for (const datagram of step.datagrams) this.#listener.send(attempt.peer, datagram);
    if (attempt.ended) return;
    attempt.timer?.();
    attempt.timer = step.timeout === undefined
      ? undefined
      : this.#listener.schedule(step.timeout, () => this.#feed(attempt, undefined));
    if (step.state === "failed") this.#fail(attempt, step.error, false);
    else if (step.state === "closed") {
      this.#end(attempt);
      if (this.#connection !== attempt) return;
      this.#connection = undefined;
      this.#listener.closed();
    }
  }

  #connect(attempt: Attempt, keys: DtlsKeys | undefined): void {
    const certificate = attempt.handshake.peerCertificate();
    if (keys === undefined || certificate === undefined) {
      this.#fail(attempt, "no keys were agreed", false);
    } else if (!matchesFingerprint(certificate, this.#fingerprints)) {
      this.#fail(attempt, "the certificate has another fingerprint", true);
    } else {
      this.#connection = attempt;
      attempt.patience?.();
      attempt.grace?.();
      // the other attempts were others'
      for (const other of [...this.#attempts.values()]) if (other !== attempt) this.#end(other);
      this.#listener.connected(keys, attempt.peer);
    }
  }

  #fail(attempt: Attempt, reason: string, mismatch: boolean): void {
    const wasConnection = this.#connection === attempt;
    this.#end(attempt);
    if (wasConnection) this.#connection = undefined;
    this.#listener.failed(reason, attempt.peer, mismatch);
  }

  #end(attempt: Attempt): void {
    attempt.ended = true;
    attempt.timer?.();
    attempt.patience?.();
    attempt.grace?.();
    attempt.queue.length = 0;
    attempt.handshake.free();
    const name = formatEndpoint(attempt.peer);
    if (this.#attempts.get(name) === attempt) this.#attempts.delete(name);
  }
}
