/**
 * Bounds on what is accepted as a session description. An ng message holds at most 64 KiB; these keep
 * the work per message small and the number of ports one offer can take bounded.
 *
 * @module
 */

/** Longest text in bytes. */
export const MAX_SDP_LENGTH = 65_535;
/** Most lines of all sections together. */
export const MAX_SDP_LINES = 4096;
/** Most media sections. */
export const MAX_SDP_MEDIAS = 128;
/** Most formats (payload types) of one media section. */
export const MAX_SDP_FORMATS = 128;
