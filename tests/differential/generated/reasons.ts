/**
 * Words that work but have no dialogue, and why.
 *
 * @module
 */

import { LISTS } from "../../../src/ng/list_table.ts";

const SECURE = "descriptions have to have keys or candidates, so there are hand-written dialogues";

/** All words of a list. */
function wordsOf(list: keyof typeof LISTS): Record<string, string> {
  const { key, words } = LISTS[list];
  return Object.fromEntries(Object.keys(words).map((word) => [`${key} ${word}`, SECURE]));
}

/** Reasons by table and word, `flag debug`. */
export const REASONS: Readonly<Record<string, string>> = {
  ...wordsOf("ice"),
  ...wordsOf("dtls"),
  ...wordsOf("sdes"),
  ...wordsOf("osrtp"),
  "key DTLS-fingerprint": SECURE,
  "key ICE-lite": SECURE,
  "flag fragment": SECURE,
  "flag WebRTC": SECURE,
  "transport protocol RTP/SAVP": SECURE,
  "transport protocol RTP/SAVPF": SECURE,
  "transport protocol UDP/TLS/RTP/SAVP": SECURE,
  "transport protocol UDP/TLS/RTP/SAVPF": SECURE,
  "key body": "it is the line of the command cli, whose answers tests of their own compare",
  "key call-id": "every dialogue has it",
  "key command": "every message has it",
  "key delete delay": "every dialogue has it in its delete",
  "key flags": "each flag has dialogues of its own",
  "key from-tag": "every dialogue has it",
  "key limit": "it is about list, which dialogues of the hand-written kind play",
  "key sdp": "every dialogue has it",
  "key template": "there are no templates without a configuration file",
  "key to-tag": "every dialogue has it",
  "key calls": "it belongs to commands that tests of their own compare",
  "key from-tags": "it belongs to commands that tests of their own compare",
  "key medias": "it belongs to commands that tests of their own compare",
  "key set-label": "it belongs to commands that tests of their own compare",
  "key tags": "it belongs to commands that tests of their own compare",
  "key to-call-id": "it belongs to commands that tests of their own compare",
  "sdp-media-remove audio": "the answer has to fit, so there are hand-written dialogues",
  "sdp-media-remove video": "the answer has to fit, so there are hand-written dialogues",
};
