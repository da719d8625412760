/**
 * A host made of data, for tests.
 *
 * @module
 */

import { canonicalIp } from "../core/ip.ts";
import type { Host, HostAddress } from "./host.ts";

/** What a {@link FakeHost} has. */
export interface FakeHostData {
  /** Addresses by network interface. */
  readonly devices?: Readonly<Record<string, readonly string[]>>;
  /** Addresses by host name. */
  readonly names?: Readonly<Record<string, readonly string[]>>;
  /** Content by path; an Error is thrown when the file is read. */
  readonly files?: Readonly<Record<string, string | Error>>;
}

/** A host that has nothing but what it is given. */
export class FakeHost implements Host {
  readonly #data: FakeHostData;

  /** Makes a host; by default it has loopback and one network interface. */
  constructor(data: FakeHostData = {}) {
    this.#data = {
      devices: {
        lo: ["127.0.0.1", "::1"],
        eth0: ["192.0.2.1", "2001:db8::1", "fe80::1"],
      },
      ...data,
    };
  }

  addresses(): readonly HostAddress[] {
    return Object.entries(this.#data.devices ?? {}).flatMap(([device, addresses]) =>
      addresses.map((address) => ({ device, ...canonicalIp(address)! }))
    );
  }

  resolve(name: string): Promise<readonly string[]> {
    const found = this.#data.names?.[name];
    return found === undefined
      ? Promise.reject(new Error(`getaddrinfo ENOTFOUND ${name}`))
      : Promise.resolve(found);
  }

  readFile(path: string): string | undefined {
    const content = this.#data.files?.[path];
    if (content instanceof Error) throw content;
    return content;
  }
}
