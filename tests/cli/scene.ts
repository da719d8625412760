/**
 * One scene played on both sides: the oracle gets real ng requests and packets; our control tree gets
 * calls made of plain values that say what the oracle was told.
 *
 * `call-1` is answered and has audio both ways, `call-2` is an offer with audio and video that nobody
 * answered.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { CallView, MediaView, ParticipantView } from "../../src/call/types.ts";
import { type Cli, createCli } from "../../src/cli/mod.ts";
import type { Settings } from "../../src/core/settings.ts";
import {
  fakeCall,
  FakeCalls,
  fakeMedia,
  fakeParty,
  fakeSsrc,
  fakeStatistics,
  fakeStream,
} from "../../src/stats/fakes.ts";
import type { Statistics } from "../../src/stats/mod.ts";
import { startRtpengine } from "../oracle/mod.ts";
import { Agent, buildRtp, fromBytes, must, Netns, type NgMessage, sleep } from "../support/mod.ts";
import type { Answers, Questions } from "./ask_main.ts";

const ASK = fileURLToPath(new URL("ask_main.ts", import.meta.url));
const HOST = "127.0.0.1";
const NG = 2223;
const CLI = 9900;
const HTTP = 9901;
const FROM_PACKETS = 5;
const TO_PACKETS = 3;
const RTP_BYTES = 172;

/** The ng requests of the scene, in order; failing ones included. */
export const REQUESTS: readonly NgMessage[] = [
  { "command": "offr" },
  { "command": "query", "call-id": "nope" },
  { "command": "offer", "call-id": "call-1", "from-tag": "ft1", "sdp": sdp(6000) },
  {
    "command": "answer",
    "call-id": "call-1",
    "from-tag": "ft1",
    "to-tag": "tt1",
    "sdp": sdp(7000),
  },
  {
    "command": "offer",
    "call-id": "call-2",
    "from-tag": "ft2",
    "via-branch": "vb",
    "label": "lab",
    "sdp": `${sdp(6100)}m=video 6102 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n`,
  },
];
const FAILED = new Set([0, 1]);

function sdp(port: number): string {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
    `m=audio ${port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n`;
}

function mediaPort(reply: NgMessage): number {
  return Number(/^m=audio (\d+)/m.exec(String(reply["sdp"]))![1]);
}

/** What the oracle says. */
export interface OracleScene {
  readonly lines: readonly string[];
  /** `/metrics`. */
  readonly metrics: string;
  /** Value of `statistics` in the ng reply. */
  readonly statistics: NgMessage;
  /** How often it was asked whether it is up. */
  readonly pings: number;
}

/** Plays the scene to the oracle, asks `lines`, and takes everything down. */
export async function oracleScene(lines: readonly string[]): Promise<OracleScene> {
  await using ns = await Netns.create("cli");
  await using agent = await Agent.start(ns);
  await using _daemon = await startRtpengine({
    ns,
    agent,
    host: HOST,
    port: NG,
    interfaces: [HOST],
    portMin: 30_000,
    portMax: 39_999,
    extra: [`--listen-cli=${HOST}:${CLI}`, `--listen-http=${HOST}:${HTTP}`],
  });
  const to = { host: HOST, port: NG };
  const replies: NgMessage[] = [];
  for (const request of REQUESTS) replies.push(await agent.ng(to, request));
  await sendPackets(agent, 6000, mediaPort(replies[3]!), FROM_PACKETS, 0x1234);
  await sendPackets(agent, 7000, mediaPort(replies[2]!), TO_PACKETS, 0xabcd);
  // Rates and stream counts are taken once a second.
  await sleep(1500);
  const reply = await agent.ng(to, { "command": "statistics" });
  const answers = await ask(ns, { host: HOST, cli: CLI, http: HTTP, lines, paths: ["/metrics"] });
  const statistics = reply["statistics"] as NgMessage;
  const control = statistics["controlstatistics"] as NgMessage;
  return {
    lines: answers.lines,
    metrics: answers.paths[0]!,
    statistics,
    pings: Number(control["totalpingcount"]),
  };
}

async function sendPackets(agent: Agent, from: number, to: number, count: number, ssrc: number) {
  const socket = await agent.bind(HOST, from);
  for (let i = 0; i < count; i++) {
    const packet = buildRtp({
      payloadType: 8,
      sequence: i,
      timestamp: i * 160,
      ssrc,
      marker: false,
      payload: new Uint8Array(RTP_BYTES - 12).fill(0xd5),
    });
    await socket.send({ host: HOST, port: to }, fromBytes(packet));
  }
}

