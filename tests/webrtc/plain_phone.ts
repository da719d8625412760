/**
 * The test's side of a plain phone: RTP without keys, no ICE, no RTCP multiplexing.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { Daemon, type Netns } from "../support/mod.ts";
import { type PhoneReport, type PhoneSetup, type PhoneTargets, SSRC } from "./phone_protocol.ts";
import { sectionsOf } from "./sdp_text.ts";

const MAIN = fileURLToPath(new URL("phone_main.ts", import.meta.url));

/** What a phone's description has. */
export interface PhoneMedia {
  /** Payload type of VP8; absent: no video. */
  readonly video?: number;
  /** Profile of the sections; `RTP/AVP` when absent. */
  readonly protocol?: string;
  /** Names its source of audio (RFC 5576), which some stacks want. */
  readonly source?: boolean;
}

/** A phone in a namespace. */
export class PlainPhone implements AsyncDisposable {
  readonly #daemon: Daemon;
  #reports = 0;
  #version = 0;

  /** Wraps a running program; {@link start} makes one. */
  constructor(daemon: Daemon, readonly setup: PhoneSetup) {
    this.#daemon = daemon;
  }

  /** Starts a phone. */
  static async start(ns: Netns, setup: PhoneSetup): Promise<PlainPhone> {
    const argv = [Deno.execPath(), "run", "-A", "--unstable-net", "--no-check", MAIN];
    const daemon = new Daemon("plain phone", ns.argv([...argv, JSON.stringify(setup)]));
    await daemon.line(/^ready$/);
    return new PlainPhone(daemon, setup);
  }

  /** Its description. */
  describe({ video, protocol = "RTP/AVP", source = false }: PhoneMedia = {}): string {
    const { host, audio, video: port } = this.setup;
    const feedback = protocol.endsWith("F");
    return [
      "v=0",
      `o=phone 1 ${++this.#version} IN IP4 ${host}`,
      "s=-",
      `c=IN IP4 ${host}`,
      "t=0 0",
      `m=audio ${audio} ${protocol} 8`,
      "a=rtpmap:8 PCMA/8000",
      ...(source ? [`a=ssrc:${SSRC.audio} cname:phone`] : []),
      ...(video === undefined ? [] : [
        `m=video ${port} ${protocol} ${video}`,
        `a=rtpmap:${video} VP8/90000`,
        ...(feedback
          ? ["nack", "nack pli", "goog-remb"].map((what) => `a=rtcp-fb:${video} ${what}`)
          : []),
      ]),
      "",
    ].join("\r\n");
  }

  /** Starts to send to where a description wants it. */
  sendTo(sdp: string, further: Pick<PhoneTargets, "loseOneOf"> = {}): void {
    let targets: PhoneTargets = further;
    for (const { kind, at, rtcp, types } of sectionsOf(sdp)) {
      if (at.port === 0) continue;
      targets = kind === "audio"
        ? { ...targets, audio: at, audioRtcp: rtcp }
        : { ...targets, video: at, videoRtcp: rtcp, videoType: types[0] ?? 0 };
    }
    this.#daemon.write(`${JSON.stringify({ send: targets })}\n`);
  }

  /** Asks for a key frame of the video it gets. */
  askForKeyFrame(): void {
    this.#daemon.write(`${JSON.stringify({ pli: true })}\n`);
  }

  /** Sends nothing any more. */
  hush(): void {
    this.#daemon.write(`${JSON.stringify({ send: {} })}\n`);
  }

  /** What it heard since the last report. */
  async report(): Promise<PhoneReport> {
    const id = ++this.#reports;
    this.#daemon.write(`${JSON.stringify({ report: id })}\n`);
    const line = await this.#daemon.line(new RegExp(`^\\{"id":${id},`));
    return JSON.parse(line).report;
  }

  /** Ends the phone. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#daemon.stop();
  }
}
