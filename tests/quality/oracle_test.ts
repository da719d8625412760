import assert from "node:assert/strict";
import { oracleUnavailable } from "../oracle/mod.ts";
import { netnsUnavailable, type NgMessage, say, sleep, toBytes } from "../support/mod.ts";
import { differences } from "./compare.ts";
import { type ReadHep, readHep } from "./hep.ts";
import { type Packet, readCompound } from "./packets.ts";
import { type CallOptions, connect, type Party, type Player, PLAYERS, Stage } from "./stage.ts";

const reason = oracleUnavailable() ?? await netnsUnavailable();
if (reason !== undefined) say(`quality tests are ignored: ${reason}`);
const ignore = reason !== undefined;

const A = 0x11111111;
const B = 0x22222222;
const C = 0x33333333;

/** What the parties of one call do. */
interface Scene extends CallOptions {
  readonly play: (parties: { readonly a: Party; readonly b: Party }) => Promise<void>;
}

/** Both report, one leg of 60 and one of 30 ms. */
async function converse(a: Party, b: Party, payloadType = 8, clock = 8): Promise<void> {
  await a.media(A, 10, payloadType);
  await b.media(B, 10, payloadType);
  await a.report(A, "SR");
  await b.report(B, "SR");
  await sleep(100);
  await b.report(B, "SR", { ssrc: A, leg: 60, fraction: 20, lost: 3, jitter: 20 * clock });
  await sleep(500);
  await a.report(A, "SR", { ssrc: B, leg: 30, fraction: 10, lost: 5, jitter: 10 * clock });
  await sleep(600);
  await b.report(B, "RR", { ssrc: A, leg: 60, fraction: 3, lost: 4, jitter: 5 * clock });
  await b.report(B, "RR", { ssrc: A, leg: 60, fraction: 25, lost: 9, jitter: 9 * clock });
}

const SCENES: readonly Scene[] = [
  { call: "plain", play: ({ a, b }) => converse(a, b) },
  { call: "muxed", attributes: "a=rtcp-mux\r\n", play: ({ a, b }) => converse(a, b) },
  {
    call: "opus",
    formats: "96",
    attributes: "a=rtpmap:96 opus/48000/2\r\n",
    play: ({ a, b }) => converse(a, b, 96, 48),
  },
  {
    call: "only one reports",
    async play({ a, b }) {
      await a.media(A, 5, 8);
      await b.media(B, 5, 8);
      await a.report(A, "SR");
      await sleep(80);
      await b.report(B, "RR", { ssrc: A, leg: 40, lost: 1 });
    },
  },
  {
    call: "no media, no reports",
    play: async () => {},
  },
  {
    call: "one way",
    async play({ a, b }) {
      await a.media(A, 5, 8);
      await a.report(A, "SR");
      await b.report(B, "RR", { ssrc: A, lastSr: 0, delay: 0 });
    },
  },
  {
    call: "two sources",
    async play({ a, b }) {
      await a.media(A, 5, 8);
      await b.media(B, 5, 8);
      await a.media(C, 5, 8);
      await a.report(C, "SR");
    },
  },
];

/** Calls that have been made, those of attempts that failed too. */
const made: string[] = [];

/**
 * Plays a scene to both. What they measure is time, which a busy machine stretches for one of them: what
 * differs has to do so three times.
 */
async function compare(stage: Stage, scene: Scene): Promise<string[]> {
  let found: string[] = [];
  for (const suffix of ["", " again", " and again"]) {
    const call = scene.call + suffix;
    made.push(call);
    const [theirs, ours] = await Promise.all(
      PLAYERS.map((player) => perform(stage, player, { ...scene, call })),
    ) as [NgMessage, NgMessage];
    found = differences(theirs, ours);
    if (found.length === 0) break;
  }
  return found;
}

/** Plays a scene to one player. */
async function perform(stage: Stage, player: Player, scene: Scene): Promise<NgMessage> {
  await scene.play(await connect(stage, player, scene));
  await sleep(150);
  return await stage.ask(player, { command: "query", "call-id": scene.call });
}

