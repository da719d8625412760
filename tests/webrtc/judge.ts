/**
 * What must hold while a call is up.
 *
 * @module
 */

import assert from "node:assert/strict";
import { say, sleep, toneShare, until } from "../support/mod.ts";
import type { BrowserPeer } from "./browser_peer.ts";
import type { PhoneReport } from "./phone_protocol.ts";
import type { PlainPhone } from "./plain_phone.ts";

/** Milliseconds in which ICE and DTLS have to be up. */
const CONNECTED = 1000;
/** Programs per processor that want to run, above which a second says nothing about the relay. */
const OVERLOADED = 4;
/** Milliseconds in which media has to be heard and seen; a decoder waits for a key frame. */
const PATIENCE = 6000;
/** Share of a recording that has to be the tone. */
const PURE = 0.9;

/** Runs a check until it holds; its last complaint becomes the error. */
export async function eventually(check: () => Promise<void>): Promise<void> {
  let complaint: unknown;
  try {
    await until(
      "the condition holds",
      async () => {
        try {
          await check();
          return true;
        } catch (error) {
          if (!(error instanceof assert.AssertionError)) throw error;
          complaint = error;
          return undefined;
        }
      },
      PATIENCE,
      200,
    );
  } catch (error) {
    throw complaint ?? error;
  }
}

/**
 * Waits for ICE and DTLS to be up and asserts that it took no longer than a second from the moment the
 * browser knew the other side.
 *
 * @returns the milliseconds it took
 */
export async function assertConnected(peer: BrowserPeer): Promise<number> {
  const events = await until("the browser is connected", async () => {
    const { connection, events } = await peer.state();
    if (connection === "failed") throw new Error("The browser's connection has failed");
    return connection === "connected" ? events : undefined;
  }, PATIENCE).catch(async (error) => {
    const { connection, ice } = await peer.state();
    throw new Error(`${error.message}: connection ${connection}, ICE ${ice}`);
  });
  const after = events.findLast(({ what }) => what === "connected")?.after ?? Infinity;
  const load = (Deno.loadavg()[0] ?? 0) / navigator.hardwareConcurrency;
  if (after > CONNECTED && load > OVERLOADED) {
    say(
      `  connected after ${after} ms on a machine with ${load.toFixed(1)} programs per processor`,
    );
  } else assert.ok(after <= CONNECTED, `the browser was connected after ${after} ms`);
  await assertUp(peer);
  return after;
}

/** Asserts that ICE and DTLS are up at this moment. */
export async function assertUp(peer: BrowserPeer): Promise<void> {
  const { dtls, ice } = await peer.media();
  assert.ok(dtls.length > 0 && dtls.every((state) => state === "connected"), `DTLS is ${dtls}`);
  assert.ok(ice.every((state) => /^(connected|completed)$/.test(state)), `ICE is ${ice}`);
}

/** Asserts that the browser hears a tone, and that the energy it has heard grows. */
export async function assertHears(peer: BrowserPeer, tone: number): Promise<void> {
  await eventually(async () => {
    const before = await peer.media();
    await sleep(200);
    const share = await peer.hears(tone);
    const after = await peer.media();
    assert.ok(share > PURE, `${share} of what the browser hears lies at ${tone} Hz`);
    assert.ok(after.audioEnergy > before.audioEnergy, "the browser's audio energy does not grow");
  });
}

/** Asserts that no more audio reaches the browser. */
export async function assertHearsNothing(peer: BrowserPeer): Promise<void> {
  const before = await peer.media();
  await sleep(400);
  const after = await peer.media();
  assert.equal(after.audioPackets, before.audioPackets, "audio reaches the browser");
}

/** Asserts that the browser decodes frame after frame. */
export async function assertSees(peer: BrowserPeer): Promise<void> {
  await eventually(async () => {
    const before = await peer.media();
    await sleep(800);
    const after = await peer.media();
    const seen = after.frames - before.frames;
    assert.ok(seen >= 3, `${seen} frames in 0.8 s; key frames ${after.keyFrames}`);
  });
}

/** Asserts that a plain phone hears a tone, and nothing that is not RTP or RTCP. */
export async function assertPhoneHears(phone: PlainPhone, tone: number): Promise<PhoneReport> {
  await phone.report();
  let heard: PhoneReport | undefined;
  await eventually(async () => {
    await sleep(400);
    heard = await phone.report();
    const share = toneShare(heard.samples.slice(-2000), tone, 8000);
    assert.ok(heard.audio.packets >= 10, `the phone got ${JSON.stringify(heard.audio)}`);
    assert.ok(share > PURE, `${share} of what the phone hears lies at ${tone} Hz`);
    assert.equal(heard.audio.other, 0, "the phone got what is neither RTP nor RTCP");
  });
  assert.ok(heard !== undefined);
  return heard;
}

/** Asserts that video reaches a plain phone. */
export async function assertPhoneSees(phone: PlainPhone): Promise<void> {
  await eventually(async () => {
    await phone.report();
    await sleep(400);
    const { video } = await phone.report();
    assert.ok(video.packets >= 5, `the phone got ${JSON.stringify(video)}`);
  });
}
