/**
 * The session description that stands for what the old protocols say: an address and a port for each
 * section, and nothing about what is sent there.
 *
 * @module
 */

import type { ByteString } from "../core/bytes.ts";
import type { Endpoint } from "../core/endpoint.ts";
import { connectionOf, parseSdp } from "../sdp/mod.ts";

/** One section. */
export interface Section {
  /** `audio`, …; `unknown` when nobody said. */
  readonly type: ByteString;
  /** Port 0: rejected. */
  readonly endpoint: Endpoint;
}

/**
 * Writes the description of these sections. The origin is always the same: what was learned of a party
 * stays learned until its endpoint changes.
 */
export function writeDescription(sections: readonly Section[]): ByteString {
  let text = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
  for (const { type, endpoint } of sections) {
    const family = endpoint.family === 4 ? "IP4" : "IP6";
    text += `m=${type} ${endpoint.port} unknown *\r\nc=IN ${family} ${endpoint.address}\r\n`;
  }
  return text;
}

/**
 * Where a description wants the media of each section; port 0 where it wants none.
 *
 * @throws SdpError when it is none
 */
export function readDescription(text: ByteString): Endpoint[] {
  const sdp = parseSdp(text);
  return sdp.medias.map((section) => {
    const { family, address } = connectionOf(sdp, section) ??
      { family: 4 as const, address: "0.0.0.0" };
    return { family, address, port: section.media.port };
  });
}
