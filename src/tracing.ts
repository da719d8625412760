/**
 * What tells others about calls, put together: sums of quality for the statistics, Homer, records of calls
 * and RTCP in the log. Part of the composition root.
 *
 * @module
 */

import { callRecord } from "./call/record.ts";
import type { CallObserver, QualityOptions, RtcpReception, SsrcReporting } from "./call/mod.ts";
import type { Config } from "./config/mod.ts";
import type { Clock } from "./core/clock.ts";
import { Homer, openHepSender } from "./hep/mod.ts";
import type { Logs } from "./log/mod.ts";
import type { TracedExchange } from "./ng/mod.ts";
import { mosModel, QualitySums, type TrafficSource } from "./quality/mod.ts";
import type { LocalAddress } from "./relay/mod.ts";
import { rtcpLogLine } from "./rtcp/mod.ts";

/** What tracing is made of. */
export interface TracingParts {
  readonly config: Config;
  readonly logs: Logs;
  readonly clock: Clock;
  readonly addresses: readonly LocalAddress[];
  /** Traffic of a local address, for losses. */
  readonly traffic: TrafficSource;
}

/** What tells others about calls. */
export interface Tracing {
  readonly sums: QualitySums;
  /** For the calls. */
  readonly quality: QualityOptions;
  readonly ssrcReporting: SsrcReporting;
  /** Writes records of calls; undefined unless asked for. */
  readonly observer: CallObserver | undefined;
  /** Tells Homer about ng messages; undefined unless asked for. */
  readonly ng: ((exchange: TracedExchange) => void) | undefined;
  close(): void;
}

/** Puts tracing together. */
export function createTracing(parts: TracingParts): Tracing {
  const { config, logs, clock } = parts;
  const sums = new QualitySums(parts.addresses, parts.traffic);
  const homer = openHomer(parts);
  const listeners = [homer?.rtcp, rtcpLog(parts)].filter((one) => one !== undefined);
  const cdr = config["log-facility-cdr"] !== undefined;
  return {
    sums,
    quality: {
      sums,
      mos: mosModel(config.mos),
      interval: config["rtcp-interval"],
      measure: config["measure-rtp"],
      ...(listeners.length === 0 ? {} : {
        onRtcp(reception) {
          for (const listener of listeners) listener(reception);
        },
      }),
    },
    ssrcReporting: config["ssrc-reporting"],
    observer: cdr ? recorder(logs, clock) : undefined,
    ng: homer?.ng,
    close: () => homer?.close(),
  };
}

function openHomer({ config, logs, clock }: TracingParts) {
  const server = config.homer;
  if (server?.host === undefined) return undefined;
  const log = logs.logger("core");
  const sender = openHepSender(
    { host: server.host, port: server.port, protocol: config["homer-protocol"] },
    clock,
    (reason) => log.limited("warning", "homer", `Homer cannot be told: ${reason}`),
  );
  const homer = new Homer({
    send: (packet) => sender.send(packet),
    captureId: config["homer-id"],
    rtcp: !config["homer-disable-rtcp-stats"],
    ng: config["homer-enable-ng"],
    ngProtocol: config["homer-ng-capture-proto"],
  });
  const ng = (exchange: TracedExchange): void => {
    const { transport, peer, local } = exchange.source;
    homer.ng({ ...exchange, transport: transport === "udp" ? "udp" : "tcp", peer, local });
  };
  return {
    rtcp: (reception: RtcpReception) => homer.rtcp(reception),
    ng: config["homer-enable-ng"] ? ng : undefined,
    close: () => sender.close(),
  };
}

function rtcpLog({ config, logs }: TracingParts): ((reception: RtcpReception) => void) | undefined {
  if (config["log-facility-rtcp"] === undefined) return undefined;
  const log = logs.logger("rtcp");
  return ({ callId, packets }) => {
    const line = rtcpLogLine(packets);
    if (line !== undefined) log.forCall(callId).info(line);
  };
}

function recorder(logs: Logs, clock: Clock): CallObserver {
  const log = logs.logger("core");
  return {
    created: () => {},
    closed: (call, reason) => log.info(callRecord(call, reason, clock.wall())),
    rejected: () => {},
  };
}
