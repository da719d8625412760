/**
 * One scene played live to the oracle and to our daemon, each in a network namespace of its own with the
 * same addresses and ports, and what both say about it, asked with Debian's own `rtpengine-ctl`.
 *
 * `call-1` has audio and RTCP both ways, `call-2` is an offer with audio and video that nobody answered,
 * `call-3` was deleted, `call-4` was ended by the operator, `call-5` is a fork with two branches, one of
 * which was answered again under another tag.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { commonArguments, ensureOracle, startRtpengine, waitForPong } from "../oracle/mod.ts";
import {
  Agent,
  type AgentSocket,
  buildRtp,
  Daemon,
  fromBytes,
  must,
  Netns,
  type NgMessage,
  run,
  sleep,
  until,
} from "../support/mod.ts";
import type { Answers, Questions } from "./ask_main.ts";
import { buildSenderReport } from "./sender_report.ts";

const HOST = "127.0.0.1";
const NG = 2223;
const CLI = 9900;
const HTTP = 9901;
const GRAPHITE = 2003;
const MAIN = fileURLToPath(new URL("../../mod.ts", import.meta.url));
const ASK = fileURLToPath(new URL("ask_main.ts", import.meta.url));
const SINK = fileURLToPath(new URL("graphite_main.ts", import.meta.url));

/** Who is asked. */
export type Player = "oracle" | "rtpedge";

/** Command lines that are also asked over each other transport; they change nothing. */
export const EVERYWHERE: readonly string[] = [
  ...[
    "list maxsessions",
    "list timeout",
    "list loglevels",
    "usage",
    "list",
    "foo",
    "terminate",
  ],
];

/** Command lines asked with `rtpengine-ctl`, in order. */
export const CTL_LINES: readonly string[] = [
  ...["list totals", "list numsessions", "list sessions all", "list sessions own"],
  ...["list sessions foreign", "list sessions recording", "list sessions call-1"],
  ...[
    "list sessions call-2",
    "list sessions call-3",
    "list sessions call-5",
    "call call-1 info",
    "call call-1 tag ft1 info",
  ],
  ...["list counters", "list interfaces", "list transcoders", "list jsonstats"],
  ...["list maxsessions", "set maxsessions 50", "get maxsessions", "set maxsessions -1"],
  ...["params start", "params diff", "list loglevel", "set loglevel ice 4", "set timeout 61"],
  ...["list timeout", "params diff", "params current", "params revert", "params diff"],
  ...["list loglevel", "set loglevel 6", "list loglevel", "list timeout"],
  ...["list maxopenfiles", "set maxopenfiles", "set maxopenfiles 5", "set maxopenfiles 70000"],
  ...["list maxopenfiles", "standby", "list sessions all", "list sessions own", "list numsessions"],
  ...["list sessions call-1", "active", "list sessions all", "list numsessions"],
  ...["debug call-1 on", "call call-1 debug off"],
  ...["terminate call-2", "list sessions all", "terminate call-2", "foo", "list foo", "help"],
  ...["list help", "set", "kslist", "media list files", "terminate all"],
  ...["list sessions all", "list numsessions", "list totals"],
];

/** What one side said. */
export interface Told {
  /** Answers to {@link CTL_LINES}. */
  readonly ctl: readonly string[];
  /** Answers to {@link EVERYWHERE} by transport. */
  readonly everywhere: Readonly<Record<string, readonly string[]>>;
  /** `/metrics`. */
  readonly metrics: string;
  /** Value of `statistics` in the ng reply, by encoding. */
  readonly statistics: { readonly bencode: NgMessage; readonly json: NgMessage };
  /** What Graphite received, one block for each interval. */
  readonly graphite: readonly (readonly string[])[];
}

