/**
 * What the host says of itself; what it does not say is undefined. The only file of this folder that touches
 * the system.
 *
 * @module
 */

import { statfsSync } from "node:fs";
import type { HealthInput } from "./types.ts";

/** The part of {@link HealthInput} that comes from the host. */
export type HostFacts = Pick<
  HealthInput,
  | "receiveBufferMax"
  | "localPorts"
  | "reservedPorts"
  | "disk"
  | "memory"
  | "load"
  | "clockSynchronised"
>;

const SYNCHRONISED = "/run/systemd/timesync/synchronized";
const CHRONY = "/run/chrony/chronyd.pid";

/** Asks the host. @param dataDir directory whose disk is looked at */
export function hostFacts(dataDir: string): HostFacts {
  return {
    receiveBufferMax: numbersOf(read("/proc/sys/net/core/rmem_max"))[0],
    localPorts: pairOf(read("/proc/sys/net/ipv4/ip_local_port_range")),
    reservedPorts: rangesOf(read("/proc/sys/net/ipv4/ip_local_reserved_ports")),
    disk: attempt(() => {
      const { bavail, blocks, bsize } = statfsSync(dataDir);
      return { free: bavail * bsize, total: blocks * bsize };
    }),
    memory: memoryOf(read("/proc/meminfo")),
    load: { average: Deno.loadavg()[0] ?? 0, processors: navigator.hardwareConcurrency },
    clockSynchronised: [SYNCHRONISED, CHRONY].some((path) => {
      return attempt(() => Deno.lstatSync(path)) !== undefined;
    }),
  };
}

/** `MemAvailable` and `MemTotal` of /proc/meminfo, in bytes. */
export function memoryOf(meminfo: string | undefined): HealthInput["memory"] {
  const field = (name: string) => {
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(meminfo ?? "")?.[1]) * 1024;
  };
  const [available, total] = [field("MemAvailable"), field("MemTotal")];
  return available >= 0 && total > 0 ? { available, total } : undefined;
}

/** `1-5,7` as ranges. */
export function rangesOf(text: string | undefined): [number, number][] {
  return (text ?? "").trim().split(",").filter((part) => /^\d+(-\d+)?$/.test(part)).map((part) => {
    const [first, last = first] = part.split("-").map(Number);
    return [first!, last!];
  });
}

function pairOf(text: string | undefined): [number, number] | undefined {
  const [low, high] = numbersOf(text);
  return low === undefined || high === undefined ? undefined : [low, high];
}

function numbersOf(text: string | undefined): number[] {
  return (text ?? "").split(/\s+/).filter((part) => /^\d+$/.test(part)).map(Number);
}

function read(path: string): string | undefined {
  return attempt(() => Deno.readTextFileSync(path));
}

/** What the host does not tell everybody is no error. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
