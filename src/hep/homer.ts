/**
 * What Homer is told: the RTCP of calls and the ng messages about them.
 *
 * @module
 */

import { fromText, toBytes } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { RtcpPacket } from "../rtcp/mod.ts";
import { encodeHep, HEP_PROTOCOLS } from "./encode.ts";
import { rtcpJson } from "./rtcp_json.ts";

/** How Homer is told. */
export interface HomerOptions {
  /** Sends one packet; may drop it. */
  readonly send: (packet: Uint8Array) => void;
  /** Capture id of this instance. */
  readonly captureId: number;
  /** RTCP is told. */
  readonly rtcp: boolean;
  /** ng messages are told. */
  readonly ng: boolean;
  /** Protocol number of ng messages. */
  readonly ngProtocol?: number;
}

/** RTCP of a call that came in. */
export interface CapturedRtcp {
  /** SIP Call-ID. */
  readonly callId: string;
  /** What it says. */
  readonly packets: readonly RtcpPacket[];
  /** Who sent it. */
  readonly source: Endpoint;
  /** Where it came to. */
  readonly local: Endpoint;
  /** Wall-clock ms. */
  readonly at: number;
}

/** A request and its reply. */
export interface CapturedNg {
  /** The command; empty when the request could not be read. */
  readonly command: string;
  /** SIP Call-ID; empty without. */
  readonly callId: string;
  /** How they travelled. */
  readonly transport: "udp" | "tcp";
  /** Who asked. */
  readonly peer: Endpoint;
  /** Who was asked. */
  readonly local: Endpoint;
  /** Cookie and body. */
  readonly request: Uint8Array;
  /** Wall-clock ms. */
  readonly requested: number;
  /** Cookie and body. */
  readonly reply: Uint8Array;
  /** Wall-clock ms. */
  readonly replied: number;
}

/** Makes HEP packets of what it is told. */
export class Homer {
  readonly #options: HomerOptions;

  /** Sends nothing by itself. */
  constructor(options: HomerOptions) {
    this.#options = options;
  }

  /** RTCP came in. */
  rtcp({ callId, packets, source, local, at }: CapturedRtcp): void {
    if (!this.#options.rtcp) return;
    const text = rtcpJson(packets);
    if (text === undefined) return;
    this.#capture({
      transport: "udp",
      source,
      destination: local,
      time: at,
      protocol: HEP_PROTOCOLS.RTCP_JSON,
      correlationId: callId,
      payload: toBytes(fromText(text)),
    });
  }

  /** A command was carried out; `ping` is not worth a packet. */
  ng({ command, callId, transport, peer, local, ...exchange }: CapturedNg): void {
    if (!this.#options.ng || command === "ping") return;
    const { ngProtocol: protocol = HEP_PROTOCOLS.NG } = this.#options;
    const common = { transport, protocol, correlationId: callId };
    this.#capture({
      ...common,
      source: peer,
      destination: local,
      time: exchange.requested,
      payload: exchange.request,
    });
    this.#capture({
      ...common,
      source: local,
      destination: peer,
      time: exchange.replied,
      payload: exchange.reply,
    });
  }

  #capture(capture: Omit<Parameters<typeof encodeHep>[0], "captureId">): void {
    const packet = encodeHep({ ...capture, captureId: this.#options.captureId });
    if (packet !== undefined) this.#options.send(packet);
  }
}
