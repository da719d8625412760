/**
 * A virtual network for agents: addresses, delay, loss, NAT, and one clock.
 *
 * @module
 */

import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import { makeEndpoint } from "../core/ip.ts";
import { IceAgent } from "./agent.ts";
import { priorityOf } from "./candidate.ts";
import { newCredentials } from "./credentials.ts";
import type { IceEvent, IceOptions, LocalCandidate } from "./types.ts";

/** Says what becomes of a datagram. */
export type Path = (from: Endpoint, to: Endpoint, payload: Uint8Array) => "pass" | "lose";

interface Flying {
  readonly at: number;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly payload: Uint8Array;
}

/** One agent and where its bases are. */
export class Node {
  readonly agent: IceAgent;
  readonly events: IceEvent[] = [];
  readonly candidates: readonly LocalCandidate[];
  readonly bases: readonly Endpoint[];

  constructor(bases: readonly string[], options: Partial<IceOptions> = {}, seed = 1) {
    this.bases = bases.map(at);
    const components = options.components ?? 1;
    this.candidates = this.bases.map((endpoint, i): LocalCandidate => {
      const component = components === 2 && i % 2 === 1 ? 2 : 1;
      const priority = priorityOf("host", 65535 - i, component);
      return { foundation: `f${i}`, component, priority, endpoint, type: "host", base: i };
    });
    const random = pseudoRandom(seed);
    this.agent = new IceAgent({
      local: newCredentials(random),
      candidates: this.candidates,
      controlling: true,
      lite: false,
      tieBreaker: BigInt(seed),
      components,
      random,
      ...options,
    });
  }

  /** Types of the events so far. */
  get told(): string[] {
    return this.events.map(({ type }) => type).filter((type) => type !== "validated");
  }
}

/** Everything between two nodes. */
export class Network {
  now = 1000;
  path: Path = () => "pass";
  /** Source rewriting: what stands for an address outside. */
  readonly nat = new Map<string, Endpoint>();
  /** Datagrams sent so far. */
  sent = 0;
  readonly #flying: Flying[] = [];

  constructor(readonly nodes: readonly Node[], readonly delay = 10) {}

  /** Lets time pass. */
  run(ms: number): void {
    const end = this.now + ms;
    // a timer that is due for ever must not go unnoticed
    for (let turns = 0;; turns++) {
      if (turns > 100_000) throw new Error("time does not pass");
      for (const node of this.nodes) this.#collect(node);
      const next = Math.min(
        ...this.nodes.map(({ agent }) => agent.next() ?? Infinity),
        ...this.#flying.map(({ at }) => at),
      );
      if (next > end) break;
      this.now = Math.max(this.now, next);
      for (const node of this.nodes) {
        if ((node.agent.next() ?? Infinity) <= this.now) node.agent.tick(this.now);
      }
      const due = this.#flying.filter(({ at }) => at <= this.now);
      for (const datagram of due) {
        this.#flying.splice(this.#flying.indexOf(datagram), 1);
        this.#arrive(datagram);
      }
    }
    this.now = end;
  }

  #collect(node: Node): void {
    for (const { base, destination, payload } of node.agent.takeTransmits()) {
      const own = node.bases[base]!;
      const from = this.nat.get(formatEndpoint(own)) ?? own;
      this.sent++;
      if (this.path(own, destination, payload) === "lose") continue;
      this.#flying.push({ at: this.now + this.delay, from, to: destination, payload });
    }
    node.events.push(...node.agent.takeEvents());
  }

  #arrive({ from, to, payload }: Flying): void {
    const name = formatEndpoint(to);
    for (const node of this.nodes) {
      for (const [base, endpoint] of node.bases.entries()) {
        const outside = this.nat.get(formatEndpoint(endpoint));
        if (
          outside === undefined
            ? formatEndpoint(endpoint) !== name
            : formatEndpoint(outside) !== name
        ) {
          continue;
        }
        node.agent.receive(this.now, base, from, payload);
      }
    }
  }
}

/** `ADDRESS PORT` as an endpoint. */
export function at(text: string): Endpoint {
  const [address, port] = text.split(" ");
  return makeEndpoint(address!, Number(port))!;
}

/** Tells `a` of `b` and the other way round. */
export function introduce(network: Network, a: Node, b: Node): void {
  for (const [one, other] of [[a, b], [b, a]] as const) {
    for (const candidate of other.candidates) one.agent.addRemote(candidate);
    one.agent.endOfCandidates();
    one.agent.setRemote(network.now, other.agent.local);
  }
}

function pseudoRandom(seed: number): (length: number) => Uint8Array {
  let state = seed * 7919 + 1;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
}
