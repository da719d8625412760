/**
 * A call as plain JSON data, and back: what the journal keeps. The graph is walked as it is, so that a field
 * added to a call, a party or a section is kept without being named here. What may stand in a field:
 * primitives, arrays, plain objects, maps, sets, and other nodes of the graph; anything else throws.
 *
 * @module
 */

import type { LocalAddress, PortPair } from "../relay/types.ts";
import { Call } from "./call.ts";
import { Media } from "./media.ts";
import { Participant } from "./participant.ts";

/** One value: a primitive, or an array whose first element says what the rest is. */
export type SnapshotValue =
  | string
  | number
  | boolean
  | null
  | readonly ["u"]
  | readonly ["#", number]
  | readonly ["d", unknown]
  | readonly ["a", ...SnapshotValue[]];

/** Fields of one object by name; of maps and sets their content under `""`. */
export type SnapshotFields = { [name: string]: SnapshotValue };

/** What an object was. */
export type SnapshotKind =
  | "call"
  | "party"
  | "media"
  | "plain"
  | "map"
  | "set"
  | "pair"
  | "address";

/** One object of the graph. */
export type SnapshotNode = readonly [SnapshotKind, SnapshotFields];

/** A call. References are indices into `nodes`; the first is the call itself. */
export interface CallSnapshot {
  /** Of this form; another one is not read. */
  readonly version: typeof SNAPSHOT_VERSION;
  /** Where the counters of its slots are, in the words of whoever keeps them. */
  readonly counters: string;
  readonly nodes: readonly SnapshotNode[];
}

/** Version of {@link CallSnapshot}. */
export const SNAPSHOT_VERSION = 1;

/** The two clocks at one moment, in ms. */
export interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/** Fields that hold monotonic ms: kept as wall-clock ms, because the other clock ends with the host. */
export const MONOTONIC: Readonly<Partial<Record<SnapshotKind, readonly string[]>>> = {
  call: ["start", "signalled", "deleteAt"],
  party: ["deleteAt"],
};

/** Fields that are made anew when a call comes back. */
export const TRANSIENT: Readonly<Partial<Record<SnapshotKind, readonly string[]>>> = {
  call: ["activity"],
  party: ["counters"],
};

/** Fields that are plain data all the way down. */
const DATA: Readonly<Partial<Record<SnapshotKind, readonly string[]>>> = {
  party: ["session"],
  media: ["state"],
};

/** Something in a call cannot be kept. */
export class SnapshotError extends Error {
  /** Class name. */
  override readonly name = "SnapshotError";
}

/**
 * Writes a call down.
 *
 * @param addresses those of the relay; what a call says of them is kept by name
 * @param counters see {@link CallSnapshot.counters}
 * @throws SnapshotError naming the field that holds something of another kind
 */
export function snapshotCall(
  call: Call,
  addresses: ReadonlySet<LocalAddress>,
  moment: Moment,
  counters: string,
): CallSnapshot {
  const writer = new Writer(addresses, moment.wall - moment.monotonic);
  writer.refer(call, "call");
  return { version: SNAPSHOT_VERSION, counters, nodes: writer.nodes };
}

class Writer {
  readonly nodes: SnapshotNode[] = [];
  readonly #numbers = new Map<object, number>();
  readonly #addresses: ReadonlySet<LocalAddress>;
  /** Added to monotonic ms. */
  readonly #offset: number;

  constructor(addresses: ReadonlySet<LocalAddress>, offset: number) {
    this.#addresses = addresses;
    this.#offset = offset;
  }

  refer(object: object, path: string): readonly ["#", number] {
    let number = this.#numbers.get(object);
    if (number === undefined) {
      number = this.nodes.length;
      this.#numbers.set(object, number);
      const fields: SnapshotFields = {};
      const kind = this.#kindOf(object, path);
      this.nodes.push([kind, fields]);
      this.#fill(kind, object, fields, path);
    }
    return ["#", number];
  }

  #kindOf(object: object, path: string): SnapshotKind {
    if (object instanceof Media) return "media";
    if (object instanceof Participant) return "party";
    if (object instanceof Call) return "call";
    if (object instanceof Map) return "map";
    if (object instanceof Set) return "set";
    if (this.#addresses.has(object as LocalAddress)) return "address";
    const prototype = Object.getPrototypeOf(object);
    if (prototype !== Object.prototype && prototype !== null) {
      throw new SnapshotError(`${path} is a ${prototype.constructor?.name}`);
    }
    return this.#isPair(object) ? "pair" : "plain";
  }

  #isPair(object: object): object is PortPair {
    const { local, rtp, rtcp } = object as Partial<PortPair>;
    return local !== undefined && this.#addresses.has(local) && rtp?.slot !== undefined &&
      rtcp?.slot !== undefined;
  }

  #fill(kind: SnapshotKind, object: object, fields: SnapshotFields, path: string): void {
    switch (kind) {
      case "address": {
        const { name, address } = object as LocalAddress;
        fields["name"] = name;
        fields["address"] = address;
        return;
      }
      case "pair": {
        const { local, rtp, rtcp } = object as PortPair;
        fields["local"] = this.refer(local, path);
        fields["port"] = rtp.port;
        fields["rtp"] = rtp.slot;
        fields["rtcp"] = rtcp.slot;
        return;
      }
      case "map":
        fields[""] = this.#value([...(object as Map<unknown, unknown>)], path);
        return;
      case "set":
        fields[""] = this.#value([...(object as Set<unknown>)], path);
        return;
      default:
        this.#fields(kind, object as Record<string, unknown>, fields, path);
    }
  }

  #fields(
    kind: SnapshotKind,
    object: Record<string, unknown>,
    fields: SnapshotFields,
    path: string,
  ): void {
    const transient = TRANSIENT[kind];
    const monotonic = MONOTONIC[kind];
    const data = DATA[kind];
    for (const name of Object.keys(object)) {
      const value = object[name];
      // what is not there needs no word: a new object has it no more than this one
      if (value === undefined || transient?.includes(name)) continue;
      if (data?.includes(name)) fields[name] = ["d", value];
      else if (typeof value === "number" && monotonic?.includes(name)) {
        fields[name] = value + this.#offset;
      } else fields[name] = this.#value(value, `${path}.${name}`);
    }
  }

  #value(value: unknown, path: string): SnapshotValue {
    if (value === undefined) return ["u"];
    if (value === null || typeof value === "string" || typeof value === "boolean") return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (Array.isArray(value)) {
      return ["a", ...value.map((item, i) => this.#value(item, `${path}[${i}]`))];
    }
    if (typeof value === "object") return this.refer(value, path);
    throw new SnapshotError(
      `${path} is ${typeof value === "number" ? value : `a ${typeof value}`}`,
    );
  }
}
