/**
 * Calls with one secured and one plain party, made of sockets, and an attacker beside the secured one.
 *
 * @module
 */

import assert from "node:assert/strict";
import { ADDRESS } from "../interop/rig.ts";
import {
  type Address,
  type Agent,
  type AgentSocket,
  buildReceiverReport,
  fromBytes,
  inlineOf,
  masterOf,
  newMasterKey,
  parseRtp,
  sleep,
  SrtpStream,
  toBytes,
} from "../support/mod.ts";
import { keyIn } from "../webrtc/ffmpeg.ts";
import { sectionsOf } from "../webrtc/sdp_text.ts";
import type { Call, Keys, Stage } from "../webrtc/stage.ts";
import { forged, forgedRtcp, speech } from "./datagrams.ts";
import { type Certificate, makeCertificate, shakeHands } from "./dtls_client.ts";

/** The attacker's address, in the network of the secured party. */
export const ATTACKER = "10.77.1.66";

/** Ports of the next call's parties: each call has its own. */
let nextPort = 22_000;
/** Milliseconds in which a packet that must not come would have come. */
const QUIET = 120;
const SSRC = { a: 0xaaaa, b: 0xbbbb } as const;
const SUITE = "AES_CM_128_HMAC_SHA1_80";

/** How the secured party's keys are agreed on; without keys an attack has to be seen to work. */
export type KeyExchange = "SDES" | "DTLS" | "none";

/** What somebody without the key can send: in clear, or as if it were encrypted. */
export const FORGERIES = ["RTP", "SRTP", "RTCP", "SRTCP"] as const;
/** One of {@link FORGERIES}. */
export type Forgery = typeof FORGERIES[number];

/** How far from the port of a call an attacker looks for it, in both directions. */
const NEIGHBOURS = 4;

/** One direction of media: what it takes to send, and to read what was sent. */
interface Protection {
  protect(packet: Uint8Array): Uint8Array;
  unprotect(packet: Uint8Array): Uint8Array | undefined;
}

const UNPROTECTED: Protection = { protect: (packet) => packet, unprotect: (packet) => packet };

/** What a call is made of. */
interface CallParts {
  readonly call: Call;
  readonly a: AgentSocket;
  readonly aRtcp: AgentSocket;
  readonly b: AgentSocket;
  readonly bRtcp: AgentSocket;
  readonly relay: { readonly a: Address; readonly b: Address };
  readonly attackers: readonly AgentSocket[];
  readonly out: Protection;
  readonly back: Protection;
}

/** A call whose party A is secured. */
export class SecureCall implements AsyncDisposable {
  /** The call at the relay. */
  readonly call: Call;
  /** Party A's socket. */
  readonly a: AgentSocket;
  /** Party B's socket. */
  readonly b: AgentSocket;
  /** The relay's ports towards each. */
  readonly relay: { readonly a: Address; readonly b: Address };
  readonly #aRtcp: AgentSocket;
  readonly #bRtcp: AgentSocket;
  readonly #attackers: readonly AgentSocket[];
  readonly #out: Protection;
  readonly #back: Protection;
  readonly #stack: AsyncDisposableStack;
  #sequence = 100;

  /** Wraps what {@link openCall} has made. */
  constructor(stack: AsyncDisposableStack, parts: CallParts) {
    this.#stack = stack;
    this.call = parts.call;
    this.a = parts.a;
    this.b = parts.b;
    this.relay = parts.relay;
    this.#aRtcp = parts.aRtcp;
    this.#bRtcp = parts.bRtcp;
    this.#attackers = parts.attackers;
    this.#out = parts.out;
    this.#back = parts.back;
  }

  /** The next packet of A as it goes over the wire. */
  next(): Uint8Array {
    return this.#out.protect(speech(SSRC.a, this.#sequence++, 1));
  }

  /** Both go on from another sequence number, as a sender that has begun anew. */
  jump(sequence: number): void {
    this.#sequence = sequence;
  }

  /** A speaks. @param copies how often each packet is sent */
  async speak(count: number, copies = 1): Promise<number[]> {
    const first = this.#sequence;
    for (let i = 0; i < count; i++) {
      const packet = fromBytes(this.next());
      for (let copy = 0; copy < copies; copy++) await this.a.send(this.relay.a, packet);
    }
    return Array.from({ length: count }, (_, i) => first + i);
  }

