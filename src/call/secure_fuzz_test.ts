import assert from "node:assert/strict";
import { countingSource } from "../negotiate/secure_test_support.ts";
import { parseSdp, type SdpMedia } from "../sdp/mod.ts";
import { addresses, Bench, type Keys, type Reply } from "./fixture_test_support.ts";
import { one, type Pick, random } from "../core/random_test_support.ts";

const HASH = Array(32).fill("AB").join(":");
const SUITES = ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM", "NULL_HMAC_SHA1_32", "NEW"];
const PROFILES = ["RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVPF"];
const FLAGS = [
  "reject-ICE",
  "trickle-ICE",
  "reset",
  "recrypt",
  "no-tls-id",
  "fragment",
  "WebRTC",
  "SDES-nonew",
  "SDES-static",
  "SDES-prefer",
  "SDES-off",
  "SDES-unencrypted_srtp",
  "OSRTP-offer",
  "OSRTP-accept",
  "rtcp-mux-accept",
  "rtcp-mux-require",
  "BUNDLE-accept",
  "BUNDLE-offer",
  "BUNDLE-reject",
  "generate-mid",
];
/** Tags whose letter is also that of their secrets. */
const TAGS = ["a", "b"] as const;

/** Lines about security, some of them damaged. */
function lines(pick: Pick, tag: string): string[] {
  const some: string[] = [];
  if (pick(2) === 0) {
    const ufrag = `${tag}${pick(3)}`.repeat(2);
    some.push(`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${tag.repeat(pick(12) === 0 ? 3 : 24)}`);
    for (let i = pick(3); i > 0; i--) {
      some.push(
        `a=candidate:${i} ${1 + pick(3)} UDP 1000 192.0.2.${pick(9)} ${pick(70000)} typ host`,
      );
    }
    if (pick(3) === 0) some.push("a=ice-options:trickle", "a=end-of-candidates");
    if (pick(9) === 0) some.push("a=remote-candidates:1 192.0.2.1 9");
  }
  for (let i = pick(4); i > 0; i--) {
    const suite = one(pick, SUITES);
    const length = suite === "AEAD_AES_256_GCM" ? 59 : pick(9) === 0 ? 17 : 40;
    const rest = one(pick, ["", "", "|2^20|1:4", " UNENCRYPTED_SRTP", " NEW=1"]);
    some.push(`a=crypto:${1 + pick(12)} ${suite} inline:${tag.repeat(length)}${rest}`);
  }
  if (pick(2) === 0) {
    some.push(`a=fingerprint:${one(pick, ["sha-256", "sha-256", "md5"])} ${HASH}`);
    some.push(`a=setup:${one(pick, ["actpass", "active", "passive", "holdconn", "x"])}`);
    if (pick(3) === 0) some.push(`a=tls-id:${tag.repeat(20 + pick(3))}`);
  }
  if (pick(2) === 0) some.push("a=rtcp-mux");
  return some;
}

function body(pick: Pick, tag: string): string {
  const sections = Array.from({ length: 1 + pick(3) }, (_, i) => [
    `m=${i === 1 ? "video" : "audio"} ${pick(9) === 0 ? 0 : 4000 + 2 * i} ${one(pick, PROFILES)} 0`,
    `a=mid:${i}`,
    ...lines(pick, tag),
  ]);
  const group = pick(2) === 0 ? [`a=group:BUNDLE ${[...sections.keys()].join(" ")}`] : [];
  const address = pick(6) === 0 ? "0.0.0.0" : "198.51.100.1";
  const head = ["v=0", `o=- 1 1 IN IP4 ${address}`, "s=-", `c=IN IP4 ${address}`, "t=0 0"];
  const session = pick(3) === 0 ? lines(pick, tag) : [];
  const text = [...head, ...group, ...session, ...sections.flat(), ""].join("\r\n");
  if (pick(8) > 0) return text;
  const at = pick(text.length);
  return text.slice(0, at) + one(pick, ["", "\r\n", "a=", ":", "\xff", " "]) +
    text.slice(at + pick(9));
}

/** Words of `ICE` under which it ends here. */
const ENDING = ["remove", "force", "default"];
/** And those under which it may be the parties' own. */
const ANY = [...ENDING, "optional", "force-relay"];

function keys(
  pick: Pick,
  sdp: string,
  from: string,
  to: string,
  words: readonly string[],
): Keys {
  const chosen: Record<string, string | string[]> = {
    "call-id": `c${pick(4)}`,
    "from-tag": from,
    sdp,
    flags: FLAGS.filter(() => pick(12) === 0),
  };
  if (pick(2) === 0) chosen["to-tag"] = to;
  if (pick(3) === 0) chosen["transport protocol"] = one(pick, [...PROFILES, "accept"]);
  if (pick(3) === 0) chosen["ICE"] = one(pick, words);
  if (pick(6) === 0) chosen["ICE-lite"] = one(pick, ["forward", "backward", "both", "off"]);
  if (pick(4) === 0) chosen["DTLS"] = one(pick, ["off", "passive", "active"]);
  return chosen;
}

