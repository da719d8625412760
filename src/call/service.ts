/**
 * The calls of the daemon as one part: command handlers, registry, timers.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import type { Settings } from "../core/settings.ts";
import type { SecureSource } from "../negotiate/mod.ts";
import type { NgHandler } from "../ng/request.ts";
import type { ByteString } from "../core/bytes.ts";
import { QualitySums } from "../quality/mod.ts";
import { TrafficSums } from "../relay/traffic.ts";
import type { Relay } from "../relay/types.ts";
import { setGate } from "./block.ts";
import type { Call } from "./call.ts";
import { connect, mesh } from "./connect.ts";
import type { CallLog } from "./call_log.ts";
import type { CallContext, SsrcReporting } from "./context.ts";
import { remove } from "./delete.ts";
import { LoadGuard, type LoadSample } from "./limits.ts";
import { list } from "./list.ts";
import { answer, offer } from "./offer_answer.ts";
import { create, createAnswer, publish } from "./publish.ts";
import { query } from "./query.ts";
import { CallTable } from "./registry.ts";
import { type QualityOptions, RtcpMonitor } from "./rtcp_monitor.ts";
import { subscribeAnswer, subscribeRequest, unsubscribeCommand } from "./subscribe.ts";
import { installRules } from "./rules.ts";
import { Lifetimes } from "./secure/lifetimes.ts";
import { SecureMedia, type SecureOptions } from "./secure/secure_media.ts";
import { CallTimers } from "./timers.ts";
import { type PastSlots, resumeCall } from "./resume.ts";
import { snapshotCall } from "./snapshot.ts";
import type { CallObserver, CallRegistry, CallView } from "./types.ts";

/** What {@link createCallService} is made of. */
export interface CallServiceOptions {
  /** Interfaces, ports and rules. */
  readonly relay: Relay;
  /** Looked at on each use. */
  readonly settings: Settings;
  /** Time. */
  readonly clock: Clock;
  /** Told of calls that begin and end. */
  readonly observer?: CallObserver;
  /** Where lines about calls go; nowhere when absent. */
  readonly log?: CallLog;
  /** For `max-load`, `max-cpu` and `max-bandwidth`; absent: these are not enforced. */
  readonly load?: () => LoadSample;
  /** How quality is watched; with the defaults, and summed up for nobody, when absent. */
  readonly quality?: QualityOptions;
  /** What ICE and DTLS need from outside. */
  readonly secure?: SecureOptions;
  /**
   * What ICE and keys of our own are negotiated with; absent: keys are the parties' own business, and ICE is
   * taken out.
   */
  readonly source?: SecureSource;
  /** How sources appear in statistics; `full` when absent. */
  readonly ssrcReporting?: SsrcReporting;
  /** Call-ids logged at debug level: the flag `debug` adds to it, the end of a call takes away. */
  readonly debugCalls?: Set<string>;
  /** Value of `a=rtpengine` for `loop protect`; random when absent. */
  readonly loopMarker?: string;
}

/** The calls. */
export interface CallService {
  /** Commands by name: `offer`, `answer`, `delete`, `list`, `query`. */
  readonly handlers: ReadonlyMap<string, NgHandler>;
  /** The calls, for views and the control tree. */
  readonly registry: CallRegistry;
  /**
   * Ends calls whose time has come; call it about once a second.
   *
   * @param now monotonic ms of the clock
   */
  tick(now?: number): void;
  /** Sends the RTCP of our own that is due; call it a few times a second. */
  tickRtcp(): void;
  /** Does what ICE and DTLS have due; call it when {@link SecureOptions.wake} asks for it. */
  runSecure(): void;
  /** Mean score of the party of a call that hears worst, 1..5; undefined while nobody has reported. */
  mos(callId: ByteString): number | undefined;
  /** A call as text that {@link resume} understands; `counters` says where its counters are. */
  snapshot(call: CallView, counters: string): string;
  /**
   * Brings a call of an earlier run back.
   *
   * @throws Error when that cannot be; nothing is open or changed then
   */
  resume(text: string, past: PastSlots): void;
  /** Makes every call there is own or foreign, as `active` and `standby` of the control tree do. */
  setForeign(foreign: boolean): void;
  /** Ends all calls. */
  shutdown(): void;
}

