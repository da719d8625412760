/**
 * RTCP of our own, under the keys its receiver wants.
 *
 * @module
 */

import type { RelayEngine } from "../../relay/types.ts";
import type { Media } from "../media.ts";
import { rtcpSlot } from "../rules.ts";
import { ruleKeys } from "./agreement.ts";
import { rtcpProtection } from "./protection.ts";

/**
 * Sends RTCP to the party of a live section.
 *
 * @param payload in clear
 * @returns whether it was sent: not while keys are being agreed, and not to nowhere
 */
export function sendRtcp(engine: RelayEngine, media: Media, payload: Uint8Array): boolean {
  const { pending, send, spent } = rtcpProtection(media);
  if (pending || spent === true) return false;
  return engine.send(rtcpSlot(media), payload, undefined, send && ruleKeys(send));
}
