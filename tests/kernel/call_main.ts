/**
 * Runs in the virtual machine: calls through the daemon and the kernel module, and what goes wrong on the
 * way. Prints a line for each thing that is right or wrong, and the sum.
 *
 * @module
 */

import {
  Daemon,
  describe,
  eventually,
  mediaOf,
  newKey,
  Party,
  type PartyStat,
  rtpStreams,
  say,
  shell,
  sleep,
  tidy,
} from "./lab.ts";
import type { NgMessage } from "../support/ng_codec.ts";
import { flowsOf, isWhole } from "./capture_file.ts";

let passed = 0;
let failed = 0;

function check(right: boolean, what: string, why: unknown = ""): void {
  if (right) passed++;
  else failed++;
  say(`${right ? "ok  " : "FAIL"} ${what}${right ? "" : `: ${JSON.stringify(why)}`}`);
}

/** One instance: both lines are those of the manual, to the letter. */
const START = "/usr/bin/rtpengine --table=0 --interface=10.64.73.31 --interface=2001:db8::4f3:3d " +
  "--listen-ng=127.0.0.1:2223 --tos=184 --pidfile=/run/rtpengine.pid --no-fallback";
const RULES = [
  "modprobe xt_RTPENGINE",
  "iptables -I INPUT -p udp -j RTPENGINE --id 0",
  "ip6tables -I INPUT -p udp -j RTPENGINE --id 0",
];
const DELETE = "echo 'del 0' > /proc/rtpengine/control";
/** No hook of the module's own: the firewall rule has to do. */
const BY_RULE = { RTPEDGE_KERNEL_HOOK: "off" };

/** A call between two parties. */
interface Call {
  readonly id: string;
  readonly a: Party;
  readonly b: Party;
  /** Where A sends to, and B. */
  toA: { address: string; port: number };
  toB: { address: string; port: number };
}

let numbers = 0;

/** Family of a party's address, as the daemon is told it. */
function family({ address }: Party): string {
  return address.includes(":") ? "IP6" : "IP4";
}

async function call(
  daemon: Daemon,
  a: Party,
  b: Party,
  flags: readonly string[] = [],
): Promise<Call> {
  const id = `call-${++numbers}`;
  const common = { "call-id": id, "from-tag": "a", flags, replace: ["origin"] };
  const offer = await daemon.ask({
    command: "offer",
    ...common,
    "address family": family(b),
    sdp: a.sdp(),
  });
  const answer = await daemon.ask({
    command: "answer",
    ...common,
    "to-tag": "b",
    "address family": family(a),
    sdp: b.sdp(),
  });
  return { id, a, b, toA: mediaOf(answer["sdp"]), toB: mediaOf(offer["sdp"]) };
}

async function over(daemon: Daemon, { id }: Call): Promise<void> {
  await daemon.ask({ command: "delete", "call-id": id, "delete-delay": 0, "from-tag": "a" });
}

/** Both send 50 packets a second until they are told otherwise. */
async function talk({ a, b, toA, toB }: Call): Promise<void> {
  await a.send(toA, 0xa, 1_000_000);
  await b.send(toB, 0xb, 1_000_000);
}

async function kernelized(daemon: Daemon, { id }: Call, want = 2): Promise<void> {
  await eventually(`${want} streams of ${id} are in the kernel`, async () => {
    const streams = rtpStreams(await daemon.ask({ command: "query", "call-id": id }));
    const found = streams.filter(({ flags }) => (flags as string[]).includes("kernelized"));
    return found.length === want ? true : undefined;
  }).catch(async (error) => {
    throw new Error(`${error.message}; ${await daemon.cli(`list sessions ${id}`)}`);
  });
}

/** Packets of a while by where they were handled. */
async function during(
  daemon: Daemon,
  work: () => Promise<unknown>,
): Promise<{ user: number; kernel: number }> {
  const before = await daemon.packets();
  await work();
  const after = await daemon.packets();
  return { user: after.user - before.user, kernel: after.kernel - before.kernel };
}

/** Nothing is missing, twice, or from somebody else. */
function whole({ received, lost, duplicates, sources }: PartyStat): boolean {
  return received > 0 && lost === 0 && duplicates === 0 && sources <= 1;
}

