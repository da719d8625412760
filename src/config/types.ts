/**
 * The types of options: for each, what text it takes and what value comes of it.
 *
 * @module
 */

import { canonicalIp } from "../core/ip.ts";
import { BadValue, makeOption, type Option, type Radix, type Spec } from "./option.ts";

/** Where to listen: a port alone means every address of the host. */
export interface ListenSpec {
  /** Address or host name; absent = all addresses. */
  readonly host: string | undefined;
  /** 1..65535 */
  readonly port: number;
}

/** A range of addresses. */
export interface Cidr {
  /** Canonical text. */
  readonly address: string;
  /** IP version. */
  readonly family: 4 | 6;
  /** Leading bits that count: 0..32 or 0..128. */
  readonly prefix: number;
}

const TRUE = new Set(["true", "yes", "on", "1"]);
const FALSE = new Set(["false", "no", "off", "0"]);

/** On or off. */
export function flag(spec: Spec): Option<boolean> {
  const allowed = "true or false";
  return makeOption<boolean>({ defaultText: "", ...spec }, {
    flag: true,
    metavar: "",
    default: false,
    allowed,
    read(texts) {
      const text = last(texts);
      const word = text.toLowerCase();
      if (TRUE.has(word)) return true;
      if (FALSE.has(word)) return false;
      throw new BadValue(text, allowed);
    },
  });
}

/** What an {@link integer} is declared with. */
export interface NumberSpec extends Spec {
  readonly default?: number;
  readonly min?: number;
  readonly max?: number;
}

/** A whole number with a default. */
export function integer(spec: NumberSpec & { readonly default: number }): Option<number>;
/** A whole number that may be absent. */
export function integer(spec: NumberSpec): Option<number | undefined>;
export function integer(spec: NumberSpec): Option<number | undefined> {
  const { min = -2147483648, max = 2147483647 } = spec;
  const allowed = rangeText("an integer", spec.min, spec.max);
  return makeOption<number | undefined>(spec, {
    metavar: "INT",
    default: spec.default,
    allowed,
    read(texts, radix) {
      const text = last(texts);
      const value = wholeNumber(text, radix);
      if (value === undefined || value < min || value > max) throw new BadValue(text, allowed);
      return value;
    },
  });
}

/** A whole number of seconds, 0 or more. */
export function seconds(spec: NumberSpec & { readonly default: number }): Option<number> {
  return integer({ min: 0, metavar: "SECONDS", unit: "s", ...spec });
}

/** A whole number of seconds; as in rtpengine, 0 or less gives the default. */
export function period(spec: NumberSpec & { readonly default: number }): Option<number> {
  const option = seconds({ ...spec, min: -2147483648 });
  return {
    ...option,
    allowed: "an integer",
    read(given, radix) {
      const value = option.read(given, radix);
      return value > 0 ? value : spec.default;
    },
  };
}

/** A number with a fraction. */
export function float(spec: NumberSpec & { readonly default: number }): Option<number> {
  const { min = -Infinity, max = Infinity } = spec;
  const allowed = rangeText("a number", spec.min, spec.max);
  return makeOption<number>(spec, {
    metavar: "FLOAT",
    default: spec.default,
    allowed,
    read(texts) {
      const text = last(texts);
      const value = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
      if (!(value >= min && value <= max)) throw new BadValue(text, allowed);
      return value;
    },
  });
}

/** Any text; with a default it is never absent. */
export function text(spec: Spec & { readonly default: string }): Option<string>;
/** Any text that may be absent. */
export function text(spec: Spec): Option<string | undefined>;
export function text(spec: Spec & { readonly default?: string }): Option<string | undefined> {
  return makeOption<string | undefined>(spec, {
    metavar: "TEXT",
    default: spec.default,
    allowed: "a text",
    read: last,
  });
}

/** A path; not looked at here. */
export function path(spec: Spec & { readonly default: string }): Option<string>;
/** A path that may be absent. */
export function path(spec: Spec): Option<string | undefined>;
export function path(spec: Spec & { readonly default?: string }): Option<string | undefined> {
  const allowed = "a path";
  return makeOption<string | undefined>(spec, {
    metavar: "PATH",
    default: spec.default,
    allowed,
    read(texts) {
      const value = last(texts);
      if (value === "" || value.includes("\0")) throw new BadValue(value, allowed);
      return value;
    },
  });
}

/** One of a few words, whatever their case. */
export function choice<const Words extends readonly string[]>(
  words: Words,
  spec: Spec & { readonly default: Words[number] },
): Option<Words[number]>;
/** One of a few words, or absent. */
export function choice<const Words extends readonly string[]>(
  words: Words,
  spec: Spec,
): Option<Words[number] | undefined>;
export function choice(
  words: readonly string[],
  spec: Spec & { readonly default?: string },
): Option<string | undefined> {
  const allowed = `one of ${listText(words)}`;
  return makeOption<string | undefined>(spec, {
    metavar: words.join("|"),
    default: spec.default,
    allowed,
    read(texts) {
      const value = last(texts);
      const lower = value.toLowerCase();
      const found = words.find((word) => word.toLowerCase() === lower);
      if (found === undefined) throw new BadValue(value, allowed);
      return found;
    },
  });
}

