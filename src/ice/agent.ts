/**
 * An ICE agent for one media transport: full or lite, trickling or not. A state machine: datagrams and time
 * go in, datagrams and events come out.
 *
 * @module
 */

import { fromBytes } from "../core/bytes.ts";
import { type Endpoint, sameEndpoint } from "../core/endpoint.ts";
import { buildStun, parseStun, type ReceivedStun } from "../stun/mod.ts";
import { peerReflexive, priorityOf } from "./candidate.ts";
import { Consent } from "./consent.ts";
import { CheckList, type Pair } from "./pair.ts";
import { firstSuccess, isNominating, pairToNominate } from "./nominate.ts";
import type {
  Candidate,
  Component,
  IceCredentials,
  IceEvent,
  IceOptions,
  IceState,
  IceTransmit,
  LocalCandidate,
} from "./types.ts";

/** Ms between two checks that begin (RFC 8445 section 14.2 asks for 50 unless one knows better). */
const PACE_MS = 20;
/** Ms until a request is sent again; doubles each time. */
const RTO_MS = 100;
const MAX_RTO_MS = 1600;
/** Requests of one check, which lasts for as long as {@link PATIENCE_MS}: the peer may begin late. */
const MAX_SENT = 25;
/** Ms that better pairs are waited for before one is nominated. */
const NOMINATION_MS = 150;
/** Ms before it counts as failed that no pair was found (RFC 8863). */
const PATIENCE_MS = 39_500;
/** Remote candidates kept, named and found ones together. */
const MAX_REMOTE = 100;
/** Checks that arrived before the peer's password was known. */
const MAX_EARLY = 16;

interface Early {
  readonly local: LocalCandidate;
  readonly source: Endpoint;
  readonly priority: number;
  readonly useCandidate: boolean;
}

/** One agent. */
export class IceAgent {
  readonly #options: IceOptions;
  readonly #list = new CheckList();
  readonly #remotes: Candidate[] = [];
  readonly #transmits: IceTransmit[] = [];
  readonly #events: IceEvent[] = [];
  readonly #selected = new Map<Component, Pair>();
  readonly #consents = new Map<Component, Consent>();
  readonly #early: Early[] = [];
  #remote: IceCredentials | undefined;
  #remoteLite = false;
  #controlling: boolean;
  #tieBreaker: bigint;
  #components: Component;
  #complete = false;
  #state: IceState = "new";
  #nextCheck = 0;
  #started: number | undefined;
  #found = 0;

  /** Answers checks at once; makes its own once it knows the peer's credentials. */
  constructor(options: IceOptions) {
    this.#options = options;
    this.#controlling = options.controlling;
    this.#tieBreaker = options.tieBreaker;
    this.#components = options.components;
  }

  /** Where it stands. */
  get state(): IceState {
    return this.#state;
  }

  /** Role (RFC 8445 section 6.1.1). */
  get controlling(): boolean {
    return this.#controlling;
  }

  /** Our user name fragment and password. */
  get local(): IceCredentials {
    return this.#options.local;
  }

  /** The peer's, once known. */
  get remote(): IceCredentials | undefined {
    return this.#remote;
  }

  /** Where a component's media goes, once that is known. */
  selected(component: Component): { readonly base: number; readonly remote: Endpoint } | undefined {
    const pair = this.#selected.get(component);
    return pair && { base: pair.local.base, remote: pair.remote.endpoint };
  }

