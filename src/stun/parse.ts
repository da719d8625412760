/**
 * Bytes to STUN messages. Everything comes from the network and may lie.
 *
 * @module
 */

import { type Endpoint, type Family } from "../core/endpoint.ts";
import { fromBytes } from "../core/bytes.ts";
import { formatIp } from "../core/ip.ts";
import { fingerprintOf, INTEGRITY_BYTES, integrityMatches } from "./integrity.ts";
import {
  ATTRIBUTE,
  HEADER_BYTES,
  MAGIC_COOKIE,
  MAX_BYTES,
  type ReceivedStun,
  type StunClass,
  type StunMessage,
} from "./types.ts";

const CLASSES: readonly StunClass[] = ["request", "indication", "success", "error"];
const BINDING = 0x001;
/** RFC 8489 section 14.14 and others: longer ones are nobody's. */
const MAX_TEXT = 513;

/**
 * Reads a Binding message.
 *
 * @returns undefined for anything else: another method, lengths that contradict each other, a wrong
 * `FINGERPRINT`
 */
export function parseStun(bytes: Uint8Array): ReceivedStun | undefined {
  if (bytes.length < HEADER_BYTES || bytes.length > MAX_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = view.getUint16(0);
  // the attributes fill the message exactly, in words of four bytes
  if (view.getUint16(2) !== bytes.length - HEADER_BYTES || bytes.length % 4 !== 0) return undefined;
  if (view.getUint32(4) !== MAGIC_COOKIE || methodOf(type) !== BINDING) return undefined;
  return readAttributes(bytes, view, CLASSES[(type >> 7 & 2) | (type >> 4 & 1)]!);
}

/** RFC 8489 section 5: method and class share the bits of the type. */
function methodOf(type: number): number {
  if (type > 0x3fff) return -1;
  return (type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2;
}

type Draft = { -readonly [K in keyof StunMessage]: StunMessage[K] } & { notUnderstood: number[] };

function readAttributes(
  bytes: Uint8Array,
  view: DataView,
  kind: StunClass,
): ReceivedStun | undefined {
  const draft: Draft = {
    class: kind,
    transaction: fromBytes(bytes.subarray(8, HEADER_BYTES)),
    notUnderstood: [],
  };
  let integrity = -1;
  for (let at = HEADER_BYTES; at < bytes.length;) {
    const type = view.getUint16(at);
    const length = view.getUint16(at + 2);
    const end = at + 4 + length;
    if (end > bytes.length) return undefined;
    if (type === ATTRIBUTE.fingerprint) {
      // it is the last one, or it is none
      if (length !== 4 || end !== bytes.length) return undefined;
      if (view.getUint32(at + 4) !== fingerprintOf(bytes, at)) return undefined;
    } else if (type === ATTRIBUTE.messageIntegrity) {
      if (length !== INTEGRITY_BYTES) return undefined;
      if (integrity < 0) integrity = at;
    } else if (integrity < 0) {
      // what comes behind MESSAGE-INTEGRITY is not protected and does not count
      if (!readAttribute(draft, bytes, view, type, at + 4, length)) return undefined;
    }
    at = end + (-end & 3);
  }
  return {
    ...draft,
    authentic: (key) => integrity >= 0 && integrityMatches(bytes, integrity, key),
  };
}

/** @returns false when the attribute contradicts itself */
function readAttribute(
  draft: Draft,
  bytes: Uint8Array,
  view: DataView,
  type: number,
  at: number,
  length: number,
): boolean {
  const value = bytes.subarray(at, at + length);
  switch (type) {
    case ATTRIBUTE.username:
      if (length > MAX_TEXT) return false;
      draft.username ??= fromBytes(value);
      return true;
    case ATTRIBUTE.priority:
      if (length !== 4) return false;
      draft.priority ??= view.getUint32(at);
      return true;
    case ATTRIBUTE.useCandidate:
      draft.useCandidate = true;
      return length === 0;
    case ATTRIBUTE.iceControlling:
      if (length !== 8) return false;
      draft.controlling ??= view.getBigUint64(at);
      return true;
    case ATTRIBUTE.iceControlled:
      if (length !== 8) return false;
      draft.controlled ??= view.getBigUint64(at);
      return true;
    case ATTRIBUTE.xorMappedAddress: {
      const mapped = readAddress(value, bytes.subarray(4, HEADER_BYTES));
      draft.mapped = mapped;
      return mapped !== undefined;
    }
    case ATTRIBUTE.mappedAddress: {
      const mapped = readAddress(value, undefined);
      draft.mapped ??= mapped;
      return mapped !== undefined;
    }
    case ATTRIBUTE.errorCode: {
      if (length < 4) return false;
      const code = (value[2]! & 7) * 100 + value[3]!;
      if (code < 300 || code > 699 || value[3]! > 99) return false;
      draft.error ??= { code, reason: fromBytes(value.subarray(4, 4 + MAX_TEXT)) };
      return true;
    }
    case ATTRIBUTE.unknownAttributes: {
      const types: number[] = [];
      for (let i = 0; i + 2 <= length; i += 2) types.push(view.getUint16(at + i));
      draft.unknownAttributes ??= types;
      return true;
    }
    case ATTRIBUTE.software:
      draft.software ??= fromBytes(value.subarray(0, MAX_TEXT));
      return true;
    default:
      if (type < 0x8000 && draft.notUnderstood.length < 16) draft.notUnderstood.push(type);
      return true;
  }
}

/** @param mask magic cookie and transaction id; undefined = not masked */
function readAddress(value: Uint8Array, mask: Uint8Array | undefined): Endpoint | undefined {
  const family: Family | undefined = value[1] === 1 ? 4 : value[1] === 2 ? 6 : undefined;
  if (family === undefined || value.length !== (family === 4 ? 8 : 20)) return undefined;
  const plain = value.slice(2);
  if (mask !== undefined) {
    for (let i = 0; i < 2; i++) plain[i]! ^= mask[i]!;
    for (let i = 2; i < plain.length; i++) plain[i]! ^= mask[i - 2]!;
  }
  const port = plain[0]! << 8 | plain[1]!;
  return { family, address: formatIp(family, plain, 2), port };
}
