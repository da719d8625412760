/**
 * Bounds on what a peer can make us parse or hold.
 *
 * @module
 */

/** Deepest nesting of lists and dictionaries, the outermost dictionary included. */
export const MAX_DEPTH = 64;
/** Most values in one message, so that memory stays proportional to something sane. */
export const MAX_VALUES = 200_000;
/** Largest message on TCP, HTTP and WebSocket, cookie included, in bytes. */
export const MAX_MESSAGE = 1 << 20;
/** Largest UDP datagram over IPv4, in bytes. */
export const MAX_DATAGRAM = 65_507;
/** Range of integers, as in a signed 64-bit counter. */
export const MIN_INT64: bigint = -(1n << 63n);
/** See {@link MIN_INT64}. */
export const MAX_INT64: bigint = (1n << 63n) - 1n;
