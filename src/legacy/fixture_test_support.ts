/**
 * Both protocols over calls in memory, and the words their tests are written in.
 *
 * @module
 */

import { Bench, type BenchOptions } from "../call/fixture_test_support.ts";
import { fromBytes, toBytes } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import type { NgSource } from "../ng/types.ts";
import { LegacyCalls } from "./calls.ts";
import { Mediaproxy } from "./mediaproxy.ts";
import { Rtpproxy } from "./rtpproxy.ts";

const PEER: Endpoint = { family: 4, address: "127.0.0.1", port: 5060 };
/** Who asks. */
export const SOURCE: NgSource = { transport: "udp", peer: PEER, local: { ...PEER, port: 2222 } };

/** Calls in memory behind the old protocols; the first interface is `pub`, 203.0.113.1. */
export class LegacyBench extends Bench {
  readonly rtpproxy: Rtpproxy;
  readonly mediaproxy: Mediaproxy;
  /** Level and message of each line logged. */
  readonly lines: string[] = [];
  #cookie = 0;

  constructor(options: BenchOptions = {}) {
    super(options);
    const { clock } = this;
    const log = (level: string, message: string) => void this.lines.push(`${level}: ${message}`);
    const calls = new LegacyCalls({
      handlers: this.service.handlers,
      registry: this.service.registry,
      settings: this.settings,
      clock,
    });
    this.rtpproxy = new Rtpproxy({ calls, clock, log });
    this.mediaproxy = new Mediaproxy({
      calls,
      clock,
      log,
      version: "1.2.3",
      bandwidth: () => 42.4,
    });
  }

  /** Sends an rtpproxy command under a cookie of its own and returns the reply without it. */
  ask(command: string): string {
    const cookie = `c${++this.#cookie}`;
    const reply = this.datagram(`${cookie} ${command}`) ?? "";
    if (!reply.startsWith(`${cookie} `)) throw new Error(`reply ${JSON.stringify(reply)}`);
    return reply.slice(cookie.length + 1).trimEnd();
  }

  /** Sends a datagram as it is. */
  datagram(text: string): string | undefined {
    const reply = this.rtpproxy.handle(toBytes(text), SOURCE);
    return reply && fromBytes(reply);
  }

  /** Sends a mediaproxy line. */
  line(text: string): string {
    return this.mediaproxy.handle(text, SOURCE);
  }

  /** Address and port each party's section is described with, by `TAG/INDEX`. */
  described(callId: string): Record<string, string> {
    const call = this.service.registry.get(callId);
    const found: Record<string, string> = {};
    for (const { tag, medias } of call?.participants ?? []) {
      for (const { index, streams } of medias) {
        const { advertised } = streams[0]!;
        if (advertised !== undefined) {
          found[`${tag}/${index}`] = `${advertised.address} ${advertised.port}`;
        }
      }
    }
    return found;
  }

  /** Local port pairs in use. */
  get used(): number {
    return this.relay.addresses.reduce((sum, local) => sum + this.relay.usage(local).used, 0);
  }
}
