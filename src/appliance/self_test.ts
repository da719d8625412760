/**
 * The self-test: the daemon that runs answers a ping, and a call of our own carries packets both ways. Asks as a SIP
 * proxy on this host would, by the configuration that the daemon runs on.
 *
 * @module
 */

import { allowListOf, isLoopback, type LoadedConfig } from "../config/mod.ts";
import { type Endpoint, formatEndpoint } from "../core/endpoint.ts";
import type { NgDict } from "../ng/mod.ts";
import { databaseFile } from "../store/mod.ts";

/** Packets sent each way, and how many have to arrive. */
const PACKETS = 25;
const ENOUGH = 20;
const PACKET_MS = 20;
/** The last packets are waited for this long. */
const SETTLE_MS = 300;

/** Whom to ask: an ng listener on UDP, or the daemon's own socket on this host. */
export type Way = { readonly listener: Endpoint } | { readonly socket: string };

/** Sends an ng message and waits for the reply. @throws Error without one */
export type Ask = (way: Way, message: NgDict) => Promise<NgDict>;

/** A UDP socket of the test's own. */
export interface TestSocket {
  readonly port: number;
  /** Datagrams that have come so far. */
  readonly received: number;
  send(datagram: Uint8Array, to: Endpoint): void;
  close(): void;
}

/** The world as the test needs it. */
export interface SelfTestDeps {
  readonly ask: Ask;
  readonly open: (address: string, family: 4 | 6) => Promise<TestSocket>;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Whom to ask, and where media goes. */
export interface SelfTestPlan {
  /** Absent when the configuration leaves no way. */
  readonly way?: Way;
  /** Address of the default interface. */
  readonly media?: Pick<Endpoint, "address" | "family">;
}

/**
 * Finds whom to ask: best a listener on loopback, then any that lets this host in. Where the allow-list has proxies
 * elsewhere only, or there is no listener, it is the socket of the console.
 */
export function selfTestPlan(
  { config, listeners, interfaces }: Pick<LoadedConfig, "config" | "listeners" | "interfaces">,
): SelfTestPlan {
  const allowed = allowListOf(config, "ng");
  const listener = listeners.ng.map(reachable).sort((a, b) =>
    Number(isLoopback(b)) - Number(isLoopback(a))
  ).find(({ address }) => allowed.matches(address));
  // it is open where there are users
  const users = databaseFile(config["access-db"], config["data-dir"]);
  const first = interfaces.addresses[0];
  return {
    ...(listener !== undefined
      ? { way: { listener } }
      : users !== undefined
      ? { way: { socket: `${config["data-dir"]}/console/socket` } }
      : {}),
    ...(first === undefined ? {} : { media: { address: first.address, family: first.family } }),
  };
}

/** Where this host finds a listener; packets to an address of its own come from there, too. */
function reachable(listener: Endpoint): Endpoint {
  if (listener.address === "0.0.0.0") return { ...listener, address: "127.0.0.1" };
  if (listener.address === "::") return { ...listener, address: "::1" };
  return listener;
}

/**
 * Runs the test.
 *
 * @returns a line that says what was tested
 * @throws Error with a sentence that says what failed
 */
export async function runSelfTest(plan: SelfTestPlan, deps: SelfTestDeps): Promise<string> {
  const { way, media } = plan;
  if (way === undefined) {
    return "control-allow-ng does not let this host in: neither ping nor call was tried";
  }
  const pong = await deps.ask(way, message("ping"));
  if (pong.get("result") !== "pong") {
    const where = "socket" in way ? way.socket : formatEndpoint(way.listener);
    throw new Error(`${where} answers a ping with "${String(pong.get("result"))}"`);
  }
  if (media === undefined) return "the daemon answers; no address for media yet";
  const a = await deps.open(media.address, media.family);
  const b = await deps.open(media.address, media.family);
  const call = { "call-id": `rtpedge-self-test-${crypto.randomUUID()}`, "from-tag": "a" };
  try {
    const offer = await deps.ask(
      way,
      message("offer", { ...call, sdp: sdpOf(media, a.port) }),
    );
    if (offer.get("result") === "load limit") return "the daemon answers, and takes no new calls";
    const facingB = portIn(offer, "offer");
    const answer = await deps.ask(
      way,
      message("answer", { ...call, "to-tag": "b", sdp: sdpOf(media, b.port) }),
    );
    const facingA = portIn(answer, "answer");
    for (let number = 0; number < PACKETS; number++) {
      a.send(rtpPacket(number, 1), { ...media, port: facingA });
      b.send(rtpPacket(number, 2), { ...media, port: facingB });
      await deps.sleep(PACKET_MS);
    }
    await deps.sleep(SETTLE_MS);
    if (a.received < ENOUGH || b.received < ENOUGH) {
      throw new Error(`of ${PACKETS} packets each way, ${b.received} and ${a.received} arrived`);
    }
    return `the daemon answers, and relayed ${a.received + b.received} of ${2 * PACKETS} packets`;
  } finally {
    a.close();
    b.close();
    await deps.ask(way, message("delete", { ...call, "delete-delay": "0" })).catch(() => undefined);
  }
}

function message(command: string, keys: Readonly<Record<string, string>> = {}): NgDict {
  return new Map<string, string>([["command", command], ...Object.entries(keys)]) as NgDict;
}

function sdpOf({ address, family }: Pick<Endpoint, "address" | "family">, port: number): string {
  const where = `IN IP${family} ${address}`;
  return `v=0\r\no=- 1 1 ${where}\r\ns=-\r\nc=${where}\r\nt=0 0\r\n` +
    `m=audio ${port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n`;
}

/** Port of the first section of a reply's SDP. @throws Error with the reason in the reply */
function portIn(reply: NgDict, command: string): number {
  const sdp = reply.get("sdp");
  const port = typeof sdp === "string" ? /^m=audio (\d+) /m.exec(sdp)?.[1] : undefined;
  if (port !== undefined && port !== "0") return Number(port);
  throw new Error(
    `${command} is refused: ${String(reply.get("error-reason") ?? reply.get("result"))}`,
  );
}

/** 20 ms of PCMU. */
function rtpPacket(number: number, ssrc: number): Uint8Array {
  const packet = new Uint8Array(172).fill(0xff, 12);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x80);
  view.setUint16(2, 1000 + number);
  view.setUint32(4, 160 * number);
  view.setUint32(8, ssrc);
  return packet;
}
