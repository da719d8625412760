/**
 * DTLS-SRTP of one component over new associations (RFC 8842): the keys in force stay until a handshake with
 * the right certificate has agreed on others.
 *
 * @module
 */

import { type Endpoint, formatEndpoint, sameEndpoint } from "../../core/endpoint.ts";
import {
  DtlsAssociation,
  type DtlsEngine,
  type DtlsKeys,
  type DtlsRole,
  type DtlsStanding,
  type Fingerprint,
  isClientHello,
} from "../../dtls/mod.ts";
import type { Scheduler } from "./scheduler.ts";

/** What a session works with. */
export interface DtlsHost {
  readonly scheduler: Scheduler;
  /** The port of the component that a destination is to be sent to from. */
  portTowards(destination: Endpoint): number;
  /** A handshake has agreed on keys. @param association see {@link DtlsTerms.association} */
  agreed(keys: DtlsKeys, peer: Endpoint, association: string): void;
  /** For whoever looks into the call. */
  log(message: string): void;
  /** For the operator. */
  warn(message: string): void;
}

/** What a session is about. */
export interface DtlsTerms {
  readonly engine: DtlsEngine;
  readonly role: DtlsRole;
  /** Of the other end's certificate. */
  readonly fingerprints: readonly Fingerprint[];
  /** Stands for the descriptions: another one wants another handshake. */
  readonly association: string;
}

/** Ms until a handshake that came to nothing is tried again by whoever begins it. */
const RETRY_MS = 5000;
const MAX_RETRIES = 5;

interface Running {
  readonly association: DtlsAssociation;
  readonly terms: DtlsTerms;
  /** Begun by a ClientHello although nobody has signalled anything. */
  readonly unasked: boolean;
  mismatch: boolean;
  retries: number;
  retry: (() => void) | undefined;
}

/** DTLS of one component. */
export class DtlsSession {
  readonly #host: DtlsHost;
  #terms: DtlsTerms | undefined;
  /** The association whose keys are in force; undefined as well when they are of an earlier run. */
  #current: Running | undefined;
  /** A handshake under way. */
  #next: Running | undefined;
  #target: Endpoint | undefined;
  #standing: DtlsStanding = "signalled";

  /** @param host what it works with */
  constructor(host: DtlsHost) {
    this.#host = host;
  }

  /**
   * Descriptions have changed.
   *
   * @param known association whose keys are in force, if that is known from before
   */
  update(terms: DtlsTerms, known: string | undefined): void {
    const before = this.#terms;
    this.#terms = terms;
    if (before?.association === terms.association || known === terms.association) return;
    this.#end(this.#next);
    this.#next = this.#open(terms, false);
    this.#begin();
  }

  /** Where the other end is: what ICE has selected, or what was signalled. */
  aim(target: Endpoint | undefined, standing: DtlsStanding): void {
    const before = this.#target;
    this.#target = target;
    this.#standing = standing;
    if (target === undefined) return;
    // whoever sits behind a NAT is where its datagrams come from, until it says that it has moved
    if (standing === "validated" || before !== undefined && !sameEndpoint(before, target)) {
      this.#current?.association.move(target);
      this.#next?.association.move(target);
    }
    this.#begin();
  }

  /** Takes a datagram from a source that may be looked at. */
  receive(source: Endpoint, datagram: Uint8Array, standing: DtlsStanding): void {
    const hello = isClientHello(datagram);
    const terms = this.#terms;
    // whoever has lost everything begins again without a word
    if (hello && this.#next === undefined && terms?.role === "passive") {
      this.#next = this.#open(terms, true);
    }
    this.#next?.association.receive(source, datagram, standing);
    if (!hello) this.#current?.association.receive(source, datagram, standing);
  }

  /** Ends everything. */
  close(): void {
    this.#end(this.#next);
    this.#end(this.#current);
    this.#next = this.#current = undefined;
  }

  #open(terms: DtlsTerms, unasked: boolean): Running {
    const { scheduler, log, warn } = this.#host;
    const running: Running = {
      terms,
      unasked,
      association: new DtlsAssociation(terms.engine, terms.role, terms.fingerprints, {
        portTowards: (destination) => this.#host.portTowards(destination),
        connected: (keys, peer) => this.#connected(running, keys, peer),
        failed: (reason, peer, mismatch) => {
          const text = `handshake with ${formatEndpoint(peer)} failed: ${reason}`;
          // whoever tries again and again is heard of once
          if (mismatch && !running.mismatch) warn(text);
          else log(text);
          running.mismatch ||= mismatch;
          this.#failed(running, mismatch);
        },
        closed: () => log("the other end has closed the connection"),
        schedule: (ms, callback) => scheduler.after(ms, callback),
      }),
      mismatch: false,
      retries: 0,
      retry: undefined,
    };
    if (this.#standing === "validated" && this.#target !== undefined) {
      running.association.move(this.#target);
    }
    log(`we are ${terms.role}${unasked ? ", because the other end begins anew" : ""}`);
    return running;
  }

  #begin(): void {
    const next = this.#next;
    if (next === undefined || this.#target === undefined || next.retry !== undefined) return;
    next.association.begin(this.#target, this.#standing);
  }

  #connected(running: Running, keys: DtlsKeys, peer: Endpoint): void {
    if (running !== this.#next) return;
    const former = this.#current;
    this.#current = running;
    this.#next = undefined;
    this.#end(former);
    this.#host.log(`connected with ${formatEndpoint(peer)}, ${keys.suite}`);
    this.#host.agreed(keys, peer, running.terms.association);
  }

  #failed(running: Running, mismatch: boolean): void {
    if (running !== this.#next) return;
    if (running.unasked) {
      // somebody else's attempt may be the right one
      if (!running.association.idle) return;
      this.#end(running);
      this.#next = undefined;
      return;
    }
    if (mismatch || running.terms.role === "passive" || running.retries >= MAX_RETRIES) return;
    running.retries++;
    running.retry?.();
    running.retry = this.#host.scheduler.after(RETRY_MS, () => {
      running.retry = undefined;
      if (running === this.#next) this.#begin();
    });
  }

  #end(running: Running | undefined): void {
    if (running === undefined) return;
    running.retry?.();
    running.association.close();
  }
}
