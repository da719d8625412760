/**
 * Browsers in memory: an ICE agent and DTLS at the far end of a {@link Bench}, and the network between.
 *
 * @module
 */

import type { Endpoint } from "../../core/endpoint.ts";
import { formatEndpoint } from "../../core/endpoint.ts";
import { makeEndpoint } from "../../core/ip.ts";
import {
  DtlsAssociation,
  type DtlsEngine,
  type DtlsHandshake,
  type DtlsKeys,
  type DtlsPath,
  type DtlsRole,
  type DtlsTerms,
  type Fingerprint,
  fingerprintOf,
} from "../../dtls/mod.ts";
import {
  type Candidate,
  IceAgent,
  type IceCredentials,
  type IceEvent,
  type LocalCandidate,
  newCredentials,
  priorityOf,
} from "../../ice/mod.ts";
import type { Bench } from "../fixture_test_support.ts";
import { Scheduler } from "./scheduler.ts";

/** Bytes that are the same in every run. */
export function pseudoRandom(seed: number): (length: number) => Uint8Array {
  let state = seed * 7919 + 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
}

/** Whatever sits behind an address of the test. */
export interface Host {
  readonly address: Endpoint;
  receive(source: Endpoint, payload: Uint8Array): void;
}

/** What lies between a bench and its peers: datagrams arrive at once, time passes in steps of 10 ms. */
export class Internet {
  readonly #hosts = new Map<string, Host>();
  /** Run at each step. */
  readonly ticks: (() => void)[] = [];

  /** @param dtls of the bench */
  constructor(readonly bench: Bench, dtls: FakeDtls) {
    dtls.wire = (slot, to, datagram) => void bench.engine.send(slot, datagram, to);
    this.ticks.push(() => dtls.tick(bench.clock.now()));
    bench.engine.onSent(({ destination, source, payload }) => {
      this.#hosts.get(formatEndpoint(destination))?.receive(source, payload);
    });
  }

  connect(host: Host): void {
    this.#hosts.set(formatEndpoint(host.address), host);
  }

  /** Lets time pass. */
  async run(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      this.bench.clock.advance(10);
      this.bench.service.runSecure();
      for (const tick of this.ticks) tick();
      await settle();
    }
  }
}

/** Lets promises that are settled go on. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

/** Where datagrams of {@link FakeDtls} go. */
export type Wire = (slot: number, destination: Endpoint, datagram: Uint8Array) => void;

/** Ms after which a fake repeats what it has said. */
const REPEAT_MS = 200;

/** DTLS without cryptography: two flights each way, and keys that both make of two random numbers. */
export class FakeDtls implements DtlsEngine {
  readonly certificate: Uint8Array;
  /** Handshakes begun. */
  begun = 0;
  /** To be set by whoever wants to have something sent. */
  wire: Wire = () => {};
  readonly #random: (length: number) => Uint8Array;
  readonly #handshakes = new Set<FakeHandshake>();

