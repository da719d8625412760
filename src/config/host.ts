/**
 * What the configuration asks the host about: its addresses, host names, files. The only file of this folder
 * that touches the system; everything else takes a {@link Host}.
 *
 * @module
 */

import { lookup } from "node:dns/promises";
import type { Family } from "../core/endpoint.ts";
import { canonicalIp } from "../core/ip.ts";

/** An address that a network interface of this host has. */
export interface HostAddress {
  /** Name of the network interface, such as `eth0`. */
  readonly device: string;
  /** IP version. */
  readonly family: Family;
  /** Canonical text. */
  readonly address: string;
}

/** The host as the configuration sees it. */
export interface Host {
  /** Addresses of all network interfaces that are up. */
  addresses(): readonly HostAddress[];
  /**
   * Addresses of a host name, best first.
   *
   * @throws Error when there are none
   */
  resolve(name: string): Promise<readonly string[]>;
  /**
   * Text of a file.
   *
   * @returns undefined when it does not exist
   * @throws Error when it cannot be read
   */
  readFile(path: string): string | undefined;
}

/** The machine this runs on. */
export const systemHost: Host = {
  addresses() {
    return Deno.networkInterfaces().flatMap(({ name, address }) => {
      const ip = canonicalIp(address.replace(/%.*$/, ""));
      return ip === undefined ? [] : [{ device: name, ...ip }];
    });
  },
  async resolve(name) {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  },
  readFile(path) {
    try {
      return Deno.readTextFileSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },
};
