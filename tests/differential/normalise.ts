/**
 * Turns a reply into lines that two implementations can be compared by: what differs from run to run
 * by nature (relay ports, times) gets a name instead.
 *
 * @module
 */

import type { NgData, NgMessage } from "../support/mod.ts";
import type { SecretNames } from "./secrets.ts";

/** Keys whose numbers are times; 0 means "never". A fraction of a second, `created_us`, may be 0. */
const TIMES = new Set([
  "created",
  "created_ts",
  "last signal",
  "last redis update",
  "last packet",
  "last kernel packet",
  "last user packet",
  "reported at",
]);

/**
 * Names for one implementation's relay ports within one dialogue. Addresses have ports of their own: the
 * same number at two addresses is two ports. Use it for two passes: what a port is called depends on
 * whether its partner (RTP even, RTCP above it) occurs anywhere in the dialogue.
 */
export class PortNames {
  #names = new Map<string, string>();
  #seen = new Set<string>();

  /** The range media ports come from, inclusive. */
  constructor(readonly min: number, readonly max: number) {}

  /**
   * `P1`, `P2`, … in order of first appearance and `P1+1`, … for the odd ones above them. A port
   * without its partner is taken alone (RTCP shares it) and has no parity. Other numbers stay.
   */
  name(port: number, address: string): string {
    if (port < this.min || port > this.max) return String(port);
    const base = `${address} ${port - port % 2}`;
    this.#seen.add(`${address} ${port}`);
    const known = this.#names.get(base) ?? `P${this.#names.size + 1}`;
    this.#names.set(base, known);
    return port % 2 === 0 || !this.#seen.has(base) ? known : `${known}+1`;
  }

  /** Replaces every number of the range in a text. */
  replaceIn(text: string, address: string): string {
    return text.replaceAll(
      /(?<![\d.])\d{4,5}(?![\d.])/g,
      (digits) => this.name(Number(digits), address),
    );
  }
}

/** What one implementation's replies within one dialogue are normalised by. */
export interface Context {
  /** Names for its relay ports. */
  readonly ports: PortNames;
  /** Advertised addresses and the local ones they stand for. */
  readonly advertised: ReadonlyMap<string, string>;
  /** The dialogue's call-id; other calls are left out of a `calls` list. */
  readonly call: string;
  /** All that the implementation was told: an origin's session id from elsewhere is a random one. */
  readonly told: string;
  /** Names for what it makes up. */
  readonly secrets: SecretNames;
}

/**
 * The lines of a reply: one per leaf, dictionaries in key order, SDP bodies line by line with their line
 * endings made visible where they are not CRLF.
 */
export function normalise(reply: NgMessage | undefined, context: Context): string[] {
  if (reply === undefined) return ["no answer"];
  const lines: string[] = [];
  for (const key of Object.keys(reply).sort()) {
    const value = reply[key];
    if (value === undefined) continue;
    if (key === "sdp" && typeof value === "string") lines.push(...sdpLines(value, context));
    else if (key === "calls" && Array.isArray(value)) {
      lines.push(...leaves(key, value.filter((item) => item === context.call), context, ""));
    } else lines.push(...leaves(key, value, context, ""));
  }
  // what ICE and DTLS have sent by then is a matter of time
  return lines.some((line) => /\/flags = .*\b(ICE[,}]|DTLS-SRTP)/.test(line))
    ? lines.filter((line) => !line.includes("/stats_out/"))
    : lines;
}

function sdpLines(body: string, context: Context): string[] {
  const sections = body.split(/^(?=m=)/m);
  const session = connection(sections[0] ?? "") ?? "";
  return sections.flatMap((section) => {
    const address = connection(section) ?? session;
    const lines = section.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    return lines.map((line) => {
      const text = line.endsWith("\r\n") ? line.slice(0, -2) : JSON.stringify(line).slice(1, -1);
      const named = context.secrets.replaceIn(text, context.told);
      return `sdp: ${sdpLine(named, local(address, context), context)}`;
    });
  });
}

function connection(section: string): string | undefined {
  return /^c=IN IP[46] (\S+)/m.exec(section)?.[1];
}

function local(address: string, { advertised }: Context): string {
  return advertised.get(address) ?? address;
}

function sdpLine(line: string, address: string, context: Context): string {
  const { ports, told } = context;
  const candidate = /^a=candidate:.* UDP \d+ (\S+) \d+ typ /.exec(line)?.[1];
  if (candidate !== undefined) return candidatePorts(line, candidate, context);
  if (/^(m=|a=rtcp\b)/.test(line)) return ports.replaceIn(line, address);
  // the name an instance gives itself for loop protection
  if (/^a=rtpengine:[0-9a-f]{12}$/.test(line) && !told.includes(line)) return "a=rtpengine:<name>";
  if (!line.startsWith("o=")) return line;
  return line.replace(/ (\d+) /, (all, id: string) => told.includes(` ${id} `) ? all : " <id> ");
}

/** A candidate has an address of its own. */
function candidatePorts(line: string, address: string, context: Context): string {
  const at = line.indexOf(` ${address} `);
  const ports = context.ports.replaceIn(line.slice(at), local(address, context));
  return line.slice(0, at) + ports;
}

/** @param address the local address of the stream the value is in */
function leaves(path: string, value: NgData, context: Context, address: string): string[] {
  if (typeof value === "string") return [`${path} = ${JSON.stringify(value)}`];
  if (typeof value === "number") return [`${path} = ${number(path, value, context, address)}`];
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${path} = []`];
    if (path.endsWith("/flags")) return [`${path} = {${value.toSorted().join(", ")}}`];
    return value.flatMap((item, i) => leaves(`${path}[${i}]`, item, context, address));
  }
  const dictionary = value as NgMessage;
  const keys = Object.keys(dictionary).sort();
  if (keys.length === 0) return [`${path} = {}`];
  const here = dictionary["local address"];
  return keys.flatMap((key) =>
    leaves(
      `${path}/${key}`,
      dictionary[key] ?? "",
      context,
      typeof here === "string" ? here : address,
    )
  );
}

function number(path: string, value: number, { ports }: Context, address: string): string {
  const key = path.slice(path.lastIndexOf("/") + 1);
  if (key === "created_us") return "<time>";
  if (TIMES.has(key)) return value === 0 ? "0" : "<time>";
  return key === "local port" ? ports.name(value, address) : String(value);
}
