/**
 * Forwarding in the kernel, put together: the table at the start, what there is to say about it while it
 * runs, and who gets it at the end. Part of the composition root.
 *
 * @module
 */

import type { Config } from "./config/mod.ts";
import type { Logger } from "./log/mod.ts";
import {
  type KernelHook,
  type KernelStatus,
  type KernelTable,
  KernelTableError,
  type NativeRelay,
} from "./relay/mod.ts";

/** What {@link openKernel} works with. */
export interface KernelParts {
  readonly config: Config;
  readonly native: NativeRelay;
  readonly log: Logger;
  /** Calls of an earlier process may go on: so may its table. */
  readonly adopt: boolean;
}

/** Forwarding in the kernel. */
export interface KernelForwarding {
  /** Number of the table. */
  readonly table: number;
  /** As of the last tick. */
  readonly status: KernelStatus;
  /** Calls are resumed, ports of others are closed. */
  resumed(): void;
  /** About ten times a second. */
  tick(): void;
  /** Lets go of the table. @param keep calls go on with the next start, and so do their streams until then */
  close(keep: boolean): void;
}

/**
 * Takes the table that the options name; before any port is open. Without the module media is relayed in user
 * space until it is there.
 *
 * @throws Error when `no-fallback` forbids that
 */
export function openKernel(parts: KernelParts): KernelForwarding | undefined {
  const { config, native, log, adopt } = parts;
  if (config.table < 0) return undefined;
  const patient = !config["no-fallback"];
  try {
    const table = native.openKernel({
      table: config.table,
      hook: config["kernel-hook"] as KernelHook,
      ...(config["kernel-slots"] === 0 ? {} : { slots: config["kernel-slots"] }),
      ...(config["kernel-mark"] === 0 ? {} : { mark: config["kernel-mark"] }),
      adopt,
      patient,
    });
    if (table.problem !== "") {
      log.error(
        `FAILED TO CREATE KERNEL TABLE ${config.table} (${table.problem}), ` +
          "KERNEL FORWARDING DISABLED",
      );
    }
    return new Forwarding(table, config["kernel-hook"] !== "off", log);
  } catch (error) {
    if (!(error instanceof KernelTableError)) throw error;
    const hint = patient ? "" : "; leave out no-fallback to relay in user space";
    throw new Error(`kernel table ${config.table}: ${error.message}${hint}`, { cause: error });
  }
}

class Forwarding implements KernelForwarding {
  readonly #kernel: KernelTable;
  readonly #hooked: boolean;
  readonly #log: Logger;
  #up: boolean;
  #missing = false;

  constructor(kernel: KernelTable, hooked: boolean, log: Logger) {
    this.#kernel = kernel;
    this.#hooked = hooked;
    this.#log = log;
    this.#up = kernel.status.up;
  }

  get table(): number {
    return this.#kernel.table;
  }

  get status(): KernelStatus {
    return this.#kernel.status;
  }

  resumed(): void {
    const count = this.#kernel.adopted();
    if (count > 0) this.#log.info(`${count} ports of calls that do not go on left the kernel`);
  }

  tick(): void {
    this.#kernel.tick();
    const { up, missed } = this.status;
    if (up !== this.#up) {
      this.#up = up;
      if (up) this.#log.notice(`kernel table ${this.table} is in use`);
      else {
        this.#log.error(
          `kernel table ${this.table} has gone; its streams go on in user space until it is back`,
        );
      }
    }
    if (missed > 0 && !this.#missing) {
      this.#log.warning(`${missed} ${missedAdvice(this.table, this.#hooked)}`);
    }
    this.#missing = missed > 0;
  }

  close(keep: boolean): void {
    this.#kernel.close(keep);
  }
}

/** What is wrong, and what to do, when packets of streams in the kernel still come to user space. */
export function missedAdvice(table: number, hooked: boolean): string {
  const what = "streams have a rule in the kernel, but their packets do not get to it";
  return hooked
    ? `${what}: they are fragments, or something before the hook takes them`
    : `${what}: iptables -I INPUT -p udp -j RTPENGINE --id ${table}, ip6tables the same, ` +
      "or kernel-hook=input";
}
