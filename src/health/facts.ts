/**
 * Judges what was found: what is well, what is not, and what to do.
 *
 * @module
 */

import type { HealthFact, HealthInput, HealthLevel } from "./types.ts";

const DAY = 86_400_000;
const MIB = 1 << 20;
/** Descriptors below which a busy relay may run out of them. */
const MIN_FILES = 16_384;
/** Receive buffer that holds a burst of a tenth of a second at 100,000 packets per second. */
const MIN_RECEIVE_BUFFER = 4 * MIB;
const ORDER: readonly HealthLevel[] = ["ok", "note", "warning", "problem"];

/** The worst of these facts. */
export function worstLevel(facts: readonly HealthFact[]): HealthLevel {
  return facts.reduce<HealthLevel>((worst, { level }) => {
    return ORDER.indexOf(level) > ORDER.indexOf(worst) ? level : worst;
  }, "ok");
}

/** Everything that was looked at. */
export function healthFacts(input: HealthInput): HealthFact[] {
  return [
    relayFact(input),
    kernelFact(input),
    capabilitiesFact(input),
    lossFact(input),
    udpDropsFact(input),
    backlogFact(input),
    ...input.devices.map((device) => queueFact(device, input.load.processors)),
    sipHelperFact(input),
    ...input.ports.map(portFact),
    filesFact(input),
    receiveBufferFact(input),
    localPortsFact(input),
    diskFact(input),
    memoryFact(input),
    loadFact(input),
    clockFact(input),
    certificateFact(input),
    exposureFact(input),
    journalFact(input),
  ].filter((fact) => fact !== undefined);
}

function fact(
  id: string,
  title: string,
  value: string,
  level: HealthLevel = "ok",
  advice?: string,
): HealthFact {
  return { id, level, title, value, ...(advice === undefined ? {} : { advice }) };
}

function relayFact({ relay }: HealthInput): HealthFact | undefined {
  if (relay === undefined) return undefined;
  const { mode, reason } = relay;
  const title = "How packets are received";
  if (reason === "") return fact("relay-mode", title, mode);
  return fact(
    "relay-mode",
    title,
    `${mode}: ${reason}`,
    "note",
    "give the process CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW, as the shipped systemd unit does",
  );
}

function kernelFact({ table, kernelModule, kernel }: HealthInput): HealthFact {
  const title = "Kernel module";
  if (table < 0) {
    return fact(
      "kernel-module",
      title,
      `${kernelModule ? "loaded, " : ""}not asked for (table=-1)`,
    );
  }
  if (kernel?.up === true) return tableFact(table, kernel);
  if (kernel === undefined && kernelModule) {
    return fact("kernel-module", title, `loaded, table ${table}`);
  }
  const advice = "install it and `modprobe xt_RTPENGINE`, or set table=-1";
  return fact("kernel-module", title, `table ${table} is asked for`, "warning", advice);
}

function tableFact(
  table: number,
  { streams, missed, refused }: NonNullable<HealthInput["kernel"]>,
): HealthFact {
  const value = `table ${table}, ${streams} streams in the kernel`;
  const title = "Kernel module";
  if (missed > 0) {
    return fact(
      "kernel-module",
      title,
      `${value}, ${missed} that do not get there`,
      "warning",
      `set kernel-hook=input, or iptables -I INPUT -p udp -j RTPENGINE --id ${table}`,
    );
  }
  if (refused === 0) return fact("kernel-module", title, value);
  const advice = "raise kernel-slots";
  return fact("kernel-module", title, `${value}, no room for ${refused}`, "warning", advice);
}

function capabilitiesFact({ missingCapabilities: missing }: HealthInput): HealthFact | undefined {
  if (missing === undefined) return undefined;
  const title = "Capabilities";
  if (missing.length === 0) return fact("capabilities", title, "all that are of use");
  return fact(
    "capabilities",
    title,
    `without ${missing.join(", ")}`,
    "note",
    "add them to AmbientCapabilities, as the shipped systemd unit does: one socket serves all ports then",
  );
}

