/**
 * Keys of offers and answers as they stand in people's configurations.
 *
 * @module
 */

import type { Keys } from "./stage.ts";

/** What people say when a browser's offer goes to a plain phone. */
export const TO_PLAIN: Keys = {
  "ICE": "remove",
  "DTLS": "off",
  "SDES": ["off"],
  "transport protocol": "RTP/AVP",
  "rtcp-mux": ["demux"],
};

/** As {@link TO_PLAIN}, with feedback: video needs it. */
export const TO_PLAIN_AVPF: Keys = { ...TO_PLAIN, "transport protocol": "RTP/AVPF" };

/** What people say when a phone's offer goes to a browser. */
export const TO_BROWSER: Keys = {
  "ICE": "force",
  "SDES": ["off"],
  "transport protocol": "UDP/TLS/RTP/SAVPF",
  "rtcp-mux": ["offer"],
  "flags": ["generate mid", "trust address"],
};

/** The same in one word. */
export const WEBRTC: Keys = { "flags": ["WebRTC", "trust address"] };

/** What both say about the answer to a browser. */
export const ANSWER_BROWSER: Keys = { "ICE": "force", "rtcp-mux": ["offer"], "SDES": ["off"] };
