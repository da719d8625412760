/**
 * Logical interfaces: which local address a name stands for. Names, aliases and round-robin sets
 * (`BASE:SUFFIX`); knows nothing of ports but a question it may ask.
 *
 * @module
 */

import type { Family } from "../core/endpoint.ts";
import type { LocalAddress } from "./types.ts";

/** Members of one round-robin set and whose turn it is, per family. */
interface RoundRobin {
  readonly members: string[];
  readonly next: Map<Family, number>;
}

/** The name that stands for all interfaces in turn, where no interface is called so. */
const ALL_IN_TURN = "round-robin-calls";

/** The configured interfaces. */
export class InterfaceTable {
  /** All local addresses in configuration order. */
  readonly addresses: readonly LocalAddress[];
  readonly #byName = new Map<string, LocalAddress[]>();
  readonly #sets = new Map<string, RoundRobin>();
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #default: string | undefined;

  /**
   * @param aliases alias → name of an interface or of a round-robin set
   * @throws Error naming an alias that leads nowhere
   */
  constructor(
    addresses: readonly LocalAddress[],
    aliases: ReadonlyMap<string, string> = new Map(),
  ) {
    this.addresses = [...addresses];
    this.#aliases = aliases;
    for (const address of addresses) {
      const members = this.#byName.get(address.name);
      if (members !== undefined) {
        members.push(address);
        continue;
      }
      this.#byName.set(address.name, [address]);
      const base = setOf(address.name);
      if (base === undefined) continue;
      const set = this.#sets.get(base);
      if (set !== undefined) set.members.push(address.name);
      else this.#sets.set(base, { members: [address.name], next: new Map() });
    }
    const all = [...this.#byName.keys()];
    if (all.length > 0 && !this.#byName.has(ALL_IN_TURN) && !this.#sets.has(ALL_IN_TURN)) {
      this.#sets.set(ALL_IN_TURN, { members: all, next: new Map() });
    }
    const first = addresses[0]?.name;
    this.#default = first === undefined ? undefined : setOf(first) ?? first;
    for (const [alias, name] of aliases) {
      if (!this.#byName.has(name) && !this.#sets.has(name)) {
        throw new Error(`interface alias ${alias} stands for ${name}, which is not an interface`);
      }
    }
  }

  /** Whether an interface, a round-robin set or an alias has this name. */
  has(name: string): boolean {
    return this.#byName.has(name) || this.#sets.has(name) || this.#aliases.has(name);
  }

  /**
   * The primary address of an interface, or of the next member of a round-robin set that has free ports.
   *
   * @param name absent = the first interface, or the set it belongs to
   * @returns undefined when there is no such interface or it lacks the family
   */
  pick(
    name: string | undefined,
    family: Family,
    hasFreePorts: (address: LocalAddress) => boolean,
  ): LocalAddress | undefined {
    const wanted = name ?? this.#default;
    if (wanted === undefined) return undefined;
    const real = this.has(wanted) ? this.#aliases.get(wanted) ?? wanted : wanted;
    if (this.#byName.has(real)) return this.#primary(real, family);
    const set = this.#sets.get(real);
    return set && this.#turn(set, family, hasFreePorts);
  }

  #primary(name: string, family: Family): LocalAddress | undefined {
    return this.#byName.get(name)?.find((address) => address.family === family);
  }

  #turn(
    set: RoundRobin,
    family: Family,
    hasFreePorts: (address: LocalAddress) => boolean,
  ): LocalAddress | undefined {
    const count = set.members.length;
    const start = set.next.get(family) ?? 0;
    let fallback: LocalAddress | undefined;
    for (let i = 0; i < count; i++) {
      const turn = (start + i) % count;
      const address = this.#primary(set.members[turn]!, family);
      if (address === undefined) continue;
      if (hasFreePorts(address)) {
        set.next.set(family, (turn + 1) % count);
        return address;
      }
      fallback ??= address;
    }
    return fallback;
  }
}

/** `BASE` of `BASE:SUFFIX`, undefined for a plain name. */
function setOf(name: string): string | undefined {
  const colon = name.indexOf(":");
  return colon > 0 ? name.slice(0, colon) : undefined;
}