function udpDropsFact({ udpDrops }: HealthInput): HealthFact | undefined {
  if (udpDrops === undefined) return undefined;
  const title = "Datagrams lost in receive buffers";
  if (udpDrops === 0) return fact("udp-drops", title, "none since the host started");
  return fact(
    "udp-drops",
    title,
    `${udpDrops} since the host started, of all programs`,
    "note",
    "raise net.core.rmem_max and restart; `nstat UdpRcvbufErrors` tells whether it goes on",
  );
}

function backlogFact({ backlogDrops }: HealthInput): HealthFact | undefined {
  if (backlogDrops === undefined) return undefined;
  const title = "Packets lost before they were looked at";
  if (backlogDrops === 0) return fact("backlog", title, "none since the host started");
  return fact(
    "backlog",
    title,
    `${backlogDrops} since the host started`,
    "note",
    "raise net.core.netdev_max_backlog, or spread receive queues over more processors",
  );
}

function queueFact(
  { name, queues, spread }: HealthInput["devices"][number],
  processors: number,
): HealthFact {
  const id = `queues-${name}`;
  const title = `Receive queues of ${name}`;
  const value = `${queues} for ${processors} processors${spread ? ", spread by software" : ""}`;
  if (queues >= processors || spread) return fact(id, title, value);
  const advice = `ethtool -L ${name} combined ${processors}, or spread its packets by software: ` +
    `echo ff > /sys/class/net/${name}/queues/rx-0/rps_cpus`;
  return fact(id, title, value, "note", advice);
}

function sipHelperFact({ sipHelpers }: HealthInput): HealthFact {
  const title = "Helpers of the firewall that rewrite SIP";
  if (sipHelpers.length === 0) return fact("sip-helper", title, "none");
  const advice = `modprobe -r ${sipHelpers.join(" ")}, and blacklist it: it changes SDP on its way`;
  return fact("sip-helper", title, sipHelpers.join(", "), "warning", advice);
}

function lossFact({ overflow, ringLost }: HealthInput): HealthFact | undefined {
  if (overflow === undefined) return undefined;
  const rings = Object.entries(ringLost).filter(([, lost]) => lost > 0)
    .map(([ring, lost]) => `${lost} in the ring ${ring}`);
  const lost = [...(overflow > 0 ? [`${overflow} in receive buffers`] : []), ...rings];
  const title = "Packets lost inside this host";
  if (lost.length === 0) return fact("local-loss", title, "none since the start");
  return fact(
    "local-loss",
    title,
    lost.join(", "),
    "warning",
    "raise net.core.rmem_max, give the relay more threads, or send it fewer calls",
  );
}

function portFact({ name, address, used, total }: HealthInput["ports"][number]): HealthFact {
  const id = `ports-${name}-${address}`;
  const title = `Ports for media on ${name} (${address})`;
  const value = `${used} of ${total} in use`;
  if (used < total * 0.8) return fact(id, title, value);
  const level = used < total * 0.95 ? "warning" : "problem";
  return fact(id, title, value, level, "widen port-min and port-max, or add an interface");
}

function filesFact({ openFiles }: HealthInput): HealthFact | undefined {
  if (openFiles === undefined) return undefined;
  const title = "Open files allowed";
  if (openFiles >= MIN_FILES) return fact("open-files", title, String(openFiles));
  const advice = "set LimitNOFILE=150000 in the systemd unit, or `ulimit -n` before the start";
  return fact("open-files", title, String(openFiles), "warning", advice);
}

function receiveBufferFact({ receiveBufferMax: max }: HealthInput): HealthFact | undefined {
  if (max === undefined) return undefined;
  const title = "Largest receive buffer";
  const value = `${Math.floor(max / 1024)} KiB`;
  if (max >= MIN_RECEIVE_BUFFER) return fact("receive-buffer", title, value);
  const advice = `sysctl -w net.core.rmem_max=${MIN_RECEIVE_BUFFER}, so that bursts are not lost`;
  return fact("receive-buffer", title, value, "note", advice);
}

