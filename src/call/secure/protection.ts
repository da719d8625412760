/**
 * What rules have to know of a section's security: keys, where ICE has led, what is to be handed up.
 *
 * @module
 */

import type { Endpoint } from "../../core/endpoint.ts";
import { isSecure, type MediaState } from "../../negotiate/mod.ts";
import { type CryptoAttribute, SUITES } from "../../srtp/mod.ts";
import type { PacketClass, PortPair, Rule, RuleOutput } from "../../relay/types.ts";
import type { Media } from "../media.ts";
import { keysOfCrypto, ruleKeys, sameKeys, sameSecret, type StoredKeys } from "./agreement.ts";

/** RTP or RTCP. */
export type ComponentName = "rtp" | "rtcp";

/** Keys of one component of a section. */
export interface Protection {
  /** There will be keys, but they are not known yet: nothing passes. */
  readonly pending: boolean;
  /** Of packets of the party; undefined = they are in clear, or not ours to read. */
  readonly receive: StoredKeys | undefined;
  /** Of packets to it. */
  readonly send: StoredKeys | undefined;
  /** `send` has had all the packets it may have: nothing more is sent. */
  readonly spent?: boolean;
}

const CLEAR: Protection = { pending: false, receive: undefined, send: undefined };
const PENDING: Protection = { ...CLEAR, pending: true };

/** Equal keys are one object, so that nothing is computed twice. */
const STORED = new WeakMap<CryptoAttribute, StoredKeys>();

/** Keys of ours whose lifetime is over, in base64. */
const EXPIRED = new WeakMap<Media, string>();

/** Sends nothing more to the party of a section under a key. Rules that are there stay. */
export function expire(media: Media, keySalt: string): void {
  EXPIRED.set(media, keySalt);
}

/** Whether keys are the parties' own, so that packets are relayed as they are. */
export function isForeign({ protocol, dtls, secure }: MediaState): boolean {
  if (dtls) return true;
  const type = secure?.keying.type;
  return (type === undefined || type === "none") && isSecure(protocol);
}

/** Keys for one component; in a bundle those of the section that carries it. */
export function protectionOf(media: Media, component: ComponentName): Protection {
  const carrier = carrierOf(media);
  const { state, agreement } = carrier;
  const keying = state.secure?.keying;
  switch (keying?.type) {
    case "offered":
      return PENDING;
    case "sdes":
      return {
        pending: false,
        receive: stored(keying.receive),
        send: stored(keying.send),
        spent: EXPIRED.get(carrier) === keying.send.keySalt,
      };
    case "dtls": {
      const keys = agreement?.[component].keys;
      return keys === undefined ? PENDING : { pending: false, ...keys };
    }
    default:
      return CLEAR;
  }
}

/** Keys that RTCP towards the party of a section leaves under; `none` while it cannot be sent. */
export function rtcpProtection(media: Media): Protection {
  return protectionOf(media, media.state.rtcpMuxed ? "rtp" : "rtcp");
}

/** What a port's rule says because of ICE and keys. */
export interface Guard {
  /** Where media goes. */
  readonly remote: Endpoint | undefined;
  /** There are keys, but nobody whose packets are opened with them: the rule has no outputs. */
  readonly closed: boolean;
  readonly rule: Partial<
    Pick<Rule, "decrypt" | "learning" | "sourceAction" | "blackhole" | "punt">
  >;
}

/**
 * @param pair one of those of the section
 * @param signalled where the party wants its media, if it can be sent there
 * @param punt classes handed up whatever the security
 */
export function guardOf(
  media: Media,
  component: ComponentName,
  pair: PortPair,
  signalled: Endpoint | undefined,
  punt: readonly PacketClass[],
): Guard {
  const { secure } = media.state;
  if (secure === undefined) return { remote: signalled, closed: false, rule: {} };
  const { pending, receive } = protectionOf(media, component);
  const path = media.agreement?.[component];
  const classes: PacketClass[] = [...punt];
  const keys = receive && ruleKeys(receive);
  let rule: Guard["rule"] = keys === undefined ? {} : { decrypt: keys };
  let remote = signalled;
  let closed = false;
  if (secure.keying.type === "dtls") {
    classes.push("dtls");
    remote = path?.remote ?? signalled;
  }
  // learning is for those who have shown that they know the keys
  if (pending) rule = { ...rule, blackhole: true, learning: "off" };
  if (secure.ice !== undefined) {
    classes.push("stun");
    remote = pair === sendingPair(media, component) ? path?.remote : undefined;
    rule = { ...rule, learning: "off", sourceAction: "drop" };
    // nothing is opened where nothing is taken: what is remembered under the keys is where media is
    if (remote === undefined) {
      const { decrypt: _none, ...rest } = rule;
      rule = { ...rest, blackhole: true };
      closed = keys !== undefined;
    }
  }
  return { remote, closed, rule: { ...rule, punt: classes } };
}

/** The pair of a live section that media leaves from: of our candidates the one ICE has selected. */
export function sendingPair(media: Media, component: ComponentName): PortPair {
  const { pair, others } = media.active!;
  if (others === undefined || !usesIce(media)) return pair;
  const selected = carrierOf(media).agreement?.[component].local ?? 0;
  return others[selected - 1]?.pair ?? pair;
}

/** Whether something of a section's party is checked by ICE before it is sent to. */
export function usesIce(media: Media): boolean {
  return carrierOf(media).state.secure?.ice !== undefined;
}

/**
 * What becomes of packets of one section on their way to another.
 *
 * @param from component they came in on
 * @param to component they leave on
 * @param output what else is done to them
 * @returns undefined when they must not leave, for want of keys
 */
export function sealed(
  source: Media,
  from: ComponentName,
  sink: Media,
  to: ComponentName,
  output: RuleOutput,
): RuleOutput | undefined {
  const { pending, send, spent } = protectionOf(sink, to);
  if (pending || spent === true) return undefined;
  if (send === undefined) return output;
  const { receive } = protectionOf(source, from);
  const recrypt = source.state.secure?.recrypt === true || sink.state.secure?.recrypt === true;
  const same = receive !== undefined && sameKeys(receive, send);
  if (same && !recrypt && !isEdited(output)) return { ...output, asReceived: true };
  if (receive !== undefined && sameSecret(receive, send) && !mayRepeat(send, output)) {
    return undefined;
  }
  return { ...output, encrypt: ruleKeys(send) };
}

/**
 * Whether packets changed like this may be encrypted under the key they came under. Each SSRC and index has one
 * key stream: two payloads under it give away each other (RFC 3711 section 9.1), and with AES-GCM two headers do,
 * too: the key that authenticates (RFC 7714 section 8.1).
 */
function mayRepeat({ suite }: StoredKeys, output: RuleOutput): boolean {
  const { cipher } = SUITES[suite];
  if (cipher === "null") return true;
  if (output.silence === true || output.ssrcOut !== undefined) return false;
  return cipher !== "aes-gcm" || !isEdited(output);
}

/** Whether packets are changed otherwise. */
function isEdited({ silence, mid, extensions, ssrcOut }: RuleOutput): boolean {
  return silence === true || mid !== undefined || extensions !== undefined ||
    ssrcOut !== undefined;
}

/** The section whose transport a section uses, which may be itself. */
export function carrierOf(media: Media): Media {
  if (!media.riding) return media;
  return media.participant.medias[media.state.bundle?.carrier ?? -1] ?? media;
}

function stored(crypto: CryptoAttribute): StoredKeys {
  let known = STORED.get(crypto);
  if (known === undefined) STORED.set(crypto, known = keysOfCrypto(crypto));
  return known;
}
