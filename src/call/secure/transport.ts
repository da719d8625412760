/**
 * One media transport of a party, that is a port pair, or one for each of our candidates: its ICE agent, its DTLS associations, and what came of
 * them. A state machine: datagrams, descriptions and time go in, datagrams and an agreement come out.
 *
 * @module
 */

import { type Endpoint, sameEndpoint } from "../../core/endpoint.ts";
import type { DtlsEngine, DtlsStanding } from "../../dtls/mod.ts";
import { type Component, type LocalCandidate, priorityOf } from "../../ice/mod.ts";
import type { DtlsDescription, IceAgreement } from "../../negotiate/mod.ts";
import type { LocalAddress, PortPair, Slot } from "../../relay/types.ts";
import { type Agreement, type KeyPair, keysOfDtls, type Path } from "./agreement.ts";
import { DtlsSession } from "./dtls_session.ts";
import { IceSession, type SelectedPair } from "./ice_session.ts";
import type { Scheduler } from "./scheduler.ts";

/** What a transport works with. */
export interface TransportHost {
  readonly scheduler: Scheduler;
  /** Monotonic ms. */
  now(): number;
  random(length: number): Uint8Array;
  /** Sends a datagram from one of our ports. */
  send(slot: Slot, destination: Endpoint, payload: Uint8Array): void;
  /** Whether an address may be sent to at all from one of our addresses. */
  allowed(target: Endpoint, local: LocalAddress): boolean;
  /** Where a port sends media at present, learned or signalled. */
  remoteOf(slot: Slot): Endpoint | undefined;
  /** What makes handshakes, as of now; undefined = nothing does. */
  engine(): DtlsEngine | undefined;
  /** The agreement has changed. */
  changed(): void;
  readonly log: TransportLog;
}

/** Where a transport tells of its steps. */
export interface TransportLog {
  ice(message: string): void;
  dtls(message: string): void;
  /** Something is wrong with DTLS. */
  warn(message: string): void;
  /** Keys, which are nobody's business unless the operator says so. */
  keys(pair: KeyPair): void;
}

/** What the descriptions say. */
export interface TransportTerms {
  readonly ice: IceAgreement | undefined;
  /** Role in ICE to begin with. */
  readonly controlling: boolean;
  /** DTLS, once it is agreed on. */
  readonly dtls: DtlsDescription | undefined;
  /** Our role in it; undefined while that is not agreed. */
  readonly role: "active" | "passive" | undefined;
  /** 1 with rtcp-mux. */
  readonly components: Component;
  /** Where the party wants RTP. */
  readonly rtp: Endpoint | undefined;
  /** Where it wants RTCP. */
  readonly rtcp: Endpoint | undefined;
}

/** Components by the names an agreement has for them. */
const NAMES = { 1: "rtp", 2: "rtcp" } as const;
const COMPONENTS = [1, 2] as const;

/** One transport. */
export class SecureTransport {
  readonly #host: TransportHost;
  /** Of each candidate, the preferred one first. */
  readonly #pairs: readonly PortPair[];
  readonly #agreement: Agreement;
  readonly #dtls = new Map<Component, DtlsSession>();
  #ice: IceSession | undefined;
  #terms: TransportTerms | undefined;
  /** Whose fingerprint was told, and for which generation of descriptions. */
  #engine: { readonly engine: DtlsEngine; readonly generation: number } | undefined;

  /**
   * @param agreement of an earlier run or an earlier transport; changed in place
   */
  constructor(host: TransportHost, pairs: readonly PortPair[], agreement: Agreement) {
    this.#host = host;
    this.#pairs = pairs;
    this.#agreement = agreement;
  }

  /** Its ports. */
  get pairs(): readonly PortPair[] {
    return this.#pairs;
  }

  /** Descriptions have changed. */
  update(terms: TransportTerms): void {
    const before = this.#terms;
    this.#terms = terms;
    this.#updateIce(terms);
    this.#updateDtls(terms, before);
  }

