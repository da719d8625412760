/**
 * Floods: a small program in a namespace that sends many datagrams and counts what comes back.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { must, type Netns } from "../support/mod.ts";

const SOURCE = fileURLToPath(new URL("flood.c", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../../build/security/flood", import.meta.url));

/** What is sent. */
export interface Flood {
  /** Source address. */
  readonly from: string;
  /** Destination address. */
  readonly to: string;
  /** Destination ports, inclusive, taken in turn. */
  readonly ports: readonly [number, number];
  /** Packets a second. */
  readonly rate: number;
  /** How long. */
  readonly seconds: number;
  /** The datagram. */
  readonly datagram: Uint8Array;
  /** Octets that are random in every copy, as offset and length; a negative offset counts from the end. */
  readonly random: readonly (readonly [number, number])[];
}

/** What came of it. */
export interface FloodResult {
  readonly sent: number;
  readonly sentBytes: number;
  readonly received: number;
  readonly receivedBytes: number;
  readonly failed: number;
}

let built: Promise<unknown> | undefined;

/** Builds the program. */
async function build(): Promise<void> {
  built ??= (async () => {
    await must(["mkdir", "-p", fileURLToPath(new URL("../../build/security", import.meta.url))]);
    const flags = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O2"];
    await must(["cc", ...flags, "-o", `${PROGRAM}.${Deno.pid}`, SOURCE]);
    await Deno.rename(`${PROGRAM}.${Deno.pid}`, PROGRAM);
  })();
  await built;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** Sends and counts. */
export async function flood(ns: Netns, what: Flood): Promise<FloodResult> {
  await build();
  const { from, to, ports, rate, seconds, datagram, random } = what;
  const numbers = [...ports, rate, seconds].map(String);
  const spans = random.map(([offset, length]) => `${offset}:${length}`);
  const argv = [PROGRAM, from, to, ...numbers, hex(datagram), ...spans];
  return JSON.parse(await must(ns.argv(argv), { timeout: 1000 * seconds + 10_000 }));
}