  /** B speaks. */
  async speakBack(count: number): Promise<number[]> {
    const first = this.#sequence;
    for (let i = 0; i < count; i++) {
      await this.b.send(this.relay.b, fromBytes(speech(SSRC.b, this.#sequence++, 2)));
    }
    return Array.from({ length: count }, (_, i) => first + i);
  }

  /** B reports, on its RTCP port. */
  async reportBack(): Promise<void> {
    const to = { ...this.relay.b, port: this.relay.b.port + 1 };
    await this.#bRtcp.send(to, fromBytes(buildReceiverReport(SSRC.b)));
  }

  /**
   * Everything an attacker without the key can think of: from another host, from another port of A's, and from
   * A's own ports, as who forges addresses can; aimed at the ports of the call and sprayed around them.
   */
  async attack(kinds: readonly Forgery[] = FORGERIES): Promise<void> {
    for (const socket of [...this.#attackers, this.a, this.#aRtcp]) {
      for (const kind of kinds) {
        for (const ssrc of [SSRC.a, 0x666]) await this.#attackFrom(socket, kind, ssrc);
      }
    }
  }

  async #attackFrom(socket: AgentSocket, kind: Forgery, ssrc: number): Promise<void> {
    const { port } = this.relay.a;
    const at = (port: number) => ({ ...this.relay.a, port });
    for (let other = port - NEIGHBOURS; other <= port + 1 + NEIGHBOURS; other++) {
      await socket.send(at(other), fromBytes(this.#forge(kind, ssrc, 0)));
    }
    for (let i = 1; i < 6; i++) await socket.send(at(port), fromBytes(this.#forge(kind, ssrc, i)));
    await socket.send(at(port), fromBytes(this.#forge(kind, ssrc, 6).subarray(0, 13)));
  }

  #forge(kind: Forgery, ssrc: number, i: number): Uint8Array {
    switch (kind) {
      case "RTP":
        return speech(ssrc, this.#sequence + i, 6);
      case "SRTP":
        return forged(ssrc, this.#sequence + i);
      case "RTCP":
        return buildReceiverReport(ssrc);
      case "SRTCP":
        return forgedRtcp(ssrc);
    }
  }

  /** Asserts that an attack has changed nothing: media and reports of B get to A, nothing to anybody else. */
  async assertUnharmed(): Promise<void> {
    const sequences = await this.speakBack(3);
    await this.reportBack();
    await sleep(QUIET);
    assert.deepEqual(await this.b.take(), [], "B gets what is not A's");
    assert.deepEqual(await this.#bRtcp.take(), [], "B gets reports that are not A's");
    const { media, reports } = await this.#atA();
    assert.deepEqual(media, sequences.map((sequence) => [SSRC.b, sequence, 2]));
    assert.equal(reports.length, 1, "reports that get to A");
    await this.assertNothingBled();
  }

  /** Asserts that B gets exactly these packets of A and that no attacker gets anything. */
  async assertAtB(sequences: readonly number[]): Promise<void> {
    await sleep(QUIET);
    const got = (await this.b.take()).map(({ data }) => parseRtp(toBytes(data)));
    assert.deepEqual(got.map((packet) => [packet?.ssrc, packet?.sequence, packet?.payload[9]]), [
      ...sequences.map((sequence) => [SSRC.a, sequence, 1]),
    ]);
    await this.assertNothingBled();
  }

  /** Asserts that A gets exactly these packets of B and that no attacker gets anything. */
  async assertAtA(sequences: readonly number[]): Promise<void> {
    await sleep(QUIET);
    const { media } = await this.#atA();
    assert.deepEqual(media, sequences.map((sequence) => [SSRC.b, sequence, 2]));
    await this.assertNothingBled();
  }

  /** What A has got on both ports: media that can be opened, and RTCP. */
  async #atA() {
    const got = [...await this.a.take(), ...await this.#aRtcp.take()].map(({ data }) =>
      toBytes(data)
    );
    const isReport = (bytes: Uint8Array) => (bytes[1] ?? 0) >= 192 && (bytes[1] ?? 0) <= 223;
    const media = got.filter((bytes) => !isReport(bytes)).map((bytes) => {
      const packet = this.#back.unprotect(bytes);
      const rtp = packet === undefined ? undefined : parseRtp(packet);
      return [rtp?.ssrc, rtp?.sequence, rtp?.payload[9]];
    });
    return { media, reports: got.filter(isReport) };
  }

  /** Asserts that no attacker has got anything. */
  async assertNothingBled(): Promise<void> {
    for (const socket of this.#attackers) assert.deepEqual(await socket.take(), []);
  }

  /** Ends the call and closes the sockets. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** What is special about a call. */
export interface SecureCallOptions {
  /** Further keys of offer and answer. */
  readonly keys?: Keys;
  /** Done when the relay waits for the handshake of A, with the relay's port. */
  readonly beforeHandshake?: (relay: Address) => Promise<void>;
}

function describe(host: string, port: number, protocol: string, lines: readonly string[]): string {
  const head = ["v=0", `o=- 1 1 IN IP4 ${host}`, "s=-", `c=IN IP4 ${host}`, "t=0 0"];
  const media = [`m=audio ${port} ${protocol} 8`, "a=rtpmap:8 PCMA/8000", ...lines, ""];
  return [...head, ...media].join("\r\n");
}

const certificates = new WeakMap<Stage, Promise<Certificate>>();

/** The certificate of party A in a stage. */
export function phoneCertificate(stage: Stage): Promise<Certificate> {
  const known = certificates.get(stage);
  if (known !== undefined) return known;
  const made = makeCertificate(stage.rig.folder.outside, "phone");
  certificates.set(stage, made);
  return made;
}

function target(sdp: string): Address {
  const [section] = sectionsOf(sdp);
  assert.ok(section !== undefined && section.at.port > 0, `no media in ${sdp}`);
  return section.at;
}

/** Makes a call. The attackers are another host, and another port of A's own. */
export async function openCall(
  stage: Stage,
  exchange: KeyExchange,
  options: SecureCallOptions = {},
): Promise<SecureCall> {
  await using stack = new AsyncDisposableStack();
  const port = nextPort;
  nextPort += 4;
  const [a, b] = [stage.place("a"), stage.place("b")];
  const bind = async (agent: Agent, host: string, port = 0): Promise<AgentSocket> => {
    const socket = await agent.bind(host, port);
    stack.defer(() => socket.close());
    return socket;
  };
  const attackers = [await bind(a.agent, ATTACKER), await bind(a.agent, ADDRESS.phoneA)];
  const socketB = await bind(b.agent, ADDRESS.phoneB, port);
  const bRtcp = await bind(b.agent, ADDRESS.phoneB, port + 1);
  const call = stack.use(stage.call());
  const { relay, out, back } = await AGREE[exchange](stage, call, port, options);
  const socketA = await bind(a.agent, ADDRESS.phoneA, port);
  const aRtcp = await bind(a.agent, ADDRESS.phoneA, port + 1);
  const parts = { call, a: socketA, aRtcp, b: socketB, bRtcp, relay, attackers, out, back };
  return new SecureCall(stack.move(), parts);
}

/** What the parties know when keys are agreed on. */
interface Agreed {
  readonly relay: { readonly a: Address; readonly b: Address };
  readonly out: Protection;
  readonly back: Protection;
}

function toPlain(keys: Keys): Keys {
  return { "transport protocol": "RTP/AVP", "rtcp-mux": ["demux"], ...keys };
}

async function agreeBySdes(
  _stage: Stage,
  call: Call,
  port: number,
  { keys = {}, beforeHandshake }: SecureCallOptions,
): Promise<Agreed> {
  const own = newMasterKey();
  const lines = [`a=crypto:1 ${SUITE} inline:${inlineOf(own)}`];
  const offer = describe(ADDRESS.phoneA, port, "RTP/SAVP", lines);
  const offered = await call.offer(offer, toPlain(keys));
  const answered = await call.answer(describe(ADDRESS.phoneB, port, "RTP/AVP", []), keys);
  const relays = keyIn(answered);
  assert.ok(relays?.suite === SUITE, `no key in ${answered}`);
  const relay = { a: target(answered), b: target(offered) };
  await beforeHandshake?.(relay.a);
  return { relay, out: new SrtpStream(own), back: new SrtpStream(masterOf(relays.inline)) };
}

async function agreeByDtls(
  stage: Stage,
  call: Call,
  port: number,
  { keys = {}, beforeHandshake }: SecureCallOptions,
): Promise<Agreed> {
  const certificate = await phoneCertificate(stage);
  const lines = [`a=fingerprint:${certificate.fingerprint}`, "a=setup:active", "a=rtcp-mux"];
  const offer = describe(ADDRESS.phoneA, port, "UDP/TLS/RTP/SAVP", lines);
  const offered = await call.offer(offer, toPlain(keys));
  const answered = await call.answer(describe(ADDRESS.phoneB, port, "RTP/AVP", []), keys);
  const relay = { a: target(answered), b: target(offered) };
  await beforeHandshake?.(relay.a);
  const from = { host: ADDRESS.phoneA, port };
  const ends = { from, to: relay.a, certificate };
  const { client, server } = await shakeHands(stage.place("a").ns, ends);
  // the client knows the keys before the relay has them in its rules
  await sleep(QUIET);
  return { relay, out: new SrtpStream(client), back: new SrtpStream(server) };
}

async function agreeOnNothing(
  _stage: Stage,
  call: Call,
  port: number,
  { keys = {} }: SecureCallOptions,
): Promise<Agreed> {
  const offered = await call.offer(describe(ADDRESS.phoneA, port, "RTP/AVP", []), keys);
  const answered = await call.answer(describe(ADDRESS.phoneB, port, "RTP/AVP", []), keys);
  const relay = { a: target(answered), b: target(offered) };
  return { relay, out: UNPROTECTED, back: UNPROTECTED };
}

const AGREE = { "SDES": agreeBySdes, "DTLS": agreeByDtls, "none": agreeOnNothing } as const;

/** The stage with the attacker's address in it. */
export async function addAttacker(stage: Stage): Promise<void> {
  await stage.place("a").ns.addresses("eth0", `${ATTACKER}/24`);
}
