/**
 * The option table: every option there is, by long name, in groups. Command line, configuration file,
 * environment, `--help`, `docs/options.md` and validation are views of it.
 *
 * @module
 */

import { type Option, OptionSet, type OptionTable, type ValuesOf } from "./option.ts";
import { ACCESS } from "./options_access.ts";
import {
  B2B,
  LIMITS,
  LOGGING,
  LOGGING_LATER,
  PROCESS_LATER,
  PROGRAM,
  RELAY,
  TIMERS,
} from "./options_general.ts";
import { FIREWALL, KERNEL, KERNEL_LATER } from "./options_kernel.ts";
import { EXPORT, PLAYBACK, PROCESSING, RECORDING, REDIS } from "./options_later.ts";
import {
  CONTROL,
  CONTROL_LATER,
  GRAPHITE,
  INTERFACES,
  JANUS_LATER,
  MEDIA,
} from "./options_network.ts";
import { HOMER, QUALITY } from "./options_quality.ts";
import { DTLS } from "./options_secure.ts";

/** All options. */
export const OPTION_SET = new OptionSet({
  ...PROGRAM,
  ...INTERFACES,
  ...CONTROL,
  ...ACCESS,
  ...MEDIA,
  ...TIMERS,
  ...LIMITS,
  ...RELAY,
  ...KERNEL,
  ...FIREWALL,
  ...LOGGING,
  ...PROCESS_LATER,
  ...KERNEL_LATER,
  ...CONTROL_LATER,
  ...JANUS_LATER,
  ...LOGGING_LATER,
  ...REDIS,
  ...B2B,
  ...RECORDING,
  ...PLAYBACK,
  ...PROCESSING,
  ...DTLS,
  ...QUALITY,
  ...GRAPHITE,
  ...HOMER,
  ...EXPORT,
});

/** All options by long name. */
export const OPTIONS = OPTION_SET.table;

/** Long name of an option. */
export type OptionName = keyof typeof OPTION_SET.table;

/** The value of every option. */
export type Config = ValuesOf<typeof OPTION_SET.table>;

/** A titled part of the table. */
export interface Group {
  /** Heading. */
  readonly title: string;
  /** Options in the order of help and manual. */
  readonly options: OptionTable;
}

/** The table in the order and grouping of help and manual. */
export const GROUPS: readonly Group[] = [
  { title: "Program", options: PROGRAM },
  { title: "Interfaces and ports", options: INTERFACES },
  { title: "Control", options: { ...CONTROL, ...CONTROL_LATER, ...JANUS_LATER } },
  { title: "Access", options: ACCESS },
  { title: "Media", options: MEDIA },
  { title: "Times", options: TIMERS },
  { title: "Limits", options: LIMITS },
  { title: "Relay", options: RELAY },
  { title: "Logging", options: { ...LOGGING, ...LOGGING_LATER } },
  { title: "Process and threads", options: PROCESS_LATER },
  { title: "Kernel module", options: { ...KERNEL, ...KERNEL_LATER } },
  { title: "Firewall", options: FIREWALL },
  { title: "Redis", options: REDIS },
  { title: "Teardown by XML-RPC", options: B2B },
  { title: "Recording", options: RECORDING },
  { title: "Playback", options: PLAYBACK },
  { title: "Audio processing", options: PROCESSING },
  { title: "DTLS", options: DTLS },
  { title: "Quality", options: QUALITY },
  { title: "Export", options: { ...GRAPHITE, ...HOMER, ...EXPORT } },
];

/** Long names in table order. */
export const OPTION_NAMES = Object.keys(OPTIONS) as readonly OptionName[];

/** Whether there is an option of this name. */
export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

/** The option of a name, without the type of its value. */
export function optionNamed(name: OptionName): Option<unknown> {
  return OPTIONS[name] as Option<unknown>;
}

/** Environment variable of an option: `RTPEDGE_PORT_MIN`, or the one it has of old. */
export function envName(name: OptionName): string {
  return optionNamed(name).env ?? `RTPEDGE_${name.toUpperCase().replaceAll("-", "_")}`;
}
