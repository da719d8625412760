/**
 * The update slots of an appliance, as RAUC writes them down: its configuration, its status file, and the
 * command line of the kernel. Nothing is run for it: the daemon is not root.
 *
 * @module
 */

import { type Ini, parseIni } from "../config/mod.ts";

/** Where RAUC's facts lie. */
export interface SlotFiles {
  /** Text of a file; undefined when it is not there or not readable. */
  read(path: string): string | undefined;
}

/** One slot. */
export interface UpdateSlot {
  /** Name, as `rootfs.0`. */
  readonly name: string;
  /** Name by which the boot loader knows it; empty = it is not booted from. */
  readonly bootname: string;
  /** Device it lies on. */
  readonly device: string;
  /** The system was started from it. */
  readonly booted: boolean;
  /** Version of the bundle that was installed; empty = not known. */
  readonly version: string;
  /** When, as RAUC writes it; empty = not known. */
  readonly installed: string;
  /** `ok`, `pending`, `failed`; empty = not known. */
  readonly status: string;
}

/** What is known of updates. */
export interface UpdateStatus {
  /** Which bundles fit this device. */
  readonly compatible: string;
  /** The slots. */
  readonly slots: readonly UpdateSlot[];
}

const CONFIGURATIONS = [
  "/etc/rauc/system.conf",
  "/run/rauc/system.conf",
  "/usr/lib/rauc/system.conf",
];

/** What RAUC knows; undefined on a host without it. */
export function updateStatus(files: SlotFiles): UpdateStatus | undefined {
  const text = CONFIGURATIONS.map((path) => files.read(path)).find((found) => found !== undefined);
  if (text === undefined) return undefined;
  const configuration = parseIni(text);
  const status = statusOf(configuration, files);
  const booted = bootedName(files.read("/proc/cmdline") ?? "");
  const slots = [...configuration.sections.values()].flatMap(({ name: section }) => {
    const name = /^slot\.(.+)$/.exec(section)?.[1];
    if (name === undefined) return [];
    const bootname = valueOf(configuration, section, "bootname");
    const device = valueOf(configuration, section, "device");
    const known = (key: string) => valueOf(status, section, key);
    return [{
      name,
      bootname,
      device,
      booted: booted !== "" && [bootname, name, device].includes(booted),
      version: known("bundle.version"),
      installed: known("installed.timestamp"),
      status: known("status"),
    }];
  });
  return { compatible: valueOf(configuration, "system", "compatible"), slots };
}

function statusOf(configuration: Ini, files: SlotFiles): Ini {
  const path = valueOf(configuration, "system", "statusfile") ||
    `${valueOf(configuration, "system", "data-directory")}/central.raucs`;
  return parseIni(files.read(path) ?? "");
}

/** What the boot loader said it starts. */
function bootedName(cmdline: string): string {
  return /(?:^|\s)rauc\.slot=(\S+)/.exec(cmdline)?.[1] ??
    /(?:^|\s)root=(\S+)/.exec(cmdline)?.[1] ?? "";
}

function valueOf({ sections }: Ini, section: string, key: string): string {
  return sections.get(section)?.entries.get(key)?.value.replace(/^"(.*)"$/, "$1") ?? "";
}
