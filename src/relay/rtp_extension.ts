/**
 * RTP header extensions (RFC 8285), both forms: reading elements and changing them, for engines written in
 * TypeScript. What cannot be parsed ends the walk: of an element that claims more than there is, and of
 * all behind it, nobody knows the identifiers.
 *
 * @module
 */

const ONE_BYTE = 0xbede;
const TWO_BYTE = 0x1000;
const ONE_BYTE_MAX_ID = 14;
const ONE_BYTE_MAX_LENGTH = 16;

/** One element. */
export interface ExtensionElement {
  readonly id: number;
  readonly value: Uint8Array;
}

/** How a packet's elements are to change. */
export interface ExtensionEdit {
  /** Identifiers that stay; absent = all. */
  readonly allow?: readonly number[];
  /** One that does not, whatever `allow` says. */
  readonly strip?: number;
  /** Element that is added, in place of one with its identifier. */
  readonly add?: ExtensionElement;
}

interface Block {
  readonly form: number;
  readonly start: number;
  readonly end: number;
}

/** The elements of a packet that is valid RTP; none when the extension is of another kind. */
export function* extensionElements(packet: Uint8Array): Generator<ExtensionElement> {
  const block = blockOf(packet);
  if (block === undefined || !isKnown(block.form)) return;
  const twoByte = block.form !== ONE_BYTE;
  for (let at = block.start + 4; at < block.end;) {
    const first = packet[at++]!;
    if (first === 0) continue; // padding
    let id = first;
    let length: number | undefined;
    if (twoByte) {
      length = at < block.end ? packet[at++] : undefined;
    } else {
      id = first >> 4;
      // 15 ends the walk, and so does padding that has a length
      if (id === 0 || id > ONE_BYTE_MAX_ID) return;
      length = (first & 15) + 1;
    }
    if (length === undefined || at + length > block.end) return;
    yield { id, value: packet.subarray(at, at + length) };
    at += length;
  }
}

/**
 * A copy of a packet that is valid RTP with its elements changed. An extension of another kind stays, and
 * nothing is added, unless only some identifiers are allowed: then it goes.
 */
export function editExtensions(packet: Uint8Array, edit: ExtensionEdit): Uint8Array {
  const block = blockOf(packet);
  const known = block !== undefined && isKnown(block.form);
  if (block !== undefined && !known && edit.allow === undefined) return packet.slice();
  const elements = [...extensionElements(packet)].filter(({ id }) =>
    id !== edit.strip && id !== edit.add?.id && edit.allow?.includes(id) !== false
  );
  if (edit.add !== undefined) elements.push(edit.add);
  let form = known ? block.form : ONE_BYTE;
  if (form === ONE_BYTE && edit.add !== undefined && !fitsOneByte(edit.add)) form = TWO_BYTE;
  const head = 12 + (packet[0]! & 15) * 4;
  const changed = [...packet.subarray(0, head)];
  changed[0]! &= ~0x10;
  if (elements.length > 0) {
    changed[0]! |= 0x10;
    changed.push(...blockBytes(form, elements));
  }
  changed.push(...packet.subarray(block?.end ?? head));
  return Uint8Array.from(changed);
}

function blockBytes(form: number, elements: readonly ExtensionElement[]): number[] {
  const body = elements.flatMap(({ id, value }) =>
    form === ONE_BYTE ? [id << 4 | value.length - 1, ...value] : [id, value.length, ...value]
  );
  while (body.length % 4 !== 0) body.push(0);
  const words = body.length / 4;
  return [form >> 8, form & 255, words >> 8, words & 255, ...body];
}

function fitsOneByte({ id, value }: ExtensionElement): boolean {
  return id <= ONE_BYTE_MAX_ID && value.length >= 1 && value.length <= ONE_BYTE_MAX_LENGTH;
}

function isKnown(form: number): boolean {
  return form === ONE_BYTE || (form & 0xfff0) === TWO_BYTE;
}

function blockOf(packet: Uint8Array): Block | undefined {
  if ((packet[0]! & 0x10) === 0) return undefined;
  const start = 12 + (packet[0]! & 15) * 4;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  return {
    form: view.getUint16(start),
    start,
    end: start + 4 + view.getUint16(start + 2) * 4,
  };
}
