/**
 * Forged handshakes: from somewhere else while a call is set up, and from the right place with the wrong
 * certificate.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { ADDRESS } from "../interop/rig.ts";
import { type Address, fromBytes, say, sleep, until } from "../support/mod.ts";
import { assertPhoneHears, eventually } from "../webrtc/judge.ts";
import { TO_PLAIN } from "../webrtc/profiles.ts";
import { type Keys, PORTS, Stage, TONE } from "../webrtc/stage.ts";
import { WeriftPeer } from "../webrtc/werift_peer.ts";
import { clientHelloNull, HELLO_RANDOM } from "./datagrams.ts";
import { flood } from "./flood.ts";
import { honestHello } from "./dtls_client.ts";
import { addAttacker, ATTACKER, openCall, SecureCall } from "./secure_call.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`tests of attacks on DTLS are ignored: ${reason}`);

/** What is said about answers to werift. */
const TO_WERIFT: Keys = { "ICE": "force", "SDES": ["off"], flags: ["full rtcp attribute"] };

/** ClientHellos without encryption to every media port, for some seconds. */
async function sprayHellos(stage: Stage, seconds: number): Promise<void> {
  await flood(stage.place("a").ns, {
    from: ATTACKER,
    to: ADDRESS.coreA,
    ports: [PORTS.min, PORTS.max],
    rate: 3000,
    seconds,
    datagram: clientHelloNull(),
    random: [[HELLO_RANDOM, 32]],
  });
}

async function helloFromEverywhere(stage: Stage, to: Address): Promise<void> {
  const { agent } = stage.place("a");
  for (const host of [ATTACKER, ADDRESS.phoneA]) {
    const socket = await agent.bind(host);
    for (let i = 0; i < 5; i++) await socket.send(to, fromBytes(clientHelloNull()));
    await sleep(50);
    await socket.close();
  }
}

function werift(stage: Stage): Promise<WeriftPeer> {
  const setup = { host: ADDRESS.phoneA, tone: TONE.a, lite: false };
  return WeriftPeer.start(stage.place("a").ns, setup);
}

async function connected(peer: WeriftPeer): Promise<void> {
  await until("werift is connected", async () => {
    return (await peer.report()).connection === "connected" ? true : undefined;
  }, 6000);
}

const SCENARIOS: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async "ClientHellos without encryption at every port do not disturb the set-up by DTLS"(stage) {
    if (stage.isOracle) {
      say("rtpengine: a ClientHello without ICE, wherever it comes from, ends the set-up");
      return;
    }
    const spraying = sprayHellos(stage, 3);
    const options = { beforeHandshake: (relay: Address) => helloFromEverywhere(stage, relay) };
    await using call: SecureCall = await openCall(stage, "DTLS", options);
    await call.assertAtB(await call.speak(20));
    await call.assertAtA(await call.speakBack(20));
    await spraying;
    await call.assertAtB(await call.speak(20));
    await call.assertAtA(await call.speakBack(20));
  },

  async "ClientHellos that make sense, under other ports of the one who is waited for, hold nobody up"(
    stage,
  ) {
    if (stage.isOracle) {
      say("rtpengine: media of that call does not pass any more");
      return;
    }
    const { ns, agent } = stage.place("a");
    const hello = await honestHello(ns, agent, ADDRESS.phoneA);
    const forge = async (relay: Address) => {
      for (let i = 0; i < 12; i++) {
        const socket = await agent.bind(ADDRESS.phoneA);
        await socket.send(relay, hello);
        await socket.close();
      }
      await sleep(100);
    };
    await using call = await openCall(stage, "DTLS", { beforeHandshake: forge });
    await call.assertAtB(await call.speak(20));
    await call.assertAtA(await call.speakBack(20));
    await forge(call.relay.a);
    await call.assertAtB(await call.speak(20));
  },

  async "nor the set-up by ICE and DTLS, nor an established call"(stage) {
    await using peer = await werift(stage);
    const phone = await stage.phone();
    await using call = stage.call();
    const spraying = sprayHellos(stage, 4);
    phone.sendTo(await call.offer(await peer.offer(), TO_PLAIN));
    await peer.accept(await call.answer(phone.describe({ source: true }), TO_WERIFT));
    await connected(peer);
    await assertPhoneHears(phone, TONE.a);
    await spraying;
    await assertPhoneHears(phone, TONE.a);
    await eventually(async () => {
      await peer.report();
      await sleep(300);
      assert.ok((await peer.report()).packets >= 5, "werift hears nothing any more");
    });
  },

  async "the wrong certificate from the right place fails that call only"(stage) {
    await using other = await openCall(stage, "SDES");
    await using peer = await werift(stage);
    const phone = await stage.phone();
    await using call = stage.call();
    const from = stage.relay.lines.length;
    const offer = (await peer.offer()).replace(
      /^(a=fingerprint:sha-256) ([0-9A-F]{2})/gm,
      (_, name, first) => `${name} ${first === "00" ? "01" : "00"}`,
    );
    phone.sendTo(await call.offer(offer, TO_PLAIN));
    await peer.accept(await call.answer(phone.describe({ source: true }), TO_WERIFT));
    await sleep(2000);
    const { packets } = await peer.report();
    const heard = await phone.report();
    assert.equal(packets, 0, "media reaches the one whose certificate is wrong");
    assert.equal(heard.audio.packets, 0, "media of the one whose certificate is wrong passes");
    const lines = stage.relay.lines.slice(from).filter((line) => /fingerprint/i.test(line));
    assert.ok(lines.length > 0, "nothing is logged");
    if (!stage.isOracle) {
      assert.equal(lines.length, 1, `logged more than once: ${lines.join("\n")}`);
    }
    await other.assertAtB(await other.speak(10));
    await other.assertAtA(await other.speakBack(10));
  },
};

Deno.test({
  name: "D2-12 D2-13 forged handshakes: calls are made as if there were none",
  ignore: reason !== undefined,
  async fn(t) {
    await using stage = await Stage.open();
    await addAttacker(stage);
    for (const [name, play] of Object.entries(SCENARIOS)) {
      await t.step(name, () => stage.scenario(play));
    }
  },
});
