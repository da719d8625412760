/**
 * An appliance that runs in a machine, as its operators reach it: console, SSH, HTTPS.
 *
 * @module
 */

import { deno, root } from "../../tools/proc.ts";
import { Daemon, type Finished, must, run } from "../support/process.ts";
import { Machine, type MachineParts } from "./machine.ts";

/** How long an emulated boot may take, in seconds. */
const BOOT_SECONDS: Readonly<Record<string, number>> = { amd64: 900, arm64: 900 };

/** The key that lets the tests in. */
export interface SshKey {
  readonly file: string;
  readonly line: string;
}

/** Makes a key. */
export async function makeKey(folder: string): Promise<SshKey> {
  const file = `${folder}/key`;
  await must(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file]);
  return { file, line: (await Deno.readTextFile(`${file}.pub`)).trim() };
}

/** A running appliance. */
export class Appliance implements AsyncDisposable {
  readonly #parts: MachineParts;
  readonly #key: SshKey;

  /** Use the static method. */
  constructor(
    readonly machine: Machine,
    /** Where it is reached. */
    readonly address: string,
    /** Code of the console; absent once there is an administrator. */
    readonly code: string | undefined,
    parts: MachineParts,
    key: SshKey,
  ) {
    this.#parts = parts;
    this.#key = key;
  }

  /** Starts a machine and waits until its self-test is over. */
  static async boot(parts: MachineParts, key: SshKey): Promise<Appliance> {
    const machine = await Machine.start(parts);
    try {
      return await Appliance.#up(machine, 0, parts, key);
    } catch (error) {
      await machine.cut();
      throw error;
    }
  }

  /** Waits until the machine, which restarts by itself, is up again. @param from offset into the console */
  again(from: number): Promise<Appliance> {
    return Appliance.#up(this.machine, from, this.#parts, this.#key);
  }

  static async #up(machine: Machine, from: number, parts: MachineParts, key: SshKey) {
    const seconds = BOOT_SECONDS[parts.board]!;
    await machine.expect(/self-test {5}passed/, seconds, from);
    const at = machine.console.lastIndexOf("self-test     passed");
    const screen = machine.console.slice(machine.console.lastIndexOf("rtpedge ", at - 1));
    const address = /https:\/\/(192\.0\.2\.\d+)\//.exec(machine.console.slice(from))?.[1];
    if (address === undefined) throw new Error(`no address on the console:\n${screen}`);
    const code = /Set-up code, good once: (\S+)/.exec(machine.console.slice(from))?.[1];
    return new Appliance(machine, address, code, parts, key);
  }

  /** Runs a command in the appliance. @throws Error when it fails, with the end of the console */
  async shell(command: string, seconds = 240): Promise<string> {
    const { success, stdout, stderr } = await this.tryShell(command, seconds);
    if (success) return stdout;
    throw new Error(
      `${command} failed in the appliance:\n${stdout}\n${stderr}\nconsole:\n${this.machine.tail()}`,
    );
  }

  /** Runs a command in the appliance, whatever becomes of it. */
  tryShell(command: string, seconds = 240): Promise<Finished> {
    return run(this.#ssh(command), { timeout: seconds * 1000 });
  }

  /** Starts a command in the appliance, and leaves it running. */
  start(command: string): Daemon {
    return new Daemon("appliance", this.#ssh(command));
  }

  #ssh(command: string): string[] {
    const options = [
      "StrictHostKeyChecking=no",
      "UserKnownHostsFile=/dev/null",
      "LogLevel=ERROR",
      "BatchMode=yes",
      "ConnectTimeout=60",
      "ConnectionAttempts=5",
    ].flatMap((option) => ["-o", option]);
    return this.#parts.network.ns.argv(
      ["ssh", "-i", this.#key.file, ...options, `root@${this.address}`, command],
    );
  }

  /** Does something from outside, as `probe.ts` can. */
  async probe(...args: readonly string[]): Promise<Record<string, unknown>> {
    const [command, ...rest] = args;
    const script = `${root}/tests/image/probe.ts`;
    const outcome = await must(
      this.#parts.network.ns.argv(
        [deno, "run", "-A", "--quiet", script, command!, this.address, ...rest],
      ),
      { timeout: 180_000 },
    ).catch((error) => {
      throw new Error(`${error.message}\nconsole:\n${this.machine.tail()}`);
    });
    return JSON.parse(outcome) as Record<string, unknown>;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.machine[Symbol.asyncDispose]();
  }
}
