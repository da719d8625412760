/**
 * The DTLS side of one media transport. Handshakes are kept apart by where their datagrams come from, so
 * that whoever cannot show the right certificate spoils nothing but its own attempt: the first handshake
 * with the right fingerprint becomes the connection (RFC 5763 section 6.7.1).
 *
 * @module
 */

import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { type Fingerprint, matchesFingerprint } from "./fingerprint.ts";
import type { DtlsEngine, DtlsHandshake, DtlsKeys, DtlsRole, DtlsStep } from "./types.ts";

/** Handshakes of one transport at a time. */
const MAX_ATTEMPTS = 4;
/** Datagrams of one attempt that wait for the step before; more are lost, as on any network. */
const MAX_QUEUE = 16;
/** Ms an attempt may take. */
const PATIENCE_MS = 30_000;

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
  peer: Endpoint;
  readonly handshake: DtlsHandshake;
  readonly queue: (Uint8Array | undefined)[];
  stepping: boolean;
  timer: (() => void) | undefined;
  patience: (() => void) | undefined;
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

  /** Our role. */
  get role(): DtlsRole {
    return this.#role;
  }

  /** What the peer's certificate has to look like. */
  get fingerprints(): readonly Fingerprint[] {
    return this.#fingerprints;
  }

  /** In the active role: begins with a peer, unless that has happened. */
  begin(peer: Endpoint): void {
    if (this.#closed || this.connected || this.#role !== "active") return;
    if (this.#attempts.has(formatEndpoint(peer))) return;
    const attempt = this.#open(peer);
    if (attempt !== undefined) this.#feed(attempt, undefined);
  }

  /** Takes a datagram from a source that may be looked at. */
  receive(peer: Endpoint, datagram: Uint8Array): void {
    if (this.#closed) return;
    const name = formatEndpoint(peer);
    const attempt = this.#attempts.get(name) ??
      // only a server is found by others, and no longer once it has a connection
      (this.#role === "passive" && !this.connected ? this.#open(peer) : undefined);
    if (attempt !== undefined) this.#feed(attempt, datagram.slice());
  }

  /** The peer of the connection has moved (RFC 8445: another pair was selected). */
  move(peer: Endpoint): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    const name = formatEndpoint(connection.peer);
    if (name === formatEndpoint(peer)) return;
    this.#attempts.delete(name);
    connection.peer = peer;
    this.#attempts.set(formatEndpoint(peer), connection);
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

  #open(peer: Endpoint): Attempt | undefined {
    if (this.#attempts.size >= MAX_ATTEMPTS) return undefined;
    const attempt: Attempt = {
      peer,
      handshake: this.#engine.handshake(this.#role),
      queue: [],
      stepping: false,
      timer: undefined,
      patience: undefined,
      ended: false,
    };
    attempt.patience = this.#listener.schedule(PATIENCE_MS, () => {
      if (this.#connection === attempt || attempt.ended) return;
      this.#end(attempt);
      this.#listener.failed("the handshake took too long", peer, false);
    });
    this.#attempts.set(formatEndpoint(peer), attempt);
    return attempt;
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
    for (const datagram of step.datagrams) this.#listener.send(attempt.peer, datagram);
    attempt.timer?.();
    attempt.timer = step.timeout === undefined
      ? undefined
      : this.#listener.schedule(step.timeout, () => this.#feed(attempt, undefined));
    switch (step.state) {
      case "failed":
        this.#fail(attempt, step.error, false);
        return;
      case "closed":
        this.#end(attempt);
        if (this.#connection === attempt) {
          this.#connection = undefined;
          this.#listener.closed();
        }
        return;
      case "connected":
        if (this.#connection === undefined) this.#connect(attempt, step.keys);
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
    attempt.queue.length = 0;
    attempt.handshake.free();
    const name = formatEndpoint(attempt.peer);
    if (this.#attempts.get(name) === attempt) this.#attempts.delete(name);
  }
}
