/**
 * Media of the scripted phones: descriptions, and RTP that must arrive byte for byte.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  type Address,
  type AgentSocket,
  buildRtp,
  type Datagram,
  fromBytes,
  parseRtp,
  sleep,
  toBytes,
  until,
} from "../support/mod.ts";
import type { SipPhone } from "./sip_phone.ts";

/** Packets sent each way. */
const PACKETS = 8;
/** Milliseconds between packets. */
const GAP = 5;
/** Milliseconds in which a packet that must not come would have come. */
const QUIET = 150;

let version = 0;
let ssrc = 0x1000;

/** How a phone describes its media. */
export interface DescriptionOptions {
  /** Address in `c=`; the phone's own when absent. */
  readonly address?: string;
  /** RTP port; the phone's own when absent. */
  readonly port?: number;
  /** `sendrecv` when absent. */
  readonly direction?: string;
  /** Transport protocol; `RTP/AVP` when absent. */
  readonly protocol?: string;
  /** Further lines of the section. */
  readonly lines?: readonly string[];
}

/** A phone's description of itself; each has a version of its own. */
export function describe(phone: SipPhone, options: DescriptionOptions = {}): string {
  const address = options.address ?? phone.rtp.at.host;
  const family = address.includes(":") ? "IP6" : "IP4";
  return [
    "v=0",
    `o=${phone.options.user} 1 ${++version} IN ${family} ${address}`,
    "s=-",
    `c=IN ${family} ${address}`,
    "t=0 0",
    `m=audio ${options.port ?? phone.rtp.at.port} ${options.protocol ?? "RTP/AVP"} 8 0`,
    ...(options.lines ?? []),
    `a=${options.direction ?? "sendrecv"}`,
    "",
  ].join("\r\n");
}

/** Where a description wants RTP. */
export function target(body: string): Address {
  const host = /^c=IN IP[46] (\S+)/m.exec(body)?.[1];
  const port = /^m=audio (\d+) /m.exec(body)?.[1];
  assert.ok(host !== undefined && port !== undefined, `no media in ${JSON.stringify(body)}`);
  return { host, port: Number(port) };
}

/** The RTCP port beside an RTP port. */
export function nextPort({ host, port }: Address): Address {
  return { host, port: port + 1 };
}

/** One direction of media: from a socket to the relay's address, out of the relay to another socket. */
export interface Way {
  readonly from: AgentSocket;
  /** Where the sender was told to send. */
  readonly to: Address;
  readonly at: AgentSocket;
  /** Where the receiver was told that it comes from; absent: not looked at. */
  readonly source?: Address;
}

function packets(id: number): string[] {
  return Array.from({ length: PACKETS }, (_, i) =>
    fromBytes(buildRtp({
      payloadType: 8,
      sequence: 7000 + i,
      timestamp: 160 * i,
      ssrc: id,
      payload: Uint8Array.from({ length: 160 }, (_, j) => (i * 11 + j * 5 + id) & 0xff),
    })));
}

/**
 * Asserts that packets pass: all of them, in order, unchanged, from where they were said to come.
 *
 * @returns the SSRC they had
 */
export async function assertPasses({ from, to, at, source }: Way): Promise<number> {
  await at.take();
  const id = ssrc++;
  const sent = packets(id);
  for (const packet of sent) {
    await from.send(to, packet);
    await sleep(GAP);
  }
  const got: Datagram[] = [];
  await until(
    `${sent.length} packets at ${at.at.host}:${at.at.port}`,
    async () => {
      got.push(...await at.take());
      return got.length >= sent.length ? true : undefined;
    },
    1000,
    20,
  ).catch((error) => {
    throw new Error(`${error.message}: ${got.length} came`);
  });
  const numbers = got.map(({ data }) => parseRtp(toBytes(data))?.sequence);
  assert.deepEqual(numbers, sent.map((_, i) => 7000 + i));
  assert.deepEqual(got.map(({ data }) => data), sent);
  if (source !== undefined) {
    for (const one of got) assert.deepEqual(one.from, source);
  }
  return id;
}

/** Asserts that nothing passes. */
export async function assertBlocked({ from, to, at }: Way): Promise<void> {
  await at.take();
  for (const packet of packets(ssrc++).slice(0, 3)) await from.send(to, packet);
  await sleep(QUIET);
  assert.deepEqual(await at.take(), []);
}

/** What two phones told each other, as each of them got it. */
export interface Talk {
  readonly a: SipPhone;
  readonly b: SipPhone;
  /** Description phone A got: where A sends to. */
  readonly atA: string;
  /** Description phone B got. */
  readonly atB: string;
}

/** From A to B. */
export function wayOut({ a, b, atA, atB }: Talk): Way {
  return { from: a.rtp, to: target(atA), at: b.rtp, source: target(atB) };
}

/** From B to A. */
export function wayBack({ a, b, atA, atB }: Talk): Way {
  return { from: b.rtp, to: target(atB), at: a.rtp, source: target(atA) };
}

/** Asserts that both hear each other. */
export async function assertTalks(talk: Talk): Promise<void> {
  await assertPasses(wayOut(talk));
  await assertPasses(wayBack(talk));
}