async function heardWell(parties: readonly Party[], what: string): Promise<void> {
  const stats = await Promise.all(parties.map((party) => party.stat()));
  check(stats.every(whole), what, stats);
}

async function resetAll(...parties: readonly Party[]): Promise<void> {
  for (const party of parties) await party.reset();
}

/** The manual's sequence, a call, a new offer, a missing rule, a missing module, a kill. */
async function one(): Promise<void> {
  for (const line of RULES) await shell(line);
  await shell(DELETE, true);
  const data = {
    ...BY_RULE,
    RTPEDGE_DATA_DIR: "/tmp/one",
    RTPEDGE_JOURNAL: "/tmp/one/calls.sqlite",
  };
  let daemon = await Daemon.start(START, 2223, data);
  check((await shell("cat /proc/rtpengine/list")).trim() === "0", "the daemon has made its table");
  const a = new Party("n1", "10.64.73.41", 4000);
  const b = new Party("n2", "192.168.65.41", 4000);
  const first = await call(daemon, a, b);
  await talk(first);
  await kernelized(daemon, first);
  check(true, "a call that is learned goes to the kernel");
  await sleep(500);
  const share = await during(daemon, () => sleep(2000));
  check(share.kernel > 150 && share.user === 0, "then user space sees none of its packets", share);
  const list = await shell("cat /proc/rtpengine/0/list");
  const counted = [...list.matchAll(/stats: +\d+ bytes, +(\d+) packets/g)].map(([, n]) =>
    Number(n)
  );
  check(counted.filter((n) => n > 50).length >= 2, "the list of the table counts them", list);
  const [heard] = rtpStreams(await daemon.ask({ command: "query", "call-id": first.id }));
  const types = heard?.["payload types"] as NgMessage[] | undefined;
  const total = Number((heard?.["stats"] as NgMessage | undefined)?.["packets"]);
  check(
    types?.length === 1 && types[0]?.["payload type"] === 0 &&
      Math.abs(Number(types[0]["packets"]) - total) <= 2 && Number(types[0]["packets"]) > 100,
    "packets are counted by payload type, in user space and in the kernel together",
    heard,
  );
  check((await a.stat()).sources === 1, "each hears the other");
  await heardWell([a, b], "nothing was lost on the way into the kernel");
  await reoffer(daemon, first);
  await ruleMissing(daemon, first);
  await moduleMissing(daemon, first);
  daemon = await killed(daemon, first, data);
  await over(daemon, first);
  await a.send(first.toA, 0xa, 0);
  await b.send(first.toB, 0xb, 0);
  await sleep(1200);
  check(
    !/local/.test(await shell("cat /proc/rtpengine/0/list")),
    "a call that ends leaves no port in the kernel",
  );
  await ways(daemon, a, b);
  await Promise.all([a.end(), b.end()]);
  await daemon.end();
  const left = await shell("cat /proc/rtpengine/list");
  check(left.trim() === "", "the daemon takes its table with it", left);
}

async function reoffer(daemon: Daemon, talking: Call): Promise<void> {
  const { id, a, b } = talking;
  await resetAll(a, b);
  const common = { "call-id": id, "from-tag": "a", replace: ["origin"] };
  let moved: NgMessage = {};
  // it may be back there before anybody can ask
  const share = await during(daemon, async () => {
    moved = await daemon.ask({
      command: "offer",
      ...common,
      flags: ["port latching"],
      sdp: a.sdp(2),
    });
    await daemon.ask({ command: "answer", ...common, "to-tag": "b", sdp: b.sdp(2) });
    await kernelized(daemon, talking);
    await sleep(500);
  });
  check(share.user > 0, "a new offer takes the stream back", share);
  check(mediaOf(moved["sdp"]).port === talking.toB.port, "on the same ports");
  await kernelized(daemon, talking);
  await heardWell([a, b], "and it goes there again, without a gap");
}

