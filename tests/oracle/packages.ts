/**
 * What the oracle folder holds: today's rtpengine, Kamailio and SIP endpoints, as Debian builds them.
 *
 * @module
 */

/** Debian suite the packages come from. */
export const SUITE = "forky";

/** Packages in the folder. A change here extends an existing folder. */
export const PACKAGES: readonly string[] = [
  "rtpengine-daemon",
  "rtpengine-utils",
  "libavcodec-extra",
  "libwww-perl",
  "kamailio",
  "kamailio-extra-modules",
  "kamailio-lwsc-modules",
  "kamailio-tls-modules",
  "kamailio-websocket-modules",
  "baresip",
  "sip-tester",
  "ffmpeg",
];
