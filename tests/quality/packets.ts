/**
 * RTCP for tests, written and read independently of the product (RFC 3550 section 6).
 *
 * @module
 */

const NTP_EPOCH = 2_208_988_800;

/** A report about one source. */
export interface Block {
  readonly ssrc: number;
  readonly fraction: number;
  readonly lost: number;
  readonly sequence: number;
  readonly jitter: number;
  readonly lastSr: number;
  readonly delay: number;
}

/** One packet of a compound that was read. */
export interface Packet {
  readonly type: number;
  readonly ssrc: number;
  /** Of an SR: NTP seconds and fraction, RTP timestamp, packets, octets. */
  readonly sender: readonly number[];
  readonly blocks: readonly Block[];
  /** Of an SDES: CNAME of the first source. */
  readonly cname: string;
}

/** Seconds and fraction since 1900. */
export function ntpOf(wall: number): readonly [number, number] {
  return [Math.floor(wall / 1000) + NTP_EPOCH, Math.floor((wall % 1000) / 1000 * 2 ** 32)];
}

/** Middle 32 bits of an NTP time. */
export function middleOf([seconds, fraction]: readonly [number, number]): number {
  return (seconds % 65536) * 65536 + Math.floor(fraction / 65536);
}

/** A sender report (with `ntp`) or a receiver report, and an SDES with a CNAME. */
export function buildReport(
  ssrc: number,
  ntp: readonly [number, number] | undefined,
  blocks: readonly Block[],
  cname: string,
): Uint8Array {
  const words: number[] = [ssrc];
  if (ntp !== undefined) words.push(...ntp, 1000, 10, 1600);
  for (const { fraction, lost, sequence, jitter, lastSr, delay, ssrc: about } of blocks) {
    words.push(about, fraction * 2 ** 24 + (lost & 0xffffff), sequence, jitter, lastSr, delay);
  }
  const padded = Math.ceil((cname.length + 3) / 4) * 4;
  const bytes = new Uint8Array(4 + words.length * 4 + 8 + padded);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x8000 + (blocks.length << 8) + (ntp === undefined ? 201 : 200));
  view.setUint16(2, words.length);
  for (const [i, word] of words.entries()) view.setUint32(4 + i * 4, word);
  const sdes = 4 + words.length * 4;
  view.setUint16(sdes, 0x8100 + 202);
  view.setUint16(sdes + 2, (4 + padded) / 4);
  view.setUint32(sdes + 4, ssrc);
  view.setUint16(sdes + 8, 0x0100 + cname.length);
  for (let i = 0; i < cname.length; i++) bytes[sdes + 10 + i] = cname.charCodeAt(i);
  return bytes;
}

/** Reads a compound of reports and descriptions. @throws Error for anything else */
export function readCompound(bytes: Uint8Array): Packet[] {
  const packets: Packet[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + view.getUint16(at + 2) * 4;
    const type = view.getUint8(at + 1);
    if (view.getUint8(at) >> 6 !== 2 || end > bytes.length) throw new Error(`no RTCP at ${at}`);
    packets.push(readPacket(view, at, type));
    at = end;
  }
  return packets;
}

function readPacket(view: DataView, at: number, type: number): Packet {
  const count = view.getUint8(at) & 31;
  const ssrc = view.getUint32(at + 4);
  const words = (from: number, n: number) =>
    Array.from({ length: n }, (_, i) => view.getUint32(from + i * 4));
  const sender = type === 200 ? words(at + 8, 5) : [];
  const first = at + (type === 200 ? 28 : 8);
  const blocks = type === 202 ? [] : Array.from({ length: count }, (_, i) => {
    const [about, loss, sequence, jitter, lastSr, delay] = words(first + i * 24, 6) as [
      ...[number, number, number, number, number, number],
    ];
    const fraction = loss >>> 24;
    return { ssrc: about, fraction, lost: loss << 8 >> 8, sequence, jitter, lastSr, delay };
  });
  let cname = "";
  if (type === 202) {
    const length = view.getUint8(at + 9);
    for (let i = 0; i < length; i++) cname += String.fromCharCode(view.getUint8(at + 10 + i));
  }
  return { type, ssrc, sender, blocks, cname };
}
