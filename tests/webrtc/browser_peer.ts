/**
 * A browser's peer connection as the test sees it.
 *
 * @module
 */

import { toneShare } from "../support/mod.ts";
import type { Chromium } from "./chromium.ts";

/** What a peer connection is opened with. */
export interface PeerOptions {
  /** Sends the fake microphone. */
  readonly audio?: boolean;
  /** Sends the fake camera. */
  readonly video?: boolean;
  /** `RTCConfiguration`. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** A candidate as the browser found it. */
export interface FoundCandidate {
  /** `candidate:…` */
  readonly line: string;
  /** Of the section it belongs to. */
  readonly mid: string;
}

/** A change of the connection's state. */
export interface PeerEvent {
  /** The state. */
  readonly what: string;
  /** Milliseconds since the last remote description was set. */
  readonly after: number;
}

/** One entry of `getStats()`. */
export type Stat = Readonly<Record<string, unknown>>;

/** What is judged out of `getStats()`. */
export interface Media {
  /** Sum of squares of what was heard, as the browser counts it. */
  readonly audioEnergy: number;
  /** RTP packets of audio. */
  readonly audioPackets: number;
  /** Video frames decoded. */
  readonly frames: number;
  /** Key frames among them. */
  readonly keyFrames: number;
  /** Key frames asked for by the peer. */
  readonly pliReceived: number;
  /** Packets of video asked for again by the peer. */
  readonly nackReceived: number;
  /** Each DTLS transport's state. */
  readonly dtls: readonly string[];
  /** Each ICE transport's state. */
  readonly ice: readonly string[];
  /** SRTP protection profiles in use. */
  readonly ciphers: readonly string[];
}

function numberOf(stat: Stat, key: string): number {
  const value = stat[key];
  return typeof value === "number" ? value : 0;
}

/** A peer connection in a page. */
export class BrowserPeer {
  /** Wraps a page; {@link open} makes the connection. */
  constructor(readonly chromium: Chromium) {}

  /** Opens a connection in the page, whose last one is closed. */
  static async open(chromium: Chromium, options: PeerOptions): Promise<BrowserPeer> {
    await chromium.call("close");
    await chromium.call("open", { ...options });
    return new BrowserPeer(chromium);
  }

  /** Receives media of these kinds without sending any. */
  async listen(...kinds: string[]): Promise<void> {
    await this.chromium.call("listen", { kinds });
  }

  /** Makes an offer; with every candidate unless it trickles. */
  async offer(options: { trickle?: boolean; restart?: boolean } = {}): Promise<string> {
    return String(await this.chromium.call("offer", options));
  }

  /** Takes an offer and makes the answer. */
  async answer(sdp: string, options: { trickle?: boolean } = {}): Promise<string> {
    return String(await this.chromium.call("answer", { sdp, ...options }));
  }

  /** Takes an answer. */
  async accept(sdp: string): Promise<void> {
    await this.chromium.call("accept", { sdp });
  }

  /** Takes a candidate of the peer. */
  async candidate(candidate: FoundCandidate): Promise<void> {
    await this.chromium.call("candidate", { ...candidate });
  }

  /** Waits until it has found all its candidates. */
  async gathered(): Promise<void> {
    await this.chromium.call("gathered");
  }

  /** Candidates found since the last call. */
  async candidates(): Promise<readonly FoundCandidate[]> {
    return await this.chromium.call("candidates") as FoundCandidate[];
  }

  /** Where the connection stands, and how it got there. */
  async state(): Promise<{ connection: string; ice: string; events: readonly PeerEvent[] }> {
    return await this.chromium.call("state") as {
      connection: string;
      ice: string;
      events: PeerEvent[];
    };
  }

  /** All of `getStats()`. */
  async stats(): Promise<readonly Stat[]> {
    return await this.chromium.call("stats") as Stat[];
  }

  /** What is judged. */
  async media(): Promise<Media> {
    const stats = await this.stats();
    const inbound = (kind: string) =>
      stats.filter((one) => one["type"] === "inbound-rtp" && one["kind"] === kind);
    const sum = (list: readonly Stat[], key: string) =>
      list.reduce((total, one) => total + numberOf(one, key), 0);
    const transports = stats.filter((one) => one["type"] === "transport");
    const names = (key: string) => transports.map((one) => String(one[key]));
    const sent = stats.filter((one) => one["type"] === "outbound-rtp" && one["kind"] === "video");
    return {
      audioEnergy: sum(inbound("audio"), "totalAudioEnergy"),
      audioPackets: sum(inbound("audio"), "packetsReceived"),
      frames: sum(inbound("video"), "framesDecoded"),
      keyFrames: sum(inbound("video"), "keyFramesDecoded"),
      pliReceived: sum(sent, "pliCount"),
      nackReceived: sum(sent, "nackCount"),
      dtls: names("dtlsState"),
      ice: names("iceState"),
      ciphers: names("srtpCipher"),
    };
  }

  /** The other end's address in each pair that is in use. */
  async remoteAddresses(): Promise<readonly string[]> {
    const stats = await this.stats();
    const byId = new Map(stats.map((one) => [one["id"], one]));
    return stats.filter((one) => one["type"] === "transport").map((transport) => {
      const pair = byId.get(transport["selectedCandidatePairId"]);
      return String(byId.get(pair?.["remoteCandidateId"])?.["address"]);
    });
  }

  /** Share of what it hears at this moment that lies at a frequency, 0 to 1. */
  async hears(frequency: number): Promise<number> {
    const { rate, samples } = await this.chromium.call("samples") as {
      rate: number;
      samples: number[];
    };
    return samples.length === 0 ? 0 : toneShare(samples, frequency, rate);
  }
}
