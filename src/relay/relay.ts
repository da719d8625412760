/**
 * {@link Relay} on top of any engine: interfaces, RTP/RTCP port pairs with quarantine, and the policy on
 * media targets.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { Endpoint, Family } from "../core/endpoint.ts";
import { InterfaceTable } from "./interfaces.ts";
import {
  DEFAULT_QUARANTINE,
  type PairRange,
  pairRange,
  PortBook,
  type Quarantine,
} from "./ports.ts";
import { refuseTarget } from "./targets.ts";
import { TrafficSums } from "./traffic.ts";
import {
  type LocalAddress,
  type PortPair,
  PortsExhausted,
  type Relay,
  type RelayEngine,
  type RelayPort,
  type Slot,
} from "./types.ts";

/** Configuration of a {@link MediaRelay}. */
export interface MediaRelayOptions {
  /** Local addresses in configuration order; the first interface is the default. */
  readonly addresses: readonly LocalAddress[];
  /** Alias → interface name or round-robin base. */
  readonly aliases?: ReadonlyMap<string, string>;
  /** Control listeners of this daemon, looked at on each use; media is never sent there. */
  readonly controlEndpoints?: readonly Endpoint[];
  /** Further addresses of this host, canonical; those of the interfaces are known. */
  readonly hostAddresses?: readonly string[];
  /** How long closed ports rest. */
  readonly quarantine?: Quarantine;
  /** Told of pairs that are opened and closed; absent = nobody. */
  readonly watcher?: {
    /** A pair was opened. */
    opened(pair: PortPair): void;
    /** A pair was closed. */
    closed(pair: PortPair): void;
  };
  /** Where in each range to start: a number in [0, 1). */
  readonly random?: () => number;
}

/** Port range of one local address. */
interface Range {
  readonly book: PortBook;
  readonly pairs: PairRange;
  /** Where the next search starts: the pair after the one given last. */
  cursor: number;
}

/** The relay of the daemon. */
export class MediaRelay implements Relay {
  /** The engine underneath. */
  readonly engine: RelayEngine;
  readonly #interfaces: InterfaceTable;
  readonly #ranges = new Map<LocalAddress, Range>();
  readonly #open = new Set<PortPair>();
  /** Traffic of ports that are closed. */
  readonly #past = new Map<LocalAddress, TrafficSums>();
  readonly #watcher: MediaRelayOptions["watcher"];
  readonly #own: { control: readonly Endpoint[]; addresses: ReadonlySet<string> };

  /** Takes over a configuration. @throws RangeError for an impossible port range, Error for an alias that leads nowhere */
  constructor(engine: RelayEngine, clock: Clock, options: MediaRelayOptions) {
    this.engine = engine;
    this.#watcher = options.watcher;
    this.#interfaces = new InterfaceTable(options.addresses, options.aliases);
    const random = options.random ?? secureRandom;
    const books = new Map<string, PortBook>();
    const own = new Set(options.hostAddresses);
    for (const local of options.addresses) {
      own.add(local.address).add(local.advertised);
      let book = books.get(local.address);
      if (book === undefined) {
        book = new PortBook(clock, options.quarantine ?? DEFAULT_QUARANTINE);
        books.set(local.address, book);
      }
      const pairs = pairRange(local.portMin, local.portMax, local.excludePorts);
      const cursor = pairs.first + Math.floor(random() * pairs.count);
      this.#ranges.set(local, { book, pairs, cursor });
      this.#past.set(local, new TrafficSums());
    }
    this.#own = { control: options.controlEndpoints ?? [], addresses: own };
  }

  /** All local addresses in configuration order. */
  get addresses(): readonly LocalAddress[] {
    return this.#interfaces.addresses;
  }

  /** Number of pairs that are open. */
  get openPairs(): number {
    return this.#open.size;
  }

