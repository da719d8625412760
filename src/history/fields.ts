/**
 * What is remembered over time: one table for the sampler, the database, the API and the charts.
 *
 * @module
 */

/** What each number means. Rates are per second; shares are 0..1. */
export const FIELDS = {
  calls: "calls of this instance",
  foreign: "calls taken over from another instance and not active here",
  packets: "packets received per second",
  bytes: "UDP payload bytes received per second",
  errors: "packets dropped or not sent per second",
  lost: "RTP packets per second that never arrived",
  drops: "packets per second refused: wrong source, malformed, not authentic, replayed",
  punts: "packets per second handed up to JavaScript",
  kernel: "share of the packets forwarded in the kernel",
  cpu: "use of all processors of the host",
  cpuMax: "use of its busiest processor",
  softirq: "share of all processors spent in soft interrupts",
  softirqMax: "the same of the busiest in that",
  process: "processor seconds per second of this process",
  relay: "processor seconds per second of the relay threads",
  memory: "resident bytes of this process",
  requests: "control requests per second",
  failures: "control requests per second answered with an error",
  latency: "mean time of a control request in milliseconds",
  ports: "share of the ports in use, of the fullest interface",
  mos: "mean opinion score reported in this time",
  jitter: "mean jitter reported in this time, in milliseconds",
} as const;

/** Name of a number. */
export type Field = keyof typeof FIELDS;

/** All names, in the order of {@link FIELDS}. */
export const FIELD_NAMES = Object.keys(FIELDS) as readonly Field[];

/** Numbers at one time; what is not known is left out or undefined. */
export type Sample = { readonly [Name in Field]?: number | undefined };
