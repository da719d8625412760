/**
 * From the plain data of the journal back to a call with ports: the other half of `snapshot.ts`.
 *
 * @module
 */

import { NEW_MEDIA, NEW_SESSION } from "../negotiate/mod.ts";
import type { LocalAddress, PortPair, Relay, Slot } from "../relay/types.ts";
import { Call } from "./call.ts";
import { Media } from "./media.ts";
import { Participant } from "./participant.ts";
import {
  type CallSnapshot,
  type Moment,
  MONOTONIC,
  SNAPSHOT_VERSION,
  type SnapshotFields,
  type SnapshotNode,
  type SnapshotValue,
} from "./snapshot.ts";
import type { CounterReader } from "./stream.ts";

/** A call that is back, without rules yet. */
export interface RestoredCall {
  readonly call: Call;
  /** Slot of each port now, and the one it had when the snapshot was taken. */
  readonly slots: readonly { readonly now: Slot; readonly then: Slot }[];
}

/** What {@link restoreCall} works with. */
export interface RestoreContext {
  readonly relay: Relay;
  readonly counters: CounterReader;
  readonly moment: Moment;
}

/** A snapshot cannot be brought back. */
export class RestoreError extends Error {
  /** Class name. */
  override readonly name = "RestoreError";
}

/**
 * Makes the call anew and opens its ports where they were.
 *
 * @throws RestoreError when the snapshot contradicts itself or names an address or a port that cannot be
 * had; no port stays open then
 */
export function restoreCall(snapshot: CallSnapshot, context: RestoreContext): RestoredCall {
  const reader = new Reader(snapshot, context);
  try {
    return reader.read();
  } catch (error) {
    reader.undo();
    if (error instanceof RestoreError) throw error;
    throw new RestoreError(error instanceof Error ? error.message : String(error));
  }
}

class Reader {
  readonly #nodes: readonly SnapshotNode[];
  readonly #context: RestoreContext;
  readonly #objects: unknown[] = [];
  readonly #pairs: PortPair[] = [];
  readonly #slots: { now: Slot; then: Slot }[] = [];

  constructor(snapshot: CallSnapshot, context: RestoreContext) {
    if (snapshot?.version !== SNAPSHOT_VERSION || !Array.isArray(snapshot.nodes)) {
      throw new RestoreError(`version ${snapshot?.version} of a call's data is not known`);
    }
    this.#nodes = snapshot.nodes;
    this.#context = context;
  }

  read(): RestoredCall {
    const { moment } = this.#context;
    // two rounds, because the graph has cycles
    for (const [kind, fields] of this.#nodes) this.#objects.push(this.#make(kind, fields));
    for (const [i, [kind, fields]] of this.#nodes.entries()) {
      this.#fill(kind, this.#objects[i] as object, fields);
    }
    const call = this.#objects[0];
    if (!(call instanceof Call)) throw new RestoreError("the data are not a call's");
    // nobody could send while there was no port: the time-outs begin anew
    call.activity = { at: moment.monotonic, stamp: 0 };
    return { call, slots: this.#slots };
  }

  undo(): void {
    this.#context.relay.closePairs(this.#pairs.splice(0));
  }

  #make(kind: SnapshotNode[0], fields: SnapshotFields): unknown {
    const { counters, relay } = this.#context;
    switch (kind) {
      case "call":
        return new Call({
          callId: text(fields, "callId"),
          created: number(fields, "created"),
          start: 0,
          createdFrom: text(fields, "createdFrom"),
          counters,
        });
      case "party":
        return new Participant("", number(fields, "created"), counters);
      case "media":
        return new Media(undefined as never, number(fields, "index"));
      case "plain":
        return {};
      case "map":
        return new Map();
      case "set":
        return new Set();
      case "address": {
        const [name, address] = [text(fields, "name"), text(fields, "address")];
        const found = relay.addresses.find((one) => one.name === name && one.address === address);
        if (found === undefined) throw new RestoreError(`there is no interface ${name}/${address}`);
        return found;
      }
      case "pair":
        return this.#openPair(fields);
      default:
        throw new RestoreError(`there is no kind ${kind}`);
    }
  }

  #openPair(fields: SnapshotFields): PortPair {
    const at = fields["local"];
    const index = Array.isArray(at) ? Number(at[1]) : -1;
    const [kind, named] = this.#nodes[index] ?? [];
    if (kind !== "address" || named === undefined) {
      throw new RestoreError("a port without an address");
    }
    const local = this.#make("address", named) as LocalAddress;
    const pair = this.#context.relay.openPairAt(local, number(fields, "port"));
    this.#pairs.push(pair);
    this.#slots.push({ now: pair.rtp.slot, then: number(fields, "rtp") });
    this.#slots.push({ now: pair.rtcp.slot, then: number(fields, "rtcp") });
    return pair;
  }

  #fill(kind: SnapshotNode[0], object: object, fields: SnapshotFields): void {
    if (kind === "address" || kind === "pair") return;
    if (kind === "map") {
      for (const [key, value] of this.#value(fields[""]!) as [unknown, unknown][]) {
        (object as Map<unknown, unknown>).set(key, value);
      }
      return;
    }
    if (kind === "set") {
      for (const item of this.#value(fields[""]!) as unknown[]) (object as Set<unknown>).add(item);
      return;
    }
    const target = object as Record<string, unknown>;
    const { moment } = this.#context;
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === "number" && MONOTONIC[kind]?.includes(name)) {
        target[name] = value - moment.wall + moment.monotonic;
      } else if (kind === "media" && name === "state") {
        target[name] = { ...NEW_MEDIA, ...this.#value(value) as object };
      } else if (kind === "party" && name === "session") {
        target[name] = { ...NEW_SESSION, ...this.#value(value) as object };
      } else target[name] = this.#value(value);
    }
  }

  #value(value: SnapshotValue): unknown {
    if (!Array.isArray(value)) return value;
    switch (value[0]) {
      case "u":
        return undefined;
      case "d":
        return value[1];
      case "a":
        return (value.slice(1) as SnapshotValue[]).map((item) => this.#value(item));
      case "#": {
        const index = Number(value[1]);
        if (!(index in this.#objects)) throw new RestoreError(`there is no object ${index}`);
        return this.#objects[index];
      }
      default:
        throw new RestoreError("a value of no known kind");
    }
  }
}

function text(fields: SnapshotFields, name: string): string {
  const value = fields[name];
  if (typeof value !== "string") throw new RestoreError(`${name} is missing`);
  return value;
}

function number(fields: SnapshotFields, name: string): number {
  const value = fields[name];
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw new RestoreError(`${name} is missing`);
  }
  return value;
}