/** Plays the scene and asks everything. */
export async function playLive(player: Player): Promise<Told> {
  await ensureOracle();
  await using ns = await Netns.create(player === "oracle" ? "ctl-o" : "ctl-r");
  await ns.ephemeralPorts(10_000, 19_999);
  await using agent = await Agent.start(ns);
  await using sink = new Daemon(
    "graphite",
    ns.argv([Deno.execPath(), "run", "--allow-net", SINK, HOST, `${GRAPHITE}`]),
  );
  await sink.line(/^listening$/, 20_000);
  await using _daemon = await start(player, ns, agent);
  await playScene(agent);
  // Rates are taken once a second too, so that everything is counted after two whole intervals.
  const begun = blocks(sink.lines).length;
  const graphite = await until("Graphite hears of everything", () => {
    const now = blocks(sink.lines);
    return now.length < begun + 3 ? undefined : now.slice(0, -1);
  });
  return { ...await askAll(ns, agent), graphite };
}

async function start(player: Player, ns: Netns, agent: Agent): Promise<Daemon> {
  const options = {
    ns,
    agent,
    host: HOST,
    port: NG,
    interfaces: [`inside/${HOST}`, "outside/127.0.0.2!203.0.113.10"],
    portMin: 30_000,
    portMax: 39_999,
    extra: [
      ...[`--listen-cli=${HOST}:${CLI}`, `--listen-http=${HOST}:${HTTP}`],
      ...[`--graphite=${HOST}:${GRAPHITE}`, `--graphite-interval=1`],
      "--graphite-prefix=site.",
      // Seen in the answers to `params`, and nowhere else in this scene.
      ...["--log-level-ice=2", "--rtcp-interval=3000", "--dtls-mtu=1300", "--max-dtx=20"],
      ...["--nftables-family=ip6", "--control-pmtu=dont", "--amr-dtx=CN"],
      ...["--ng-client-timeout=70", "--homer-protocol=tcp", "--mysql-port=3307", "--tos=184"],
    ],
  };
  if (player === "oracle") return await startRtpengine(options);
  const argv = [Deno.execPath(), "run", "-A", "--no-check", MAIN, ...commonArguments(options)];
  const daemon = new Daemon(player, ns.argv(argv));
  await waitForPong(daemon, options, 30_000);
  return daemon;
}

function sdp(port: number, more = ""): string {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" +
    `m=audio ${port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n${more}`;
}

const VIDEO = "m=video 6102 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";

async function playScene(agent: Agent): Promise<void> {
  const to = { host: HOST, port: NG };
  const ask = (message: NgMessage): Promise<NgMessage> => agent.ng(to, message);
  const offer = (id: string, port: number, more = "", rest: NgMessage = {}) =>
    ask({
      command: "offer",
      "call-id": id,
      "from-tag": `ft${id.at(-1)}`,
      sdp: sdp(port, more),
      ...rest,
    });
  const answer = (id: string, port: number, rest: NgMessage = {}) => {
    const tags = { "from-tag": `ft${id.at(-1)}`, "to-tag": `tt${id.at(-1)}`, ...rest };
    return ask({ command: "answer", "call-id": id, ...tags, sdp: sdp(port) });
  };
  await ask({ command: "offr" });
  await ask({ command: "query", "call-id": "nope" });
  const offered = await offer("call-1", 6000);
  const answered = await answer("call-1", 7000);
  // Calls are listed by age.
  await sleep(20);
  await offer("call-2", 6100, VIDEO, { "via-branch": "vb", label: "lab" });
  await offer("call-3", 6200);
  await answer("call-3", 7200);
  await ask({ command: "delete", "call-id": "call-3", "from-tag": "ft3", "delete delay": 0 });
  await offer("call-4", 6300);
  await ask({ command: "cli", body: "terminate call-4" });
  await sleep(20);
  for (const branch of ["b1", "b2"]) await offer("call-5", 6500, "", { "via-branch": branch });
  for (const [tag, branch] of [["tt5", "b1"], ["uu5", "b2"], ["vv5", "b1"]] as const) {
    await answer("call-5", 7500, { "to-tag": tag, "via-branch": branch });
  }
  await ask({ command: "cli" });
  await playMedia(agent, mediaPort(answered), mediaPort(offered));
}

function mediaPort(reply: NgMessage): number {
  return Number(/^m=audio (\d+)/m.exec(String(reply["sdp"]))![1]);
}

