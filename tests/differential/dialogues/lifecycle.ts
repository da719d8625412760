/**
 * Commands around the call: ping, list, query, delete, flags and labels.
 *
 * @module
 */

import {
  answer,
  AUDIO_A,
  AUDIO_B,
  command,
  type Dialogue,
  dialogue,
  json,
  offer,
  query,
  remove,
} from "../dialogue.ts";

const established = [offer(AUDIO_A), answer(AUDIO_B)];

function flagged(...flags: string[]): Dialogue {
  return dialogue(
    `flags ${flags.join(", ")}`,
    offer(AUDIO_A, { flags }),
    answer(AUDIO_B, { flags }),
    query(),
  );
}

/** Commands around the call. */
export const LIFECYCLE: readonly Dialogue[] = [
  dialogue("ping", command("ping", { "call-id": null })),
  dialogue("ping in JSON", json(command("ping", { "call-id": null }))),
  dialogue("ping with keys it does not use", command("ping", { sdp: "x", flags: ["y"] })),
  dialogue("list without and with a call", command("list"), ...established, command("list")),
  dialogue(
    "list with limits",
    ...established,
    command("list", { limit: 0 }),
    command("list", { limit: 1 }),
    command("list", { limit: "5" }),
    command("list", { limit: -1 }),
  ),
  dialogue("query of an unknown call", query({ "call-id": "no-such-call" })),
  dialogue("query without a call-id", query({ "call-id": null })),
  dialogue("query of one tag", ...established, query({ "from-tag": "a" })),
  dialogue("query of the to-tag", ...established, query({ "to-tag": "b" })),
  dialogue("query of an unknown tag", ...established, query({ "from-tag": "nobody" })),
  dialogue("delete of an unknown call", remove({ "call-id": "no-such-call" })),
  dialogue(
    "delete of an unknown call is fatal",
    remove({ "call-id": "no-such-call", flags: ["fatal"] }),
  ),
  dialogue("delete without a call-id", remove({ "call-id": null })),
  dialogue("delete without tags", ...established, remove({ "from-tag": null }), query()),
  dialogue("delete with an unknown from-tag", ...established, remove({ "from-tag": "x" }), query()),
  dialogue("delete by the to-tag", ...established, remove({ "from-tag": "b" }), query()),
  dialogue("delete with a to-tag", ...established, remove({ "to-tag": "b" }), query()),
  dialogue(
    "delete with an unknown to-tag that counts",
    ...established,
    remove({ "to-tag": "x", flags: ["to-tag"] }),
    query(),
  ),
  dialogue("delete twice", ...established, remove(), remove()),
  dialogue(
    "delete with the delay of text",
    ...established,
    remove({ "delete delay": "0" }),
    query(),
  ),
  dialogue(
    "delete-delay under its other name",
    ...established,
    remove({
      "delete delay": null,
      "delete-delay": 0,
    }),
    query(),
  ),
  dialogue(
    "delete with a delay keeps the call for a while",
    ...established,
    remove({ "delete delay": 20 }),
    command("list"),
    offer(AUDIO_A, { "to-tag": "b" }),
  ),
  dialogue(
    "delete with the default delay",
    ...established,
    remove({ "delete delay": null }),
    command("list"),
  ),
  dialogue(
    "delete with an unknown via-branch",
    offer(AUDIO_A, { "via-branch": "one" }),
    remove({ "via-branch": "other" }),
    query(),
  ),
  dialogue("delete in JSON", ...established.map(json), json(remove()), json(query())),
  dialogue("call in JSON", json(offer(AUDIO_A)), json(answer(AUDIO_B)), json(query())),
  dialogue(
    "label and set-label",
    offer(AUDIO_A, { label: "caller" }),
    answer(AUDIO_B, { label: "callee" }),
    query(),
  ),
  dialogue("metadata", offer(AUDIO_A, { metadata: "key:value|other:thing" }), query()),
  dialogue("TOS", offer(AUDIO_A, { TOS: 184 }), answer(AUDIO_B, { TOS: 184 }), query()),
  dialogue("TOS out of range", offer(AUDIO_A, { TOS: 999 }), answer(AUDIO_B, { TOS: -1 })),
  dialogue("unknown keys are ignored", offer(AUDIO_A, { "what is this": ["a", { b: "c" }] })),
  flagged("no such flag", "another-one"),
  flagged("symmetric"),
  flagged("asymmetric"),
  flagged("strict source"),
  flagged("media handover"),
  flagged("strict-source", "media-handover"),
  flagged("port latching"),
  flagged("no port latching"),
  flagged("unidirectional"),
  flagged("debug"),
  flagged("endpoint-learning-off"),
  flagged("trust address", "symmetric", "replace-origin", "replace-session-connection"),
  flagged("ICE-remove", "RTP/AVP"),
  dialogue(
    "flags as one text",
    offer(AUDIO_A, { flags: "strict source" }),
    answer(AUDIO_B),
    query(),
  ),
  dialogue(
    "endpoint-learning as a key",
    offer(AUDIO_A, { "endpoint-learning": "immediate" }),
    answer(AUDIO_B),
    query(),
  ),
  dialogue(
    "ICE removed from a plain call",
    offer(AUDIO_A, { ICE: "remove" }),
    answer(AUDIO_B, { ICE: "remove" }),
    query(),
  ),
  dialogue(
    "what Kamailio sends for a plain call",
    offer(AUDIO_A, {
      ICE: "remove",
      "via-branch": "z9hG4bK1",
      flags: ["trust-address"],
      replace: ["origin"],
      "received-from": ["IP4", "198.51.100.1"],
      "record call": "no",
      supports: ["load limit"],
    }),
    answer(AUDIO_B, {
      ICE: "remove",
      "via-branch": "z9hG4bK1",
      flags: ["trust-address"],
      replace: ["origin"],
      "received-from": ["IP4", "198.51.100.2"],
    }),
    query(),
    remove({ "to-tag": "b" }),
  ),
  dialogue(
    "transport protocol changed to AVPF",
    offer(AUDIO_A, { "transport-protocol": "RTP/AVPF" }),
    answer(AUDIO_B.replace("RTP/AVP", "RTP/AVPF"), { "transport-protocol": "RTP/AVP" }),
    query(),
  ),
];
