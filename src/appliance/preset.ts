/**
 * `rtpedge.conf` on the boot partition or a USB stick: what a new appliance is told before it has a network. Sections
 * `[network]` and `[access]` are the appliance's own, all others are options of the daemon.
 *
 * @module
 */

import { isOptionName } from "../config/mod.ts";
import { parseIni } from "../config/ini.ts";
import { parseIp } from "../core/ip.ts";

/** Section `[network]`. */
export interface NetworkPreset {
  /** Network link, such as `eth0`; every wired one when absent. */
  readonly link?: string;
  /** Addresses with prefix lengths; empty = DHCP. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  readonly dns: readonly string[];
}

/** What a preset asks for. */
export interface Preset {
  readonly hostname?: string;
  readonly network?: NetworkPreset;
  /** Time servers; Debian's pool when empty. */
  readonly ntp: readonly string[];
  /** Password of the first administrator, `admin`. */
  readonly password?: string;
  /** Lines for authorized_keys. */
  readonly sshKeys: readonly string[];
  /** Options of the daemon, by section. */
  readonly options: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

const NETWORK_KEYS = new Set(["hostname", "link", "address", "gateway", "dns", "ntp"]);
const ACCESS_KEYS = new Set(["password", "ssh-key"]);
/** Sections that the daemon does not read. */
const OWN = new Set(["network", "access"]);
const HOST_NAME = /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const SERVER = /^[a-z0-9](?:[a-z0-9.:-]*[a-z0-9])?$/i;

/** Reads a preset. @returns sentences about what is wrong; with any, nothing of it is to be applied */
export function parsePreset(text: string): { preset: Preset; problems: readonly string[] } {
  const ini = parseIni(text);
  const problems = ini.problems.filter(({ fatal }) => fatal)
    .map(({ line, message }) => `line ${line}: ${message}`);
  const valueOf = (section: string, key: string) =>
    ini.sections.get(section)?.entries.get(key)?.value;
  const listOf = (section: string, key: string) =>
    (valueOf(section, key) ?? "").split(";").map((word) => word.trim()).filter((word) =>
      word !== ""
    );
  const complain = (good: boolean, sentence: string) => good || problems.push(sentence);

  for (const [name, keys] of [["network", NETWORK_KEYS], ["access", ACCESS_KEYS]] as const) {
    for (const key of ini.sections.get(name)?.entries.keys() ?? []) {
      complain(keys.has(key), `[${name}] has no "${key}": there are ${[...keys].join(", ")}`);
    }
  }
  const hostname = valueOf("network", "hostname");
  if (hostname !== undefined) {
    complain(HOST_NAME.test(hostname), `hostname "${hostname}" is no host name`);
  }
  const link = valueOf("network", "link");
  if (link !== undefined) {
    complain(/^[a-zA-Z0-9_.-]{1,15}$/.test(link), `link "${link}" is no network link`);
  }
  const addresses = listOf("network", "address").filter((word) => word !== "dhcp");
  for (const word of addresses) {
    complain(isPrefix(word), `address "${word}" is not like 192.0.2.10/24`);
  }
  const gateways = listOf("network", "gateway");
  for (const word of gateways) {
    complain(parseIp(word) !== undefined, `gateway "${word}" is no IP address`);
  }
  complain(gateways.length === 0 || addresses.length > 0, "a gateway needs an address");
  const dns = listOf("network", "dns");
  for (const word of dns) complain(parseIp(word) !== undefined, `dns "${word}" is no IP address`);
  const ntp = listOf("network", "ntp");
  for (const word of ntp) complain(SERVER.test(word), `ntp "${word}" is no host`);
  const password = valueOf("access", "password");
  if (password !== undefined) {
    complain([...password].length >= 10, "the password has less than 10 characters");
  }
  const sshKeys = listOf("access", "ssh-key");
  for (const key of sshKeys) {
    complain(
      /^(ssh-ed25519|ecdsa-sha2-\S+|ssh-rsa|sk-\S+) [A-Za-z0-9+/=]+( .*)?$/.test(key),
      `ssh-key "${key}" is no public key`,
    );
  }
  const options = new Map<string, Map<string, string>>();
  for (const { name, entries } of ini.sections.values()) {
    if (OWN.has(name)) continue;
    for (const { key, value } of entries.values()) {
      if (name === "rtpengine") complain(isOptionName(key), `[rtpengine] has no option "${key}"`);
      const section = options.get(name) ?? new Map<string, string>();
      options.set(name, section.set(key, value));
    }
  }
  const network = ini.sections.has("network") &&
    (addresses.length > 0 || dns.length > 0 || link !== undefined);
  return {
    problems,
    preset: {
      ...(hostname === undefined ? {} : { hostname }),
      ...(network
        ? { network: { ...(link === undefined ? {} : { link }), addresses, gateways, dns } }
        : {}),
      ntp,
      ...(password === undefined ? {} : { password }),
      sshKeys,
      options,
    },
  };
}

function isPrefix(word: string): boolean {
  const matched = /^([^/]+)\/(\d{1,3})$/.exec(word);
  const ip = matched === null ? undefined : parseIp(matched[1]!);
  return ip !== undefined && Number(matched![2]) >= 1 &&
    Number(matched![2]) <= (matched![1]!.includes(":") ? 128 : 32);
}

/** The text without its password, for a medium that everybody can read. */
export function redactPreset(text: string): string {
  let section = "";
  return text.split("\n").map((line) => {
    section = /^\s*\[([^\]]+)\]/.exec(line)?.[1] ?? section;
    return section === "access" && /^\s*password\s*=/.test(line)
      ? "# password = (was taken over)"
      : line;
  }).join("\n");
}
