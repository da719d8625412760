/**
 * The test's side of a party that secures its media by libsrtp2.
 *
 * @module
 */

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Address, Daemon, must, type Netns } from "../support/mod.ts";
import { eventually } from "./judge.ts";

const SOURCE = fileURLToPath(new URL("srtp_peer.c", import.meta.url));
const PROGRAM = fileURLToPath(new URL("../../build/webrtc/srtp_peer", import.meta.url));

/** Suites by name with the octets of master key and salt. */
export const LIBSRTP_SUITES: Readonly<Record<string, number>> = {
  "AES_CM_128_HMAC_SHA1_80": 30,
  "AES_CM_128_HMAC_SHA1_32": 30,
  "AES_256_CM_HMAC_SHA1_80": 46,
  "AES_256_CM_HMAC_SHA1_32": 46,
  "AEAD_AES_128_GCM": 28,
  "AEAD_AES_256_GCM": 44,
};

/** What a party heard since the last report. */
export interface SrtpReport {
  /** RTP packets that were authentic and as they were sent. */
  readonly rtp: number;
  /** RTCP packets of that kind. */
  readonly rtcp: number;
  /** Packets that libsrtp refused. */
  readonly refused: number;
  /** Authentic packets that were changed. */
  readonly garbled: number;
}

let built: Promise<void> | undefined;

async function build(): Promise<void> {
  built ??= (async () => {
    await Deno.mkdir(fileURLToPath(new URL("../../build/webrtc", import.meta.url)), {
      recursive: true,
    });
    const flags = ["-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-O2"];
    await must(["cc", ...flags, "-o", `${PROGRAM}.${Deno.pid}`, SOURCE, "-lsrtp2"]);
    await Deno.rename(`${PROGRAM}.${Deno.pid}`, PROGRAM);
  })();
  await built;
}

/** A party in a namespace. */
export class SrtpPeer implements AsyncDisposable {
  readonly #daemon: Daemon;
  /** The key it sends under: master key and salt in base64, as `a=crypto` writes it. */
  readonly inline: string;

  /** Wraps a running program; {@link start} makes one. */
  constructor(daemon: Daemon, readonly at: Address, readonly suite: string) {
    this.#daemon = daemon;
    const octets = LIBSRTP_SUITES[suite];
    assert.ok(octets !== undefined, `no suite ${suite}`);
    const bytes = crypto.getRandomValues(new Uint8Array(octets));
    this.inline = btoa(String.fromCharCode(...bytes));
  }

  /** Starts a party. @param at its RTP port; RTCP is one above */
  static async start(ns: Netns, at: Address, suite: string): Promise<SrtpPeer> {
    await build();
    const daemon = new Daemon("srtp_peer", ns.argv([PROGRAM, at.host, String(at.port)]));
    await daemon.line(/^ready$/);
    return new SrtpPeer(daemon, at, suite);
  }

  /** Its description, with one suite and no other. */
  describe(): string {
    const { host, port } = this.at;
    return [
      "v=0",
      `o=libsrtp 1 1 IN IP4 ${host}`,
      "s=-",
      `c=IN IP4 ${host}`,
      "t=0 0",
      `m=audio ${port} RTP/SAVP 8`,
      "a=rtpmap:8 PCMA/8000",
      `a=crypto:1 ${this.suite} inline:${this.inline}`,
      "",
    ].join("\r\n");
  }

  /** Takes the other end's key out of a description, which must have its suite and no other. */
  async learn(sdp: string): Promise<void> {
    const lines = [...sdp.matchAll(/^a=crypto:\d+ (\S+) inline:([A-Za-z0-9+/=]+)/gm)];
    assert.deepEqual(lines.map(([, suite]) => suite), [this.suite]);
    await this.useKeys(fromBase64(this.inline), fromBase64(lines[0]![2]!));
  }

  /** Takes keys, each a master key with its salt. */
  async useKeys(send: Uint8Array, receive: Uint8Array): Promise<void> {
    await this.#say(`keys ${this.suite} ${hex(send)} ${hex(receive)}`);
  }

  /** Sends RTP, and RTCP after every tenth packet. */
  async speak(rtp: Address, rtcp: Address, ssrc: number, count: number): Promise<void> {
    await this.#say(`send ${rtp.host} ${rtp.port} ${rtcp.port} ${ssrc} ${count}`);
  }

  /** What it heard since the last report. */
  async report(): Promise<SrtpReport> {
    return JSON.parse(await this.#say("report"));
  }

  /** Ends it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#daemon.stop();
  }

  async #say(line: string): Promise<string> {
    const from = this.#daemon.lines.length;
    this.#daemon.write(`${line}\n`);
    return await this.#daemon.line(/^\{/, 10_000, from);
  }
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

const NOTHING: SrtpReport = { rtp: 0, rtcp: 0, refused: 0, garbled: 0 };

/** Asserts that a hundred packets of one, and its reports, arrive at the other as they were sent. */
export async function assertArrives(
  from: SrtpPeer,
  to: SrtpPeer,
  relay: { readonly at: Address; readonly rtcp: Address },
): Promise<void> {
  await from.speak(relay.at, relay.rtcp, 0x5e7, 100);
  let heard = NOTHING;
  await eventually(async () => {
    const more = await to.report();
    heard = {
      rtp: heard.rtp + more.rtp,
      rtcp: heard.rtcp + more.rtcp,
      refused: heard.refused + more.refused,
      garbled: heard.garbled + more.garbled,
    };
    assert.deepEqual(heard, { rtp: 100, rtcp: 10, refused: 0, garbled: 0 });
  });
}
