/**
 * What is in a capture: the RTP sequence numbers of each flow.
 *
 * @module
 */

const PACKET_BLOCK = 6;
/** Of the block, of its fixed fields, of IPv4 and UDP without options. */
const [BLOCK_HEAD, FIELDS, IPV4, UDP] = [8, 20, 20, 8];

/** Sequence numbers by `SOURCE>DESTINATION`, in the order of the file. @throws Error naming what is no capture of IPv4 */
export function flowsOf(file: Uint8Array): Map<string, number[]> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const flows = new Map<string, number[]>();
  for (let at = 0; at < file.length;) {
    const size = view.getUint32(at + 4, true);
    if (size < 12 || at + size > file.length) throw new Error(`a block at ${at} of ${size} bytes`);
    if (view.getUint32(at, true) === PACKET_BLOCK) {
      const ip = at + BLOCK_HEAD + FIELDS;
      if (view.getUint8(ip) !== 0x45) throw new Error(`no IPv4 header at ${ip}`);
      const udp = ip + IPV4;
      const address = (from: number) => file.subarray(from, from + 4).join(".");
      const flow = `${address(ip + 12)}:${view.getUint16(udp)}>${address(ip + 16)}:${
        view.getUint16(udp + 2)
      }`;
      const sequence = view.getUint16(udp + UDP + 2);
      flows.set(flow, [...flows.get(flow) ?? [], sequence]);
    }
    at += size;
  }
  return flows;
}

/** Whether each number follows the one before. */
export function isWhole(sequence: readonly number[]): boolean {
  return sequence.every((number, i) => i === 0 || number === (sequence[i - 1]! + 1) % 65536);
}
