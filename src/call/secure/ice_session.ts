/**
 * ICE of one media transport over its restarts: the agent of the latest descriptions, and the one before it
 * for as long as its pair carries the media (RFC 8445 section 9).
 *
 * @module
 */

import { type Endpoint, formatEndpoint } from "../../core/endpoint.ts";
import {
  type Component,
  IceAgent,
  type IceCredentials,
  type IceEvent,
  type LocalCandidate,
} from "../../ice/mod.ts";
import type { IceAgreement } from "../../negotiate/mod.ts";
import type { Slot } from "../../relay/types.ts";
import type { Scheduler } from "./scheduler.ts";

/** What a session works with. */
export interface IceHost {
  readonly scheduler: Scheduler;
  /** Monotonic ms. */
  now(): number;
  random(length: number): Uint8Array;
  /** Sends a datagram from one of our ports. */
  send(slot: Slot, destination: Endpoint, payload: Uint8Array): void;
  /** Whether an address may be sent to at all from one of our ports. */
  allowed(target: Endpoint, slot: Slot): boolean;
  /** Media of a component goes there, from that port, from now on: selected, or the first that is valid. */
  found(component: Component, slot: Slot, remote: Endpoint, selected: boolean): void;
  /** Media of no component goes anywhere any more. */
  lost(): void;
  /** Our role is another than the one begun with. */
  role(controlling: boolean): void;
  /** For whoever looks into the call. */
  log(message: string): void;
}

/** What a session is about. */
export interface IceTerms {
  readonly agreement: IceAgreement;
  /** Role to begin with (RFC 8445 section 6.1.1). */
  readonly controlling: boolean;
  /** 1 with rtcp-mux. */
  readonly components: Component;
  /** Our ports. */
  readonly candidates: readonly LocalCandidate[];
  /** Pairs that an earlier run has selected under the same credentials. */
  readonly selected: readonly SelectedPair[];
}

/** Where media of a component goes. */
export interface SelectedPair {
  readonly component: Component;
  readonly slot: Slot;
  readonly remote: Endpoint;
}

/** Sources that an agent has validated and that are remembered. */
const MAX_VALID = 128;

interface Running {
  readonly agent: IceAgent;
  readonly identity: string;
  /** Ports it has. */
  readonly bases: string;
  /** Sources that have shown that they are the other end. */
  readonly valid: Set<string>;
  components: Component;
  /** Monotonic ms at which it is looked at next. */
  armed: number;
  disarm: (() => void) | undefined;
}

/** ICE of one transport. */
export class IceSession {
  readonly #host: IceHost;
  #current: Running | undefined;
  /** What the media still uses while the current agent has not selected anything. */
  #former: Running | undefined;
  /** Components that media can go to. */
  readonly #found = new Set<Component>();

  constructor(host: IceHost) {
    this.#host = host;
  }

  /** The agent that counts has a pair for every component. */
  get completed(): boolean {
    return this.#current?.agent.state === "completed";
  }

