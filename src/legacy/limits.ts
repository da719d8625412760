/**
 * Bounds on what a message of the old protocols may contain.
 *
 * @module
 */

/** Longest rtpproxy message, bytes: far more than any call-id and two tags. */
export const MAX_DATAGRAM = 4096;
/** Longest mediaproxy line, bytes. */
export const MAX_LINE = 1024;
/** Most media sections of a call. */
export const MAX_SECTIONS = 16;
