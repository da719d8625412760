/**
 * Which ports a message needs. Ports are opened here and given back when the message fails; nothing of
 * the call is changed before the plan is applied.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Endpoint, Family } from "../core/endpoint.ts";
import { NgError } from "../ng/types.ts";
import { type LocalAddress, type PortPair, PortsExhausted, type Relay } from "../relay/types.ts";
import { pairsOf, type PortEntry } from "./media.ts";
import type { Participant, PartyInterface } from "./participant.ts";

/** Ports for one section of one party. */
export interface PlannedPorts {
  readonly position: number;
  readonly party: Participant;
  readonly pair: PortPair;
  /** Pair the section has already. */
  readonly entry: PortEntry | undefined;
  /** Endpoint of the other side it stands for from now on; undefined = as before. */
  readonly peer: Endpoint | undefined;
  /** Pairs of further candidates that are new. */
  readonly others: readonly PortPair[];
}

/** What a section is advertised with. */
export interface Advertised {
  readonly pair: PortPair;
  /** Of further candidates of ICE, the preferred ones first. */
  readonly others: readonly PortPair[];
}

/** A pair that goes over from one section of a party to another. */
interface Inheritance {
  readonly party: Participant;
  readonly heir: number;
  readonly position: number;
  readonly entry: PortEntry;
}

/** Opens ports for one message and remembers what has to be undone. */
export class PortPlan {
  readonly planned: PlannedPorts[] = [];
  readonly #relay: Relay;
  readonly #saving: boolean;
  readonly #opened: PortPair[] = [];
  readonly #inherited: Inheritance[] = [];

  /** @param saving one candidate of ICE is enough (`save-interface-ports`) */
  constructor(relay: Relay, saving: boolean) {
    this.#relay = relay;
    this.#saving = saving;
  }

  /**
   * The pair in use for one section of a party becomes that of another one: the transport of a bundle
   * (RFC 9143) outlives the section it began with. When the bundle falls apart it is the first one's.
   */
  inherit(party: Participant, heir: number, position: number): void {
    const entry = party.medias[position]?.own;
    if (entry === undefined || this.#isGone(entry)) return;
    this.#inherited.push({ party, heir, position, entry });
  }

  /**
   * Plans the pair a section is advertised with.
   *
   * @param peer endpoint of the other side, undefined when it has none
   * @param latch keep the pair although the endpoint changed
   * @param ice one pair for each address of the interface
   * @throws PortsExhausted
   */
  advertise(
    party: Participant,
    position: number,
    local: LocalAddress,
    peer: Endpoint | undefined,
    latch: boolean,
    ice: boolean,
  ): Advertised {
    const entry = this.#heirloom(party, position) ??
      (ice ? this.#candidates(party, position, local) : undefined) ??
      this.#own(party, position, local, peer, latch);
    const pair = entry?.pair ?? this.#open(local);
    const known = entry?.peer !== undefined && peer === undefined;
    const others = ice && !this.#saving && entry?.others === undefined
      ? this.#openOthers(pair.local)
      : [];
    this.planned.push({ position, party, pair, entry, peer: known ? undefined : peer, others });
    return ice && entry?.others !== undefined ? advertised(entry) : { pair, others };
  }

  /** What a section is advertised with already, which stays; undefined when there is none. */
  stay(party: Participant, position: number): Advertised | undefined {
    const own = party.medias[position]?.own;
    return own !== undefined && !this.#isGone(own) ? advertised(own) : undefined;
  }

  /**
   * Plans the pair of the section of one whose description it is: what it has, else a new one.
   *
   * @throws PortsExhausted
   */
  keep(party: Participant, position: number, local: () => LocalAddress): void {
    const media = party.medias[position];
    const inherited = this.#heirloom(party, position);
    if (inherited === undefined && media?.own !== undefined && !this.#isGone(media.own)) return;
    const address = local();
    const entry = inherited ?? this.#own(party, position, address, undefined, false);
    const pair = entry?.pair ?? this.#open(address);
    this.planned.push({ position, party, pair, entry, peer: undefined, others: [] });
  }

  /** Puts the pairs in place, after the new states of the sections. */
  apply(): void {
    for (const { party, heir, position, entry } of this.#inherited) {
      const { entries } = party.media(position);
      entries.splice(entries.indexOf(entry), 1);
      // it stands for another section of the other side now
      entry.peer = undefined;
      party.media(heir).entries.push(entry);
    }
    for (const { party, position, pair, entry, peer, others } of this.planned) {
      const media = party.media(position);
      let target = entry;
      if (target === undefined) {
        const muxed = media.state.mux === "agreed" || media.state.muxAlways;
        target = { pair, peer, muxed, rtpRule: undefined, rtcpRule: undefined };
        media.entries.push(target);
      } else if (peer !== undefined) {
        target.peer = peer;
      }
      if (others.length > 0) {
        target.others = others.map((pair) => ({ pair, rtpRule: undefined, rtcpRule: undefined }));
      }
      media.active = target;
    }
    this.#opened.length = 0;
  }

  /** Gives back what was opened. */
  undo(): void {
    if (this.#opened.length > 0) this.#relay.closePairs(this.#opened.splice(0));
  }

  #heirloom(party: Participant, position: number): PortEntry | undefined {
    return this.#inherited.find((item) => item.party === party && item.heir === position)?.entry;
  }

  #isGone(entry: PortEntry): boolean {
    return this.#inherited.some((item) => item.entry === entry);
  }

  #own(
    party: Participant,
    position: number,
    local: LocalAddress,
    peer: Endpoint | undefined,
    latch: boolean,
  ): PortEntry | undefined {
    const entry = party.medias[position]?.entryFor(local, peer, latch);
    return entry !== undefined && !this.#isGone(entry) ? entry : undefined;
  }

  /** ICE finds the right one of its candidates, also for a party that asks for the other family now. */
  #candidates(party: Participant, position: number, { name }: LocalAddress): PortEntry | undefined {
    const own = party.medias[position]?.own;
    const fits = own?.others !== undefined && own.pair.local.name === name && !this.#isGone(own);
    return fits ? own : undefined;
  }

