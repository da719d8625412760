/**
 * What proxies ask for in one go: the combinations of Kamailio's and OpenSIPS's examples and of the field.
 *
 * @module
 */

import type { Dialogue, Extra } from "../dialogue.ts";
import { AUDIO, MUXED, SIX, VIDEO } from "./bodies.ts";
import { blind, everywhere, forked, inOffer } from "./plays.ts";

const TRUST = ["trust-address", "replace-origin"] as const;
const RECEIVED = { "received-from": ["IP4", "203.0.113.5"] } as const;

/** Combinations by what they are for. */
const COMBINATIONS: Readonly<Record<string, Extra>> = {
  "proxy default": { flags: ["trust-address"], replace: ["origin"], ICE: ["remove"] },
  "proxy default with received from": { ...RECEIVED, flags: [...TRUST], ICE: ["remove"] },
  "proxy with symmetric NAT": { ...RECEIVED, flags: ["SIP-source-address", "replace-origin"] },
  "plain RTP": { "transport-protocol": "RTP/AVP", "ICE": ["remove"], "rtcp-mux": ["demux"] },
  "plain RTP without feedback": {
    "transport-protocol": "RTP/AVP",
    "rtcp-mux": ["demux"],
    "flags": ["trust-address", "strip-extmap", "no-rtcp-attribute"],
    "replace": ["origin"],
  },
  "towards feedback": { "transport-protocol": "RTP/AVPF", "rtcp-mux": ["offer"] },
  "interfaces": { direction: ["inside", "outside"], replace: ["origin"] },
  "interfaces and family": {
    "direction": ["default", "inside"],
    "address family": "IP6",
    "replace": ["origin"],
  },
  "interfaces by name and trust": {
    "from-interface": "inside",
    "to-interface": "default",
    "flags": [...TRUST],
  },
  "strict source, no learning": { flags: ["strict-source", "asymmetric"] },
  "strict source and handover": { flags: ["strict-source", "media-handover"] },
  "learning at once and strict": {
    "endpoint-learning": "immediate",
    "flags": ["strict-source"],
  },
  "versions and origin": { replace: ["origin", "SDP-version"] },
  "everything of the session replaced": {
    replace: ["origin", "SDP-version", "username", "session-name", "zero-address"],
  },
  "full origin and forced version": { replace: ["origin-full", "force-increment-sdp-ver"] },
  "user name and version": { replace: ["username", "SDP-version"] },
  "session name and origin in flags": {
    flags: ["replace-session-name", "replace-origin", "trust-address"],
  },
  "full rtcp attribute and origin": { flags: ["full-rtcp-attribute"], replace: ["origin"] },
  "full and no rtcp attribute": { flags: ["full-rtcp-attribute", "no-rtcp-attribute"] },
  "generated mid and stripped extensions": { flags: ["generate-mid", "strip-extmap"] },
  "original direction and zero address": {
    flags: ["original-sendrecv"],
    replace: ["zero-address"],
  },
  "loop protection with origin": { flags: ["loop-protect"], replace: ["origin"] },
  "port latching and media address": {
    "flags": ["port-latching"],
    "media-address": "203.0.113.200",
  },
  "media address of the other family": {
    "media-address": "2001:db8::77",
    "replace": ["origin"],
  },
  "media address and full rtcp attribute": {
    "media-address": "203.0.113.200",
    "flags": ["full-rtcp-attribute"],
  },
  "media address and interfaces": {
    "media-address": "203.0.113.200",
    "direction": ["inside", "outside"],
  },
  "reset and no port latching": { flags: ["reset", "no-port-latching"] },
  "one codec": { flags: ["single-codec"], replace: ["origin"] },
  "codecs stripped": { codec: { strip: ["PCMU"] }, flags: ["single-codec"] },
  "codecs stripped but": { codec: { strip: ["all"], except: ["PCMA", "telephone-event"] } },
  "codecs in flags": { flags: ["codec-strip-PCMU", "codec-strip-H263"] },
  "all codecs stripped": { codec: { strip: ["all"] }, flags: ["allow-no-codec-media"] },
  "metadata, label and tos": {
    "metadata": "customer:5",
    "label": "caller",
    "TOS": 184,
    "record-call": "off",
  },
  "branch and received from": { "via-branch": "z9hG4bK776", ...RECEIVED },
  "mux offered and accepted": { "rtcp-mux": ["offer", "accept"] },
  "mux offered, no rtcp attribute": { "rtcp-mux": ["offer"], "flags": ["no-rtcp-attribute"] },
  "mux demuxed, full rtcp attribute": { "rtcp-mux": ["demux"], "flags": ["full-rtcp-attribute"] },
  "feedback and generated mid": {
    "transport-protocol": "RTP/AVPF",
    "flags": ["generate-mid"],
  },
  "drop traffic and echo": { "drop-traffic": "start", "media-echo": "blackhole" },
  "echo and unidirectional": { "media echo": "both", "flags": ["unidirectional"] },
  "attributes added and extensions stripped": {
    "sdp-attr": {
      global: { add: ["x-session:1"], remove: ["tool"] },
      audio: { add: ["x-media:1"], remove: ["ptime"] },
    },
    "flags": ["strip-extmap"],
  },
  "attributes substituted": {
    "sdp-attr": {
      none: { substitute: [["tool:phone", "tool:proxy"]] },
      audio: { substitute: [["ptime:20", "ptime:30"], ["x-vendor", "x-other:1"]] },
      video: { remove: ["rtpmap:34"] },
    },
    "replace": ["origin"],
  },
  "words of one string": {
    "rtpp-flags":
      "replace=[origin session-name] trust-address transport-protocol=RTP/AVPF ICE=remove",
  },
  "directions of one string": {
    "rtpp-flags": "direction=inside direction=outside replace-origin to-tag strict-source",
  },
  "codecs of one string": {
    "rtpp-flags": "codec=[strip=[PCMU] except=[PCMA]] full-rtcp-attribute rtcp-mux=[offer accept]",
  },
  "media address of one string": {
    "rtpp-flags": "media-address=203.0.113.200 address-family=IP4 TOS=184 label=caller",
  },
};

/** Combinations of which only bodies are compared: a section without codecs takes no ports here. */
const BLIND: ReadonlySet<string> = new Set(["all codecs stripped"]);

/** Two words that each count versions, which of two branches the oracle counts in a way of its own. */
const FORKLESS: ReadonlySet<string> = new Set(["full origin and forced version"]);

/** All combinations. */
export const PAIRS: readonly Dialogue[] = Object.entries(COMBINATIONS).flatMap(([name, extra]) => {
  const dialogues = [
    inOffer(`together, ${name}`, extra, VIDEO),
    everywhere(`together, ${name}`, extra, VIDEO),
    everywhere(`together, ${name}`, extra, MUXED),
    everywhere(`together, ${name}`, extra, SIX),
    ...FORKLESS.has(name) ? [] : [forked(`together, ${name}`, extra, AUDIO)],
  ];
  return BLIND.has(name) ? dialogues.map(blind) : dialogues;
});