async function ruleMissing(daemon: Daemon, talking: Call): Promise<void> {
  const { id, a, b } = talking;
  await resetAll(a, b);
  await shell("iptables -D INPUT -p udp -j RTPENGINE --id 0");
  const why = await eventually("the missing rule is noticed", async () => {
    const streams = rtpStreams(await daemon.ask({ command: "query", "call-id": id }));
    const reasons = streams.map((stream) => stream["not in kernel"]);
    return reasons.every((reason) => reason !== undefined) ? reasons : undefined;
  });
  check(/do not get to/.test(String(why[0])), "without a firewall rule the reason is told", why);
  check(/kernel-hook=input/.test(await daemon.log()), "and so is what to do");
  await shell("iptables -I INPUT -p udp -j RTPENGINE --id 0");
  await kernelized(daemon, talking);
  await heardWell([a, b], "with the rule back they are in the kernel, and nothing was lost");
}

async function moduleMissing(daemon: Daemon, talking: Call): Promise<void> {
  const { a, b } = talking;
  await shell("iptables -F INPUT; ip6tables -F INPUT");
  await resetAll(a, b);
  const before = await daemon.packets();
  await shell("rmmod rtpedge");
  await sleep(2500);
  await heardWell([a, b], "the module is taken away and nothing is lost");
  const gone = await daemon.packets();
  check(gone.kernel >= before.kernel && gone.user > before.user, "counters stay", { before, gone });
  check(/has gone/.test(await daemon.log()), "the log says so");
  for (const line of RULES) await shell(line);
  await eventually("the module is found again", async () => {
    return /kernel table 0 is in use/.test(await daemon.log()) ? true : undefined;
  });
  await kernelized(daemon, talking);
  check(true, "and goes on when it is back");
}

async function killed(
  daemon: Daemon,
  talking: Call,
  env: Record<string, string>,
): Promise<Daemon> {
  const { id, a, b } = talking;
  const total = async (from: Daemon) => {
    const streams = rtpStreams(await from.ask({ command: "query", "call-id": id }));
    return streams.map(({ stats }) => Number((stats as { packets: number }).packets));
  };
  // the journal gathers changes
  await sleep(1500);
  await resetAll(a, b);
  const before = await total(daemon);
  await daemon.end("SIGKILL");
  await sleep(2000);
  await heardWell([a, b], "the daemon is killed and its streams go on");
  const again = await Daemon.start(START, 2223, env);
  await kernelized(again, talking);
  await heardWell([a, b], "the next one takes the table over, without a gap");
  const sent = await a.stat();
  const after = await total(again);
  check(
    after.every((packets, i) => packets >= (before[i] ?? 0) + sent.received - 100),
    "and goes on counting where it was",
    { before, after, sent },
  );
  await resetAll(a, b);
  const share = await during(again, () => sleep(1500));
  check(share.kernel > 100 && share.user === 0, "nothing of it comes to user space", share);
  return again;
}

/** Media that flows one way; IPv6 on one side. */
async function ways(daemon: Daemon, a: Party, b: Party): Promise<void> {
  const still = await call(daemon, a, b);
  await a.send(still.toA, 0xa1, 1_000_000);
  const why = await eventually("a stream that nobody answers is learned", async () => {
    const [from] = rtpStreams(await daemon.ask({ command: "query", "call-id": still.id }));
    return /destination/.test(String(from?.["not in kernel"])) ? from : undefined;
  });
  check(why !== undefined, "media that flows one way stays in user space");
  await a.send(still.toA, 0xa1, 0);
  const single = await call(daemon, a, b, ["unidirectional"]);
  await a.send(single.toA, 0xa2, 1_000_000);
  await kernelized(daemon, single, 1);
  check(true, "unless it is said to be unidirectional");
  await a.send(single.toA, 0xa2, 0);
  const six = new Party("n1", "2001:db8::4f3:41", 4002);
  const mixed = await call(daemon, six, b);
  await six.send(mixed.toA, 0xa3, 1_000_000);
  await b.send(mixed.toB, 0xb3, 1_000_000);
  await kernelized(daemon, mixed);
  await six.reset();
  await sleep(700);
  await heardWell([six], "IPv6 on one side and IPv4 on the other, in the kernel");
  await six.end();
  await b.send(mixed.toB, 0xb3, 0);
  // who has calls leaves them and the table to the next one
  for (const one of [still, single, mixed]) await over(daemon, one);
}