Deno.test("query and statistics tell of RTCP what rtpengine tells", { ignore }, async (test) => {
  await using stage = await Stage.open(
    ...["--mos=CQ", "--log-facility-cdr=local1", "--log-facility-rtcp=local2"],
  );
  for (const scene of SCENES) {
    await test.step(scene.call, async () => {
      assert.deepEqual(await compare(stage, scene), []);
    });
  }
  await test.step("Homer is told the same", async () => {
    const [theirs, ours] = await Promise.all(PLAYERS.map(async (player) => {
      const got = await stage.homer[player].take();
      return got.map(({ data }) => readHep(toBytes(data)));
    })) as [ReadHep[], ReadHep[]];
    const shape = (captures: ReadHep[]) =>
      captures.filter(({ text }) => !text.includes('"ping"') && !text.includes('"pong"'))
        .map(({ chunks, protocol, correlation, text }) => {
          const keys = protocol === 5 ? shapeOf(JSON.parse(text)) : text.split(" ")[1]!.slice(0, 8);
          return JSON.stringify([chunks, protocol, correlation, keys]);
        }).sort();
    assert.deepEqual(shape(ours), shape(theirs));
    assert(ours.length > 30, `${ours.length} captures`);
  });
  await test.step("deleted calls are summed up", async () => {
    const sums = async (player: Player) => {
      for (const call of made) {
        await stage.ask(player, { command: "delete", "call-id": call, "delete delay": 0 });
      }
      const reply = await stage.ask(player, { command: "statistics" });
      const { mos, voip_metrics } = reply["statistics"] as { [key: string]: NgMessage };
      const voip = voip_metrics!;
      const names = ["jitter", "packetloss"].flatMap((
        name,
      ) => [`${name}_total`, `${name}2_total`, `${name}_samples_total`]);
      names.push("rtt_e2e_samples_total", "rtt_dsct_samples_total");
      return [
        ...["mos_total", "mos2_total", "mos_samples_total"].map((name) => Number(mos![name])),
        ...names.map((name) => Number(voip[name])),
      ];
    };
    const [theirs, ours] = await Promise.all(PLAYERS.map(sums)) as [number[], number[]];
    // a tenth for each score, should a round trip have been stretched
    const samples = ours[2]!;
    assert(Math.abs(ours[0]! - theirs[0]!) <= samples * 0.1 + 1e-6, `${ours} ≠ ${theirs}`);
    assert(Math.abs(ours[1]! - theirs[1]!) <= samples * 0.9 + 1e-6, `${ours} ≠ ${theirs}`);
    assert.deepEqual(ours.slice(2), theirs.slice(2));
    assert(samples >= 6, `${samples} scores`);
  });
  await test.step("calls and RTCP are in the log", () => {
    const rtcp = stage.log.filter((line) => /\[plain\]: \[rtcp\] version=2, /.test(line));
    assert.equal(rtcp.length, 6);
    assert.match(
      rtcp[2]!,
      /payloadtype=200, .* fraction_lost=20, packet_loss=3, .*payloadtype=202/,
    );
    const records = stage.log.filter((line) => line.includes("ci="));
    assert.equal(records.length, made.length);
    assert.match(records[0]!, /ci=plain, created_from=127\.0\.0\.1:\d+, .*_termination=REGULAR, /);
    assert.match(records[0]!, /ml0_midx1_rtcp_relayed_packets=2, /);
  });
});

/** Keys of JSON in their order, with types for values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.entries(value).map(([key, member]) => [key, shapeOf(member)]);
}

Deno.test("scores follow the option mos as rtpengine's do", { ignore }, async (test) => {
  for (const mos of ["LQ", "legacy", "G.107.2"]) {
    await test.step(mos, async () => {
      await using stage = await Stage.open(`--mos=${mos}`, "--ssrc-reporting=inline");
      for (const scene of SCENES.slice(0, 3)) {
        assert.deepEqual(await compare(stage, scene), [], scene.call);
      }
    });
  }
});

Deno.test(
  "generate RTCP sends what rtpengine sends, with right sums and times",
  { ignore },
  async () => {
    await using stage = await Stage.open("--rtcp-interval=1000");
    const run = async (player: Player) => {
      const scene = { call: "generated", keys: { "generate RTCP": "on" } };
      const { a, b } = await connect(stage, player, scene);
      const got: Packet[][] = [];
      const began = Date.now();
      await a.media(A, 20, 8);
      await b.media(B, 20, 8);
      await b.report(B, "SR");
      await a.report(A, "SR");
      while (got.length < 1 && Date.now() - began < 6000) {
        await a.media(A, 20, 8);
        await b.media(B, 20, 8);
        got.push(...(await a.received()).map(readCompound));
      }
      const reply = await stage.ask(player, { command: "query", "call-id": "generated" });
      const { medias } = (reply["tags"] as { [tag: string]: NgMessage })["A"]!;
      return { first: got[0], flags: (medias as NgMessage[])[0]!["flags"] };
    };
    const [theirs, ours] = await Promise.all(PLAYERS.map(run));
    const shape = (packets: Packet[] | undefined) =>
      packets?.map(({ type, ssrc, blocks, cname }) => [
        type,
        ssrc,
        blocks.map((block) => [block.ssrc, block.fraction, block.lost, block.lastSr !== 0]),
        /^[0-9a-f]{12}$/.test(cname),
      ]);
    assert.deepEqual(shape(ours!.first), shape(theirs!.first));
    assert.deepEqual(ours!.flags, theirs!.flags);
    const [sr] = ours!.first!;
    const [seconds, fraction, timestamp, packets, octets] = sr!.sender as [
      ...[number, number, number, number, number],
    ];
    assert.equal(octets, packets * 160);
    assert(
      Math.abs((seconds - 2_208_988_800) * 1000 + fraction / 2 ** 32 * 1000 - Date.now()) < 5000,
    );
    // the last packet had the timestamp of its sequence number
    const last = (65_500 + packets - 1) * 160;
    const ahead = timestamp - last;
    assert(ahead >= 0 && ahead < 8 * 1500, `${ahead} timestamp units after the last packet`);
    const { delay, lastSr, sequence } = sr!.blocks[0]!;
    assert(lastSr !== 0 && delay > 0 && delay < 65536 * 6);
    assert(sequence >= 65_519 && sequence < 66_500, `highest sequence ${sequence}`);
  },
);
