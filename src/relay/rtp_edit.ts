/**
 * RTP packets that leave otherwise than they came, for engines written in TypeScript.
 *
 * @module
 */

import { payloadOf, ssrcOf } from "./classify.ts";
import { editExtensions } from "./rtp_extension.ts";
import type { Rule, RuleOutput } from "./types.ts";

/** Longest UDP payload over IPv4. */
const MAX_DATAGRAM = 65507;

/**
 * A copy of a packet that is valid RTP as an output sends it; undefined = it must not be heard, or does
 * not fit a datagram.
 */
export function editRtp(
  packet: Uint8Array,
  rule: Pick<Rule, "silence" | "bundle">,
  output: RuleOutput,
): Uint8Array | undefined {
  const payloadType = packet[1]! & 0x7f;
  const silence = rule.silence?.find((entry) => entry.payloadType === payloadType);
  if (output.silence === true && silence === undefined) return undefined;
  const changed = withExtensions(packet, rule, output);
  if (changed.length > MAX_DATAGRAM) return undefined;
  const { ssrcIn, ssrcOut } = output;
  if (ssrcOut !== undefined && (!ssrcIn || ssrcIn === ssrcOf(packet))) {
    new DataView(changed.buffer).setUint32(8, ssrcOut);
  }
  if (output.silence === true && silence?.byte !== undefined) {
    payloadOf(changed).fill(silence.byte);
  }
  return changed;
}

function withExtensions(
  packet: Uint8Array,
  { bundle }: Pick<Rule, "bundle">,
  { mid, extensions: allow }: RuleOutput,
): Uint8Array {
  if (mid === undefined && allow === undefined) return packet.slice();
  return editExtensions(packet, {
    ...(allow === undefined ? {} : { allow }),
    ...(mid === undefined ? {} : {
      add: { id: mid.id, value: Uint8Array.from(mid.value, (char) => char.charCodeAt(0)) },
      // the sender's MID names a section of the sender's
      strip: bundle?.midExtension ?? 0,
    }),
  });
}
