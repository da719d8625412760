/**
 * Several candidates of ours: a party is reached by whichever address ICE has selected.
 *
 * @module
 */

import assert from "node:assert/strict";
import { formatEndpoint } from "../../core/endpoint.ts";
import { parseCandidate } from "../../ice/mod.ts";
import type { Slot } from "../../relay/types.ts";
import type { Reply } from "../fixture_test_support.ts";
import { B } from "../scenario_test_support.ts";
import type { Browser } from "./browser_test_support.ts";
import { accept, Daemon, describe, PLAIN, WEB } from "./daemon_test_support.ts";

const ANSWER = B + "m=audio 5000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=sendrecv\n";
const PHONE = { family: 4, address: "198.51.100.2", port: 5000 } as const;
const RTP = Uint8Array.of(0x80, 96, 0, 1, 0, 0, 0, 9, 0, 0, 0, 7, ...new Array(20).fill(0xd5));

/** Our candidates in a description, RTP only. */
function candidates({ sdp }: Reply): string[] {
  return [...String(sdp).matchAll(/^a=candidate:(\S+ 1 .*)\r$/gm)].map(([, value]) => value!);
}

/** Slot of a candidate. */
function slotOf({ bench }: Daemon, candidate: string): Slot {
  const { endpoint } = parseCandidate(candidate)!;
  for (const [slot, local] of bench.engine.locals) {
    if (formatEndpoint(local) === formatEndpoint(endpoint)) return slot;
  }
  throw new Error(`nothing is open for ${candidate}`);
}

/** A browser of one family only, told of everything. */
async function call(address: string): Promise<{
  readonly daemon: Daemon;
  readonly browser: Browser;
  readonly offered: Reply;
  readonly answered: Reply;
}> {
  const daemon = new Daemon();
  const browser = daemon.browser(address, 7);
  const offered = daemon.bench.offer(describe(browser, "actpass"), PLAIN);
  const answered = daemon.bench.answer(ANSWER, WEB);
  const family = browser.address.family;
  const usable = candidates(answered).find((one) =>
    parseCandidate(one)!.endpoint.family === family
  );
  const sdp = String(answered.sdp).replaceAll(/^a=candidate:.*\r\n/gm, "") +
    `a=candidate:${usable}\r\n`;
  accept(browser, { ...answered, sdp }, "actpass");
  await daemon.internet.run(1000);
  assert.deepEqual(browser.log, ["connected"]);
  return { daemon, browser, offered, answered };
}

Deno.test("candidates: one per address of the interface, the family that was asked for first", () => {
  const { bench } = new Daemon();
  const asked = { ...WEB, "ICE": "force", "transport protocol": "RTP/AVP" };
  const four = candidates(bench.offer(ANSWER, asked));
  assert.match(four[0]!, /^\w+ 1 UDP 2130706431 203\.0\.113\.1 30000 typ host$/);
  assert.match(four[1]!, /^\w+ 1 UDP 2130706175 2001:db8::1 30000 typ host$/);
  assert.equal(four.length, 2);
  assert.notEqual(four[0]!.split(" ")[0], four[1]!.split(" ")[0], "a foundation each");
  const six = candidates(
    bench.offer(ANSWER, { ...asked, "call-id": "d", "address family": "IP6" }),
  );
  assert.match(six[0]!, /2130706431 2001:db8::1 /);
  assert.match(six[1]!, /2130706175 203\.0\.113\.1 /);
});

Deno.test("candidates: no port is opened on other addresses without ICE", () => {
  const { bench } = new Daemon();
  bench.offer(ANSWER, PLAIN);
  assert.equal(bench.engine.openSlots, 4);
});

Deno.test("candidates: one of them under save-interface-ports", () => {
  const { bench } = new Daemon();
  bench.settings.saveInterfacePorts = true;
  assert.equal(candidates(bench.offer(ANSWER, { "ICE": "force" })).length, 1);
  assert.equal(bench.engine.openSlots, 4);
});

Deno.test("candidates: ports for them are given back when the answer has no ICE", () => {
  const { bench } = new Daemon();
  bench.offer(ANSWER, { "ICE": "force" });
  assert.equal(bench.engine.openSlots, 6);
  bench.answer(ANSWER, {});
  assert.equal(bench.engine.openSlots, 4);
  // and opened again when it is taken up after all
  assert.equal(
    candidates(bench.offer(ANSWER, { "ICE": "force", "to-tag": "b", flags: ["reset"] })).length,
    2,
  );
  assert.equal(bench.engine.openSlots, 6);
});