/** Two instances with two tables, by the manual. */
async function two(): Promise<void> {
  await shell("iptables -F INPUT; ip6tables -F INPUT; modprobe xt_RTPENGINE");
  await shell("iptables -I INPUT -p udp -d 10.64.73.31 -j RTPENGINE --id 0");
  await shell("iptables -I INPUT -p udp -d 192.168.65.73 -j RTPENGINE --id 1");
  await shell("echo 'del 0' > /proc/rtpengine/control", true);
  await shell("echo 'del 1' > /proc/rtpengine/control", true);
  const daemons = await Promise.all([
    Daemon.start(
      "/usr/bin/rtpengine --table=0 --interface=10.64.73.31 --listen-ng=127.0.0.1:2223 --tos=184 " +
        "--pidfile=/run/rtpengine-10.pid --no-fallback",
      2223,
      { ...BY_RULE, RTPEDGE_DATA_DIR: "/tmp/ten" },
    ),
    Daemon.start(
      "/usr/bin/rtpengine --table=1 --interface=192.168.65.73 --listen-ng=127.0.0.1:2224 --tos=184 " +
        "--pidfile=/run/rtpengine-192.pid --no-fallback",
      2224,
      { ...BY_RULE, RTPEDGE_DATA_DIR: "/tmp/192" },
    ),
  ]);
  check(
    (await shell("cat /proc/rtpengine/list")).trim() === "0\n1",
    "two instances have two tables",
  );
  const parties = [10, 11, 12, 13].map((n) =>
    n % 2 === 0
      ? new Party("n1", "10.64.73.41", 4000 + n)
      : new Party("n2", "192.168.65.41", 4000 + n)
  );
  for (const [i, daemon] of daemons.entries()) {
    const made = await call(daemon, parties[i * 2]!, parties[i * 2 + 1]!);
    await talk(made);
    await kernelized(daemon, made);
  }
  await resetAll(...parties);
  const shares = await Promise.all(daemons.map((daemon) => during(daemon, () => sleep(1500))));
  check(
    shares.every(({ user, kernel }) => user === 0 && kernel > 100),
    "each forwards its own streams in the kernel",
    shares,
  );
  await heardWell(parties, "and loses nothing");
  for (const party of parties) await party.end();
  for (const daemon of daemons) await daemon.end();
}

/** The module's own hook instead of firewall rules, and no module at all. */
async function bare(): Promise<void> {
  await shell("iptables -F INPUT; ip6tables -F INPUT; modprobe xt_RTPENGINE");
  const env = { RTPEDGE_DATA_DIR: "/tmp/bare", RTPEDGE_KERNEL_HOOK: "early" };
  const daemon = await Daemon.start(START, 2223, env);
  const a = new Party("n1", "10.64.73.41", 4020);
  const b = new Party("n2", "192.168.65.41", 4020);
  const made = await call(daemon, a, b);
  await talk(made);
  await kernelized(daemon, made);
  await resetAll(a, b);
  const share = await during(daemon, () => sleep(1500));
  check(share.user === 0 && share.kernel > 100, "an early hook needs no firewall rule", share);
  await Promise.all([a.end(), b.end()]);
  await daemon.end();
  await shell("rmmod rtpedge");
  const refused = await shell(
    `RTPEDGE_DATA_DIR=/tmp/none RTPEDGE_CACHE_DIR=/tmp/cache ${START}`,
    true,
  );
  check(
    /kernel module is not loaded.*no-fallback/.test(refused),
    "without the module no-fallback does not start",
    refused,
  );
}

