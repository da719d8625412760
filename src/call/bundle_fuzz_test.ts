import assert from "node:assert/strict";
import { addresses, Bench, portOf, type Reply } from "./fixture_test_support.ts";
import { A, B } from "./scenario_test_support.ts";
import { type Pick, random } from "../core/random_test_support.ts";

const MODES = ["accept", "offer", "require", "strict", "reject"];
const SECTIONS = 4;

/** A description with random groups, names, rejected sections and extensions. */
function body(head: string, pick: Pick): string {
  const count = 1 + pick(SECTIONS);
  const mids = Array.from({ length: count }, (_, i) => pick(5) === 0 ? "" : String(i + 1));
  let text = head.replace(" 1 IN", ` ${pick(99)} IN`);
  for (let i = pick(3); i > 0; i--) {
    const group = mids.filter(() => pick(3) > 0);
    if (pick(2) === 0) group.reverse();
    text += `a=group:BUNDLE ${group.join(" ")}\n`;
  }
  for (const [i, mid] of mids.entries()) {
    const port = pick(5) === 0 ? 0 : 4000 + (pick(2) === 0 ? 0 : 2 * i);
    text += `m=audio ${port} RTP/${pick(9) === 0 ? "SAVP" : "AVP"} ${96 + i}\n`;
    text += `a=rtpmap:${96 + i} PCMA/8000\n`;
    if (mid !== "") text += `a=mid:${mid}\n`;
    if (port === 0 && pick(2) === 0) text += "a=bundle-only\n";
    if (pick(2) === 0) text += `a=extmap:${1 + pick(3)} urn:ietf:params:rtp-hdrext:sdes:mid\n`;
    if (pick(3) === 0) text += `a=ssrc:${pick(4)} cname:x\n`;
    if (pick(3) === 0) text += "a=rtcp-mux\n";
  }
  return text;
}

/** What a written description says of ports and groups is true. */
function checkReply(bench: Bench, { sdp }: Reply): void {
  const sections = String(sdp).split(/^(?=m=)/m).slice(1);
  const groups = [...String(sdp).matchAll(/^a=group:BUNDLE (.*)\r$/gm)].map(([, mids]) =>
    mids!.split(" ")
  );
  const mids = sections.map((text) => /^a=mid:(.*)\r$/m.exec(text)?.[1]);
  const named = groups.flat();
  assert.equal(new Set(named).size, named.length, "a section is in one group");
  for (const mid of named) assert.ok(mids.includes(mid), `${mid} is a section\n${sdp}`);
  const owners = new Map<number, number>();
  for (const i of sections.keys()) {
    const port = portOf({ sdp }, i);
    if (port === 0) continue;
    const open = [...bench.engine.locals].find(([, local]) => local.port === port);
    assert.ok(open, `port ${port} is open\n${sdp}`);
    assert.ok(bench.engine.rule(open[0]), `port ${port} has a rule\n${sdp}`);
    const other = owners.get(port);
    owners.set(port, i);
    if (other === undefined) continue;
    const together = groups.some((group) =>
      group.includes(mids[i]!) && group.includes(mids[other]!)
    );
    assert.ok(together, `sections ${other} and ${i} share a port outside of a group\n${sdp}`);
  }
}

for (const seed of [4711, 203, 206, 209]) {
  Deno.test(`2,000 random bundles: ports are shared only in groups, nothing leaks, seed ${seed}`, () => {
    play(seed);
  });
}

/** Ports are open and shared only in groups, rules are taken, nothing leaks. */
function play(seed: number): void {
  const pick = random(seed);
  const bench = new Bench({ addresses: addresses(30399) });
  let shared = 0;
  for (let round = 0; round < 2_000; round++) {
    const back = pick(4) === 0;
    const tags = back ? { "from-tag": "b", "to-tag": "a" } : { "from-tag": "a", "to-tag": "b" };
    const keys = {
      ...tags,
      "call-id": `c${pick(4)}`,
      "bundle": MODES.filter(() => pick(2) === 0),
      "rtcp-mux": ["offer", "require", "demux", "accept", "reject"].filter(() => pick(6) === 0),
    };
    const command = pick(2) === 0 ? "offer" : "answer";
    const [first, second] = back ? [B, A] : [A, B];
    const sdp = body(command === "offer" ? first : second, pick).replaceAll("\n", "\r\n");
    const reply = bench.send(command, { ...keys, sdp });
    if (reply.result === "ok") checkReply(bench, reply);
    if (/a=group:BUNDLE \S+ \S/.test(reply.sdp)) shared++;
    if (pick(30) === 0) bench.send("delete", { "call-id": keys["call-id"], "delete delay": 0 });
  }
  assert.ok(shared > 100, `only ${shared} bundles`);
  assert.deepEqual(bench.log.filter((line) => line.includes("muted")), []);
  for (const call of [...bench.service.registry.calls()]) {
    bench.send("delete", { "call-id": call.callId, "delete delay": 0 });
  }
  assert.equal(bench.engine.openSlots, 0);
  assert.equal(bench.relay.openPairs, 0);
}
