/**
 * The `[PREFIX-NAME]` sections that `interfaces-config = PREFIX` takes interfaces from.
 *
 * @module
 */

import { type Ini, type IniEntry, type IniSection, splitList, unescapeValue } from "./ini.ts";
import {
  type AliasRequest,
  type InterfaceRequest,
  isInterfaceName,
  type PortRange,
  type Report,
} from "./interfaces.ts";
import { suggestion } from "./suggest.ts";

const KEYS = [
  "address",
  "advertised",
  "advertised-address",
  "advertised_address",
  "name",
  "alias",
  "port-min",
  "port-max",
  "exclude-ports",
];

/** Reads the groups in file order; `range` is for groups that give no ports. */
export function readInterfaceGroups(
  ini: Ini,
  prefix: string,
  path: string,
  range: PortRange,
  report: Report,
): (InterfaceRequest | AliasRequest)[] {
  const requests: (InterfaceRequest | AliasRequest)[] = [];
  for (const section of ini.sections.values()) {
    if (!section.name.startsWith(`${prefix}-`)) continue;
    const reader = new GroupReader(section, section.name.slice(prefix.length + 1), path, report);
    const request = reader.read(range);
    if (request !== undefined) requests.push(request);
  }
  return requests;
}

class GroupReader {
  readonly #section: IniSection;
  readonly #suffix: string;
  readonly #path: string;
  readonly #report: Report;

  constructor(section: IniSection, suffix: string, path: string, report: Report) {
    this.#section = section;
    this.#suffix = suffix;
    this.#path = path;
    this.#report = report;
  }

  read(range: PortRange): InterfaceRequest | AliasRequest | undefined {
    for (const { key, line } of this.#section.entries.values()) {
      if (!KEYS.includes(key)) {
        this.#report.warnings.push(
          `${this.#path}:${line}: unknown key "${key}" in [${this.#section.name}] is ignored` +
            suggestion(key, KEYS),
        );
      }
    }
    const name = this.#text("name") ?? this.#suffix;
    if (!isInterfaceName(name)) {
      return this.#refuse(
        this.#entry("name")?.line,
        `"${name}" cannot name an interface: a name has no blank and none of / ! = ;`,
      );
    }
    const origin = `${this.#path}:${this.#section.line}`;
    const alias = this.#text("alias");
    if (alias !== undefined) return this.#alias(alias, name, origin);
    return this.#address(name, origin, range);
  }

  #alias(target: string, alias: string, origin: string): AliasRequest | undefined {
    if (this.#section.entries.has("address")) {
      return this.#refuse(this.#entry("alias")?.line, "has both an address and an alias");
    }
    return { origin, alias, name: target };
  }

  #address(name: string, origin: string, range: PortRange): InterfaceRequest | undefined {
    const address = this.#text("address");
    if (address === undefined || address === "") {
      return this.#refuse(undefined, "has no address (and no alias)");
    }
    if (address.includes(";")) {
      return this.#refuse(
        this.#entry("address")?.line,
        `"${address}" is more than one address: make a group for each, with the same name=`,
      );
    }
    const advertised = this.#text("advertised") ?? this.#text("advertised-address") ??
      this.#text("advertised_address");
    const portMin = this.#port("port-min", range.portMin);
    const portMax = this.#port("port-max", range.portMax);
    const excludePorts = this.#ports("exclude-ports");
    if (portMin === undefined || portMax === undefined || excludePorts === undefined) {
      return undefined;
    }
    if (portMin >= portMax) {
      return this.#refuse(
        (this.#entry("port-min") ?? this.#entry("port-max"))?.line,
        `ports ${portMin} to ${portMax} are no range`,
      );
    }
    return {
      origin,
      name,
      address,
      ...(advertised === undefined ? {} : { advertised }),
      portMin,
      portMax,
      excludePorts,
    };
  }

  #entry(key: string): IniEntry | undefined {
    return this.#section.entries.get(key);
  }

  #text(key: string): string | undefined {
    const entry = this.#entry(key);
    return entry && unescapeValue(entry.value);
  }

  #port(key: string, fallback: number): number | undefined {
    const entry = this.#entry(key);
    return entry === undefined ? fallback : this.#number(entry, entry.value);
  }

  #ports(key: string): number[] | undefined {
    const entry = this.#entry(key);
    const ports: number[] = [];
    for (const item of entry === undefined ? [] : splitList(entry.value)) {
      const port = this.#number(entry!, item);
      if (port === undefined) return undefined;
      ports.push(port);
    }
    return ports;
  }

  #number({ key, line }: IniEntry, text: string): number | undefined {
    const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
    if (port >= 1 && port <= 65535) return port;
    return this.#refuse(line, `${key}: "${text}" is not an integer from 1 to 65535`);
  }

  #refuse(line: number | undefined, why: string): undefined {
    const place = `${this.#path}:${line ?? this.#section.line}`;
    this.#report.errors.push(`${place}: [${this.#section.name}] ${why}`);
    return undefined;
  }
}