/** Packets come to the module by a mark of nftables; and a call there is captured. */
async function marked(): Promise<void> {
  await shell("iptables -F INPUT; ip6tables -F INPUT; modprobe xt_RTPENGINE");
  const env = {
    RTPEDGE_DATA_DIR: "/tmp/marked",
    RTPEDGE_ACCESS_DB: "access.sqlite",
    RTPEDGE_KERNEL_HOOK: "input",
    RTPEDGE_KERNEL_MARK: "29300",
  };
  const daemon = await Daemon.start(START, 2223, env);
  const a = new Party("n1", "10.64.73.41", 4050);
  const b = new Party("n2", "192.168.65.41", 4050);
  const made = await call(daemon, a, b);
  await talk(made);
  const obstacles = async () =>
    rtpStreams(await daemon.ask({ command: "query", "call-id": made.id }))
      .map((stream) => stream["not in kernel"]);
  const why = await eventually("packets without a mark are missed", async () => {
    const reasons = await obstacles();
    return reasons.every((reason) => /do not get to/.test(String(reason))) ? reasons : undefined;
  });
  check(why.length === 2, "the hook takes no packets without the mark", why);
  await shell("nft add table inet marks");
  await shell("nft 'add chain inet marks in { type filter hook input priority 0; }'");
  const mark = "udp dport 1024-65535 meta mark set 29300";
  await shell(`nft add rule inet marks in ip saddr ${a.address} ${mark}`);
  await kernelized(daemon, made, 1);
  await sleep(1500);
  check(
    (await obstacles()).filter((reason) => reason !== undefined).length === 1,
    "a rule of nftables that marks one side brings that side alone",
    await obstacles(),
  );
  await shell(`nft add rule inet marks in ${mark}`);
  await kernelized(daemon, made);
  await resetAll(a, b);
  const share = await during(daemon, () => sleep(1500));
  check(share.user === 0 && share.kernel > 100, "with the mark both are in the kernel", share);
  await captured(daemon, made);
  await shell("nft delete table inet marks");
  await Promise.all([a.end(), b.end()]);
  await daemon.end();
}

/** A capture takes a stream out of the kernel for as long as it lasts. */
async function captured(daemon: Daemon, talking: Call): Promise<void> {
  const { id, a, b, toA, toB } = talking;
  await resetAll(a, b);
  const ctl = "RTPEDGE_DATA_DIR=/tmp/marked RTPEDGE_CACHE_DIR=/tmp/cache /disk/rtpedge/rtpedge ctl";
  const share = await during(
    daemon,
    () => shell(`${ctl} capture ${id} --seconds 2 --file /tmp/call.pcapng`),
  );
  check(share.user > 100, "a capture brings a stream up", share);
  const flows = flowsOf(await Deno.readFile("/tmp/call.pcapng"));
  const at = (end: { address: string; port: number }) => `${end.address}:${end.port}`;
  const wanted = [
    `${at(a)}>${at(toA)}`,
    `${at(toB)}>${at(b)}`,
    `${at(b)}>${at(toB)}`,
    `${at(toA)}>${at(a)}`,
  ];
  check(
    flows.size === 4 && wanted.every((flow) => {
      const sequence = flows.get(flow) ?? [];
      return sequence.length > 50 && isWhole(sequence);
    }),
    "and has every packet of its time, in and out, both ways",
    [...flows].map(([flow, sequence]) => [flow, sequence.length, isWhole(sequence)]),
  );
  await kernelized(daemon, talking);
  await heardWell([a, b], "then it goes back, and nobody has missed a packet");
}

/** A call under keys on both sides, other ones on each. */
async function keys(): Promise<void> {
  await shell("iptables -F INPUT; ip6tables -F INPUT; modprobe xt_RTPENGINE");
  const env = { RTPEDGE_DATA_DIR: "/tmp/keys", RTPEDGE_JOURNAL: "/tmp/keys/calls.sqlite" };
  let daemon = await Daemon.start(START, 2223, env);
  const [keyA, keyB] = [newKey(), newKey()];
  const common = { "call-id": "secure", "from-tag": "a", replace: ["origin"], SDES: ["no-ice"] };
  const offer = await daemon.ask({
    command: "offer",
    ...common,
    sdp: describe("10.64.73.41", 4030, keyA),
  });
  const answer = await daemon.ask({
    command: "answer",
    ...common,
    "to-tag": "b",
    sdp: describe("192.168.65.41", 4030, keyB),
  });
  const [toA, toB] = [mediaOf(answer["sdp"]), mediaOf(offer["sdp"])];
  const a = new Party("n1", "10.64.73.41", 4030, { own: keyA, other: toA.key });
  const b = new Party("n2", "192.168.65.41", 4030, { own: keyB, other: toB.key });
  const made: Call = { id: "secure", a, b, toA, toB };
  await talk(made);
  await kernelized(daemon, made);
  await sleep(500);
  const share = await during(daemon, () => sleep(1500));
  check(share.kernel > 100 && share.user === 0, "SRTP is opened and sealed in the kernel", share);
  await heardWell([a, b], "nothing was lost on the way there, or not authentic");
  await resetAll(a, b);
  for (const version of [2, 3]) {
    await daemon.ask({
      command: "offer",
      ...common,
      sdp: describe("10.64.73.41", 4030, keyA, version),
    });
    await daemon.ask({
      command: "answer",
      ...common,
      "to-tag": "b",
      sdp: describe("192.168.65.41", 4030, keyB, version),
    });
    await kernelized(daemon, made);
  }
  await heardWell([a, b], "offered again, keys and rollover counters stay");
  await resetAll(a, b);
  await sleep(1500);
  await daemon.end("SIGKILL");
  daemon = await Daemon.start(START, 2223, env);
  await kernelized(daemon, made);
  await heardWell([a, b], "SRTP goes on when the daemon is killed, and when it is back");
  await Promise.all([a.end(), b.end()]);
  await daemon.end();
}