  /** Local address for a logical interface and family; see {@link Relay.pick}. */
  pick(name: string | undefined, family: Family): LocalAddress | undefined {
    return this.#interfaces.pick(name, family, (local) => {
      const { book, pairs } = this.#range(local);
      return book.available(pairs);
    });
  }

  /** Whether an interface, round-robin set or alias has this name. */
  hasInterface(name: string): boolean {
    return this.#interfaces.has(name);
  }

  /** Opens the next free pair. @throws PortsExhausted */
  openPair(local: LocalAddress): PortPair {
    const range = this.#range(local);
    const { book, pairs } = range;
    // each turn takes a pair from the book, so the loop ends with the range
    for (;;) {
      const from = range.cursor > pairs.last ? pairs.first : range.cursor;
      const taken = book.take(pairs, from);
      if (taken === undefined) throw new PortsExhausted("range");
      let opened: PortPair | Refusal | undefined;
      try {
        opened = this.#openBoth(local, taken);
      } finally {
        if (opened === undefined) book.release(taken);
      }
      if (typeof opened === "object") {
        range.cursor = taken + 1;
        return this.#opened(opened);
      }
      if (opened !== "in-use") {
        book.release(taken);
        throw new PortsExhausted(opened);
      }
      // somebody else's port rests like one of ours and is tried again later
      range.cursor = taken + 1;
      book.rest(taken);
    }
  }

  /** Opens one certain pair. @throws PortsExhausted when it is taken */
  openPairAt(local: LocalAddress, port: number): PortPair {
    const { book } = this.#range(local);
    const pair = port >> 1;
    if (port < 1 || port > 65534 || port % 2 !== 0 || !book.claim(pair)) {
      throw new PortsExhausted("range");
    }
    let opened: PortPair | Refusal | undefined;
    try {
      opened = this.#openBoth(local, pair);
    } finally {
      if (typeof opened !== "object") book.release(pair);
    }
    if (typeof opened !== "object") {
      throw new PortsExhausted(opened === "in-use" ? "range" : opened);
    }
    return this.#opened(opened);
  }

  /** Closes a pair and lets it rest. */
  closePair(pair: PortPair): void {
    this.closePairs([pair]);
  }

  /** The same for many. */
  closePairs(pairs: Iterable<PortPair>): void {
    const closing = [...pairs].filter((pair) => this.#open.delete(pair));
    try {
      this.engine.close(...closing.flatMap((pair) => [pair.rtp.slot, pair.rtcp.slot]));
    } finally {
      for (const pair of closing) {
        this.#addPair(pair, this.#past.get(pair.local)!);
        this.#range(pair.local).book.rest(pair.rtp.port >> 1);
        this.#watcher?.closed(pair);
      }
    }
  }

  /** Traffic of each local address since the start. */
  traffic(): ReadonlyMap<LocalAddress, TrafficSums> {
    const totals = new Map<LocalAddress, TrafficSums>();
    for (const [local, past] of this.#past) {
      const sums = new TrafficSums();
      sums.merge(past);
      totals.set(local, sums);
    }
    for (const pair of this.#open) this.#addPair(pair, totals.get(pair.local)!);
    return totals;
  }

  /** Ports of the range that are open and that are not. */
  usage(local: LocalAddress): { used: number; free: number; total: number } {
    const { book, pairs } = this.#range(local);
    const used = book.countOpen(pairs) * 2;
    return { used, free: pairs.count * 2 - used, total: pairs.count * 2 };
  }

  /** Why media must not be sent to `target`. */
  refuseTarget(target: Endpoint, local: LocalAddress): string | undefined {
    return refuseTarget(target, local, this.#own);
  }

  #opened(pair: PortPair): PortPair {
    this.#open.add(pair);
    this.#watcher?.opened(pair);
    return pair;
  }

  #addPair(pair: PortPair, sums: TrafficSums): void {
    this.#addSlot(pair.rtp.slot, sums);
    this.#addSlot(pair.rtcp.slot, sums);
  }

  #addSlot(slot: Slot, sums: TrafficSums): void {
    if (this.engine.addTraffic === undefined) sums.add(this.engine.counters(slot));
    else this.engine.addTraffic(slot, sums);
  }

  #range(local: LocalAddress): Range {
    const range = this.#ranges.get(local);
    if (range === undefined) {
      throw new Error(`${local.name}/${local.address} is not an address of this relay`);
    }
    return range;
  }

  #openBoth(local: LocalAddress, pair: number): PortPair | Refusal {
    const rtp = this.#openPort(local, pair * 2);
    if (typeof rtp === "string") return rtp;
    let rtcp: RelayPort | Refusal | undefined;
    try {
      rtcp = this.#openPort(local, pair * 2 + 1);
    } finally {
      if (typeof rtcp !== "object") this.engine.close(rtp.slot);
    }
    return typeof rtcp === "string" ? rtcp : { local, rtp, rtcp };
  }

  #openPort(local: LocalAddress, port: number): RelayPort | Refusal {
    const { family, address } = local;
    const slot = this.engine.open({ family, address, port });
    return typeof slot === "string" ? slot : { slot, local, port };
  }
}

/** Why the engine did not open a port. */
type Refusal = Exclude<ReturnType<RelayEngine["open"]>, number>;

function secureRandom(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32;
}
