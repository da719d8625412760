import assert from "node:assert/strict";
import { addresses, Bench, type Keys, portOf, type Reply } from "./fixture_test_support.ts";
import { parseSdp } from "../sdp/mod.ts";
import { A, AUDIO, AUDIO_B, B } from "./scenario_test_support.ts";
import { mutate, type Pick, random } from "../core/random_test_support.ts";

const BODIES = [
  A + AUDIO + "a=rtcp-mux\na=mid:x\nm=video 4002 RTP/AVPF 96\na=rtpmap:96 VP8/90000\na=sendonly\n",
  B + AUDIO_B + "m=image 5004 udptl t38\nm=message 9 TCP/MSRP *\na=path:x\n",
  "v=0\no=- 1 1 IN IP6 2001:db8::2\ns=-\nc=IN IP6 ::\nt=0 0\nm=audio 0 RTP/SAVP 0\na=crypto:1 x y\n",
];
const PIECES = [
  "\n",
  "\r\n",
  "=",
  ":",
  " ",
  "\x00",
  "\xff",
  "m=audio 9 RTP/AVP 0\n",
  "0",
  "IN IP4 ",
];
const TAGS = ["a", "b", "c", ""];
const LABELS = ["one", "two", ""];
const SCOPES = ["none", "all", "offer-answer", "except-offer-answer", "flows"];
/** Each as often as it stands here. */
const COMMANDS = [
  ...Array<string>(6).fill("offer"),
  ...Array<string>(6).fill("answer"),
  ...Array<string>(3).fill("query"),
  ...Array<string>(3).fill("delete"),
  ...Array<string>(2).fill("publish"),
  ...Array<string>(3).fill("subscribe request"),
  ...Array<string>(3).fill("subscribe answer"),
  "list",
  "unsubscribe",
  "create",
  "create answer",
  "connect",
  "mesh",
  "block media",
  "unblock media",
  "silence media",
  "unsilence media",
  "block DTMF",
  "unblock DTMF",
];
const FLAGS = [
  "strict-source",
  "port-latching",
  "no-port-latching",
  "asymmetric",
  "original-sendrecv",
  "generate-mid",
  "loop-protect",
  "codec-strip-all",
  "allow-no-codec-media",
  "SIP-source-address",
  "rtcp-mux-require",
  "rtcp-mux-demux",
  "full-rtcp-attribute",
  "to-tag",
  "fatal",
  "new-branch",
  "all",
  "directional",
  "bidirectional",
  "egress",
  "inactive",
  "SIPREC",
  "RTCP-mirror",
  "block-DTMF",
  "debug",
  "codec-accept-any",
  "from-tags-a",
  "from-tags-b",
];

function keys(pick: Pick, command: string, body: string): Keys {
  const chosen: Record<string, string | string[] | number> = {
    "call-id": `c${pick(5)}`,
    "from-tag": TAGS[pick(TAGS.length)]!,
    sdp: body,
    flags: FLAGS.filter(() => pick(8) === 0),
  };
  if (pick(2) === 0) chosen["to-tag"] = TAGS[pick(TAGS.length)]!;
  if (command.includes("subscribe") && pick(4) > 0) chosen["to-tag"] = "s";
  if (pick(3) === 0) chosen["via-branch"] = `br${pick(3)}`;
  if (pick(4) === 0) chosen["address family"] = pick(2) === 0 ? "IP4" : "IP6";
  if (pick(4) === 0) chosen.direction = ["pub", pick(2) === 0 ? "priv" : "nowhere"];
  if (pick(5) === 0) chosen["transport protocol"] = pick(2) === 0 ? "RTP/AVPF" : "RTP/SAVP";
  if (pick(6) === 0) chosen["media echo"] = "both";
  if (pick(9) === 0) chosen["delete delay"] = pick(3);
  if (pick(6) === 0) chosen.label = LABELS[pick(LABELS.length)]!;
  if (pick(9) === 0) chosen["set-label"] = LABELS[pick(LABELS.length)]!;
  if (pick(9) === 0) chosen["to-label"] = LABELS[pick(LABELS.length)]!;
  if (pick(9) === 0) chosen.address = pick(2) === 0 ? "198.51.100.1" : "nowhere";
  if (pick(5) === 0) chosen.all = SCOPES[pick(SCOPES.length)]!;
  if (pick(9) === 0) chosen["alias-key"] = pick(2) === 0 ? "SDP" : "address";
  if (pick(9) === 0) chosen["drop-traffic"] = pick(2) === 0 ? "start" : "stop";
  if (pick(5) === 0) chosen.calls = [`c${pick(5)}`, `c${pick(5)}`];
  if (pick(5) === 0) chosen["to-call-id"] = `c${pick(5)}`;
  return chosen;
}

