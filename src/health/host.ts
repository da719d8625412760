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
  | "kernelModule"
  | "missingCapabilities"
  | "devices"
  | "udpDrops"
  | "backlogDrops"
  | "sipHelpers"
>;

const SYNCHRONISED = "/run/systemd/timesync/synchronized";
const CHRONY = "/run/chrony/chronyd.pid";

/** Capabilities that steering needs: name and bit (linux/capability.h). */
const CAPABILITIES = { CAP_NET_ADMIN: 12, CAP_NET_RAW: 13, CAP_BPF: 39 } as const;
const SIP_HELPERS = ["nf_conntrack_sip", "nf_nat_sip"];

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
    kernelModule: attempt(() => Deno.lstatSync("/proc/rtpengine")) !== undefined ||
      /^xt_RTPENGINE /m.test(read("/proc/modules") ?? ""),
    missingCapabilities: missingCapabilities(read("/proc/self/status")),
    devices: devices(),
    udpDrops: udpDropsOf(read("/proc/net/snmp")),
    backlogDrops: backlogDropsOf(read("/proc/net/softnet_stat")),
    sipHelpers: SIP_HELPERS.filter((name) =>
      new RegExp(`^${name} `, "m").test(read("/proc/modules") ?? "")
    ),
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

/** Capabilities that steering needs and that are not in force, by the text of /proc/PID/status. */
export function missingCapabilities(status: string | undefined): string[] | undefined {
  const mask = /^CapEff:\s*([0-9a-f]+)$/m.exec(status ?? "")?.[1];
  if (mask === undefined) return undefined;
  const held = BigInt(`0x${mask}`);
  return Object.entries(CAPABILITIES).filter(([, bit]) => (held >> BigInt(bit) & 1n) === 0n)
    .map(([name]) => name);
}

/** `RcvbufErrors` of IPv4 UDP in /proc/net/snmp. */
export function udpDropsOf(snmp: string | undefined): number | undefined {
  const [names, values] = (snmp ?? "").split("\n").filter((line) => line.startsWith("Udp: "))
    .map((line) => line.split(" "));
  const value = Number(values?.[names?.indexOf("RcvbufErrors") ?? -1]);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** Dropped packets of all processors in /proc/net/softnet_stat: the second column, in hexadecimal. */
export function backlogDropsOf(softnet: string | undefined): number | undefined {
  if (softnet === undefined) return undefined;
  return softnet.split("\n").filter((line) => line !== "")
    .reduce((sum, line) => sum + parseInt(line.split(/\s+/)[1] ?? "0", 16), 0);
}

/** Physical network devices with their receive queues. */
function devices(): HealthInput["devices"] {
  const folder = "/sys/class/net";
  const names = attempt(() => [...Deno.readDirSync(folder)].map(({ name }) => name)) ?? [];
  return names.sort().flatMap((name) => {
    // loopback, bridges and the like have no device below them
    if (attempt(() => Deno.statSync(`${folder}/${name}/device`)) === undefined) return [];
    const queues = (attempt(() => [...Deno.readDirSync(`${folder}/${name}/queues`)]) ?? [])
      .filter((queue) => queue.name.startsWith("rx-"));
    const spread = queues.some((queue) =>
      /[1-9a-f]/.test(read(`${folder}/${name}/queues/${queue.name}/rps_cpus`) ?? "")
    );
    return queues.length === 0 ? [] : [{ name, queues: queues.length, spread }];
  });
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