Deno.test("candidates: one there is no port for is one less, and ports are given back", () => {
  const { bench } = new Daemon();
  const [, six] = bench.relay.addresses;
  const taken = [];
  while (bench.relay.usage(six!).free > 0) taken.push(bench.relay.openPair(six!));
  const before = bench.engine.openSlots;
  const reply = bench.offer(ANSWER, { "ICE": "force" });
  assert.equal(candidates(reply).length, 1);
  bench.send("delete", { "call-id": "c", "from-tag": "a" });
  assert.equal(bench.engine.openSlots, before);
});

for (const address of ["198.51.100.1 4000", "2001:db8:1::9 4000"]) {
  Deno.test(`candidates: media takes the address ICE has selected (${address})`, async () => {
    const { daemon, browser, offered, answered } = await call(address);
    const { bench } = daemon;
    const slots = candidates(answered).map((one) => slotOf(daemon, one));
    const selected = slots[browser.address.family === 4 ? 0 : 1]!;
    const other = slots[browser.address.family === 4 ? 1 : 0]!;
    assert.deepEqual(bench.engine.rule(selected)!.remote, browser.address);
    assert.equal(bench.engine.rule(selected)!.blackhole, false);
    assert.deepEqual(bench.engine.rule(selected)!.decrypt?.key, browser.keys!.local.key);
    // the other one waits for checks, and takes nothing else
    assert.equal(bench.engine.rule(other)!.blackhole, true);
    assert.equal(bench.engine.rule(other)!.remote, undefined);
    assert.ok(bench.engine.rule(other)!.punt.includes("stun"));
    assert.deepEqual(bench.rule(offered)!.outputs.map(({ slot }) => slot), [selected]);
    bench.engine.sent.length = 0;
    bench.engine.inject(bench.slot(offered), RTP, PHONE);
    assert.deepEqual(bench.engine.sent.map(({ destination }) => destination), [browser.address]);
    // what query tells is where media is
    const stream = bench.send("query", { "call-id": "c" }).tags.a.medias[0].streams[0];
    assert.equal(stream["local address"], bench.engine.locals.get(selected)!.address);
  });
}

Deno.test("candidates: a restart from the other family moves media, and keeps the keys", async () => {
  const { daemon, browser, offered, answered } = await call("198.51.100.1 4000");
  const { bench, internet } = daemon;
  const moves: [Slot, Slot][] = [];
  const move = bench.engine.moveKeys.bind(bench.engine);
  bench.engine.moveKeys = (from, to) => {
    moves.push([from, to]);
    move(from, to);
  };
  const [four, six] = candidates(answered).map((one) => slotOf(daemon, one));
  const before = bench.engine.rule(four!)!.decrypt;
  const moved = daemon.browser("2001:db8:1::9 4000", 8);
  Object.assign(moved, { dtls: browser.dtls });
  browser.dead = true;
  bench.offer(describe(moved, "actpass").replace("1 1 IN", "1 2 IN"), { ...PLAIN, "to-tag": "b" });
  const again = bench.answer(ANSWER, WEB);
  assert.deepEqual(
    candidates(again).map((one) => slotOf(daemon, one)),
    [four, six],
    "the ports stay",
  );
  const sdp = String(again.sdp).replace(/^a=candidate:\S+ \d UDP \d+ 203.*\r\n/gm, "");
  accept(moved, { ...again, sdp }, "actpass");
  Object.assign(moved, { association: undefined });
  await internet.run(1500);
  assert.deepEqual(bench.engine.rule(six!)!.remote, moved.address);
  assert.deepEqual(bench.engine.rule(six!)!.decrypt, before);
  assert.equal(bench.engine.rule(four!)!.decrypt, undefined);
  assert.deepEqual(moves, [[four, six]]);
  assert.deepEqual(bench.log, []);
  assert.equal(bench.engine.rule(four!)!.blackhole, true);
  assert.deepEqual(bench.rule(offered)!.outputs.map(({ slot }) => slot), [six]);
});

Deno.test("candidates: a call goes on after a restart where it was", async () => {
  const { daemon, browser, answered } = await call("2001:db8:1::9 4000");
  const [running] = daemon.bench.service.registry.calls();
  const text = daemon.bench.service.snapshot(running!, "file");
  const after = new Daemon();
  after.bench.service.resume(text, () => undefined);
  const [four, six] = candidates(answered).map((one) => slotOf(after, one));
  assert.deepEqual(after.bench.engine.rule(six!)!.remote, browser.address);
  assert.equal(after.bench.engine.rule(four!)!.remote, undefined);
  after.bench.send("delete", { "call-id": "c", "from-tag": "a" });
  assert.equal(after.bench.engine.openSlots, 0);
});
