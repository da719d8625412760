/**
 * Where the dialogues are played: a namespace with a relay whose interfaces have the names the old
 * protocols know.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { commonArguments, type RtpengineOptions, waitForPong } from "../oracle/mod.ts";
import { Agent, Daemon, must, Netns } from "../support/mod.ts";
import type { Dialogue, Message } from "./dialogues.ts";

const MAIN = fileURLToPath(new URL("../../mod.ts", import.meta.url));
const HOST = "127.0.0.1";
const HOST6 = "::1";
const PORT = { ng: 2223, udp: 2222, tcp: 2221 } as const;
const INTERFACES = [
  "default/127.0.0.1",
  "default/::1",
  "internal/10.20.0.1",
  "external/192.0.2.10!203.0.113.10",
];

/** What each message of a dialogue was answered with, made comparable. */
export type Transcript = readonly string[];

/** A namespace with one relay. */
export class Stage implements AsyncDisposable {
  #serial = 0;

  readonly #stack: AsyncDisposableStack;

  /** Wraps what {@link open} has made. */
  constructor(
    stack: AsyncDisposableStack,
    readonly ns: Netns,
    readonly agent: Agent,
    readonly daemon: Daemon,
  ) {
    this.#stack = stack;
  }

  /**
   * Starts a relay in a namespace of its own.
   *
   * @param root folder to chroot into for the rtpengine in it; absent: the product
   */
  static async open(root?: string): Promise<Stage> {
    await using stack = new AsyncDisposableStack();
    const ns = stack.use(await Netns.create("legacy"));
    await ns.addresses("lo", "10.20.0.1/32", "192.0.2.10/32");
    const agent = stack.use(await Agent.start(ns));
    const options: RtpengineOptions = {
      ns,
      agent,
      host: HOST,
      port: PORT.ng,
      interfaces: INTERFACES,
      portMin: 30_000,
      portMax: 34_999,
      extra: [
        `--listen-udp=${HOST}:${PORT.udp}`,
        ...(root === undefined ? [`--listen-udp=[${HOST6}]:${PORT.udp}`] : []),
        `--listen-tcp=${HOST}:${PORT.tcp}`,
      ],
    };
    const program = root === undefined
      ? [Deno.execPath(), "run", "-A", "--no-check", MAIN]
      : ["chroot", root, "rtpengine", `--pidfile=/run/rtpengine-${ns.name}.pid`];
    const argv = ns.argv([...program, ...commonArguments(options)]);
    const daemon = stack.use(new Daemon("the relay", argv));
    await waitForPong(daemon, options, 30_000);
    return new Stage(stack.move(), ns, agent, daemon);
  }

  /** Plays a dialogue and leaves no call behind. */
  async play(dialogue: Dialogue): Promise<Transcript> {
    const call = `legacy-${dialogue.name.replaceAll(/[^a-zA-Z0-9]+/g, "-")}`;
    const ports = new Map<string, string>();
    const replies: string[] = [];
    for (const { over, text } of dialogue.messages) {
      const reply = await this.#send({ over, text: text.replaceAll("{call}", call) });
      replies.push(normalise(reply, ports));
    }
    // rtpengine 10.5 never again answers anything about a call that Q has asked for
    if (
      !dialogue.messages.some(({ over, text }) => over === "udp" && text.startsWith("Q {call}"))
    ) {
      const message = { "command": "delete", "call-id": call, "delete delay": 0 };
      await this.agent.ng({ host: HOST, port: PORT.ng }, message);
    }
    return replies;
  }

  /** Ends the relay and removes the namespace. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  /** Sends an rtpproxy command to the IPv6 listener of the product. */
  async askOverIpv6(text: string): Promise<string> {
    return await this.#send({ over: "udp", text }, HOST6);
  }

  async #send({ over, text }: Message, host = HOST): Promise<string> {
    if (over === "tcp") return await this.#sendLine(text);
    const cookie = `cookie${++this.#serial}`;
    const to = { host, port: PORT.udp };
    const sent = { to, data: `${cookie} ${text}`, timeout: 2000 };
    const { data } = await this.agent.call("exchange", sent);
    if (data === null) {
      throw new Error(`No answer to ${JSON.stringify(text)}\n${this.daemon.tail()}`);
    }
    if (!data.startsWith(`${cookie} `)) throw new Error(`${JSON.stringify(data)} lacks ${cookie}`);
    return data.slice(cookie.length + 1);
  }

  async #sendLine(text: string): Promise<string> {
    const script = `exec 3<>/dev/tcp/${HOST}/${PORT.tcp} && cat >&3 && cat <&3`;
    return await must(this.ns.argv(["timeout", "5", "bash", "-c", script]), { stdin: `${text}\n` });
  }
}

/** Names for ports, each with its address, in order of appearance; versions, ephemeral ports and times are hidden. */
function normalise(reply: string, ports: Map<string, string>): string {
  return reply
    .replace(/\b3[0-4]\d{3} \S+|(?<=^\S+ )3[0-4]\d{3}/g, (place) => {
      const name = ports.get(place) ?? `PORT${ports.size + 1}`;
      ports.set(place, name);
      return place.replace(/^\d+/, name);
    })
    .replace(/^Version: .*/, "Version: VERSION")
    .replace(/^127\.0\.0\.1:\d+$/m, "CLIENT")
    .replace(/^\d+ (\d+ \d+ \d+ \d+)$/m, "SECONDS $1");
}
