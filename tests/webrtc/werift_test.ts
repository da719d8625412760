/**
 * A WebRTC stack from npm through the relay: full ICE and ICE-lite.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { ADDRESS } from "../interop/rig.ts";
import { say, sleep, toneShare, until } from "../support/mod.ts";
import { assertPhoneHears, eventually } from "./judge.ts";
import { type Call, type Keys, type Side, Stage, TONE } from "./stage.ts";
import { WeriftPeer } from "./werift_peer.ts";
import { TO_PLAIN } from "./profiles.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`tests with werift are ignored: ${reason}`);

/** werift reads `a=rtcp` with an address only. */
const FLAGS: Keys = { flags: ["full rtcp attribute", "generate mid"] };
/** What is said about descriptions that go to werift. */
const TO_WERIFT: Keys = { "ICE": "force", "rtcp-mux": ["offer"], "SDES": ["off"], ...FLAGS };
const OFFER_WERIFT: Keys = { ...TO_WERIFT, "transport protocol": "UDP/TLS/RTP/SAVPF" };

async function peer(stage: Stage, side: Side, lite = false): Promise<WeriftPeer> {
  const host = side === "a" ? ADDRESS.phoneA : ADDRESS.phoneB;
  return await WeriftPeer.start(stage.place(side).ns, { host, tone: TONE[side], lite });
}

/** Asserts that a peer is connected, quickly, and hears a tone. */
async function assertHears(peer: WeriftPeer, tone: number): Promise<void> {
  const connected = await until("werift is connected", async () => {
    const report = await peer.report();
    return report.connection === "connected" ? report : undefined;
  }, 5000).catch(async (error) => {
    const { connection, ice } = await peer.report();
    throw new Error(`${error.message}: connection ${connection}, ICE ${ice}\n${peer.tail()}`);
  });
  const after = connected.connectedAfter ?? Infinity;
  assert.ok(after <= 3000, `werift was connected after ${after} ms`);
  await eventually(async () => {
    await peer.report();
    await sleep(400);
    const { packets, samples } = await peer.report();
    const share = toneShare(samples.slice(-2000), tone, 8000);
    assert.ok(packets >= 10, `werift got ${packets} packets`);
    assert.ok(share > 0.9, `${share} of what werift hears lies at ${tone} Hz`);
  });
}

async function connect(call: Call, a: WeriftPeer, b: WeriftPeer, keys: Keys = {}): Promise<void> {
  const offered = await call.offer(await a.offer(), { ...TO_WERIFT, ...keys });
  await a.accept(await call.answer(await b.answer(offered), TO_WERIFT));
}

const SCENARIOS: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async "a full agent calls a plain phone"(stage) {
    await using a = await peer(stage, "a");
    const phone = await stage.phone();
    await using call = stage.call();
    const atPhone = await call.offer(await a.offer(), TO_PLAIN);
    phone.sendTo(atPhone);
    await a.accept(await call.answer(phone.describe({ source: true }), TO_WERIFT));
    await assertHears(a, TONE.b);
    await assertPhoneHears(phone, TONE.a);
  },

  async "a plain phone calls a full agent"(stage) {
    await using a = await peer(stage, "a");
    const phone = await stage.phone();
    await using call = stage.call("b");
    const answer = await a.answer(await call.offer(phone.describe({ source: true }), OFFER_WERIFT));
    phone.sendTo(await call.answer(answer, { "ICE": "remove" }));
    await assertHears(a, TONE.b);
    await assertPhoneHears(phone, TONE.a);
  },

  async "an ICE-lite agent calls a plain phone: the relay checks and nominates"(stage) {
    await using a = await peer(stage, "a", true);
    const phone = await stage.phone();
    await using call = stage.call();
    const offer = await a.offer();
    assert.match(offer, /^a=ice-lite/m);
    phone.sendTo(await call.offer(offer, TO_PLAIN));
    await a.accept(await call.answer(phone.describe({ source: true }), TO_WERIFT));
    await assertHears(a, TONE.b);
    await assertPhoneHears(phone, TONE.a);
  },

  async "a plain phone calls an ICE-lite agent"(stage) {
    await using a = await peer(stage, "a", true);
    const phone = await stage.phone();
    await using call = stage.call("b");
    const answer = await a.answer(await call.offer(phone.describe({ source: true }), OFFER_WERIFT));
    phone.sendTo(await call.answer(answer, { "ICE": "remove" }));
    await assertHears(a, TONE.b);
    await assertPhoneHears(phone, TONE.a);
  },

  async "two full agents"(stage) {
    await using a = await peer(stage, "a");
    await using b = await peer(stage, "b");
    await using call = stage.call();
    await connect(call, a, b);
    await assertHears(a, TONE.b);
    await assertHears(b, TONE.a);
  },

  async "two full agents, the relay is ICE-lite towards both"(stage) {
    await using a = await peer(stage, "a");
    await using b = await peer(stage, "b");
    await using call = stage.call();
    await connect(call, a, b, { "ICE-lite": "both" });
    await assertHears(a, TONE.b);
    await assertHears(b, TONE.a);
  },

  async "a full agent and an ICE-lite agent"(stage) {
    await using a = await peer(stage, "a");
    await using b = await peer(stage, "b", true);
    await using call = stage.call();
    await connect(call, a, b);
    await assertHears(a, TONE.b);
    await assertHears(b, TONE.a);
  },
};

Deno.test({
  name: "npm werift: media passes and nothing is left",
  ignore: reason !== undefined,
  async fn(t) {
    await using stage = await Stage.open();
    for (const [name, play] of Object.entries(SCENARIOS)) {
      await t.step(name, () => stage.scenario(play));
    }
  },
});