/** A written description is one we would take ourselves and names only ports of ours. */
function checkReply(bench: Bench, reply: Reply): void {
  if (reply.sdp === undefined) return;
  const { medias } = parseSdp(reply.sdp);
  for (const [i, section] of medias.entries()) {
    const passes = /^(tcp|message )/i.test(`${section.media.protocol} `) ||
      section.media.type === "message";
    const port = portOf(reply, i);
    if (port === 0 || passes) continue;
    assert.ok([...bench.engine.locals.values()].some((local) => local.port === port), reply.sdp);
  }
}

/** The first is varied enough for everything to happen, and the others have found something once. */
const SEEDS = [77, 82, 100, 120];

for (const seed of SEEDS) {
  Deno.test(`6,000 random requests leave no crash, no leak and no half change, seed ${seed}`, () => {
    play(seed);
  });
}

function play(seed: number): void {
  const pick = random(seed);
  const bench = new Bench({ addresses: addresses(30499) });
  const results = new Map<string, number>();
  for (let round = 0; round < 6_000; round++) {
    let body = BODIES[pick(BODIES.length)]!;
    for (let i = pick(4); i > 0; i--) body = mutate(body, pick, PIECES);
    const command = COMMANDS[pick(COMMANDS.length)]!;
    const before = round % 10 === 0 ? bench.snapshot() : undefined;
    const reply = bench.send(command, keys(pick, command, body));
    const result = reply.result === "error" ? reply["error-reason"] : `${command} ${reply.result}`;
    results.set(result, (results.get(result) ?? 0) + 1);
    if (reply.result === "error" && before !== undefined) {
      assert.deepEqual(bench.snapshot(), before, `${command} failed and changed something`);
    }
    // loop protect gives back what it was given
    if (!String(reply.sdp).includes("a=rtpengine")) checkReply(bench, reply);
    if (pick(20) === 0) {
      bench.clock.advance(pick(40_000));
      bench.service.tick();
      bench.service.setForeign(pick(10) === 0);
    }
  }
  assert.ok((results.get("offer ok") ?? 0) > 200, JSON.stringify([...results]));
  assert.ok((results.get("answer ok") ?? 0) > 50, JSON.stringify([...results]));
  assert.ok((results.get("Failed to parse SDP") ?? 0) > 200, JSON.stringify([...results]));
  for (const command of seed === SEEDS[0] ? COMMANDS : []) {
    assert.ok(
      (results.get(`${command} ok`) ?? 0) > 0,
      `${command}: ${JSON.stringify([...results])}`,
    );
  }
  for (const call of [...bench.service.registry.calls()]) {
    bench.send("delete", { "call-id": call.callId, "delete delay": 0 });
  }
  assert.equal(bench.service.registry.size, 0);
  assert.equal(bench.engine.openSlots, 0);
  assert.equal(bench.relay.openPairs, 0);
  const muted = bench.log.filter((line) => line.includes("rule for slot"));
  assert.deepEqual(muted, [], "every rule was one the engine takes");
}
