/**
 * Virtual machines that boot an image with UEFI, emulated in software, on a network of their own.
 *
 * @module
 */

import { Netns } from "../support/mod.ts";
import { must, run } from "../support/process.ts";

/** Address of the host in the network of the machine. */
export const HOST = "192.0.2.1";

/** How a board is emulated. */
interface Emulator {
  readonly program: string;
  readonly firmware: string;
  readonly variables: string;
  readonly args: readonly string[];
}

const EMULATORS: Readonly<Record<string, Emulator>> = {
  amd64: {
    program: "qemu-system-x86_64",
    firmware: "/usr/share/OVMF/OVMF_CODE_4M.fd",
    variables: "/usr/share/OVMF/OVMF_VARS_4M.fd",
    args: [
      "-machine",
      "q35,i8042=off",
      "-accel",
      "tcg,thread=multi,tb-size=512",
      "-cpu",
      "max,la57=off",
    ],
  },
  arm64: {
    program: "qemu-system-aarch64",
    firmware: "/usr/share/AAVMF/AAVMF_CODE.fd",
    variables: "/usr/share/AAVMF/AAVMF_VARS.fd",
    args: ["-machine", "virt", "-accel", "tcg,thread=multi,tb-size=512", "-cpu", "cortex-a72"],
  },
};

/** Why machines of a board cannot be started here, or undefined when they can. */
export async function machineUnavailable(board: string): Promise<string | undefined> {
  const { program, firmware } = EMULATORS[board]!;
  if (Deno.uid() !== 0) return "network namespaces and file systems of others need root";
  for (const name of [program, "ssh", "busybox", "mcopy"]) {
    if (!(await run(["sh", "-c", `command -v ${name}`])).success) return `${name} is not installed`;
  }
  return await Deno.stat(firmware).then(() => undefined, () => `${firmware} is not installed`);
}

/** A network with a DHCP server, where the host is {@link HOST}. */
export class Network implements AsyncDisposable {
  readonly ns: Netns;
  readonly #server: Deno.ChildProcess;
  readonly #folder: string;

  /** Use the static method. */
  constructor(ns: Netns, server: Deno.ChildProcess, folder: string) {
    this.ns = ns;
    this.#server = server;
    this.#folder = folder;
  }

  /** Makes the network. */
  static async create(): Promise<Network> {
    const ns = await Netns.create("image");
    await must(ns.argv(["ip", "tuntap", "add", "dev", "tap0", "mode", "tap"]));
    await ns.addresses("tap0", `${HOST}/24`);
    await ns.ip("link", "set", "tap0", "up");
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-net-" });
    await Deno.writeTextFile(`${folder}/leases`, "");
    await Deno.writeTextFile(
      `${folder}/udhcpd.conf`,
      `start 192.0.2.50\nend 192.0.2.60\ninterface tap0\nlease_file ${folder}/leases\n` +
        `pidfile ${folder}/pid\noption subnet 255.255.255.0\noption router ${HOST}\noption lease 3600\n`,
    );
    const [program, ...args] = ns.argv(["busybox", "udhcpd", "-f", `${folder}/udhcpd.conf`]);
    const server = new Deno.Command(program!, { args, stdout: "null", stderr: "null" }).spawn();
    return new Network(ns, server, folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#server.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#server.status;
    await this.ns[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** What a machine is made of. */
export interface MachineParts {
  readonly board: string;
  readonly disk: string;
  readonly network: Network;
  /** Folder for firmware variables; they outlive the machine with it. */
  readonly folder: string;
  /** Content of a USB stick. */
  readonly stick?: string;
  /** Shown in front of the console's lines on standard error when IMAGE_CONSOLE is set. */
  readonly name?: string;
}

/** A machine that runs. */
export class Machine implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  readonly started = performance.now();
  #console = "";
  #ended = false;

  /** Use the static method. */
  constructor(child: Deno.ChildProcess, name: string) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reading = this.#read(name);
    void child.status.then(() => this.#ended = true);
  }

  /** Switches a machine on. */
  static async start(
    { board, disk, network, folder, stick, name }: MachineParts,
  ): Promise<Machine> {
    const { program, firmware, variables, args } = EMULATORS[board]!;
    const own = `${folder}/variables.fd`;
    if (!await Deno.stat(own).then(() => true, () => false)) await Deno.copyFile(variables, own);
    const argv = network.ns.argv([
      program,
      ...args,
      ...["-m", "1280", "-smp", "2", "-nodefaults", "-display", "none", "-serial", "stdio"],
      ...["-drive", `if=pflash,format=raw,unit=0,readonly=on,file=${firmware}`],
      ...["-drive", `if=pflash,format=raw,unit=1,file=${own}`],
      ...["-drive", `file=${disk},format=raw,if=none,id=disk,cache=writeback,discard=unmap`],
      ...["-device", "virtio-blk-pci,drive=disk,bootindex=1"],
      ...["-netdev", "tap,id=net,ifname=tap0,script=no,downscript=no"],
      ...["-device", "virtio-net-pci,netdev=net,romfile="],
      ...["-device", "virtio-rng-pci"],
      ...(stick === undefined ? [] : [
        ...["-device", "qemu-xhci", "-device", "usb-storage,drive=stick"],
        ...["-drive", `file=${stick},format=raw,if=none,id=stick`],
      ]),
    ]);
    const child = new Deno.Command(argv[0]!, {
      args: argv.slice(1),
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    return new Machine(child, name ?? board);
  }

  /** What the serial console has shown. */
  get console(): string {
    return this.#console;
  }

  /** Seconds since it was switched on. */
  get seconds(): number {
    return (performance.now() - this.started) / 1000;
  }

  /** The last lines of the console, for error messages. @param from offset into {@link console} */
  tail(from = 0, lines = 40): string {
    return this.#console.slice(from).split("\n").slice(-lines).join("\n");
  }

  /**
   * Waits for a line on the console.
   *
   * @param from offset into {@link console} from which on it counts
   * @throws Error with the end of the console when it does not come in time
   */
  async expect(pattern: RegExp, seconds: number, from = 0): Promise<RegExpExecArray> {
    const end = performance.now() + seconds * 1000;
    for (;;) {
      const found = pattern.exec(this.#console.slice(from));
      if (found !== null) return found;
      if (this.#ended || performance.now() > end) {
        const why = this.#ended ? "the machine ended" : `${seconds} s passed`;
        throw new Error(`${why} without ${pattern} on the console:\n${this.tail(from)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Types a line. */
  async type(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${text}\n`));
  }

  /** Cuts the power. */
  async cut(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cut();
    this.#writer.releaseLock();
    await this.#child.stdin.close().catch(() => undefined);
  }

  async #read(name: string): Promise<void> {
    const decoder = new TextDecoder();
    const show = Deno.env.get("IMAGE_CONSOLE") !== undefined;
    for await (const chunk of this.#child.stdout) {
      const text = decoder.decode(chunk, { stream: true })
        // deno-lint-ignore no-control-regex
        .replace(/\x1b\[[0-9;?=]*[a-zA-Z]|\r/g, "");
      this.#console += text;
      if (show) {
        await Deno.stderr.write(new TextEncoder().encode(text.replace(/(?<=\n)/g, `${name}| `)));
      }
    }
  }
}