  #open(local: LocalAddress): PortPair {
    const pair = this.#relay.openPair(local);
    this.#opened.push(pair);
    return pair;
  }

  /**
   * A pair on each other address of an interface, those of its family first. A candidate there is no port for
   * is one less.
   */
  #openOthers(local: LocalAddress): PortPair[] {
    const others = this.#relay.addresses.filter(({ name }) => name === local.name)
      .filter((address) => address !== local)
      .toSorted((a, b) => rank(a, local) - rank(b, local));
    return others.flatMap((address) => {
      try {
        return [this.#open(address)];
      } catch (error) {
        if (error instanceof PortsExhausted) return [];
        throw error;
      }
    });
  }
}

function advertised(entry: PortEntry): Advertised {
  const [pair, ...others] = pairsOf(entry);
  return { pair: pair!, others };
}

function rank({ family }: LocalAddress, local: LocalAddress): number {
  return family === local.family ? 0 : 1;
}

/**
 * Finds the local address towards a party and remembers it, so that all its sections and all its
 * descriptions use the same one.
 */
export class InterfaceChoice {
  readonly #relay: Relay;
  #chosen: PartyInterface;
  readonly #strict: boolean;

  /**
   * @param before what the party has
   * @param wanted logical interface asked for; undefined = as before, unknown ones = the default
   * @param strict what is asked for is used although it may lack the family
   */
  constructor(
    relay: Relay,
    before: PartyInterface | undefined,
    wanted: ByteString | undefined,
    strict = false,
  ) {
    this.#relay = relay;
    const name = wanted !== undefined && relay.hasInterface(wanted) ? wanted : undefined;
    const keep = before !== undefined && (wanted === undefined || before.name === name);
    this.#chosen = keep ? before : { name, ip4: undefined, ip6: undefined };
    this.#strict = name === undefined ? keep && before.name !== undefined : keep || strict;
  }

  /** What to remember. */
  get chosen(): PartyInterface {
    return this.#chosen;
  }

  /**
   * The address of a family. Where the interface lacks it: of another interface, unless this one was asked
   * for; else of the other family.
   *
   * @throws NgError when the interface has none at all
   */
  address(family: Family): LocalAddress {
    const address = this.#of(family) ?? this.#of(family === 4 ? 6 : 4);
    if (address === undefined) throw new NgError("No usable interface");
    return address;
  }

  /** `interface = ipv4/192.0.2.1;ipv6/2001:db8::1` names families, and nobody asks for them by name. */
  #elsewhere(family: Family): LocalAddress | undefined {
    const first = this.#relay.addresses.find((address) => address.family === family);
    return first && this.#relay.pick(first.name, family);
  }

  #of(family: Family): LocalAddress | undefined {
    const chosen = this.#chosen;
    const known = family === 4 ? chosen.ip4 : chosen.ip6;
    if (known !== undefined) return known;
    const found = this.#relay.pick(chosen.name, family) ??
      (this.#strict ? undefined : this.#elsewhere(family));
    if (found === undefined) return undefined;
    this.#chosen = family === 4 ? { ...chosen, ip4: found } : { ...chosen, ip6: found };
    return found;
  }
}