/** Several of a few words, whatever their case. */
export function choices<const Words extends readonly string[]>(
  words: Words,
  spec: Spec,
): Option<readonly Words[number][]> {
  const one = choice(words, spec);
  return makeOption<readonly Words[number][]>(spec, {
    metavar: words.join("|"),
    repeat: true,
    default: [],
    allowed: one.allowed,
    read: (given, radix) => given.map((item) => one.read([item], radix) as Words[number]),
  });
}

/** Several texts. */
export function texts(spec: Spec): Option<readonly string[]> {
  return makeOption<readonly string[]>(spec, {
    metavar: "TEXT",
    repeat: true,
    default: [],
    allowed: "a text",
    read: (given) => given,
  });
}

/** Several whole numbers. */
export function integers(
  spec: NumberSpec & { readonly defaults?: readonly number[] },
): Option<readonly number[]> {
  const one = integer(spec);
  return makeOption<readonly number[]>(spec, {
    metavar: "INT",
    repeat: true,
    default: spec.defaults ?? [],
    allowed: one.allowed,
    read: (given, radix) => given.map((item) => one.read([item], radix) as number),
  });
}

/** Places to listen at. */
export function listen(spec: Spec): Option<readonly ListenSpec[]> {
  const allowed = "a port or ADDRESS:PORT, such as 2223, 127.0.0.1:2223 or [::1]:2223";
  return makeOption<readonly ListenSpec[]>(spec, {
    metavar: "[ADDRESS:]PORT",
    repeat: true,
    default: [],
    allowed,
    read: (given) => given.map((item) => parseListen(item) ?? fail(item, allowed)),
    write: (value) => value.map(formatListen).join(";"),
  });
}

/** A peer to talk to, by address or host name. */
export function peer(spec: Spec): Option<ListenSpec | undefined> {
  const allowed = "HOST:PORT";
  return makeOption<ListenSpec | undefined>(spec, {
    metavar: "HOST:PORT",
    default: undefined,
    allowed,
    read(given) {
      const value = parseListen(last(given));
      return value?.host === undefined ? fail(last(given), allowed) : value;
    },
    write: (value) => value === undefined ? "" : formatListen(value),
  });
}

/** Ranges of addresses. */
export function cidrs(spec: Spec): Option<readonly Cidr[]> {
  const allowed = "an address or a range, such as 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32";
  return makeOption<readonly Cidr[]>(spec, {
    metavar: "ADDRESS[/BITS]",
    repeat: true,
    default: [],
    allowed,
    read: (given) => given.map((item) => parseCidr(item) ?? fail(item, allowed)),
    write: (value) => value.map(formatCidr).join(";"),
  });
}

/** Reads `2223`, `192.0.2.1:2223`, `[2001:db8::1]:2223` or `host.example:2223`; undefined = is none. */
export function parseListen(item: string): ListenSpec | undefined {
  const match = /^(?:(?:\[([^\[\]]+)\]|([^\[\]:\s]+)):)?(\d{1,5})$/.exec(item);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port < 1 || port > 65535) return undefined;
  const bracketed = match[1];
  if (bracketed !== undefined) {
    const ip = canonicalIp(bracketed);
    return ip && { host: ip.address, port };
  }
  const host = match[2];
  if (host === undefined) return { host, port };
  // all digits and dots must be an address, anything else may be a name
  if (/^[\d.]+$/.test(host) ? canonicalIp(host) === undefined : !isHostName(host)) return undefined;
  return { host, port };
}

/** The text {@link parseListen} reads. */
export function formatListen({ host, port }: ListenSpec): string {
  if (host === undefined) return String(port);
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Reads `192.0.2.7`, `10.0.0.0/8` or `2001:db8::/32`. */
export function parseCidr(item: string): Cidr | undefined {
  const [address, bits, ...rest] = item.split("/");
  const ip = canonicalIp(address ?? "");
  if (ip === undefined || rest.length > 0) return undefined;
  const width = ip.family === 4 ? 32 : 128;
  if (bits === undefined) return { ...ip, prefix: width };
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > width) return undefined;
  return { ...ip, prefix: Number(bits) };
}

/** The text {@link parseCidr} reads. */
export function formatCidr({ address, family, prefix }: Cidr): string {
  return prefix === (family === 4 ? 32 : 128) ? address : `${address}/${prefix}`;
}

/** Whether a text has the form of a DNS name (letters, digits, `-`, `_`, dots between labels). */
export function isHostName(name: string): boolean {
  return name.length <= 253 &&
    /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i.test(
      name,
    );
}

/** `a, b or c`. */
export function listText(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function wholeNumber(item: string, radix: Radix): number | undefined {
  const digits = /^([+-]?)(\d+|0[xX][0-9a-fA-F]+)$/.exec(item);
  if (digits === null) return undefined;
  const [, sign, body = ""] = digits;
  const prefixed = body.length > 1 && body[0] === "0";
  let value = Number(body);
  if (radix === "decimal" && /x/i.test(body)) return undefined;
  if (radix === "c" && prefixed && !/x/i.test(body)) {
    if (/[89]/.test(body)) return undefined;
    value = parseInt(body, 8);
  }
  return sign === "-" ? -value : value;
}

function rangeText(noun: string, min: number | undefined, max: number | undefined): string {
  if (min === undefined) return max === undefined ? noun : `${noun} up to ${max}`;
  return max === undefined ? `${noun}, ${min} or more` : `${noun} from ${min} to ${max}`;
}

function last(given: readonly string[]): string {
  return given.at(-1) ?? "";
}

function fail(item: string, allowed: string): never {
  throw new BadValue(item, allowed);
}
