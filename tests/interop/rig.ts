/**
 * Three namespaces in a row: phone A, the core with SIP proxy and media relay, phone B. The core does not
 * forward packets, so what passes between the phones went through the relay.
 *
 * ```
 *  phone A 10.77.1.2 ──── 10.77.1.1 core 10.77.2.1 ──── 10.77.2.2 phone B
 *                                        fd77:2::1 ──── fd77:2::2
 * ```
 *
 * @module
 */

import { join } from "node:path";
import { oracleFolder } from "../oracle/mod.ts";
import { Agent, connect, Netns } from "../support/mod.ts";

/** Addresses of the rig. */
export const ADDRESS = {
  phoneA: "10.77.1.2",
  coreA: "10.77.1.1",
  coreB: "10.77.2.1",
  phoneB: "10.77.2.2",
  coreB6: "fd77:2::1",
  phoneB6: "fd77:2::2",
} as const;

/** The three namespaces with an agent in each, and a folder both the tests and the oracle can see. */
export class Rig implements AsyncDisposable {
  #stack: AsyncDisposableStack;

  /** Wraps what {@link open} has made. */
  constructor(
    stack: AsyncDisposableStack,
    readonly core: Place,
    readonly a: Place,
    readonly b: Place,
    readonly folder: Folder,
  ) {
    this.#stack = stack;
  }

  /** Makes the namespaces and links. */
  static async open(): Promise<Rig> {
    await using stack = new AsyncDisposableStack();
    const folder = stack.use(await Folder.create());
    const place = async (hint: string): Promise<Place> => {
      const ns = stack.use(await Netns.create(hint));
      return { ns, agent: stack.use(await Agent.start(ns)) };
    };
    const [core, a, b] = [await place("core"), await place("a"), await place("b")];
    await connect(
      { ns: core.ns, link: "to-a", addresses: [`${ADDRESS.coreA}/24`] },
      { ns: a.ns, link: "eth0", addresses: [`${ADDRESS.phoneA}/24`] },
    );
    await connect(
      { ns: core.ns, link: "to-b", addresses: [`${ADDRESS.coreB}/24`, `${ADDRESS.coreB6}/64`] },
      { ns: b.ns, link: "eth0", addresses: [`${ADDRESS.phoneB}/24`, `${ADDRESS.phoneB6}/64`] },
    );
    return new Rig(stack.move(), core, a, b, folder);
  }

  /** Hands over something that must end before the namespaces go. */
  use<T extends AsyncDisposable>(resource: T): T {
    return this.#stack.use(resource);
  }

  /** Ends everything in reverse order. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** A namespace and the test's hand in it. */
export interface Place {
  /** The namespace. */
  readonly ns: Netns;
  /** An agent in it. */
  readonly agent: Agent;
}

/** A temporary folder inside the oracle's root. */
export class Folder implements AsyncDisposable {
  /** Wraps a folder that exists. @param outside its path as the tests see it */
  constructor(readonly outside: string) {}

  /** Makes the folder. */
  static async create(): Promise<Folder> {
    const root = join(oracleFolder(), "tmp");
    return new Folder(await Deno.makeTempDir({ dir: root, prefix: "rtpedge-interop-" }));
  }

  /** A path in the folder as programs in the oracle see it. */
  inside(...parts: string[]): string {
    return join("/", this.outside.slice(oracleFolder().length), ...parts);
  }

  /** A path in the folder as the tests see it. */
  path(...parts: string[]): string {
    return join(this.outside, ...parts);
  }

  /** Writes a text file, making its parents, and returns its path inside the oracle. */
  async write(text: string, ...parts: string[]): Promise<string> {
    await Deno.mkdir(join(this.path(...parts), ".."), { recursive: true });
    await Deno.writeTextFile(this.path(...parts), text);
    return this.inside(...parts);
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.outside, { recursive: true });
  }
}
