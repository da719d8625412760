/**
 * The jsonstats tree: `list jsonstats` and the reply of the ng command `statistics`. Both have the same
 * keys in the same order; they differ in how numbers with decimals travel.
 *
 * @module
 */

import type { ReplyDict, ReplyValue } from "../ng/types.ts";
import type { LocalAddress } from "../relay/types.ts";
import { COMMANDS } from "./commands.ts";
import type { IntervalReport } from "./interval.ts";
import {
  CURRENT_ITEMS,
  interfaceItems,
  type Item,
  MOS_ITEMS,
  TOTAL_ITEMS,
  VOIP_ITEMS,
} from "./layout.ts";
import type { MetricName } from "./metrics.ts";
import type { Statistics } from "./statistics.ts";

/** A number written with a fixed count of decimals; a string in ng replies. */
class Fixed {
  constructor(readonly value: number, readonly digits: number) {}

  toString(): string {
    return this.value.toFixed(this.digits);
  }
}

type Node = number | string | Fixed | readonly Node[] | { readonly [key: string]: Node };
type Tree = { readonly [key: string]: Node };

/** The one-line JSON of `list jsonstats`. */
export function jsonStats(statistics: Statistics): string {
  return writeJson(buildTree(statistics));
}

/** Value of the key `statistics` in the ng reply. */
export function statisticsReply(statistics: Statistics): ReplyDict {
  return toReply(buildTree(statistics)) as ReplyDict;
}

function buildTree(statistics: Statistics): Tree {
  statistics.refresh();
  return {
    currentstatistics: items(statistics, CURRENT_ITEMS),
    totalstatistics: items(statistics, TOTAL_ITEMS),
    ...(statistics.interval === undefined
      ? {}
      : { intervalstatistics: interval(statistics.interval.last) }),
    mos: items(statistics, MOS_ITEMS),
    voip_metrics: items(statistics, VOIP_ITEMS),
    controlstatistics: control(statistics),
    interfaces: statistics.relay.addresses.map((local) => interfaceTree(statistics, local)),
    transcoders: [],
    poller_threads: statistics.threads.map((thread, index) => ({
      index,
      pid: statistics.pid,
      wakeups: thread.wakeups,
      items: thread.batches,
    })),
  };
}

function items(statistics: Statistics, list: readonly Item[]): Tree {
  return Object.fromEntries(list.map((item) => [item.key, itemNode(statistics, item)]));
}

function itemNode(statistics: Statistics, item: Item): Node {
  const value = item.read(statistics);
  return item.kind === "int" ? value : new Fixed(value, item.kind === "float" ? 6 : 0);
}

function interval(report: IntervalReport): Tree {
  const entries: [string, Node][] = [
    ["totalcallsduration", new Fixed(report.callSeconds, 6)],
    ["minmanagedsessions", report.minSessions],
    ["maxmanagedsessions", report.maxSessions],
  ];
  for (const [what, digits] of [["delay", 6], ["rate", undefined]] as const) {
    COMMANDS.forEach(({ request }, position) => {
      const spread = report.commands[position]![what];
      for (const part of ["min", "max", "avg"] as const) {
        const value = spread[part];
        entries.push([
          `${part}${request}${digits === undefined ? "requestrate" : "delay"}`,
          digits === undefined ? value : new Fixed(value, digits),
        ]);
      }
    });
  }
  return Object.fromEntries(entries);
}

function control(statistics: Statistics): Tree {
  const proxies = Array.from(statistics.proxies.rows(), (row): Tree => {
    const entries: [string, Node][] = [["proxy", row.proxy]];
    COMMANDS.forEach(({ short }, position) => {
      entries.push([`${short}count`, row.requests[position]!.value]);
      entries.push([`${short}duration`, new Fixed(row.seconds[position]!.value, 6)]);
    });
    entries.push(["errorcount", row.errors.value]);
    return Object.fromEntries(entries);
  });
  const totals = COMMANDS.map(({ short }, position): [string, Node] => [
    `total${short}count`,
    statistics.proxies.total(position),
  ]);
  return { proxies, ...Object.fromEntries(totals) };
}

function interfaceTree(statistics: Statistics, local: LocalAddress): Tree {
  const usage = statistics.relay.usage(local);
  const traffic = statistics.interfaceTraffic(local);
  const counted = (metric: MetricName): number =>
    statistics.counters.get(metric, local.name, local.address);
  return {
    name: local.name,
    address: local.address,
    ports: {
      min: local.portMin,
      max: local.portMax,
      used: usage.used,
      used_pct: new Fixed(usage.total === 0 ? 0 : usage.used * 100 / usage.total, 2),
      free: usage.free,
      totals: usage.total,
    },
    packets_lost: counted("rtpengine_interface_packets_lost"),
    duplicates: counted("rtpengine_interface_duplicates"),
    voip_metrics: items(statistics, interfaceItems(local.name, local.address)),
    ingress: { packets: traffic.packetsIn, bytes: traffic.bytesIn, errors: traffic.errorsIn },
    egress: { packets: traffic.packetsOut, bytes: traffic.bytesOut, errors: traffic.errorsOut },
  };
}

function writeJson(node: Node): string {
  if (node instanceof Fixed) return node.toString();
  if (typeof node === "number" || typeof node === "string") return JSON.stringify(node);
  if (isList(node)) return `[${node.map(writeJson).join(",")}]`;
  const members = Object.entries(node).map(([key, value]) =>
    `${JSON.stringify(key)}:${writeJson(value)}`
  );
  return `{${members.join(",")}}`;
}

function toReply(node: Node): ReplyValue {
  if (node instanceof Fixed) return node.toString();
  if (typeof node === "number" || typeof node === "string") return node;
  if (isList(node)) return node.map(toReply);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, toReply(value)]));
}

function isList(node: Node): node is readonly Node[] {
  return Array.isArray(node);
}
