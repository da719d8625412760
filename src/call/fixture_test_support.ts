/**
 * A call service over an engine in memory, and the words scenario tests are written in.
 *
 * @module
 */

import { FakeClock } from "../core/clock.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { Settings } from "../core/settings.ts";
import { LoadLimit, type NgDict, NgError, type NgSource, type NgValue } from "../ng/types.ts";
import { parseRequest } from "../ng/schema.ts";
import { QualitySums } from "../quality/mod.ts";
import type { SecureSource } from "../negotiate/mod.ts";
import { toValue, type Written } from "../negotiate/request_test_support.ts";
import { FakeEngine, type LocalAddress, MediaRelay, type Rule } from "../relay/mod.ts";
import type { SsrcReporting } from "./context.ts";
import type { QualityOptions } from "./rtcp_monitor.ts";
import type { SecureOptions } from "./secure/secure_media.ts";
import { createCallService } from "./service.ts";
import type { CallService } from "./service.ts";
import type { LoadSample } from "./limits.ts";
import type { CloseReason } from "./types.ts";

const HOME = { family: 4, address: "127.0.0.1", port: 2223 } as const;
const SOURCE: NgSource = { transport: "udp", peer: { ...HOME, port: 5060 }, local: HOME };

/** A reply as plain data. */
// deno-lint-ignore no-explicit-any
export type Reply = any;

/** Keys of a request; a Set of flags may be given as a list. */
export type Keys = { readonly [key: string]: Written };

/** Addresses of {@link Bench}: `pub` and `priv`, each with IPv4 and IPv6, a hundred port pairs by default. */
export function addresses(portMax = 30199): LocalAddress[] {
  const make = (name: string, family: 4 | 6, address: string): LocalAddress => ({
    name,
    family,
    address,
    advertised: address,
    advertisedFamily: family,
    portMin: 30000,
    portMax,
  });
  return [
    make("pub", 4, "203.0.113.1"),
    make("pub", 6, "2001:db8::1"),
    make("priv", 4, "10.0.0.1"),
    make("priv", 6, "fd00::1"),
  ];
}

/** What a {@link Bench} may be told. */
export interface BenchOptions {
  readonly settings?: Partial<Settings>;
  readonly addresses?: readonly LocalAddress[];
  readonly load?: () => LoadSample;
  readonly debugCalls?: Set<string>;
  readonly quality?: Omit<QualityOptions, "sums">;
  readonly ssrcReporting?: SsrcReporting;
  readonly secure?: SecureOptions;
  readonly source?: SecureSource;
}

/** Remembers which slot is which port. */
class Engine extends FakeEngine {
  /** Local endpoint by slot, of the open ones. */
  readonly locals = new Map<number, Endpoint>();

  override open(local: Endpoint): ReturnType<FakeEngine["open"]> {
    const slot = super.open(local);
    if (typeof slot === "number") this.locals.set(slot, local);
    return slot;
  }

  override close(...slots: number[]): void {
    super.close(...slots);
    for (const slot of slots) this.locals.delete(slot);
  }
}

/** A clock whose wall time can be set. */
class SteppingClock extends FakeClock {
  #step = 0;

  override wall(): number {
    return super.wall() + this.#step;
  }

  /** Somebody sets the wall clock, by this many ms. */
  step(ms: number): void {
    this.#step += ms;
  }
}

/** One daemon's worth of calls in memory. */
export class Bench {
  readonly clock = new SteppingClock();
  readonly engine = new Engine(this.clock);
  readonly relay: MediaRelay;
  readonly sums: QualitySums;
  readonly service: CallService;
  readonly log: string[] = [];
  /** What is logged at debug level. */
  readonly debug: string[] = [];
  readonly events: string[] = [];
  /** `CALL: TAGS` for each change. */
  readonly changes: string[] = [];
  readonly settings: Settings = {
    timeout: 60,
    silentTimeout: 3600,
    finalTimeout: 0,
    offerTimeout: 120,
    deleteDelay: 0,
    maxSessions: -1,
    maxLoad: 0,
    maxCpu: 0,
    maxBandwidth: 0,
    tos: 0,
    controlTos: 0,
    saveInterfacePorts: false,
    sipSource: false,
    endpointLearning: "heuristic",
    strictSource: false,
    logLevel: 6,
  };

