/**
 * Which streams a compound RTCP packet speaks of.
 *
 * @module
 */

const SR = 200;
const RR = 201;
const BYE = 203;
const RTPFB = 205;
const PSFB = 206;
const XR = 207;

/** SSRCs. */
export interface RtcpNames {
  /** Streams of the sender: of who reports, and of who leaves. */
  readonly own: readonly number[];
  /** Streams it receives: sources of report blocks, and the media source of feedback (RFC 4585). */
  readonly heard: readonly number[];
}

/** The names in a packet that is valid RTCP. */
export function rtcpNames(packet: Uint8Array): RtcpNames {
  const own: number[] = [];
  const heard: number[] = [];
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  for (let at = 0; at + 4 <= packet.length;) {
    const count = packet[at]! & 31;
    const type = packet[at + 1]!;
    const size = (view.getUint16(at + 2) + 1) * 4;
    const ssrc = (offset: number) => view.getUint32(at + offset);
    if (type === SR || type === RR) {
      own.push(ssrc(4));
      const blocks = type === SR ? 28 : 8;
      for (let i = 0; i < count; i++) heard.push(ssrc(blocks + i * 24));
    } else if (type === BYE) {
      for (let i = 0; i < count; i++) own.push(ssrc(4 + i * 4));
    } else if (type === XR && size >= 8) {
      own.push(ssrc(4));
    } else if (type === RTPFB || type === PSFB) {
      heard.push(ssrc(8));
    }
    at += size;
  }
  return { own, heard };
}
