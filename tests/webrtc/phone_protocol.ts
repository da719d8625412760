/**
 * What a test and its plain phone in another namespace say to each other: one JSON object per line.
 *
 * @module
 */

import type { Address } from "../support/mod.ts";

/** Sources of the phone's streams. */
export const SSRC = { audio: 0x0a0d10, video: 0x0f1de0 } as const;

/** What a phone is started with. */
export interface PhoneSetup {
  /** Its address. */
  readonly host: string;
  /** RTP port of the audio section; RTCP is one above. */
  readonly audio: number;
  /** RTP port of the video section. */
  readonly video: number;
  /** Frequency of the tone it sends as A-law, hertz. */
  readonly tone: number;
}

/** Where the phone is to send. */
export interface PhoneTargets {
  /** Audio; absent: none is sent. */
  readonly audio?: Address;
  /** Audio's RTCP; absent: one port above. */
  readonly audioRtcp?: Address;
  /** Video that is heard is sent back there as another source; absent: none is sent. */
  readonly video?: Address;
  /** Video's RTCP; absent: one port above. */
  readonly videoRtcp?: Address;
  /** Payload type of the video that is sent back. */
  readonly videoType?: number;
  /** Of so many packets of video one is not sent back; absent: all are. */
  readonly loseOneOf?: number;
}

/** What one section heard since the last report. */
export interface SectionReport {
  /** RTP packets. */
  readonly packets: number;
  /** Datagrams that are neither RTP nor RTCP. */
  readonly other: number;
  /** RTCP packets by type. */
  readonly rtcp: Readonly<Record<number, number>>;
  /** Feedback by `type/format` (RFC 4585): `205/1` is a NACK, `206/1` a PLI, `206/15` a REMB. */
  readonly feedback: Readonly<Record<string, number>>;
  /** Packets by payload type. */
  readonly types: Readonly<Record<number, number>>;
  /** Sources as `host:port ssrc`. */
  readonly sources: readonly string[];
}

/** What the phone heard since the last report. */
export interface PhoneReport {
  /** The audio section. */
  readonly audio: SectionReport;
  /** The newest second of audio, 8000 samples a second. */
  readonly samples: readonly number[];
  /** The video section. */
  readonly video: SectionReport;
}

/** A line to the phone. */
export type PhoneCommand =
  | { readonly send: PhoneTargets }
  | { readonly report: number }
  /** Asks for a key frame of the video that is heard. */
  | { readonly pli: true };