  /** Takes a datagram that came to one of the ports. */
  receive(slot: Slot, kind: "stun" | "dtls", source: Endpoint, payload: Uint8Array): void {
    if (kind === "stun") this.#ice?.receive(slot, source, payload);
    else {
      const standing = this.#standingOf(slot, source);
      if (standing === undefined) return;
      this.#dtls.get(this.#componentOf(slot))?.receive(source, payload, standing);
    }
  }

  /** Ends everything. */
  close(): void {
    this.#ice?.close();
    for (const session of this.#dtls.values()) session.close();
    this.#dtls.clear();
    this.#ice = undefined;
  }

  #updateIce({ ice, controlling, components }: TransportTerms): void {
    if (ice === undefined) {
      if (this.#ice === undefined) return;
      this.#ice.close();
      this.#ice = undefined;
      for (const component of COMPONENTS) this.#found(component);
      return;
    }
    const { now, random, send, scheduler, log } = this.#host;
    this.#ice ??= new IceSession({
      scheduler,
      now,
      random,
      send,
      allowed: (target, slot) => this.#host.allowed(target, this.#pairOf(slot).local),
      log: log.ice,
      found: (component, slot, remote, selected) => {
        // what an earlier run has selected counts for more than what is only valid
        if (!selected && this.#agreement[NAMES[component]].remote !== undefined) return;
        this.#found(component, remote, slot, selected);
        if (selected) this.#dtls.get(component)?.aim(remote, "validated");
      },
      lost: () => {
        for (const component of COMPONENTS) this.#found(component);
      },
      role: (controlling) => {
        this.#agreement.role = { controlling, ufrag: this.#terms!.ice!.local.credentials.ufrag };
        this.#host.changed();
      },
    });
    const { ufrag } = ice.local.credentials;
    const { role } = this.#agreement;
    this.#ice.update({
      agreement: ice,
      controlling: role?.ufrag === ufrag ? role.controlling : controlling,
      components,
      candidates: this.#candidates(),
      selected: this.#selectedUnder(ufrag),
    });
  }

  /** Our side of every component: the ports, in the order the party is told of them. */
  #candidates(): LocalCandidate[] {
    return this.#pairs.flatMap(({ local, rtp, rtcp }, i) =>
      COMPONENTS.map((component): LocalCandidate => {
        const { slot, port } = component === 1 ? rtp : rtcp;
        return {
          base: slot,
          component,
          foundation: String(i + 1),
          priority: priorityOf("host", 65535 - i, component),
          endpoint: { family: local.family, address: local.address, port },
          type: "host",
        };
      })
    );
  }

  #selectedUnder(name: string): SelectedPair[] {
    return COMPONENTS.flatMap((component) => {
      const { remote, local = 0, ufrag } = this.#agreement[NAMES[component]];
      const pair = this.#pairs[local];
      if (remote === undefined || ufrag !== name || pair === undefined) return [];
      return [{ component, slot: (component === 1 ? pair.rtp : pair.rtcp).slot, remote }];
    });
  }

  #componentOf(slot: Slot): Component {
    return this.#pairs.some(({ rtp }) => rtp.slot === slot) ? 1 : 2;
  }

  #pairOf(slot: Slot): PortPair {
    return this.#pairs.find(({ rtp, rtcp }) => rtp.slot === slot || rtcp.slot === slot)!;
  }

  /** The port that a destination is sent to from: the one it was found by, else the first. */
  #portTowards(component: Component, destination: Endpoint): Slot {
    const { remote, local = 0 } = this.#agreement[NAMES[component]];
    const slots = this.#pairs.map(({ rtp, rtcp }) => component === 1 ? rtp.slot : rtcp.slot);
    if (same(remote, destination)) return slots[local] ?? slots[0]!;
    return slots.find((slot) => this.#ice?.isValid(slot, destination)) ?? slots[0]!;
  }

  #updateDtls(terms: TransportTerms, before: TransportTerms | undefined): void {
    const { dtls, role, components } = terms;
    const engine = this.#engineFor(dtls);
    if (dtls === undefined || role === undefined || engine === undefined) {
      // an answer may still be on its way: what is agreed stays
      if (dtls === undefined) {
        for (const session of this.#dtls.values()) session.close();
        this.#dtls.clear();
      }
      return;
    }
    const { fingerprints, remoteTlsId, generation } = dtls;
    const digests = fingerprints.map(({ hash, digest }) => `${hash} ${digest}`);
    const association = [generation, role, remoteTlsId ?? "", ...digests].join("|");
    for (const component of COMPONENTS) {
      if (component > components) {
        this.#dtls.get(component)?.close();
        this.#dtls.delete(component);
        continue;
      }
      let session = this.#dtls.get(component);
      if (session === undefined) this.#dtls.set(component, session = this.#newSession(component));
      const path = this.#agreement[NAMES[component]];
      session.update({ engine, role, fingerprints, association }, path.association);
      this.#aim(session, component, terms, before);
    }
  }

  /** Without ICE a handshake is made with whoever was signalled. */
  #aim(
    session: DtlsSession,
    component: Component,
    terms: TransportTerms,
    before: TransportTerms | undefined,
  ): void {
    const name = NAMES[component];
    if (terms.ice !== undefined) {
      if (this.#ice?.completed === true) session.aim(this.#agreement[name].remote, "validated");
      return;
    }
    const target = terms[name];
    const moved = before !== undefined && !same(before[name], target);
    if (moved) this.#found(component);
    const { local } = this.#pairs[0]!;
    if (target !== undefined && this.#host.allowed(target, local)) session.aim(target, "signalled");
  }

  #engineFor(dtls: DtlsDescription | undefined): DtlsEngine | undefined {
    if (dtls === undefined) return undefined;
    const { generation } = dtls;
    if (this.#engine?.generation === generation) return this.#engine.engine;
    const engine = this.#host.engine();
    if (engine === undefined) {
      this.#host.log.warn("there is no certificate");
      return undefined;
    }
    this.#engine = { engine, generation };
    return engine;
  }

  #newSession(component: Component): DtlsSession {
    const { scheduler, log } = this.#host;
    return new DtlsSession({
      scheduler,
      log: log.dtls,
      warn: log.warn,
      portTowards: (destination) => this.#portTowards(component, destination),
      agreed: (keys, peer, association) => {
        const name = NAMES[component];
        const { remote, local, ufrag } = this.#agreement[name];
        const pair = keysOfDtls(keys);
        log.keys(pair);
        const there = this.#terms?.ice === undefined ? peer : remote;
        this.#agreement[name] = {
          ...(there === undefined ? {} : { remote: there }),
          ...(local === undefined ? {} : { local }),
          ...(ufrag === undefined ? {} : { ufrag }),
          keys: pair,
          association,
        };
        this.#host.changed();
      },
    });
  }

  /**
   * Who may make a handshake: with ICE whoever has passed its checks; without, whoever media is exchanged
   * with.
   */
  #standingOf(slot: Slot, source: Endpoint): DtlsStanding | undefined {
    if (this.#ice !== undefined) return this.#ice.isValid(slot, source) ? "validated" : undefined;
    const signalled = this.#terms?.[NAMES[this.#componentOf(slot)]];
    if (same(signalled, source)) return "signalled";
    // behind a NAT the port is not the one that was signalled
    if (signalled !== undefined && signalled.address === source.address) return "possible";
    return same(this.#host.remoteOf(slot), source) ? "possible" : undefined;
  }

  /** @param slot which of our ports it was found by */
  #found(component: Component, remote?: Endpoint, slot?: Slot, selected = false): void {
    const name = NAMES[component];
    const { remote: before, local: from = 0, ufrag: under, ...rest } = this.#agreement[name];
    const local = slot === undefined ? 0 : this.#pairs.indexOf(this.#pairOf(slot));
    const ufrag = selected ? this.#terms?.ice?.local.credentials.ufrag : undefined;
    if (same(before, remote) && from === local && under === ufrag) return;
    const path: Path = {
      ...rest,
      ...(remote === undefined ? {} : { remote }),
      ...(local === 0 ? {} : { local }),
      ...(ufrag === undefined ? {} : { ufrag }),
    };
    this.#agreement[name] = path;
    this.#host.changed();
  }
}

function same(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameEndpoint(a, b);
}
