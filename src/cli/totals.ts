/**
 * `list totals`, `list counters` and `list interfaces`.
 *
 * @module
 */

import type { LocalAddress } from "../relay/types.ts";
import {
  type CommandReport,
  COMMANDS,
  CURRENT_ITEMS,
  interfaceItems,
  type IntervalReport,
  type MetricName,
  MOS_ITEMS,
  type Quality,
  RATE_ITEMS,
  type Spread,
  type Statistics,
  TOTAL_ITEMS,
  VOIP_ITEMS,
} from "../stats/mod.ts";
import { average, itemLines } from "./format.ts";

/** The answer to `list totals`. */
export function totalsText(statistics: Statistics): string {
  statistics.refresh();
  const section = (heading: string, body: string): string => `\n${heading}:\n\n${body}`;
  const voip = statistics.relay.addresses.map(({ name, address }) =>
    `VoIP metrics for interface ${name}/${address}:\n` +
    itemLines(statistics, interfaceItems(name, address))
  ).join("");
  return section(
    "Statistics over currently running sessions",
    itemLines(statistics, CURRENT_ITEMS),
  ) +
    section(
      "Total statistics (does not include current running sessions)",
      itemLines(statistics, TOTAL_ITEMS),
    ) + "\n" +
    intervalText(statistics.interval?.last) +
    section("MOS statistics", itemLines(statistics, MOS_ITEMS)) + "\n" +
    section("VoIP metrics", itemLines(statistics, VOIP_ITEMS)) + "\n" +
    section("Control statistics", controlTable(statistics)) + "\n\n" +
    voip;
}

function intervalText(report: IntervalReport | undefined): string {
  if (report === undefined) return "";
  const line = (title: string, value: string): string => ` ${title.padEnd(48)}:${value}\n`;
  const spreads = (
    title: string,
    unit: string,
    spreadOf: (command: CommandReport) => Spread,
    digits: number,
  ): string =>
    COMMANDS.map(({ request }, position) => {
      const { min, max, avg } = spreadOf(report.commands[position]!);
      const values = [min, max, avg].map((value) => value.toFixed(digits)).join("/");
      return line(`Min/Max/Avg ${request} ${title}`, `${values} ${unit}`);
    }).join("");
  return "\nGraphite interval statistics (last reported values to graphite):\n" +
    line("Total calls duration", `${report.callSeconds.toFixed(6)} seconds\n`) +
    line("Min managed sessions", String(report.minSessions)) +
    line("Max managed sessions", String(report.maxSessions)) +
    spreads("processing delay", "sec", ({ delay }) => delay, 6) +
    spreads("requests per second", "per sec", ({ rate }) => rate, 0) + "\n";
}

function controlTable(statistics: Statistics): string {
  const row = (first: string, cells: readonly string[]): string =>
    ` ${first.padStart(20)} ${cells.map((cell) => `| ${cell.padStart(10)} `).join("")}\n`;
  const rows = Array.from(
    statistics.proxies.rows(),
    ({ proxy, requests }) => row(proxy, requests.map(({ value }) => String(value))),
  );
  return row("Proxy", COMMANDS.map(({ column }) => column)) + rows.join("");
}

/** The answer to `list counters`. */
export function countersText(statistics: Statistics): string {
  statistics.refresh();
  return `\nCurrent per-second counters:\n\n${itemLines(statistics, RATE_ITEMS)}`;
}

/** The answer to `list interfaces`. */
export function interfacesText(statistics: Statistics): string {
  statistics.refresh();
  return statistics.relay.addresses.map((local) => interfaceText(statistics, local)).join("");
}

function interfaceText(statistics: Statistics, local: LocalAddress): string {
  const { used, total } = statistics.relay.usage(local);
  const traffic = statistics.interfaceTraffic(local);
  const wide = (value: number): string => String(value).padStart(10);
  const percent = (total === 0 ? 0 : used * 100 / total).toFixed(1).padStart(5);
  const value = (name: MetricName): number =>
    statistics.counters.get(name, local.name, local.address);
  const lost = value("rtpengine_interface_packets_lost");
  const duplicates = value("rtpengine_interface_duplicates");
  const mean = (quality: Quality, digits: number): string => {
    const sum = value(`rtpengine_interface_${quality}_total`);
    return average(sum, value(`rtpengine_interface_${quality}_samples_total`), digits).padStart(3);
  };
  return `Interface '${local.name}' address '${local.address}' (IPv${local.family})\n` +
    ` Port range: ${local.portMin} - ${local.portMax}\n` +
    ` Ports used: ${String(used).padStart(5)} / ${String(total).padStart(5)} (${percent}%)\n` +
    ` Packets/bytes/errors:\n` +
    `  Ingress:   ${wide(traffic.packetsIn)} / ${wide(traffic.bytesIn)} / ${
      wide(traffic.errorsIn)
    }\n` +
    `  Egress:    ${wide(traffic.packetsOut)} / ${wide(traffic.bytesOut)} / ${
      wide(traffic.errorsOut)
    }\n` +
    ` Packets lost/duplicates: ${wide(lost)} / ${wide(duplicates)}\n` +
    ` MOS:    avg ${mean("mos", 1)}, packet loss avg ${mean("packetloss", 0)}%\n` +
    ` Jitter: avg ${mean("jitter", 0)} (measured ${mean("jitter_measured", 0)})\n` +
    ` RTT:    e2e ${mean("rtt_e2e", 0)}, dsct ${mean("rtt_dsct", 0)}\n\n`;
}