const SILENT: CallLog = { debug() {}, info() {}, warn() {} };

/** Makes the call part. */
export function createCallService(options: CallServiceOptions): CallService {
  const { relay, settings, clock, observer } = options;
  const quality = options.quality ?? { sums: new QualitySums([], () => new TrafficSums()) };
  const rtcp = new RtcpMonitor(relay, clock, quality);
  const log = options.log ?? SILENT;
  const changed = (call: Call): void => {
    installRules(relay, call, log);
    calls.agreed(call);
  };
  const secure = new SecureMedia({
    ...options.secure,
    relay,
    clock,
    log,
    changed,
  });
  relay.engine.onEvent((event) => {
    rtcp.handle(event);
    secure.handle(event);
  });
  const calls = new CallTable(relay, observer, {
    update(call) {
      rtcp.update(call);
      secure.update(call);
    },
    remove(call) {
      rtcp.remove(call);
      secure.remove(call);
      context.debugCalls.delete(call.callId);
    },
  });
  const context: CallContext = {
    relay,
    settings,
    clock,
    calls,
    guard: new LoadGuard(settings, options.load),
    log,
    observer,
    counters: (slot) => relay.engine.counters(slot),
    rtcp,
    secure,
    source: options.source,
    ssrcReporting: options.ssrcReporting ?? "full",
    loopMarker: options.loopMarker ?? randomMarker(),
    debugCalls: options.debugCalls ?? new Set(),
  };
  const timers = new CallTimers(context);
  const lifetimes = new Lifetimes({ counters: context.counters, log, changed });
  const addresses = new Set(relay.addresses);
  const handlers = new Map<string, NgHandler>([
    ["offer", (request) => offer(context, request)],
    ["answer", (request) => answer(context, request)],
    ["delete", (request) => remove(context, request)],
    ["list", (request) => list(context, request)],
    ["query", (request) => query(context, request)],
    ["publish", (request) => publish(context, request)],
    ["create", (request) => create(context, request)],
    ["create answer", (request) => createAnswer(context, request)],
    ["connect", (request) => connect(context, request)],
    ["mesh", (request) => mesh(context, request)],
    ["subscribe request", (request) => subscribeRequest(context, request)],
    ["subscribe answer", (request) => subscribeAnswer(context, request)],
    ["unsubscribe", (request) => unsubscribeCommand(context, request)],
    ["block media", (request) => setGate(context, request, "media", true)],
    ["unblock media", (request) => setGate(context, request, "media", false)],
    ["silence media", (request) => setGate(context, request, "silence", true)],
    ["unsilence media", (request) => setGate(context, request, "silence", false)],
    ["block DTMF", (request) => setGate(context, request, "dtmf", true)],
    ["unblock DTMF", (request) => setGate(context, request, "dtmf", false)],
  ]);
  return {
    handlers,
    registry: calls,
    tick(now = clock.now()) {
      timers.expire(now);
      lifetimes.check(calls.all(), now);
    },
    tickRtcp: () => rtcp.tick(),
    runSecure: () => secure.run(),
    mos(callId) {
      const call = calls.get(callId);
      return call && rtcp.mos(call);
    },
    snapshot(view, counters) {
      const call = calls.get(view.callId);
      if (call === undefined) throw new Error("there is no such call");
      const moment = { wall: clock.wall(), monotonic: clock.now() };
      return JSON.stringify(snapshotCall(call, addresses, moment, counters));
    },
    setForeign: (foreign) => calls.setForeign(foreign, clock.now()),
    resume: (text, past) => resumeCall(context, text, past),
    shutdown() {
      for (const call of calls.all()) calls.close(call, "force_terminated");
    },
  };
}

function randomMarker(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(6));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
