/**
 * The parts the product is built in. Whatever rtpengine has a word or an option for is in effect, or names
 * the part that brings it.
 *
 * @module
 */

/** A part that is not there yet. */
export type Part =
  | "codecs and transcoding"
  | "secure media"
  | "recording"
  | "media playback"
  | "publish/subscribe"
  | "kernel forwarding"
  | "shared state"
  | "system log and export"
  | "tuning";

/** What each part is about, for documents. */
export const PARTS: Readonly<Record<Part, string>> = {
  "codecs and transcoding":
    "decoding and encoding audio: transcoding, packet times, jitter buffers, tones, T.38",
  "secure media": "SRTP keys of our own, DTLS and ICE",
  "recording": "packet captures and audio files of calls, forwarding for interception",
  "media playback": "announcements, music on hold, DTMF into a call",
  "publish/subscribe": "parties of several calls connected with each other",
  "kernel forwarding": "the kernel module and its packet filter rules",
  "shared state": "Redis, several instances with the same calls",
  "system log and export": "the system log's facilities, MQTT, Janus",
  "tuning": "threads, buffers and sockets by hand; the defaults of rtpedge need none of it",
};