/** Values of an attribute in all sections. */
function values(medias: readonly SdpMedia[], name: string): string[] {
  return medias.flatMap(({ lines }) =>
    lines.filter((line) => line.name === name).map(({ param }) => param ?? "")
  );
}

/** Nothing that belongs to one party alone reaches the other, and what is written can be read. */
function check(command: string, reply: Reply, writer: string): void {
  const { medias: all, session } = parseSdp(reply.sdp);
  // what is no RTP is none of our business
  const medias = all.filter(({ media }) => PROFILES.includes(media.protocol) && media.port > 0);
  for (const ufrag of values(medias, "ice-ufrag")) assert.doesNotMatch(ufrag, /^[ab]\d[ab]\d$/);
  for (const id of values(medias, "tls-id")) assert.match(id, /^[0-9a-f]{32}$/);
  for (const digest of values(medias, "fingerprint")) assert.match(digest, / 01:02$/);
  const setups = command === "offer" ? ["actpass"] : ["active", "passive"];
  for (const setup of values(medias, "setup")) assert.ok(setups.includes(setup), setup);
  assert.deepEqual(values(medias, "remote-candidates"), []);
  for (const candidate of values(medias, "candidate")) {
    assert.match(
      candidate,
      /^[0-9a-f]+ [12] UDP \d+ (203\.0\.113\.1|2001:db8::1) 3\d{4} typ host$/,
    );
  }
  for (const { lines } of medias) {
    const tags = values([{ lines } as SdpMedia], "crypto").map((line) => line.split(" ")[0]);
    assert.equal(new Set(tags).size, tags.length, `tags of ${writer}'s keys: ${tags}`);
  }
  const own = ["fingerprint", "setup", "crypto", "tls-id", "ice-ufrag"];
  assert.ok(!session.lines.some(({ name }) => own.includes(name)), reply.sdp);
}

Deno.test("4,000 random messages about secure media: no crash, no leak, no half change", () => {
  play(4_000, 20, ENDING, check);
});

Deno.test("1,500 random messages about ICE of the parties' own: no crash, no half change", () => {
  let relayed = 0;
  play(1_500, 21, ANY, (_, { sdp }) => {
    const ours = /^a=candidate:\w+ 1 UDP \d+ 203\.0\.113\.1 /m;
    if (/^a=ice-ufrag:[ab]\d[ab]\d\r$/m.test(sdp) && ours.test(sdp)) relayed++;
  });
  assert.ok(relayed > 20, `only ${relayed} descriptions were handed on`);
});

/** Plays messages. @param inspect looks at every description that is written */
function play(
  rounds: number,
  seed: number,
  words: readonly string[],
  inspect: (command: string, reply: Reply, writer: string) => void,
): void {
  const pick = random(seed);
  const bench = new Bench({ addresses: addresses(30499), source: countingSource() });
  const results = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    const [from, to] = pick(2) === 0 ? TAGS : TAGS.toReversed();
    const command = pick(5) < 3 ? "offer" : "answer";
    const writer = command === "offer" ? from : to;
    const message = keys(pick, body(pick, writer!), from!, to!, words);
    const before = round % 10 === 0 ? bench.snapshot() : undefined;
    const reply = bench.send(
      command,
      command === "answer" ? { ...message, "to-tag": to! } : message,
    );
    const result = `${command} ${reply["error-reason"] ?? reply.result}`;
    results.set(result, (results.get(result) ?? 0) + 1);
    if (reply.result === "error" && before !== undefined) {
      assert.deepEqual(bench.snapshot(), before, `${command} failed and changed something`);
    }
    if (reply.sdp !== undefined) inspect(command, reply, writer!);
    if (pick(40) === 0) {
      bench.send("delete", { "call-id": `c${pick(4)}`, "delete delay": 0 });
      bench.clock.advance(pick(1000));
      bench.service.runSecure();
    }
  }
  for (const wanted of ["offer ok", "answer ok"]) {
    assert.ok((results.get(wanted) ?? 0) > rounds / 8, JSON.stringify([...results]));
  }
  for (const call of [...bench.service.registry.calls()]) {
    bench.send("delete", { "call-id": call.callId, "delete delay": 0 });
  }
  assert.equal(bench.engine.openSlots, 0);
  const refused = bench.log.filter((line) => line.includes("rule for slot"));
  assert.deepEqual(refused, [], "every rule was one the engine takes");
}
