/**
 * Checks that concern more than one option.
 *
 * @module
 */

import type { Report } from "./interfaces.ts";
import { type Config, OPTION_NAMES, type OptionName, optionNamed } from "./options.ts";
import { formatSource, type Source } from "./source.ts";
import { listText } from "./types.ts";

/** Options of which one must be given, as in rtpengine. */
const LISTENERS = [
  "listen-ng",
  "listen-tcp-ng",
  "listen-http",
  "listen-https",
  "listen-udp",
  "listen-tcp",
] as const satisfies readonly OptionName[];

/**
 * Checks the configuration as a whole.
 *
 * @param hasInterface whether an interface was asked for, rightly or not
 */
export function checkConfig(
  config: Config,
  sources: ReadonlyMap<OptionName, Source>,
  hasInterface: boolean,
  report: Report,
): void {
  const from = (name: OptionName) => formatSource(sources.get(name)!);
  checkStatus(sources, config, report);
  if (LISTENERS.every((name) => config[name].length === 0)) {
    const options = listText(LISTENERS.map((name) => `--${name}`));
    report.errors.push(`nothing to listen on: give at least one of ${options}`);
  }
  if (!hasInterface && config.interface.length === 0) {
    report.errors.push(
      "interface: there is none: give --interface=ADDRESS, or interfaces-config and its groups",
    );
  }
  if (config["port-min"] >= config["port-max"]) {
    report.errors.push(
      `port-min: ${config["port-min"]} (from ${from("port-min")}) is not below ` +
        `port-max ${config["port-max"]} (from ${from("port-max")})`,
    );
  }
  checkFirewall(config, report, from);
  checkHttps(config, report, from);
  checkAccess(config, report, from);
  checkPortOverlap(config, report);
}

function checkStatus(
  sources: ReadonlyMap<OptionName, Source>,
  config: Config,
  report: Report,
): void {
  const idle: string[] = [];
  for (const name of OPTION_NAMES) {
    const source = sources.get(name)!;
    const { status } = optionNamed(name);
    if (source.kind === "default" || status === "now") continue;
    if (status === "later") idle.push(name);
    else if (config[name] === true) {
      report.errors.push(`${name}: this action is not built yet (from ${formatSource(source)})`);
    }
  }
  if (idle.length > 0) {
    report.warnings.push(`accepted, but without effect in this release: ${idle.join(", ")}`);
  }
}

/** What demands a credential needs somebody who knows it. */
function checkAccess(config: Config, report: Report, from: (name: OptionName) => string): void {
  const hasTokens = config["access-db"] !== undefined && config["access-db"] !== "none";
  const hasIssuers = config["https-client-ca"] !== undefined;
  for (const listener of config["control-auth"]) {
    if (hasTokens || (listener === "listen-https" && hasIssuers)) continue;
    report.errors.push(
      `control-auth: ${listener} asks for tokens, but there are none without access-db ` +
        `(from ${from("control-auth")})`,
    );
  }
  if (config["https-client-cert"] === "required" && !hasIssuers) {
    report.errors.push(
      `https-client-cert: required needs https-client-ca (from ${from("https-client-cert")})`,
    );
  }
}

function checkFirewall(config: Config, report: Report, from: (name: OptionName) => string): void {
  for (const name of ["iptables-chain", "nftables-chain", "nftables-base-chain"] as const) {
    const chain = config[name];
    if (chain === undefined || /^(?:[A-Za-z_][A-Za-z0-9_-]{0,26})?$/.test(chain)) continue;
    report.errors.push(`${name}: "${chain}" is not the name of a chain (from ${from(name)})`);
  }
}

function checkHttps(config: Config, report: Report, from: (name: OptionName) => string): void {
  if (config["https-key"] !== undefined && config["https-cert"] === undefined) {
    report.errors.push(
      `https-key: "${config["https-key"]}" is given without https-cert (from ${from("https-key")})`,
    );
  }
}

/** UDP control ports among the media ports would be taken from calls. */
function checkPortOverlap(config: Config, report: Report): void {
  for (const option of ["listen-ng", "listen-udp"] as const) {
    for (const { port } of config[option]) {
      if (port < config["port-min"] || port > config["port-max"]) continue;
      report.warnings.push(
        `${option}: port ${port} lies among the media ports ` +
          `${config["port-min"]} to ${config["port-max"]}`,
      );
    }
  }
}
