/**
 * What the daemon says when it is up: where it listens, and what to type next. Facts in, text out.
 *
 * @module
 */

import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import type { InterfaceSet } from "./interfaces.ts";
import { exposedListeners, isLoopback, type Listeners } from "./listeners.ts";
import { type Cidr, formatCidr } from "./types.ts";

/** What the banner tells. */
export interface BannerFacts {
  /** Version of the program. */
  readonly version: string;
  /** How the operator calls the program, such as `rtpedge` or `dist/rtpedge`. */
  readonly program: string;
  /** Configuration file, absent when there is none. */
  readonly file?: string;
  /** Where to listen for control; ports are the real ones. */
  readonly listeners: Listeners;
  /** Local addresses for media. */
  readonly interfaces: InterfaceSet;
  /** Who may control; empty = everyone. */
  readonly controlAllow: readonly Cidr[];
  /** Listeners that nothing guards; absent = as `controlAllow` alone has it. */
  readonly open?: readonly string[];
  /** How packets are relayed: `steer`, `sockets`. */
  readonly relayMode: string;
  /** Why not in the best way; empty when it is. */
  readonly relayReason: string;
  /** Threads that relay. */
  readonly threads: number;
  /** SHA-256 of the HTTPS certificate, where there is one. */
  readonly fingerprint?: string;
}

/** Port at which `ctl` looks for the daemon by itself. */
const CTL_ADDRESS = "127.0.0.1:9900";

/** The banner, with a line feed at the end. */
export function bannerText(facts: BannerFacts): string {
  const lines = [`rtpedge ${facts.version} is running`, ""];
  const row = (name: string, value: string) => lines.push(`  ${name.padEnd(15)}${value}`);
  const { listeners, interfaces } = facts;
  const rows: [string, readonly Endpoint[], (endpoint: Endpoint) => string][] = [
    ["ng over UDP", listeners.ng, formatEndpoint],
    ["ng over TCP", listeners.tcpNg, formatEndpoint],
    ["HTTP, WS", listeners.http, (endpoint) => url("http", endpoint)],
    ["HTTPS, WSS", listeners.https, (endpoint) => url("https", endpoint)],
    ["command line", listeners.cli, formatEndpoint],
    ["rtpproxy", listeners.rtpproxy, formatEndpoint],
    ["mediaproxy", listeners.mediaproxy, formatEndpoint],
  ];
  for (const [name, endpoints, format] of rows) {
    if (endpoints.length > 0) row(name, endpoints.map(format).join(", "));
  }
  if (facts.fingerprint !== undefined) row("certificate", `SHA-256 ${facts.fingerprint}`);
  for (const [i, line] of mediaLines(interfaces).entries()) row(i === 0 ? "media" : "", line);
  row(
    "relay",
    `${facts.relayMode}, ${facts.threads} thread${facts.threads === 1 ? "" : "s"}` +
      (facts.relayReason === "" ? "" : ` (${facts.relayReason})`),
  );
  row(
    "controlled by",
    facts.controlAllow.length === 0 ? "everyone" : facts.controlAllow.map(formatCidr).join(", "),
  );
  row("configuration", facts.file ?? "no file");
  lines.push(...exposureWarnings(facts).flatMap((warning) => ["", `  WARNING: ${warning}`]));
  const commands = nextCommands(facts);
  if (commands.length > 0) lines.push("", "  Try it:", ...commands.map((line) => `    ${line}`));
  lines.push("");
  return lines.join("\n") + "\n";
}

/** Why the control listeners are not safe as they are; empty when they are. */
export function exposureWarnings(
  { listeners, controlAllow, open }: Pick<BannerFacts, "listeners" | "controlAllow" | "open">,
): string[] {
  const everyone = controlAllow.length === 0 || controlAllow.some(({ prefix }) => prefix === 0);
  const exposed = open ?? (everyone ? exposedListeners(listeners) : []);
  if (exposed.length === 0) return [];
  return [
    `whoever reaches ${exposed.join(", ")} can control all calls, without a credential: ` +
    "set control-allow or control-auth, or listen on 127.0.0.1",
  ];
}

function nextCommands({ listeners, program }: BannerFacts): string[] {
  const commands: string[] = [];
  const http = listeners.http[0];
  const https = listeners.https[0];
  const ng = listeners.ng[0];
  if (http !== undefined) commands.push(`curl ${url("http", near(http))}/ping`);
  else if (https !== undefined) commands.push(`curl --insecure ${url("https", near(https))}/ping`);
  else if (ng !== undefined) {
    const { address, port } = near(ng);
    commands.push(`printf '1 d7:command4:pinge' | nc -u -w1 ${address} ${port}`);
  }
  if (listeners.cli.some((endpoint) => formatEndpoint(near(endpoint)) === CTL_ADDRESS)) {
    commands.push(`${program} ctl list totals`);
  }
  return commands;
}

function mediaLines({ addresses, aliases }: InterfaceSet): string[] {
  const lines = addresses.map((local) => {
    const advertised = local.advertised === local.address ? "" : ` as ${local.advertised}`;
    return `${local.name}: ${local.address}${advertised}, ports ${local.portMin} to ${local.portMax}`;
  });
  for (const [alias, name] of aliases) lines.push(`${alias}: the same as ${name}`);
  return lines;
}

function url(scheme: string, endpoint: Endpoint): string {
  return `${scheme}://${formatEndpoint(endpoint)}`;
}

/** An address to reach a listener at from this host. */
function near(endpoint: Endpoint): Endpoint {
  if (isLoopback(endpoint)) return endpoint;
  const { port, address } = endpoint;
  // a wildcard of IPv6 takes IPv4 too, except over UDP, where there is one for each
  return address === "0.0.0.0" || address === "::"
    ? { family: 4, address: "127.0.0.1", port }
    : endpoint;
}