  /** The peer's credentials arrive with its description. @param lite it said `a=ice-lite` */
  setRemote(now: number, credentials: IceCredentials, lite = false): void {
    this.#remote = credentials;
    this.#remoteLite = lite;
    // who is full controls who is lite (RFC 8445 section 6.1.1)
    if (lite !== this.#options.lite) this.#setRole(lite);
    this.#started ??= now;
    if (this.#state === "new") this.#state = "checking";
    for (const remote of this.#remotes) this.#pairUp(remote);
    for (const { local, source, priority, useCandidate } of this.#early.splice(0)) {
      this.#checkedBy(now, local, source, priority, useCandidate);
    }
  }

  /** A candidate of the peer, from its description or trickled. */
  addRemote(candidate: Candidate): void {
    const known = this.#remoteAt(candidate.component, candidate.endpoint);
    if (known !== undefined || this.#remotes.length >= MAX_REMOTE) return;
    this.#remotes.push(candidate);
    if (this.#remote !== undefined) this.#pairUp(candidate);
  }

  /**
   * An earlier run has selected this pair under the same credentials: it carries the media on, and the peer
   * is asked at once whether it still consents. To be called once the peer's credentials are known.
   */
  resume(now: number, base: number, remote: Endpoint): void {
    const local = this.#options.candidates.find((candidate) => candidate.base === base);
    if (local === undefined || local.component > this.#components) return;
    const candidate = this.#remoteAt(local.component, remote) ??
      this.#find(local.component, remote, priorityOf("prflx", 65535, local.component));
    const pair = candidate && !this.#refused(candidate, base)
      ? this.#list.find(base, remote) ?? this.#list.add(local, candidate)
      : undefined;
    if (pair === undefined) return;
    pair.state = "succeeded";
    pair.succeeded = now;
    pair.nominated = true;
    this.#selected.set(local.component, pair);
    if (!this.#options.lite) this.#consents.set(local.component, Consent.resumed(now));
    this.#updateState();
  }

  /** `a=end-of-candidates`, or a description without trickling. */
  endOfCandidates(): void {
    this.#complete = true;
  }

  /** rtcp-mux was agreed: the second component is not needed. */
  dropComponent(): void {
    this.#components = 1;
    this.#list.dropComponent(2);
    this.#selected.delete(2);
    this.#consents.delete(2);
    this.#updateState();
  }

  /**
   * Takes a datagram that looks like STUN.
   *
   * @param now monotonic ms
   * @param base what it arrived on
   * @returns whether it was for this agent and authentic
   */
  receive(now: number, base: number, source: Endpoint, payload: Uint8Array): boolean {
    const local = this.#options.candidates.find((candidate) => candidate.base === base);
    const message = parseStun(payload);
    if (local === undefined || message === undefined) return false;
    if (local.component > this.#components) return false;
    switch (message.class) {
      case "request":
        return this.#request(now, local, source, message);
      case "success":
      case "error":
        return this.#response(now, local, source, message);
      default:
        return false;
    }
  }

  /** Does what is due. @param now monotonic ms */
  tick(now: number): void {
    if (this.#remote === undefined || this.#options.lite) return;
    this.#repeat(now);
    this.#nominate(now);
    if (now >= this.#nextCheck) {
      const pair = this.#list.next(this.#controlling);
      if (pair !== undefined) {
        this.#nextCheck = now + PACE_MS;
        this.#startCheck(now, pair);
      }
    }
    this.#consent(now);
    if (
      this.#state === "checking" && now >= this.#started! + PATIENCE_MS &&
      (this.#complete || !this.#list.hasWork)
    ) {
      this.#setState("failed");
    }
  }

  /** Monotonic ms at which {@link tick} has something to do; undefined = only after input. */
  next(): number | undefined {
    if (this.#remote === undefined || this.#options.lite) return undefined;
    let at = Infinity;
    if (this.#list.hasWork) at = this.#nextCheck;
    for (const pair of this.#list.pairs) {
      if (pair.check !== undefined) at = Math.min(at, pair.check.due);
    }
    for (const component of this.#toNominate()) {
      at = Math.min(at, firstSuccess(this.#list.pairs, component) + NOMINATION_MS);
    }
    for (const consent of this.#consents.values()) at = Math.min(at, consent.next);
    if (this.#state === "checking") at = Math.min(at, this.#started! + PATIENCE_MS);
    return at === Infinity ? undefined : at;
  }

  /** Takes what is to be sent. */
  takeTransmits(): IceTransmit[] {
    return this.#transmits.splice(0);
  }

  /** Takes what has changed. */
  takeEvents(): IceEvent[] {
    return this.#events.splice(0);
  }

  // ---- incoming ------------------------------------------------------------

  #request(
    now: number,
    local: LocalCandidate,
    source: Endpoint,
    message: ReceivedStun,
  ): boolean {
    const { local: own } = this.#options;
    const [ours, theirs] = message.username?.split(":", 2) ?? [];
    // who does not know our password gets no answer at all: nobody is to be reflected at
    if (ours !== own.ufrag || !message.authentic(own.pwd)) return false;
    // a peer in a restart may check from its new addresses with our old credentials; answered, it would
    // take that for a pair of the restart and make no other
    const known = this.#remote?.ufrag;
    if (known === undefined ? theirs === this.#options.formerRemote : theirs !== known) {
      return false;
    }
    if (message.notUnderstood.length > 0) {
      this.#answerError(local, source, message, 420, "Unknown Attribute");
      return true;
    }
    if (!this.#solveConflict(local, source, message)) return true;
    this.#send(local.base, source, {
      class: "success",
      transaction: message.transaction,
      mapped: source,
    }, own.pwd);
    const priority = message.priority ?? priorityOf("prflx", 65535, local.component);
    const useCandidate = message.useCandidate === true;
    if (this.#remote !== undefined) {
      this.#checkedBy(now, local, source, priority, useCandidate);
    } else if (this.#early.length < MAX_EARLY) {
      this.#early.push({ local, source, priority, useCandidate });
    }
    return true;
  }

  /** RFC 8445 section 7.3.1.1. @returns whether the request may go on */
  #solveConflict(
    local: LocalCandidate,
    source: Endpoint,
    message: ReceivedStun,
  ): boolean {
    if (this.#options.lite) return true;
    const { controlling, controlled } = message;
    if (this.#controlling && controlling !== undefined) {
      if (this.#tieBreaker >= controlling) {
        this.#answerError(local, source, message, 487, "Role Conflict");
        return false;
      }
      this.#switchRole(false);
    } else if (!this.#controlling && controlled !== undefined) {
      if (this.#tieBreaker < controlled) {
        this.#answerError(local, source, message, 487, "Role Conflict");
        return false;
      }
      this.#switchRole(true);
    }
    return true;
  }

  /** RFC 8445 sections 7.3.1.3 to 7.3.1.5. */
  #checkedBy(
    now: number,
    local: LocalCandidate,
    source: Endpoint,
    priority: number,
    useCandidate: boolean,
  ): void {
    const { component, base } = local;
    const remote = this.#remoteAt(component, source) ?? this.#find(component, source, priority);
    if (remote === undefined || this.#refused(remote, base)) return;
    const pair = this.#list.find(base, source) ?? this.#list.add(local, remote, true);
    if (pair === undefined) return;
    this.#events.push({ type: "validated", component, base, remote: source });
    if (this.#options.lite) {
      pair.state = "succeeded";
      if (useCandidate) this.#choose(now, pair);
      return;
    }
    const wanted = useCandidate && !this.#controlling;
    if (pair.state === "succeeded") {
      if (wanted) this.#choose(now, pair);
      return;
    }
    if (wanted) pair.nominateLater = true;
    if (pair.state === "in-progress") return;
    pair.state = "waiting";
    this.#list.trigger(pair);
  }

  /** RFC 8445 section 7.2.5. */
  #response(
    now: number,
    local: LocalCandidate,
    source: Endpoint,
    message: ReceivedStun,
  ): boolean {
    if (this.#remote === undefined || !message.authentic(this.#remote.pwd)) return false;
    const { transaction } = message;
    if (this.#isConsent(now, local, source, message)) return true;
    let pair: Pair | undefined;
    for (const one of this.#list.pairs) if (one.check?.transaction === transaction) pair = one;
    if (pair === undefined) return false;
    const check = pair.check!;
    pair.check = undefined;
    // a path has to be the same in both directions (section 7.2.5.2.1)
    const symmetric = pair.local.base === local.base && sameEndpoint(pair.remote.endpoint, source);
    if (message.class === "error" && message.error?.code === 487 && symmetric) {
      pair.state = "waiting";
      if (check.controlling === this.#controlling) this.#switchRole(!this.#controlling);
      this.#list.trigger(pair);
    } else if (message.class !== "success" || !symmetric) {
      pair.state = pair.succeeded < Infinity ? "succeeded" : "failed";
    } else this.#succeed(now, pair, check.useCandidate);
    return true;
  }

  #succeed(now: number, pair: Pair, useCandidate: boolean): void {
    pair.state = "succeeded";
    pair.succeeded = Math.min(pair.succeeded, now);
    this.#list.unfreeze(pair.foundation);
    const { component, local, remote } = pair;
    this.#events.push({
      type: "validated",
      component,
      base: local.base,
      remote: remote.endpoint,
    });
    if (this.#controlling ? useCandidate : pair.nominateLater) this.#choose(now, pair);
    pair.nominateLater = false;
    this.#nominate(now);
  }

  #isConsent(
    now: number,
    local: LocalCandidate,
    source: Endpoint,
    message: ReceivedStun,
  ): boolean {
    const pair = this.#selected.get(local.component);
    const consent = this.#consents.get(local.component);
    if (pair === undefined || consent === undefined || message.class !== "success") return false;
    if (pair.local.base !== local.base || !sameEndpoint(pair.remote.endpoint, source)) return false;
    if (!consent.answered(now, message.transaction)) return false;
    const { component, base } = local;
    this.#events.push({ type: "validated", component, base, remote: source });
    return true;
  }

  #remoteAt(component: Component, endpoint: Endpoint): Candidate | undefined {
    return this.#remotes.find((candidate) =>
      candidate.component === component && sameEndpoint(candidate.endpoint, endpoint)
    );
  }

  /** A candidate nobody has named. @returns undefined when there is no room for it */
  #find(component: Component, endpoint: Endpoint, priority: number): Candidate | undefined {
    if (this.#remotes.length >= MAX_REMOTE) return undefined;
    const found = peerReflexive(component, endpoint, priority, `prflx${++this.#found}`);
    this.#remotes.push(found);
    return found;
  }

  // ---- outgoing ------------------------------------------------------------

  #pairUp(remote: Candidate): void {
    for (const local of this.#options.candidates) {
      if (local.component !== remote.component || local.component > this.#components) continue;
      if (local.endpoint.family !== remote.endpoint.family) continue;
      if (!this.#refused(remote, local.base)) this.#list.add(local, remote);
    }
  }

  #refused({ endpoint }: Candidate, base: number): boolean {
    const { allowed } = this.#options;
    return allowed !== undefined && !allowed(endpoint, base);
  }

  #startCheck(now: number, pair: Pair, useCandidate = false): void {
    const transaction = this.#transaction();
    const controlling = this.#controlling;
    pair.state = "in-progress";
    pair.check = { transaction, useCandidate, controlling, due: now + RTO_MS, sent: 1 };
    this.#sendCheck(pair, transaction, useCandidate);
  }

  #sendCheck({ local, remote }: Pair, transaction: string, useCandidate: boolean): void {
    const { ufrag, pwd } = this.#remote!;
    const { component, base } = local;
    const role = this.#controlling
      ? { controlling: this.#tieBreaker }
      : { controlled: this.#tieBreaker };
    this.#send(base, remote.endpoint, {
      class: "request",
      transaction,
      username: `${ufrag}:${this.#options.local.ufrag}`,
      priority: priorityOf("prflx", local.priority >> 8 & 0xffff, component),
      useCandidate,
      ...role,
    }, pwd);
  }

  /** Sends requests again that got no answer, and gives up in the end. */
  #repeat(now: number): void {
    for (const pair of this.#list.pairs) {
      const { check } = pair;
      if (check === undefined || now < check.due) continue;
      if (check.sent >= MAX_SENT) {
        pair.check = undefined;
        pair.state = pair.succeeded < Infinity ? "succeeded" : "failed";
        continue;
      }
      const wait = Math.min(RTO_MS * 2 ** check.sent, MAX_RTO_MS);
      pair.check = { ...check, sent: check.sent + 1, due: now + wait };
      this.#sendCheck(pair, check.transaction, check.useCandidate);
    }
  }

  /** Regular nomination (RFC 8445 section 8.1.1): the best pair of each component, after a moment. */
  #nominate(now: number): void {
    for (const component of this.#toNominate()) {
      const pair = pairToNominate(this.#list.pairs, component, now - NOMINATION_MS);
      if (pair !== undefined) this.#startCheck(now, pair, true);
    }
  }

  /** Components we have to nominate a pair for, and are not about to. */
  #toNominate(): Component[] {
    if (!this.#controlling) return [];
    return ([1, 2] as const).filter((component) =>
      component <= this.#components && !this.#selected.has(component) &&
      !isNominating(this.#list.pairs, component)
    );
  }

  #consent(now: number): void {
    for (const [component, consent] of this.#consents) {
      if (consent.expired(now)) {
        this.#consents.delete(component);
        this.#setState("disconnected");
        continue;
      }
      const pair = this.#selected.get(component);
      if (pair === undefined || !consent.due(now)) continue;
      const transaction = this.#transaction();
      consent.sent(now, transaction, this.#options.random(1)[0]!);
      this.#sendCheck(pair, transaction, false);
    }
  }

  #answerError(
    local: LocalCandidate,
    source: Endpoint,
    { transaction, notUnderstood }: ReceivedStun,
    code: number,
    reason: string,
  ): void {
    this.#send(local.base, source, {
      class: "error",
      transaction,
      error: { code, reason },
      unknownAttributes: code === 420 ? notUnderstood : undefined,
    }, this.#options.local.pwd);
  }

  #send(
    base: number,
    destination: Endpoint,
    message: Parameters<typeof buildStun>[0],
    key: string,
  ): void {
    this.#transmits.push({ base, destination, payload: buildStun(message, key) });
  }

  #transaction(): string {
    return fromBytes(this.#options.random(12));
  }

  // ---- state ---------------------------------------------------------------

  /** A pair is nominated: the best nominated one carries the media. */
  #choose(now: number, pair: Pair): void {
    pair.nominated = true;
    const { component, local, remote } = pair;
    const before = this.#selected.get(component);
    if (before === pair) return;
    // of several that an aggressive peer nominates the best one counts (section 8.1.1)
    const role = this.#controlling;
    if (before !== undefined && before.priority(role) > pair.priority(role)) return;
    this.#selected.set(component, pair);
    if (!this.#options.lite) {
      this.#consents.set(component, new Consent(now, this.#options.random(1)[0]!));
    }
    this.#events.push({
      type: "selected",
      component,
      base: local.base,
      remote: remote.endpoint,
    });
    this.#updateState();
  }

  #updateState(): void {
    if (this.#selected.size >= this.#components) this.#setState("completed");
  }

  #setState(state: "completed" | "failed" | "disconnected"): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#events.push({ type: state });
  }

  #setRole(controlling: boolean): void {
    if (this.#controlling === controlling) return;
    this.#controlling = controlling;
    this.#events.push({ type: "role", controlling });
  }

  /** After a conflict: checks under way claim the wrong role and begin again. */
  #switchRole(controlling: boolean): void {
    this.#setRole(controlling);
    for (const pair of this.#list.pairs) {
      if (pair.check === undefined) continue;
      pair.check = undefined;
      pair.state = "waiting";
      this.#list.trigger(pair);
    }
  }
}
