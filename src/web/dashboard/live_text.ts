/**
 * Live numbers as text, the same on the server and in the browser.
 *
 * @module
 */

import type { LiveReport } from "../admin/observation.ts";
import { bitRate, bytes, count, duration, fixed, percent } from "./format.ts";

/** Where a number is not known. */
export const UNKNOWN = "–";

const TEXTS = {
  calls: ({ calls = 0 }) => count(calls),
  foreign: ({ foreign = 0 }) => foreign === 0 ? "none on standby" : `${count(foreign)} on standby`,
  packets: ({ packets = 0 }) => count(packets),
  bitrate: ({ bytes: rate = 0 }) => bitRate(rate),
  loss: ({ lost, packets = 0 }) =>
    lost === undefined ? UNKNOWN : percent(lost === 0 ? 0 : lost / (lost + packets), 2),
  lost: ({ lost = 0 }) => `${count(lost)} packets per second`,
  drops: ({ drops = 0 }) => count(drops),
  mos: ({ mos }) => mos === undefined ? UNKNOWN : fixed(mos, 1),
  jitter: ({ jitter }) =>
    jitter === undefined ? "nothing reported" : `jitter ${fixed(jitter, 0)} ms`,
  kernel: ({ kernel }) => kernel === undefined ? UNKNOWN : percent(kernel, 0),
  punts: ({ punts = 0 }) => count(punts),
  cpu: ({ cpu }) => cpu === undefined ? UNKNOWN : percent(cpu, 0),
  softirq: ({ softirq }) => softirq === undefined ? "" : `${percent(softirq, 0)} soft interrupts`,
  process: ({ process: seconds }) =>
    seconds === undefined ? UNKNOWN : percent(seconds, seconds < 0.1 ? 1 : 0),
  memory: ({ memory = 0 }) => `${bytes(memory)} of memory`,
  requests: ({ requests = 0 }) => fixed(requests, requests < 10 ? 1 : 0),
  latency: ({ latency }) => latency === undefined ? "no requests" : `${fixed(latency, 2)} ms each`,
  ports: ({ ports = 0 }) => percent(ports, 0),
  handed: () => "handed to JavaScript",
  path: ({ kernel = 0 }) => kernel > 0 ? "forwarded in the kernel" : "all in the relay core",
  received: () => "received",
  errors: ({ errors = 0 }) => `${count(errors)} not forwarded`,
  fullest: () => "of the fullest interface",
  uptime: ({ uptimeSeconds }) => duration(uptimeSeconds),
} as const satisfies Record<string, (live: LiveReport) => string>;

/** Name of a live number. */
export type LiveName = keyof typeof TEXTS;

/** A live number as text; undefined when there is none of this name. */
export function liveText(name: string, live: LiveReport): string | undefined {
  return Object.hasOwn(TEXTS, name) ? TEXTS[name as LiveName](live) : undefined;
}