function localPortsFact(input: HealthInput): HealthFact | undefined {
  const { localPorts, mediaPorts, reservedPorts } = input;
  if (localPorts === undefined) return undefined;
  const [low, high] = localPorts;
  const title = "Ports of other programs";
  const value = `the system gives out ${low} to ${high}`;
  const shared = mediaPorts.filter(([first, last]) => {
    const reserved = reservedPorts.some(([from, to]) => from <= first && last <= to);
    return first <= high && last >= low && !reserved;
  });
  if (shared.length === 0) return fact("local-ports", title, value);
  const ranges = shared.map(([first, last]) => `${first}-${last}`).join(",");
  return fact(
    "local-ports",
    title,
    `${value}, media has ${ranges}`,
    "note",
    `sysctl -w net.ipv4.ip_local_reserved_ports=${ranges}`,
  );
}

function diskFact({ disk }: HealthInput): HealthFact | undefined {
  if (disk === undefined) return undefined;
  const value = `${Math.floor(disk.free / MIB)} MiB of ${Math.floor(disk.total / MIB)} MiB free`;
  // a small disk is none that is nearly full
  const little = Math.min(512 * MIB, disk.total / 4);
  const level = disk.free < 64 * MIB ? "problem" : disk.free < little ? "warning" : "ok";
  const advice = level === "ok" ? undefined : "free some: the journal and recordings need it";
  return fact("disk", "Disk of the data directory", value, level, advice);
}

function memoryFact({ memory }: HealthInput): HealthFact | undefined {
  if (memory === undefined) return undefined;
  const { available, total } = memory;
  const value = `${Math.floor(available / MIB)} MiB of ${Math.floor(total / MIB)} MiB available`;
  const level = available < total * 0.03 ? "problem" : available < total * 0.1 ? "warning" : "ok";
  const advice = level === "ok" ? undefined : "end other programs, or give the host more memory";
  return fact("memory", "Memory", value, level, advice);
}

function loadFact({ load: { average, processors } }: HealthInput): HealthFact {
  const value = `${average.toFixed(2)} on ${processors} processors`;
  const level = average > processors * 2 ? "warning" : average > processors ? "note" : "ok";
  const advice = level === "ok" ? undefined : "set max-load or max-cpu, or spread calls";
  return fact("load", "Load of the last minute", value, level, advice);
}

function clockFact({ clockSynchronised }: HealthInput): HealthFact | undefined {
  if (clockSynchronised === undefined) return undefined;
  const title = "Clock";
  if (clockSynchronised) return fact("clock", title, "set from the network");
  const advice = "turn on systemd-timesyncd or chrony: reports and certificates need the time";
  return fact("clock", title, "not known to be set from the network", "note", advice);
}

function certificateFact({ certificateExpires, now }: HealthInput): HealthFact | undefined {
  if (certificateExpires === undefined) return undefined;
  const days = Math.floor((certificateExpires - now) / DAY);
  const title = "Certificate of HTTPS";
  if (days < 0) {
    const advice =
      "replace the files of https-cert and https-key and reload, or upload another one";
    return fact("certificate", title, `expired ${-days} days ago`, "problem", advice);
  }
  const advice = days < 14 ? "renew it, and reload" : undefined;
  return fact("certificate", title, `${days} days left`, days < 14 ? "warning" : "ok", advice);
}

function exposureFact({ open }: HealthInput): HealthFact {
  const title = "Control listeners without protection";
  if (open.length === 0) return fact("exposure", title, "none");
  return fact(
    "exposure",
    title,
    open.join(", "),
    "problem",
    "set control-allow to the addresses of the SIP proxies, or control-auth",
  );
}

function journalFact({ journalled }: HealthInput): HealthFact {
  const title = "Calls over a restart";
  if (journalled) return fact("journal", title, "are journalled and go on");
  return fact("journal", title, "end", "note", "set journal=calls.db");
}
