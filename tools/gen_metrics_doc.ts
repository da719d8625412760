/**
 * Writes `docs/metrics.md` from the metric table, or checks that it is up to date.
 *
 * Usage: deno run -A tools/gen_metrics_doc.ts [--check]
 *
 * @module
 */

import { CLI_DIFFERENCES, CLI_NOTES } from "../src/cli/differences.ts";
import { LABEL_DIFFERENCES, METRIC_NOTES } from "../src/stats/differences.ts";
import {
  CURRENT_ITEMS,
  interfaceItems,
  type Item,
  METRICS,
  type MetricSpec,
  MOS_ITEMS,
  TOTAL_ITEMS,
  VOIP_ITEMS,
} from "../src/stats/mod.ts";
import { writeGenerated } from "./generated.ts";

const SECTIONS: readonly (readonly [string, readonly Item[]])[] = [
  ["currentstatistics", CURRENT_ITEMS],
  ["totalstatistics", TOTAL_ITEMS],
  ["mos", MOS_ITEMS],
  ["voip_metrics", VOIP_ITEMS],
  ["interfaces[].voip_metrics", interfaceItems("", "")],
];

/** Where values without an item of their own stand in jsonstats. */
const PATHS: ReadonlyMap<string, string> = new Map([
  ["rtpengine_requests_total", "controlstatistics.proxies[].COMMANDcount"],
  ["rtpengine_request_seconds_total", "controlstatistics.proxies[].COMMANDduration"],
  ["rtpengine_errors_total", "controlstatistics.proxies[].errorcount"],
  ["rtpengine_ports_used", "interfaces[].ports.used"],
  ["rtpengine_ports_free", "interfaces[].ports.free"],
  ["rtpengine_ports", "interfaces[].ports.totals"],
  ["rtpengine_interface_packets_lost", "interfaces[].packets_lost"],
  ["rtpengine_interface_duplicates", "interfaces[].duplicates"],
  ["rtpengine_interface_packets", "interfaces[].ingress.packets, .egress.packets"],
  ["rtpengine_interface_bytes", "interfaces[].ingress.bytes, .egress.bytes"],
  ["rtpengine_interface_errors", "interfaces[].ingress.errors, .egress.errors"],
  ["rtpengine_poller_wakeups", "poller_threads[].wakeups"],
  ["rtpengine_poller_items", "poller_threads[].items"],
]);

function jsonPaths(name: string): string {
  const paths = SECTIONS.flatMap(([section, items]) =>
    items.filter((item) => item.series?.metric === name).map((item) => `${section}.${item.key}`)
  );
  return PATHS.get(name) ?? paths.join(", ");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function code(text: string): string {
  return text === "" ? "" : `\`${cell(text)}\``;
}

function metricTable(specs: readonly MetricSpec[]): string {
  const rows = specs.map(({ name, type, labels, help }) => {
    const columns = [code(name), type, code(labels.join(", ")), code(jsonPaths(name)), cell(help)];
    return `| ${columns.join(" | ")} |\n`;
  });
  return `| Name | Type | Labels | jsonstats | Meaning |\n| --- | --- | --- | --- | --- |\n${
    rows.join("")
  }`;
}

function oneLine(text: string): string {
  return text.trim().replaceAll("\n", " ");
}

/** A test holds this list against what is really sent. */
const GRAPHITE = `## Names in Graphite

With \`graphite\` one line \`NAME VALUE TIME\` for each of these is sent at the end of each interval, after
\`graphite-prefix\`. COMMAND is an ng command with \`_\` for blanks, such as \`play_media\`.

| Names | Meaning |
| --- | --- |
| \`COMMAND_time_min\`, \`COMMAND_time_max\`, \`COMMAND_time_avg\` | Time in seconds that requests of the interval took |
| \`COMMANDs_ps_min\`, \`COMMANDs_ps_max\`, \`COMMANDs_ps_avg\` | Requests per second within the interval, whole numbers |
| \`COMMAND_count\` | Requests since the start; as the two above, only those that succeeded |
| \`call_dur\` | Seconds of the interval that the calls existing at its end have lived through, summed up |
| \`average_call_dur\` | Mean duration in seconds of the calls that ended in the interval |
| \`managed_sess\` | Calls that have ended since the start |
| \`managed_sess_min\`, \`managed_sess_max\` | Fewest and most calls that existed at a time |
| \`current_sessions_total\`, \`current_sessions_own\`, \`current_sessions_foreign\` | Calls now |
| \`current_sessions_ipv4\`, \`current_sessions_ipv6\`, \`current_sessions_mixed\` | Answered calls now by the families of our addresses |
| \`current_transcoded_media\` | Media streams that are being transcoded now |
| \`regular_term_sess\`, \`forced_term_sess\`, \`timeout_sess\`, \`silent_timeout_sess\`, \`final_timeout_sess\`, \`offer_timeout_sess\`, \`reject_sess\` | Calls that ended, or were refused, in the interval |
| \`nopacket_relayed_sess\`, \`oneway_stream_sess\` | Calls that ended in the interval in which nobody, or one side only, was heard |
| \`relayed_packets\`, \`relayed_bytes\`, \`relayed_errors\`, each also with \`_user\` and \`_kernel\` | Media of the interval, in all and by where it was forwarded |
| \`ports_free_NAME_ADDRESS\`, \`ports_used_NAME_ADDRESS\` | Ports of a local address now |
`;

/** The text of the document. */
export function metricsDocument(): string {
  const theirs = METRICS.filter(({ name }) => name.startsWith("rtpengine_"));
  const own = METRICS.filter(({ name }) => !name.startsWith("rtpengine_"));
  const labels = LABEL_DIFFERENCES.map(({ name, theirs, reason }) => {
    const ours = METRICS.find((spec) => spec.name === name)!.labels;
    return `- \`${name}\` has the labels \`${ours.join(", ")}\`, rtpengine's \`${
      theirs.join(", ")
    }\`: ${reason}.\n`;
  });
  const commands = CLI_DIFFERENCES.map(({ line, theirs, ours, reason }) =>
    `| ${code(line)} | ${code(oneLine(theirs))} | ${code(oneLine(ours))} | ${cell(reason)} |\n`
  );
  return `<!-- Made by tools/gen_metrics_doc.ts from src/stats and src/cli; do not edit. -->

# Metrics

\`GET /metrics\` of \`listen-http\` and \`listen-https\` is in Prometheus text format. The same numbers are in
\`list jsonstats\` and \`list totals\` of the control tree and in the reply of the ng command
\`statistics\`. [grafana/rtpedge.json](grafana/rtpedge.json) is a Grafana dashboard for them (made by
tools/gen_dashboard.ts): import it and choose a Prometheus that scrapes \`/metrics\`. With \`graphite\` the
numbers of each interval are also sent to a Graphite server, under rtpengine's names.

## Metrics with rtpengine's names

${metricTable(theirs)}
## Our own metrics

${metricTable(own)}
${GRAPHITE}
## Differences from rtpengine

${METRIC_NOTES.map((note) => `- ${note}\n`).join("")}${labels.join("")}
# Control tree

\`rtpedge ctl\`, \`listen-cli\`, \`/cli\` and the WebSocket protocol \`cli.rtpengine.com\` answer in
rtpengine's words, except for these:

| Command | rtpengine | rtpedge | Why |
| --- | --- | --- | --- |
${commands.join("")}
${CLI_NOTES.map((note) => `- ${note}\n`).join("")}`;
}

if (import.meta.main) await writeGenerated("docs/metrics.md", metricsDocument());