/** What a party has heard, once nothing is left to hear. */
async function settled(party: Party): Promise<PartyStat> {
  for (let last = -1;;) {
    const stat = await party.stat();
    if (stat.received === last) return stat;
    last = stat.received;
    await sleep(500);
  }
}

/** A stream with keys, moved a hundred times; then with every packet sent twice. */
async function moves(): Promise<void> {
  await shell("iptables -F INPUT; ip6tables -F INPUT; modprobe xt_RTPENGINE");
  for (const twice of [false, true]) {
    const [keyA, keyB] = [newKey(), newKey()];
    const a = new Party("n1", "10.64.73.41", 4040, { own: keyA, other: keyB });
    const b = new Party("n2", "192.168.65.41", 4040, { own: keyA, other: keyB });
    await a.twice(twice);
    // it listens by the time it answers
    await b.stat();
    const mover = new Deno.Command("/disk/moves", {
      args: ["10.64.73.31", "10.64.73.41", "4040", "192.168.65.41", "4040", keyA, keyB, "100"],
      stdout: "piped",
    }).spawn();
    const lines = mover.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("ready")) text += (await lines.read()).value;
    await a.send({ address: "10.64.73.31", port: 20000 }, 0xa, 1_000_000, 10);
    for (;;) {
      const { value, done } = await lines.read();
      if (done) break;
      text += value;
      // nobody listens any more once it is told
      if (text.includes("}")) await a.send({ address: "10.64.73.31", port: 20000 }, 0xa, 0);
    }
    const { code } = await mover.status;
    const told = JSON.parse(/\{.*\}/.exec(text)?.[0] ?? "{}");
    const heard = await settled(b);
    const what = twice ? "with every packet sent twice" : "100 moves of a stream with keys";
    check(code === 0 && told.moves === 100, `${what}: all are done`, { code, told });
    check(told.auth === 0 && heard.refused === 0, `${what}: no authentication fails`, told);
    check(heard.lost === 0, `${what}: no packet is missing`, { told, heard });
    // one that is under way in the kernel while its counters are read is counted by nobody
    check(Math.abs(told.lost) <= 100, `${what}: statistics go along`, told);
    check(heard.duplicates === 0, `${what}: none comes twice`, heard);
    check(heard.reordered <= 200, `${what}: at most one packet out of order per move`, heard);
    say(`     ${JSON.stringify({ told, heard })}`);
    await Promise.all([a.end(), b.end()]);
  }
}

const SCENES: Readonly<Record<string, () => Promise<void>>> = {
  one,
  two,
  bare,
  marked,
  keys,
  moves,
};

const only = Deno.args[0] || Object.keys(SCENES).join(",");
for (const name of only.split(",")) {
  const started = performance.now();
  try {
    await SCENES[name]!();
  } catch (error) {
    check(false, `scene ${name}`, error instanceof Error ? error.message : String(error));
    await tidy();
  }
  say(`     ${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}
const result = `${passed} passed, ${failed} failed, 0 skipped`;
Deno.writeTextFileSync("/tmp/result", `${result}\n`);
Deno.exit(0);