  constructor(seed: number) {
    this.#random = pseudoRandom(seed);
    this.certificate = Uint8Array.of(0x30, seed, ...this.#random(20));
  }

  /** What a description says of it. */
  get fingerprint(): Fingerprint {
    return fingerprintOf(this.certificate, "sha-256");
  }

  handshake(terms: DtlsTerms): DtlsHandshake {
    this.begun++;
    const handshake = new FakeHandshake(
      terms,
      this.certificate,
      this.#random(8),
      (slot, destination, datagram) => this.wire(slot, destination, datagram),
      () => this.#handshakes.delete(handshake),
    );
    this.#handshakes.add(handshake);
    return handshake;
  }

  /** Repeats what got lost. @param now monotonic ms */
  tick(now: number): void {
    for (const handshake of this.#handshakes) handshake.tick(now);
  }

  free(): void {}
}

const HELLO = 1;
const SERVER = 2;
const FINISHED = 20;

class FakeHandshake implements DtlsHandshake {
  #path: DtlsPath;
  #connected = false;
  #freed = false;
  #begun = false;
  #theirs: Uint8Array | undefined;
  /** Monotonic ms at which it is repeated. */
  #repeat: number | undefined;
  readonly #client: boolean;

  constructor(
    readonly terms: DtlsTerms,
    readonly certificate: Uint8Array,
    readonly nonce: Uint8Array,
    readonly wire: Wire,
    readonly forget: () => void,
  ) {
    this.#client = terms.role === "active";
    this.#path = terms;
  }

  /** Everything comes by way of {@link receive}. */
  readonly heard = false;

  begin(): void {
    queueMicrotask(() => {
      if (this.#freed) return;
      this.#begun = true;
      this.#say(HELLO);
    });
  }

  receive(datagram: Uint8Array): void {
    const copy = datagram.slice();
    // like a thread of its own
    queueMicrotask(() => {
      if (!this.#freed) this.#take(copy);
    });
  }

  aim(path: DtlsPath): void {
    this.#path = path;
  }

  /** What tells the peer that it may send. */
  accept(): void {
    if (this.#client) this.#say(FINISHED);
  }

  free(): void {
    this.#freed = true;
    this.forget();
  }

  tick(now: number): void {
    if (this.#connected || !this.#begun && this.#theirs === undefined) return;
    this.#repeat ??= now + REPEAT_MS;
    if (now < this.#repeat) return;
    this.#repeat = now + REPEAT_MS;
    this.#say(this.#client ? HELLO : SERVER);
  }

  #say(type: number): void {
    const { slot, destination } = this.#path;
    this.wire(
      slot,
      destination,
      Uint8Array.of(
        ...[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, type],
        ...this.nonce,
        ...this.certificate,
      ),
    );
  }

  #take(datagram: Uint8Array): void {
    const type = datagram[13];
    if (this.#connected) {
      if (this.#client && type === SERVER) this.#say(FINISHED);
    } else if (this.#client && type === SERVER) {
      this.#learn(datagram);
      this.#connect(datagram);
    } else if (!this.#client && type === HELLO) {
      this.#learn(datagram);
      this.#say(SERVER);
    } else if (!this.#client && type === FINISHED && this.#theirs !== undefined) {
      this.#learn(datagram);
      this.#connect(datagram);
    }
  }

  #learn(datagram: Uint8Array): void {
    this.#theirs = datagram.slice(14, 22);
  }

  #connect(datagram: Uint8Array): void {
    const { fingerprints, told } = this.terms;
    this.#connected = true;
    if (
      !fingerprints.some(({ hash, digest }) =>
        fingerprintOf(datagram.slice(22), hash).digest === digest
      )
    ) {
      told({
        state: "failed",
        error: "the certificate has another fingerprint",
        mismatch: true,
      });
      return;
    }
    const [client, server] = this.#client
      ? [this.nonce, this.#theirs!]
      : [this.#theirs!, this.nonce];
    const side = (first: number) => ({
      key: Uint8Array.of(...client, ...server).map((byte) => byte ^ first),
      salt: Uint8Array.of(...client, ...server).slice(0, 14).map((byte) => byte ^ first),
    });
    const [local, remote] = this.#client ? [side(1), side(2)] : [side(2), side(1)];
    told({
      state: "connected",
      keys: { suite: "AES_CM_128_HMAC_SHA1_80", local, remote },
    });
  }
}

/** What a browser is told of its peer. */
export interface BrowserPeer {
  readonly credentials: IceCredentials;
  readonly candidate: Endpoint;
  readonly fingerprint: Fingerprint;
}

/** One media transport of a browser. */
export class Browser implements Host {
  readonly address: Endpoint;
  readonly dtls: FakeDtls;
  readonly events: IceEvent["type"][] = [];
  readonly log: string[] = [];
  /** What is neither STUN nor DTLS. */
  readonly media: Uint8Array[] = [];
  agent: IceAgent;
  keys: DtlsKeys | undefined;
  association: DtlsAssociation | undefined;
  /** Nothing arrives any more. */
  dead = false;
  /** Where its DTLS leaves from, when that is another address than {@link address}. */
  dtlsFrom: Endpoint | undefined;
  readonly #internet: Internet;
  readonly #scheduler: Scheduler;
  #credentials = 0;

  constructor(
    internet: Internet,
    address: string,
    readonly seed: number,
    readonly controlling = true,
  ) {
    const [host, port] = address.split(" ");
    this.address = makeEndpoint(host!, Number(port))!;
    this.#internet = internet;
    this.#scheduler = new Scheduler(internet.bench.clock);
    this.dtls = new FakeDtls(seed);
    this.dtls.wire = (_slot, to, datagram) => {
      if (!this.dead) internet.bench.engine.inject(to, datagram, this.dtlsFrom ?? this.address);
    };
    this.agent = this.#newAgent();
    internet.connect(this);
    internet.ticks.push(() => this.tick());
  }

  get candidate(): Candidate {
    return {
      foundation: "host",
      component: 1,
      priority: priorityOf("host", 65535, 1),
      endpoint: this.address,
      type: "host",
    };
  }

  /** Begins anew with credentials of its own (ICE restart). */
  restart(): void {
    this.agent = this.#newAgent();
  }

  /** Learns of its peer and begins. @param role in DTLS */
  start(peer: BrowserPeer, role: DtlsRole | undefined): void {
    const { now } = this;
    this.agent.addRemote({ ...this.candidate, foundation: "1", endpoint: peer.candidate });
    this.agent.endOfCandidates();
    this.agent.setRemote(now, peer.credentials);
    if (role !== undefined) {
      this.association = new DtlsAssociation(this.dtls, role, [peer.fingerprint], {
        portTowards: () => 0,
        connected: (keys) => {
          this.keys = keys;
          this.log.push("connected");
        },
        failed: (reason) => void this.log.push(reason),
        closed: () => void this.log.push("closed"),
        schedule: (ms, callback) => this.#scheduler.after(ms, callback),
      });
    }
    this.#drain();
  }

  receive(source: Endpoint, payload: Uint8Array): void {
    if (this.dead) return;
    const first = payload[0]!;
    if (first < 4) this.agent.receive(this.now, 0, source, payload);
    else if (first >= 20 && first < 64) this.association?.receive(source, payload);
    else this.media.push(payload);
    this.#drain();
  }

  tick(): void {
    if (this.dead) return;
    if ((this.agent.next() ?? Infinity) <= this.now) this.agent.tick(this.now);
    this.#scheduler.run();
    this.dtls.tick(this.now);
    this.#drain();
  }

  get now(): number {
    return this.#internet.bench.clock.now();
  }

  #drain(): void {
    for (const { destination, payload } of this.agent.takeTransmits()) {
      this.#internet.bench.engine.inject(destination, payload, this.address);
    }
    for (const event of this.agent.takeEvents()) {
      if (event.type !== "validated") this.events.push(event.type);
      if (event.type === "selected") {
        this.association?.move(event.remote);
        this.association?.begin(event.remote);
      }
    }
  }

  #newAgent(): IceAgent {
    const random = pseudoRandom(this.seed * 100 + this.#credentials++);
    const local: LocalCandidate = { ...this.candidate, base: 0 };
    return new IceAgent({
      local: newCredentials(random),
      candidates: [local],
      controlling: this.controlling,
      lite: false,
      tieBreaker: BigInt(this.seed),
      components: 1,
      random,
    });
  }
}
