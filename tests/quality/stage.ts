/**
 * The stage: the oracle and the product in one namespace, each with sockets for two parties and a socket
 * that plays Homer.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import {
  commonArguments,
  ensureOracle,
  type RtpengineOptions,
  startRtpengine,
  waitForPong,
} from "../oracle/mod.ts";
import {
  Agent,
  type AgentSocket,
  buildRtp,
  Daemon,
  type Datagram,
  fromBytes,
  Netns,
  type NgMessage,
  sleep,
  toBytes,
} from "../support/mod.ts";
import { type Block, buildReport, middleOf, ntpOf } from "./packets.ts";

const MAIN = fileURLToPath(new URL("../../mod.ts", import.meta.url));
const HOST = "127.0.0.1";

/** Who plays. */
export const PLAYERS = ["oracle", "rtpedge"] as const;
/** One of them. */
export type Player = typeof PLAYERS[number];

const PORTS: { readonly [name in Player]: { ng: number; min: number; homer: number } } = {
  oracle: { ng: 2001, min: 30_000, homer: 9061 },
  rtpedge: { ng: 2002, min: 40_000, homer: 9062 },
};

/** Both players, started with the same options. */
export class Stage implements AsyncDisposable {
  readonly #daemons: Daemon[] = [];
  readonly homer: { readonly [name in Player]: AgentSocket };

  /** Wraps what {@link open} has made. */
  constructor(
    readonly ns: Netns,
    readonly agent: Agent,
    homer: { readonly [name in Player]: AgentSocket },
  ) {
    this.homer = homer;
  }

  /** Makes the stage. */
  static async open(...extra: string[]): Promise<Stage> {
    await ensureOracle();
    const ns = await Netns.create("quality");
    await ns.ephemeralPorts(10_000, 19_999);
    const agent = await Agent.start(ns);
    const homer = {
      oracle: await agent.bind(HOST, PORTS.oracle.homer),
      rtpedge: await agent.bind(HOST, PORTS.rtpedge.homer),
    };
    const stage = new Stage(ns, agent, homer);
    try {
      await Promise.all(PLAYERS.map((player) => stage.#start(player, extra)));
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Sends a request to a player. */
  ask(player: Player, message: NgMessage): Promise<NgMessage> {
    return this.agent.ng({ host: HOST, port: PORTS[player].ng }, message, "json");
  }

  /** What our daemon has logged. */
  get log(): readonly string[] {
    return this.#daemons.find(({ name }) => name === "rtpedge")?.lines ?? [];
  }

  /** Ends everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const daemon of this.#daemons) await daemon.stop();
    await this.agent[Symbol.asyncDispose]();
    await this.ns[Symbol.asyncDispose]();
  }

  async #start(player: Player, extra: readonly string[]): Promise<void> {
    const { ng, min, homer } = PORTS[player];
    const options: RtpengineOptions = {
      ns: this.ns,
      agent: this.agent,
      host: HOST,
      port: ng,
      interfaces: [HOST],
      portMin: min,
      portMax: min + 999,
      extra: [`--homer=${HOST}:${homer}`, "--homer-enable-ng", ...extra],
    };
    if (player === "oracle") {
      this.#daemons.push(await startRtpengine(options));
      return;
    }
    const argv = [Deno.execPath(), "run", "-A", "--no-check", MAIN, ...commonArguments(options)];
    const daemon = new Daemon("rtpedge", this.ns.argv(argv));
    await waitForPong(daemon, options, 30_000);
    this.#daemons.push(daemon);
  }
}

/** What a party reports of another. */
export interface Heard extends Partial<Block> {
  readonly ssrc: number;
  /** Round trip to pretend, in ms. */
  readonly leg?: number;
}

/** One side of a call. */
export class Party {
  readonly #reports: Map<number, { middle: number; at: number }>;
  #sequence = 65_500;

  /** @param reports sender reports of both sides, by SSRC */
  constructor(
    readonly rtp: AgentSocket,
    readonly rtcp: AgentSocket,
    reports: Map<number, { middle: number; at: number }>,
  ) {
    this.#reports = reports;
  }

  /** Where our side sends to: the port a description names. */
  target = 0;
  /** RTCP goes to the RTP port. */
  muxed = false;

  /** Sends RTP packets, 5 ms apart. */
  async media(ssrc: number, count: number, payloadType: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const sequence = this.#sequence++;
      const packet = buildRtp({
        payloadType,
        sequence,
        timestamp: sequence * 160,
        ssrc,
        payload: new Uint8Array(160).fill(0xd5),
      });
      await this.rtp.send({ host: HOST, port: this.target }, fromBytes(packet));
      await sleep(5);
    }
  }

  /** Sends an SR (or an RR) with reports. */
  async report(ssrc: number, kind: "SR" | "RR", ...heard: Heard[]): Promise<void> {
    const now = Date.now();
    const ntp = kind === "SR" ? ntpOf(now) : undefined;
    const blocks = heard.map(({ leg = 0, ...fields }) => {
      const before = this.#reports.get(fields.ssrc);
      const known = before === undefined ? { lastSr: 0, delay: 0 } : {
        lastSr: before.middle,
        delay: Math.max(0, Math.round((performance.now() - before.at - leg) * 65.536)),
      };
      return { fraction: 0, lost: 0, sequence: 65_600, jitter: 0, ...known, ...fields };
    });
    const payload = fromBytes(buildReport(ssrc, ntp, blocks, `p${ssrc}@host`));
    const socket = this.muxed ? this.rtp : this.rtcp;
    const port = this.muxed ? this.target : this.target + 1;
    await socket.send({ host: HOST, port }, payload);
    if (ntp !== undefined) {
      this.#reports.set(ssrc, { middle: middleOf(ntp), at: performance.now() });
    }
    await sleep(10);
  }

  /** RTCP received since the last call. */
  async received(): Promise<readonly Uint8Array[]> {
    const got = [...await this.rtp.take(), ...await this.rtcp.take()];
    return got.map(({ data }: Datagram) => toBytes(data))
      .filter((bytes) => bytes[1]! >= 192 && bytes[1]! < 224);
  }
}

/** A call of a scene. */
export interface CallOptions {
  readonly call: string;
  /** Keys of offer and answer. */
  readonly keys?: NgMessage;
  /** Formats and attributes of the section of both. */
  readonly formats?: string;
  readonly attributes?: string;
}

/** Sets up a call between `A` and `B`. */
export async function connect(
  stage: Stage,
  player: Player,
  { call, keys = {}, formats = "8", attributes = "" }: CallOptions,
): Promise<{ a: Party; b: Party }> {
  const reports = new Map<number, { middle: number; at: number }>();
  const party = async () =>
    new Party(await stage.agent.bind(HOST), await stage.agent.bind(HOST), reports);
  const [a, b] = [await party(), await party()];
  const sdp = ({ rtp, rtcp }: Party) =>
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
    `m=audio ${rtp.at.port} RTP/AVP ${formats}\r\na=rtcp:${rtcp.at.port}\r\n${attributes}`;
  const common = { ...keys, "call-id": call, "from-tag": "A" };
  const offer = { ...common, command: "offer", sdp: sdp(a) };
  const offered = await stage.ask(player, offer);
  const answer = { ...common, command: "answer", "to-tag": "B", sdp: sdp(b) };
  const answered = await stage.ask(player, answer);
  const port = (reply: NgMessage) => Number(/^m=audio (\d+)/m.exec(String(reply["sdp"]))![1]);
  b.target = port(offered);
  a.target = port(answered);
  a.muxed = b.muxed = attributes.includes("rtcp-mux");
  return { a, b };
}
