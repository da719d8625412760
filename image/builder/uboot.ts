/**
 * Counting tries where the firmware is U-Boot. Its UEFI does not rename files, so that the boot loader cannot count;
 * a script that U-Boot carries out before it starts the boot loader can, whatever becomes of the kernel.
 *
 * @module
 */

import { toolRoot, type Workshop } from "./debian.ts";
import { inside } from "./shell.ts";

/** The script on the ESP: where U-Boot up to 2023 looks for one by itself. */
export const SCRIPT = "boot.scr";

/**
 * Ends of an entry's name from bad to new: tries left, the one that begins counted in, and tries begun. The boot loader,
 * which comes afterwards, starts what has any left.
 */
const TRIES = ["+0-3", "+1-3", "+2-2", "+3-1", "+3"] as const;
/** Set once the script was there: nothing is counted twice in one start. */
const DONE = "rtpedge_counted";
/** The partition of the script, as U-Boot's commands take it. */
const ESP = "${devtype} ${devnum}:${distro_bootpart}";
/** Disks of one kind that are looked at. */
const NUMBERS = "0 1 2";

/** What U-Boot does for one slot: the entry with the fewest tries left gets one fewer, others are leftovers. */
function count(slot: string): string {
  const entry = (tries: string) => `/loader/entries/rtpedge-${slot}${tries}.conf`;
  const cases = TRIES.slice(1).map((tries, index) =>
    [
      `if test -e ${ESP} ${entry(tries)}; then`,
      `  if load ${ESP} \${kernel_addr_r} ${entry(tries)}; then`,
      `    fatwrite ${ESP} \${kernel_addr_r} ${entry(TRIES[index]!)} \${filesize} && ` +
      `fatrm ${ESP} ${entry(tries)}`,
      ...TRIES.slice(index + 2).map((more) =>
        `    if test -e ${ESP} ${entry(more)}; then fatrm ${ESP} ${entry(more)}; fi`
      ),
      "  fi",
    ].join("\n")
  );
  return `${cases.join("\nel")}\nfi\n`;
}

/** The script. It always fails: U-Boot then goes on as if it had not been there. */
export function countingScript(): string {
  return [
    "# Tries of a slot on trial are counted in the name of its entry, before anything of it is started.",
    `if test -z "\${${DONE}}"; then`,
    `setenv ${DONE} 1`,
    `${count("a")}${count("b")}fi`,
    "false",
    "",
  ].join("\n");
}

/** Carries the script out from the first disk of a kind that has it. */
function lookOn(kind: string): string {
  return [
    `setenv devtype ${kind}`,
    `for number in ${NUMBERS}`,
    `do if test -z "\${${DONE}}"`,
    "then setenv devnum $number",
    `if test -e ${ESP} /${SCRIPT}`,
    `then if load ${ESP} \${scriptaddr} /${SCRIPT}`,
    "then source ${scriptaddr}",
    "fi; fi; fi; done",
  ].join("; ");
}

/**
 * What a device tree says to U-Boot from 2024 on, which starts the boot loader before it looks for scripts: `bootcmd` of
 * the node `/config`, in place of the variable. Whatever fails in it, the end is what U-Boot would have done.
 *
 * @param kinds of disks, as U-Boot names them, in the order they are looked at
 */
export function bootCommand(kinds: readonly string[]): string {
  const looks = kinds.map((kind) =>
    kind === "usb" ? `if test -z "\${${DONE}}"; then usb start; ${lookOn(kind)}; fi` : lookOn(kind)
  );
  return ["setenv distro_bootpart 1", ...looks, "run bootcmd"].join("; ");
}

/** Makes the script as U-Boot takes it, in `out`. @returns its place there by its path on the ESP */
export async function uBootFiles(
  shop: Workshop,
  out: string,
  epoch: number,
): Promise<ReadonlyMap<string, string>> {
  await Deno.writeTextFile(`${out}/boot.cmd`, countingScript());
  await inside(
    toolRoot(shop, { "/out": out }, { SOURCE_DATE_EPOCH: String(epoch) }),
    `cd /out; mkimage -A arm64 -T script -C none -n "rtpedge tries" -d boot.cmd ${SCRIPT} >/dev/null`,
  );
  return new Map([[SCRIPT, SCRIPT]]);
}
