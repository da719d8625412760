/**
 * What scenes in the virtual machine are played with: the daemon, its ng port, and parties in network
 * namespaces.
 *
 * @module
 */

import { decodeMessage, encodeMessage, type NgData, type NgMessage } from "../support/ng_codec.ts";

/** An emulated machine on a busy host takes its time. */
const START_MS = 120_000;

/** Prints a line. */
export function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Waits. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Tries until `check` gives something that is not undefined. @throws Error naming `what` after `ms` */
export async function eventually<T>(
  what: string,
  check: () => Promise<T | undefined> | T | undefined,
  ms = 30_000,
): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const found = await check();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await sleep(200);
  }
}

/** Runs a shell command. @returns what it printed; @throws Error when it fails, unless `may` */
export async function shell(line: string, may = false): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("/bin/sh", { args: ["-c", line] })
    .output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (code !== 0 && !may) throw new Error(`${line}: exit ${code}: ${text}`);
  return text;
}

/** What a scene that failed has left running. */
const running = new Set<{ abandon(): Promise<void> }>();

/** Ends what is left of a scene, and shows what daemons had to say. */
export async function tidy(): Promise<void> {
  for (const one of [...running]) {
    if (one instanceof Daemon) say((await one.log()).trimEnd().split("\n").slice(-12).join("\n"));
    await one.abandon();
  }
}

/** A daemon. */
export class Daemon {
  readonly #child: Deno.ChildProcess;
  readonly #log: string;
  readonly #port: number;
  readonly #socket: Deno.DatagramConn;
  #cookie = 0;

  constructor(child: Deno.ChildProcess, log: string, port: number) {
    this.#child = child;
    this.#log = log;
    this.#port = port;
    this.#socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
    running.add(this);
  }

  /** Starts one by a command line as an operator types it, and waits until it answers. */
  static async start(
    line: string,
    port: number,
    env: Record<string, string> = {},
  ): Promise<Daemon> {
    const log = `/tmp/daemon-${port}-${Math.floor(performance.now())}.log`;
    const child = new Deno.Command("/bin/sh", {
      args: ["-c", `exec ${line} >${log} 2>&1`],
      env: { RTPEDGE_CACHE_DIR: "/tmp/cache", ...env },
    }).spawn();
    const daemon = new Daemon(child, log, port);
    let ended = false;
    child.status.then(() => ended = true);
    try {
      await eventually("the daemon answers", async () => {
        if (ended) throw new Error(`the daemon has ended: ${await daemon.log()}`);
        return await daemon.ask({ command: "ping" }, 500).catch(() => undefined);
      }, START_MS);
    } catch (error) {
      // it must not answer in place of the next one
      if (!ended) await daemon.end("SIGKILL");
      throw error;
    }
    return daemon;
  }