  constructor(options: BenchOptions = {}) {
    Object.assign(this.settings, options.settings);
    this.relay = new MediaRelay(this.engine, this.clock, {
      addresses: options.addresses ?? addresses(),
      controlEndpoints: [{ family: 4, address: "203.0.113.1", port: 2223 }],
      random: () => 0,
    });
    const traffic = this.relay.traffic.bind(this.relay);
    this.sums = new QualitySums(this.relay.addresses, (local) => traffic().get(local)!);
    this.service = createCallService({
      relay: this.relay,
      settings: this.settings,
      clock: this.clock,
      loopMarker: "marker",
      quality: { sums: this.sums, random: () => 0, ...options.quality },
      ...(options.ssrcReporting === undefined ? {} : { ssrcReporting: options.ssrcReporting }),
      ...(options.secure === undefined ? {} : { secure: options.secure }),
      ...(options.source === undefined ? {} : { source: options.source }),
      ...(options.debugCalls === undefined ? {} : { debugCalls: options.debugCalls }),
      ...(options.load === undefined ? {} : { load: options.load }),
      log: {
        debug: (call, message) => void this.debug.push(`${call}: ${message}`),
        info: (call, message) => void this.log.push(`${call}: ${message}`),
        warn: (call, message) => void this.log.push(`${call}: ${message}`),
      },
      observer: {
        created: (call) => void this.events.push(`created ${call.callId}`),
        changed: (call) => {
          const tags = call.participants.map(({ tag }) => tag);
          this.changes.push(`${call.callId}: ${tags}`);
        },
        closed: (call, reason: CloseReason) =>
          void this.events.push(`closed ${call.callId} ${reason}`),
        rejected: (reason) => void this.events.push(`rejected ${reason}`),
      },
    });
  }

  /** Executes a command as the dispatcher would. */
  send(command: string, keys: Keys): Reply {
    const dict: NgDict = new Map<string, NgValue>([["command", command]]);
    for (const [key, value] of Object.entries(keys)) {
      dict.set(key, toValue(value));
    }
    try {
      return plain(this.service.handlers.get(command)!(parseRequest(dict, SOURCE)));
    } catch (error) {
      if (error instanceof NgError) return { result: "error", "error-reason": error.reason };
      if (error instanceof LoadLimit) return { result: "load limit", message: error.limit };
      throw error;
    }
  }

  /** An offer from `a` in call `c`. */
  offer(sdp: string, keys: Keys = {}): Reply {
    return this.send("offer", { "call-id": "c", "from-tag": "a", sdp: crlf(sdp), ...keys });
  }

  /** An answer from `b` to `a`. */
  answer(sdp: string, keys: Keys = {}): Reply {
    const tags = { "call-id": "c", "from-tag": "a", "to-tag": "b" };
    return this.send("answer", { ...tags, sdp: crlf(sdp), ...keys });
  }

  /** The rule of the port `reply`'s description names in its m-line of that position. */
  rule(reply: Reply, position = 0): Rule | undefined {
    return this.engine.rule(this.slot(reply, position));
  }

  /** Slot of the RTP (or RTCP) port of an m-line of a written description. */
  slot(reply: Reply, position = 0, component: "rtp" | "rtcp" = "rtp"): number {
    const port = portOf(reply, position) + (component === "rtcp" ? 1 : 0);
    for (const [slot, local] of this.engine.locals) if (local.port === port) return slot;
    throw new Error(`no open port ${port}`);
  }

  /** Everything that must not change when a request fails. */
  snapshot(): unknown {
    const calls = [...this.service.registry.calls()].map((call) => ({
      tos: call.tos,
      deleting: call.deleting,
      lastSignal: call.lastSignal,
      tree: this.send("query", { "call-id": call.callId }),
      parties: call.participants.map(({ tag, label, viaBranch }) => [tag, label, viaBranch]),
    }));
    const rules = [...this.engine.locals].map((
      [slot, local],
    ) => [slot, local.port, this.engine.rule(slot)]);
    const usage = this.relay.addresses.map((address) => this.relay.usage(address).used);
    return structuredClone({ calls, rules, usage });
  }
}

/** LF to CRLF, unless the text has CR already. */
export function crlf(text: string): string {
  return text.includes("\r") ? text : text.replaceAll("\n", "\r\n");
}

/** Port of the m-line of that position. */
export function portOf(reply: Reply, position = 0): number {
  const lines = String(reply.sdp).split("\r\n").filter((line) => line.startsWith("m="));
  return Number(lines[position]!.split(" ")[1]);
}

/** A description with LF, ports of ours replaced by `P1`, `P1+1`, … in order of appearance. */
export function normal(reply: Reply): string {
  if (reply.result !== "ok") return `${reply.result}: ${reply["error-reason"] ?? reply.message}`;
  const names = new Map<number, string>();
  return String(reply.sdp).replaceAll("\r\n", "\n").replace(
    /(?<=^m=\S+ |^a=rtcp:)30\d{3}\b/gm,
    (text) => {
      const base = Number(text) & ~1;
      const name = names.get(base) ?? `P${names.size + 1}`;
      names.set(base, name);
      return Number(text) === base ? name : `${name}+1`;
    },
  );
}

function plain(value: unknown): Reply {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}
