/**
 * Two parties that exchange RTP and RTCP through a {@link Bench}.
 *
 * @module
 */

import type { Endpoint } from "../core/endpoint.ts";
import type { SentPacket } from "../relay/mod.ts";
import {
  buildRtcp,
  ntpMiddle,
  ntpTime,
  parseRtcp,
  type ReportBlock,
  type RtcpBody,
  type RtcpPacket,
  type SenderInfo,
} from "../rtcp/mod.ts";
import { Bench, type BenchOptions, type Keys, type Reply } from "./fixture_test_support.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";

/** SSRC of party `a`. */
export const SSRC_A = 0xaaaa0001;
/** SSRC of party `b`. */
export const SSRC_B = 0xbbbb0001;

/** What a test may ask for. */
export interface TalkOptions extends BenchOptions {
  readonly offer?: Keys;
  readonly answer?: Keys;
  /** Added to the sections of both. */
  readonly attributes?: string;
}

/** One side of a call. */
export interface Side {
  readonly ssrc: number;
  readonly rtp: Endpoint;
  readonly rtcp: Endpoint;
  /** Our ports for it. */
  readonly slots: { readonly rtp: number; readonly rtcp: number };
}

/** A call between `a` and `b`. */
export class Talk {
  readonly bench: Bench;
  readonly a: Side;
  readonly b: Side;
  readonly offered: Reply;
  readonly answered: Reply;
  #sequence = 0;

  constructor({ offer, answer, attributes = "", ...options }: TalkOptions = {}) {
    const bench = this.bench = new Bench(options);
    this.offered = bench.offer(A + AUDIO + attributes, offer);
    this.answered = bench.answer(B + AUDIO_B + attributes, answer);
    const muxed = attributes.includes("rtcp-mux");
    const side = (ssrc: number, last: number, port: number, reply: Reply): Side => {
      const at = (component: number): Endpoint => ({
        family: 4,
        address: `198.51.100.${last}`,
        port: port + component,
      });
      const rtp = bench.slot(reply);
      const rtcp = muxed ? rtp : bench.slot(reply, 0, "rtcp");
      return { ssrc, rtp: at(0), rtcp: at(muxed ? 0 : 1), slots: { rtp, rtcp } };
    };
    // what b was told is where b sends to
    this.b = side(SSRC_B, 2, 5000, this.offered);
    this.a = side(SSRC_A, 1, 4000, this.answered);
  }

  /** Both send 50 packets in a second. */
  second(): void {
    for (let i = 0; i < 50; i++) {
      this.rtp(this.a);
      this.rtp(this.b);
      this.#sequence++;
      this.bench.clock.advance(20);
    }
  }

  /** One packet of 160 bytes of payload. */
  rtp({ ssrc, rtp, slots }: Side, payloadType = 8, sequence = this.#sequence): void {
    const packet = new Uint8Array(172);
    const view = new DataView(packet.buffer);
    view.setUint16(0, 0x8000 | payloadType);
    view.setUint16(2, sequence & 0xffff);
    view.setUint32(4, sequence * 160);
    view.setUint32(8, ssrc);
    this.bench.engine.inject(slots.rtp, packet, rtp);
  }

  /** RTCP of a party. */
  rtcp({ rtcp, slots }: Side, ...bodies: RtcpBody[]): Uint8Array {
    const payload = buildRtcp(bodies);
    this.bench.engine.inject(slots.rtcp, payload, rtcp);
    return payload;
  }

  /** A sender report of now, with a report about another one that came `delay` ms ago. */
  sr(side: Side, about?: Heard): SenderInfo {
    const wall = this.bench.clock.wall();
    const sender = { ...ntpTime(wall), rtpTimestamp: 0, packets: 1, octets: 160 };
    const reports = about === undefined ? [] : [block(about)];
    this.rtcp(side, { type: "SR", ssrc: side.ssrc, sender, reports });
    return sender;
  }

  /** Datagrams that have left since the last call, RTP aside. */
  sent(): { readonly to: Endpoint; readonly slot: number; readonly packets: RtcpPacket[] }[] {
    const { sent } = this.bench.engine;
    const rtcp = (packet: SentPacket) => packet.payload[1]! >= 192 && packet.payload[1]! < 224;
    const found = sent.filter(rtcp).map(({ destination, slot, payload }) => ({
      to: destination,
      slot,
      packets: parseRtcp(payload),
    }));
    sent.length = 0;
    return found;
  }

  /** Lets time pass in steps of 100 ms, and everything be sent that is due. */
  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 100) {
      this.bench.clock.advance(100);
      this.bench.service.tickRtcp();
    }
  }

  /** The statistics of the call. */
  query(): Reply {
    return this.bench.send("query", { "call-id": "c" });
  }
}

/** A sender report somebody got. */
export interface Heard extends Partial<ReportBlock> {
  readonly ssrc: number;
  readonly sender: SenderInfo;
  /** ms */
  readonly held: number;
}

/** A report block about it. */
export function block({ sender, held, ...fields }: Heard): ReportBlock {
  return {
    fractionLost: 0,
    lost: 0,
    highestSequence: 0,
    jitter: 0,
    lastSr: ntpMiddle(sender),
    delay: Math.round(held * 65.536),
    ...fields,
  };
}