  /** One request and its answer. */
  async ask(message: NgMessage, timeout = 20_000): Promise<NgMessage> {
    const cookie = `c${++this.#cookie}`;
    const head = new TextEncoder().encode(`${cookie} `);
    const body = encodeMessage(message);
    const packet = new Uint8Array(head.length + body.length);
    packet.set(head);
    packet.set(body, head.length);
    await this.#socket.send(packet, { transport: "udp", hostname: "127.0.0.1", port: this.#port });
    const timer = setTimeout(() => {
      // wakes the receiver, who then finds an answer that is nobody's
      this.#socket.send(new TextEncoder().encode(`!${cookie}`), this.#socket.addr as Deno.NetAddr);
    }, timeout);
    try {
      for (;;) {
        const [bytes] = await this.#socket.receive();
        const start = new TextDecoder().decode(bytes.subarray(0, head.length));
        if (start === `!${cookie}`) throw new Error(`no answer to ${message["command"]}`);
        if (start !== `${cookie} `) continue;
        const answer = decodeMessage(bytes.subarray(head.length));
        if (answer["result"] === "error") throw new Error(String(answer["error-reason"]));
        return answer;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** One line of the control tree. */
  async cli(line: string): Promise<string> {
    return String((await this.ask({ command: "cli", body: line }))["response"]);
  }

  /** Packets handled since the start, by path. */
  async packets(): Promise<{ user: number; kernel: number }> {
    const { statistics } = await this.ask({ command: "statistics" });
    const totals = (statistics as NgMessage)["totalstatistics"] as NgMessage;
    return {
      user: Number(totals["relayedpackets_user"]),
      kernel: Number(totals["relayedpackets_kernel"]),
    };
  }

  /** What it has written. */
  log(): Promise<string> {
    return Deno.readTextFile(this.#log);
  }

  /** Ends it and waits. */
  async end(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    running.delete(this);
    this.#child.kill(signal);
    await this.#child.status;
    this.#socket.close();
  }

  /** Ends it, whatever state it is in. */
  async abandon(): Promise<void> {
    running.delete(this);
    try {
      await this.end("SIGKILL");
    } catch {
      return;
    }
  }
}

/** What a party tells of its stream. */
export interface PartyStat {
  readonly sent: number;
  readonly left: number;
  readonly received: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly reordered: number;
  readonly refused: number;
  readonly sources: number;
}

/** Keys of both directions, as `a=crypto` has them. */
export interface PartyKeys {
  readonly own: string;
  readonly other: string;
}

/** A party in a namespace: sends RTP, tells what comes. */
export class Party {
  readonly address: string;
  readonly port: number;
  readonly keys: PartyKeys | undefined;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(namespace: string, address: string, port: number, keys?: PartyKeys) {
    this.address = address;
    this.port = port;
    this.keys = keys;
    const more = keys === undefined ? [] : [keys.own, keys.other];
    this.#child = new Deno.Command("/bin/ip", {
      args: ["netns", "exec", namespace, "/disk/peer", address, String(port), ...more],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    running.add(this);
  }

  /** Begins to send; count 0 stops. */
  send(
    to: { address: string; port: number },
    ssrc: number,
    count: number,
    ms = 20,
  ): Promise<PartyStat> {
    return this.#command(`send ${to.address} ${to.port} ${ssrc} ${count} ${ms * 1000}`);
  }

  stat(): Promise<PartyStat> {
    return this.#command("stat");
  }

  /** Counts begin anew; the next packet is expected to follow the last one. */
  reset(): Promise<PartyStat> {
    return this.#command("reset");
  }

  /** Whether each packet is sent twice. */
  twice(on: boolean): Promise<PartyStat> {
    return this.#command(`twice ${on ? 1 : 0}`);
  }

  async end(): Promise<void> {
    running.delete(this);
    await this.#writer.close();
    await this.#child.status;
  }

  /** Ends it, whatever state it is in. */
  async abandon(): Promise<void> {
    await this.end().catch(() => {});
  }

  /** Its description of one audio stream. */
  sdp(version = 1): string {
    return describe(this.address, this.port, this.keys?.own, version);
  }

  async #command(line: string): Promise<PartyStat> {
    await this.#writer.write(new TextEncoder().encode(line + "\n"));
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`the party at ${this.address} has ended`);
      this.#rest += value;
    }
    const at = this.#rest.indexOf("\n");
    const answer = this.#rest.slice(0, at);
    this.#rest = this.#rest.slice(at + 1);
    return JSON.parse(answer);
  }
}

/** A description of one audio stream. */
export function describe(address: string, port: number, key?: string, version = 1): string {
  const family = address.includes(":") ? "IP6" : "IP4";
  return [
    "v=0",
    `o=- ${port} ${version} IN ${family} ${address}`,
    "s=-",
    `c=IN ${family} ${address}`,
    "t=0 0",
    `m=audio ${port} ${key === undefined ? "RTP/AVP" : "RTP/SAVP"} 0`,
    "a=rtpmap:0 PCMU/8000",
    "a=sendrecv",
    ...(key === undefined ? [] : [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${key}`]),
    "",
  ].join("\r\n");
}

/** A master key and salt of AES_CM_128_HMAC_SHA1_80, as `a=crypto` has them. */
export function newKey(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(30))));
}

/** Media endpoint of a description, and its key. */
export function mediaOf(sdp: NgData | undefined): { address: string; port: number; key: string } {
  const text = String(sdp);
  return {
    address: /^c=IN IP[46] (\S+)/m.exec(text)?.[1] ?? "",
    port: Number(/^m=audio (\d+)/m.exec(text)?.[1]),
    key: /inline:([^\s|]+)/.exec(text)?.[1] ?? "",
  };
}

/** Streams of a `query`, all parties', RTP only. */
export function rtpStreams(answer: NgMessage): NgMessage[] {
  const tags = Object.values(answer["tags"] as Record<string, NgMessage>);
  return tags.flatMap(({ medias }) =>
    (medias as NgMessage[]).flatMap(({ streams }) => (streams as NgMessage[]).slice(0, 1))
  );
}