async function ask(ns: Netns, questions: Questions): Promise<Answers> {
  const argv = ns.argv([Deno.execPath(), "run", "-A", "--no-check", ASK]);
  return JSON.parse(await must(argv, { stdin: JSON.stringify(questions) }));
}

/** rtpengine's defaults. */
export function defaultSettings(): Settings {
  return {
    timeout: 60,
    silentTimeout: 3600,
    finalTimeout: 0,
    offerTimeout: 3600,
    deleteDelay: 30,
    maxSessions: -1,
    maxLoad: 0,
    maxCpu: 0,
    maxBandwidth: 0,
    tos: 0,
    controlTos: 0,
    sipSource: false,
    endpointLearning: "heuristic",
    strictSource: false,
    saveInterfacePorts: false,
    logLevel: 6,
  };
}

/**
 * The same scene on our side.
 *
 * @param pings how often the oracle was asked whether it is up
 */
export function ourScene(pings: number): { cli: Cli; statistics: Statistics; calls: FakeCalls } {
  const setForeign = (foreign: boolean): void => {
    for (const call of [...calls.calls()]) calls.put({ ...call, foreign });
  };
  const calls = new FakeCalls(...fakeScene());
  const { statistics, clock } = fakeStatistics({ calls, used: 12 });
  const options: Readonly<Record<string, string>> = {
    "listen-ng": `${HOST}:${NG}`,
    "listen-cli": `${HOST}:${CLI}`,
    "software-id": "rtpengine-SOFTWARE",
  };
  const cli = createCli({
    clock,
    settings: defaultSettings(),
    statistics,
    calls,
    option: (name) => options[name],
    setForeign,
  });
  const endpoint = { family: 4, address: HOST, port: NG } as const;
  const source = { transport: "udp", peer: endpoint, local: endpoint } as const;
  const report = (command: string, ok: boolean): void =>
    statistics.ngObserver({ command, source, ms: 0.1, ok, duplicate: false });
  for (let ping = 0; ping < pings; ping++) report("ping", true);
  REQUESTS.forEach(({ command }, index) => report(String(command), !FAILED.has(index)));
  report("statistics", true);
  return { cli, statistics, calls };
}

function section(index: number, type: string, remote: number, packets: number, ssrc: number) {
  const endpoint = (port: number) =>
    remote === 0 ? undefined : { family: 4, address: HOST, port } as const;
  const ssrcs = packets === 0 ? [] : [fakeSsrc({ ssrc, packets, last: 1 })];
  const sent = packets === FROM_PACKETS ? TO_PACKETS : packets === 0 ? 0 : FROM_PACKETS;
  return fakeMedia([
    fakeStream({
      endpoint: endpoint(remote),
      counters: {
        rxPackets: packets,
        rxBytes: packets * RTP_BYTES,
        txPackets: sent,
        txBytes: sent * RTP_BYTES,
        lastRx: packets === 0 ? 0 : 1_700_000_001_000,
        ssrcs,
      },
    }),
    fakeStream({ component: "rtcp", endpoint: endpoint(remote + 1) }),
  ], { index, type, ...(packets === 0 ? {} : { codec: "PCMA/8000" }) });
}

function party(tag: string, other: string, medias: readonly MediaView[], rest = {}) {
  const edges = medias.map(({ index }) => ({
    party: fakeParty({ tag: other }),
    tag: other,
    type: "offer/answer" as const,
    index,
  }));
  return fakeParty({ tag, medias, subscriptions: edges, subscribers: edges, ...rest });
}

function fakeScene(): CallView[] {
  const first: ParticipantView[] = [
    party("ft1", "tt1", [section(1, "audio", 6000, FROM_PACKETS, 0x1234)]),
    party("tt1", "ft1", [section(1, "audio", 7000, TO_PACKETS, 0xabcd)]),
  ];
  const second: ParticipantView[] = [
    party("ft2", "", [section(1, "audio", 6100, 0, 0), section(2, "video", 6102, 0, 0)], {
      label: "lab",
    }),
    party("", "ft2", [section(1, "audio", 0, 0, 0), section(2, "video", 0, 0, 0)], {
      viaBranch: "vb",
    }),
  ];
  return [
    fakeCall({ callId: "call-1", participants: first }),
    fakeCall({ callId: "call-2", participants: second }),
  ];
}
