/**
 * A SIP call: Kamailio drives the relay, two phones in namespaces of their own hear each other.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Daemon, say, sleep, toneShare } from "../support/mod.ts";
import { ensureOracle } from "../oracle/mod.ts";
import { type Phone, startPhone } from "./baresip.ts";
import { callIds, interopUnavailable, mediaPorts, nothingLeft } from "./checks.ts";
import { startKamailio } from "./kamailio.ts";
import { CONTROL, type Relay, startRelay, UNDER_TEST } from "./media_daemon.ts";
import { ADDRESS, Rig } from "./rig.ts";
import { parseWav } from "./wav.ts";

/** Frequencies the phones send, hertz; no multiple of each other. */
const TONE = { a: 400, b: 1000 } as const;
/** How long the phones talk, milliseconds. */
const TALK = 2500;

const reason = await interopUnavailable();
if (reason !== undefined) say(`interop tests are ignored: ${reason}`);

/** Asserts that a phone has heard the other one's tone, and only that. */
async function assertHeard(phone: Phone, tone: number, own: number): Promise<void> {
  const { rate, samples } = parseWav(await Deno.readFile(phone.recording));
  assert.ok(samples.length > rate, `only ${samples.length} samples were recorded`);
  const middle = samples.subarray(rate / 2, samples.length - rate / 4);
  const share = toneShare(middle, tone, rate);
  assert.ok(share > 0.9, `only ${share} of what was heard is the ${tone} Hz tone`);
  assert.ok(toneShare(middle, own, rate) < 0.01, "the phone hears itself");
}

async function call(relay: Relay, control: string): Promise<void> {
  await ensureOracle();
  await using rig = await Rig.open();
  const programs: Daemon[] = [];
  try {
    programs.push(await startRelay(rig, relay));
    programs.push(await startKamailio(rig, control));
    const b = await startPhone(rig, rig.b, {
      name: "b",
      address: ADDRESS.phoneB,
      proxy: ADDRESS.coreB,
      tone: TONE.b,
    });
    const a = await startPhone(rig, rig.a, {
      name: "a",
      address: ADDRESS.phoneA,
      proxy: ADDRESS.coreA,
      tone: TONE.a,
    });
    programs.push(a.program, b.program);

    a.dial(`sip:b@${ADDRESS.coreA}`);
    await a.says(/Call established/);
    await b.says(/Call established/);
    const [id, ...others] = await callIds(rig);
    assert.ok(id !== undefined && others.length === 0, "the relay has one call");
    const ports = await mediaPorts(rig, id);
    await sleep(TALK);

    a.hangup();
    await b.says(/terminated/);
    await nothingLeft(rig, ports);
    await a.program.stop();
    await b.program.stop();
    await assertHeard(a, TONE.b, TONE.a);
    await assertHeard(b, TONE.a, TONE.b);
  } catch (error) {
    for (const program of programs) say(program.tail());
    throw error;
  }
}

const CONTROLS = {
  "UDP": `udp:127.0.0.1:${CONTROL.udp}`,
  "ws": `ws://127.0.0.1:${CONTROL.http}/`,
  "wss": `wss://127.0.0.1:${CONTROL.https}/`,
};

for (const [name, control] of Object.entries(CONTROLS)) {
  Deno.test({
    name: `Kamailio over ${name}: two phones hear each other and nothing is left of their call`,
    ignore: reason !== undefined,
    fn: () => call(UNDER_TEST, control),
  });
}

Deno.test({
  name: "the same rig carries a call through rtpengine, so that a failure is not the rig's",
  ignore: reason !== undefined,
  fn: () => call("rtpengine", CONTROLS.ws),
});