/** @param near port of the relay that the offerer sends to, @param far that the answerer sends to */
async function playMedia(agent: Agent, near: number, far: number): Promise<void> {
  const [a, b] = [await agent.bind(HOST, 6000), await agent.bind(HOST, 7000)];
  const [aRtcp, bRtcp] = [await agent.bind(HOST, 6001), await agent.bind(HOST, 7001)];
  for (let sequence = 0; sequence < 5; sequence++) {
    await a.send({ host: HOST, port: near }, packet(sequence, 0x1234));
    if (sequence < 3) await b.send({ host: HOST, port: far }, packet(sequence, 0xabcd));
    await sleep(20);
  }
  const first = { ssrc: 0x1234, heard: 0xabcd, jitter: 32 };
  await aRtcp.send({ host: HOST, port: near + 1 }, buildSenderReport(first, Date.now()));
  const heardByB = await heard(bRtcp);
  // The oracle takes a report that answers without delay for one that answers nothing.
  await sleep(20);
  const second = { ssrc: 0xabcd, heard: 0x1234, jitter: 16, answers: heardByB, delay: 0.02 };
  await bRtcp.send({ host: HOST, port: far + 1 }, buildSenderReport(second, Date.now()));
  const third = { ...first, answers: await heard(aRtcp), delay: 0.02 };
  await sleep(20);
  await aRtcp.send({ host: HOST, port: near + 1 }, buildSenderReport(third, Date.now()));
  await heard(bRtcp);
}

async function heard(socket: AgentSocket): Promise<string> {
  return await until("an RTCP packet arrives", async () => (await socket.take())[0]?.data, 3000);
}

function packet(sequence: number, ssrc: number): string {
  const timestamp = sequence * 160;
  const payload = new Uint8Array(160).fill(0xd5);
  return fromBytes(buildRtp({ payloadType: 8, sequence, timestamp, ssrc, payload }));
}

async function askAll(ns: Netns, agent: Agent): Promise<Omit<Told, "graphite">> {
  const to = { host: HOST, port: NG };
  const statistics = async (wire: "bencode" | "json") =>
    (await agent.ng(to, { command: "statistics" }, wire))["statistics"] as NgMessage;
  const bencode = await statistics("bencode");
  const json = await statistics("json");
  const questions: Questions = {
    host: HOST,
    cli: CLI,
    http: HTTP,
    lines: [],
    paths: ["/metrics", ...EVERYWHERE.map((line) => `/cli/${line.replaceAll(" ", "+")}`)],
    posts: EVERYWHERE,
    frames: EVERYWHERE,
  };
  const argv = ns.argv([Deno.execPath(), "run", "-A", "--no-check", ASK]);
  const answers: Answers = JSON.parse(await must(argv, { stdin: JSON.stringify(questions) }));
  const [metrics = "", ...gets] = answers.paths;
  const ng: string[] = [];
  for (const body of EVERYWHERE) {
    ng.push(String((await agent.ng(to, { command: "cli", body }))["response"]));
  }
  const tcp: string[] = [];
  for (const line of EVERYWHERE) tcp.push(await ctl(ns, line));
  const spoken: string[] = [];
  for (const line of CTL_LINES) spoken.push(await ctl(ns, line));
  return {
    ctl: spoken,
    everywhere: { tcp, get: gets, post: answers.posts, websocket: answers.frames, ng },
    metrics,
    statistics: { bencode, json },
  };
}

/** Debian's client; asked again when the oracle closes the connection without a word, as it now and then does. */
async function ctl(ns: Netns, line: string): Promise<string> {
  const words = ["rtpengine-ctl", "-ip", `${HOST}:${CLI}`, ...line.split(" ")];
  const argv = ns.argv(["chroot", await ensureOracle(), ...words]);
  for (let tries = 0;; tries++) {
    const { success, stdout, stderr } = await run(argv);
    if (!success) throw new Error(`rtpengine-ctl ${line}: ${stderr}`);
    if (stdout !== "" || tries === 2) return stdout;
  }
}

/** Cuts what was received into intervals, at its first name. */
function blocks(lines: readonly string[]): string[][] {
  const found: string[][] = [];
  for (const line of lines.slice(1)) {
    if (line.startsWith("site.ping_time_min ")) found.push([]);
    found.at(-1)?.push(line);
  }
  return found;
}
