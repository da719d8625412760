/**
 * Two small programs: one sends many datagrams and counts what comes back, one measures how long the relay
 * takes for another call's packets.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { must, type Netns } from "../support/mod.ts";

const FOLDER = fileURLToPath(new URL("../../build/security", import.meta.url));

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

const built = new Map<string, Promise<string>>();

/** Builds a program. @returns its path */
function program(name: string): Promise<string> {
  const known = built.get(name);
  if (known !== undefined) return known;
  const made = (async () => {
    const [path, own] = [`${FOLDER}/${name}`, `${FOLDER}/${name}.${Deno.pid}`];
    await Deno.mkdir(FOLDER, { recursive: true });
    const source = fileURLToPath(new URL(`${name}.c`, import.meta.url));
    const flags = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O2"];
    await must(["cc", ...flags, "-o", own, source]);
    await Deno.rename(own, path);
    return path;
  })();
  built.set(name, made);
  return made;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** Sends and counts. @param before words in front of the command */
export async function flood(
  ns: Netns,
  what: Flood,
  before: readonly string[] = [],
): Promise<FloodResult> {
  const path = await program("flood");
  const { from, to, ports, rate, seconds, datagram, random } = what;
  const numbers = [...ports, rate, seconds].map(String);
  const spans = random.map(([offset, length]) => `${offset}:${length}`);
  const argv = [...before, path, from, to, ...numbers, hex(datagram), ...spans];
  return JSON.parse(await must(ns.argv(argv), { timeout: 1000 * seconds + 10_000 }));
}

/** One end of a call that is measured. */
export interface ProbeEnd {
  readonly ns: Netns;
  readonly host: string;
  readonly port: number;
}

/** Latencies in microseconds. */
export interface ProbeResult {
  readonly sent: number;
  readonly received: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Sends RTP from one end to the relay for some seconds and takes it at the other end. */
export async function probe(
  from: ProbeEnd,
  relay: { readonly host: string; readonly port: number },
  to: ProbeEnd,
  { rate, seconds }: { readonly rate: number; readonly seconds: number },
): Promise<ProbeResult> {
  const path = await program("probe");
  const end = ({ ns, host, port }: ProbeEnd) => [`/run/netns/${ns.name}`, host, String(port)];
  const argv = [
    path,
    ...end(from),
    ...[relay.host, String(relay.port)],
    ...end(to),
    ...[String(rate), String(seconds)],
  ];
  return JSON.parse(await must(argv, { timeout: 1000 * seconds + 10_000 }));
}
