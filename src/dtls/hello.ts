/**
 * What can be told of a datagram before any handshake has looked at it.
 *
 * @module
 */

/** Lengths of the headers of a record (RFC 6347 section 4.1) and of a handshake message (section 4.2.2). */
const RECORD = 13;
const MESSAGE = 12;
/** Where a handshake message says which part of it this is, three bytes. */
const OFFSET = RECORD + 6;
/** Where a ClientHello has its random number: behind the version. */
const RANDOM = RECORD + MESSAGE + 2;

/** Whether a datagram begins with a ClientHello of epoch 0. */
export function isClientHello(datagram: Uint8Array): boolean {
  return datagram.length > RECORD && datagram[0] === 22 && datagram[3] === 0 &&
    datagram[4] === 0 && datagram[RECORD] === 1;
}

/**
 * Whether two datagrams begin different handshakes: both are ClientHellos, or their first parts, with
 * different random numbers. A repeated one has the same.
 */
export function isOtherHello(datagram: Uint8Array, before: Uint8Array): boolean {
  if (!isFirstPart(datagram) || !isFirstPart(before)) return false;
  for (let at = RANDOM; at < RANDOM + 32; at++) {
    if (datagram[at] !== before[at]) return true;
  }
  return false;
}

function isFirstPart(datagram: Uint8Array): boolean {
  return isClientHello(datagram) && datagram.length >= RANDOM + 32 &&
    datagram.subarray(OFFSET, OFFSET + 3).every((byte) => byte === 0);
}