  /** Descriptions have changed, or ports. */
  update(terms: IceTerms): void {
    const { agreement: { local, remote, stage, generation }, candidates } = terms;
    const identity = `${generation} ${local.credentials.ufrag} ${local.credentials.pwd}`;
    const bases = candidates.map(({ base }) => base).join();
    const before = this.#current;
    if (
      before?.identity !== identity || before.bases !== bases ||
      isOther(before.agent.remote, remote?.credentials)
    ) {
      this.#begin(terms, identity, bases);
    }
    const running = this.#current!;
    if (terms.components < running.components) {
      running.components = terms.components;
      running.agent.dropComponent();
    }
    if (remote !== undefined && stage === "agreed") {
      for (const candidate of remote.candidates) running.agent.addRemote(candidate);
      if (remote.complete) running.agent.endOfCandidates();
      if (running.agent.remote === undefined) {
        running.agent.setRemote(this.#host.now(), remote.credentials, remote.lite);
        if (before === undefined) this.#resume(running, terms.selected);
      }
    }
    this.#drain(running);
  }

  /** Takes a datagram that looks like STUN. */
  receive(slot: Slot, source: Endpoint, payload: Uint8Array): void {
    const now = this.#host.now();
    for (const running of [this.#current, this.#former]) {
      if (running === undefined) continue;
      const taken = running.agent.receive(now, slot, source, payload);
      this.#drain(running);
      if (taken) return;
    }
  }

  /** Whether a source has shown that it is the other end. */
  isValid(slot: Slot, source: Endpoint): boolean {
    const name = nameOf(slot, source);
    return [this.#current, this.#former].some((running) => running?.valid.has(name));
  }

  /** Ends everything. */
  close(): void {
    this.#drop(this.#current);
    this.#drop(this.#former);
    this.#current = this.#former = undefined;
  }

  #begin(terms: IceTerms, identity: string, bases: string): void {
    const { random, allowed, log } = this.#host;
    const { agreement, candidates, components, controlling } = terms;
    const before = this.#current;
    if (before !== undefined && before.bases === bases && before.agent.selected(1) !== undefined) {
      this.#drop(this.#former);
      this.#former = before;
    } else this.#drop(before);
    this.#found.clear();
    const agent = new IceAgent({
      local: agreement.local.credentials,
      formerRemote: before?.agent.remote?.ufrag,
      candidates,
      controlling,
      lite: agreement.local.lite,
      tieBreaker: new DataView(random(8).slice().buffer).getBigUint64(0),
      components,
      random,
      allowed,
    });
    this.#current = {
      agent,
      identity,
      bases,
      valid: new Set(),
      components,
      armed: Infinity,
      disarm: undefined,
    };
    log(before === undefined ? "an agent begins" : "an agent begins anew");
  }

  /** Nobody nominates again what a killed process has selected. */
  #resume({ agent }: Running, selected: readonly SelectedPair[]): void {
    for (const { component, slot, remote } of selected) {
      agent.resume(this.#host.now(), slot, remote);
      if (agent.selected(component) !== undefined) this.#found.add(component);
    }
  }

  #drop(running: Running | undefined): void {
    running?.disarm?.();
  }

  /** Does what an agent asks for, and looks at it again when something is due. */
  #drain(running: Running): void {
    const { agent } = running;
    for (const { base, destination, payload } of agent.takeTransmits()) {
      this.#host.send(base, destination, payload);
    }
    for (const event of agent.takeEvents()) this.#told(running, event);
    // told of its end
    if (running !== this.#current && running !== this.#former) return;
    const next = agent.next();
    if (next === undefined || next >= running.armed) return;
    running.disarm?.();
    running.armed = next;
    running.disarm = this.#host.scheduler.after(next - this.#host.now(), () => {
      running.armed = Infinity;
      // asked earlier than it had to be: nothing is due yet
      agent.tick(this.#host.now());
      this.#drain(running);
    });
  }

  #told(running: Running, event: IceEvent): void {
    const { log } = this.#host;
    const current = running === this.#current;
    switch (event.type) {
      case "validated":
        this.#validated(running, event.base, event.remote);
        // a restart changes nothing until it has selected something
        if (current && this.#former === undefined && !this.#found.has(event.component)) {
          this.#found.add(event.component);
          this.#host.found(event.component, event.base, event.remote, false);
        }
        return;
      case "selected":
        log(`component ${event.component} uses ${formatEndpoint(event.remote)}`);
        if (!current) return;
        this.#found.add(event.component);
        this.#host.found(event.component, event.base, event.remote, true);
        return;
      case "completed":
        log("completed");
        if (!current) return;
        this.#drop(this.#former);
        this.#former = undefined;
        return;
      case "role":
        log(`we are ${event.controlling ? "controlling" : "controlled"}`);
        if (current) this.#host.role(event.controlling);
        return;
      case "failed":
        log("no pair was nominated");
        // a peer that was connected before we began knows of no reason to nominate again
        if (current && this.#former === undefined && this.#found.size === 0) this.#host.lost();
        return;
      case "disconnected":
        log("the other end does not answer any more");
        running.valid.clear();
        if (current || this.#former === running) {
          if (!current) {
            this.#drop(running);
            this.#former = undefined;
          }
          if (!current || this.#former === undefined) this.#host.lost();
        }
    }
  }

  #validated({ valid }: Running, slot: Slot, source: Endpoint): void {
    const name = nameOf(slot, source);
    if (valid.has(name)) return;
    this.#host.log(`${formatEndpoint(source)} is valid`);
    if (valid.size >= MAX_VALID) valid.delete(valid.values().next().value!);
    valid.add(name);
  }
}

function isOther(known: IceCredentials | undefined, told: IceCredentials | undefined): boolean {
  if (known === undefined || told === undefined) return false;
  return known.ufrag !== told.ufrag || known.pwd !== told.pwd;
}

function nameOf(slot: Slot, source: Endpoint): string {
  return `${slot} ${formatEndpoint(source)}`;
}
