/**
 * Chromium and a plain phone.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  assertConnected,
  assertHears,
  assertPhoneHears,
  assertPhoneSees,
  assertSees,
  assertUp,
  eventually,
} from "./judge.ts";
import { say, sleep } from "../support/mod.ts";
import type { BrowserPeer } from "./browser_peer.ts";
import type { PlainPhone } from "./plain_phone.ts";
import { ANSWER_BROWSER, TO_BROWSER, TO_PLAIN, TO_PLAIN_AVPF, WEBRTC } from "./profiles.ts";
import { attributes, sectionsOf } from "./sdp_text.ts";
import { type Call, type Keys, type Stage, TONE } from "./stage.ts";

/** VP8's payload type in a description. */
function vp8(sdp: string): number {
  const type = attributes(sdp, "rtpmap").find((value) => / VP8\//.test(value))?.split(" ")[0];
  assert.ok(type !== undefined, "no VP8 is offered");
  return Number(type);
}

function assertPlain(sdp: string): void {
  for (const name of ["candidate", "fingerprint", "crypto", "ice-ufrag", "rtcp-mux", "setup"]) {
    assert.deepEqual(attributes(sdp, name), [], `a=${name} in what the phone gets`);
  }
  for (const { protocol } of sectionsOf(sdp)) assert.match(protocol, /^RTP\/AVPF?$/);
}

/** What is special about an offer. */
interface OfferOptions {
  /** Whether ICE begins anew. */
  readonly restart?: boolean;
  /** Whether candidates are left out. */
  readonly trickle?: boolean;
  /** Milliseconds until the phone answers; it sends at once. */
  readonly late?: number;
}

/** Chromium's offer to the phone and back. */
async function callPhone(
  call: Call,
  peer: BrowserPeer,
  phone: PlainPhone,
  video: boolean,
  keys: Keys,
  { late = 0, ...options }: OfferOptions = {},
): Promise<string> {
  const atPhone = await call.offer(await peer.offer(options), keys);
  assertPlain(atPhone);
  const protocol = String(keys["transport protocol"]);
  const media = video ? { video: vp8(atPhone), protocol } : { protocol };
  phone.sendTo(atPhone);
  await sleep(late);
  const answered = await call.answer(phone.describe(media), ANSWER_BROWSER);
  assert.equal(attributes(answered, "ice-lite").length, keys["ICE-lite"] === undefined ? 0 : 1);
  await peer.accept(answered);
  return atPhone;
}

async function assertAudio(peer: BrowserPeer, phone: PlainPhone): Promise<void> {
  await assertHears(peer, TONE.b);
  await assertPhoneHears(phone, TONE.a);
}

async function restart(stage: Stage, keys: Keys, options: OfferOptions = {}): Promise<void> {
  const peer = await stage.browser("a", { audio: true });
  const phone = await stage.phone();
  await using call = stage.call();
  await callPhone(call, peer, phone, false, keys);
  await assertConnected(peer);
  await assertAudio(peer, phone);
  await callPhone(call, peer, phone, false, keys, { ...options, restart: true });
  await assertAudio(peer, phone);
  await assertUp(peer);
}

/** Scenarios by what they show. */
export const CHROMIUM_PLAIN: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async "Chromium calls a plain phone: tones both ways"(stage) {
    const peer = await stage.browser("a", { audio: true });
    const phone = await stage.phone();
    await using call = stage.call();
    await callPhone(call, peer, phone, false, TO_PLAIN);
    await assertConnected(peer);
    await assertAudio(peer, phone);
  },

  async "a plain phone calls Chromium: tones both ways"(stage) {
    const peer = await stage.browser("a", { audio: true });
    const phone = await stage.phone();
    await using call = stage.call("b");
    const atBrowser = await call.offer(phone.describe(), TO_BROWSER);
    const atPhone = await call.answer(await peer.answer(atBrowser), { "ICE": "remove" });
    assertPlain(atPhone);
    phone.sendTo(atPhone);
    await assertConnected(peer);
    await assertAudio(peer, phone);
  },

  async "the flag WebRTC is enough for a phone to call Chromium"(stage) {
    const peer = await stage.browser("a", { audio: true });
    const phone = await stage.phone();
    await using call = stage.call("b");
    const atBrowser = await call.offer(phone.describe(), WEBRTC);
    const atPhone = await call.answer(await peer.answer(atBrowser), { "ICE": "remove" });
    phone.sendTo(atPhone);
    await assertConnected(peer);
    await assertAudio(peer, phone);
  },

  async "Chromium sends video to a plain phone and sees what comes back"(stage) {
    const peer = await stage.browser("a", { audio: true, video: true });
    const phone = await stage.phone();
    await using call = stage.call();
    await callPhone(call, peer, phone, true, TO_PLAIN_AVPF);
    await assertConnected(peer);
    await assertAudio(peer, phone);
    await assertPhoneSees(phone);
    await assertSees(peer);
  },

  async "PLI of the phone reaches Chromium, NACK and REMB of Chromium reach the phone"(stage) {
    const peer = await stage.browser("a", { audio: true, video: true });
    const phone = await stage.phone();
    await using call = stage.call();
    const atPhone = await callPhone(call, peer, phone, true, TO_PLAIN_AVPF);
    await assertPhoneSees(phone);
    const before = await peer.media();
    phone.askForKeyFrame();
    await eventually(async () => {
      const { pliReceived } = await peer.media();
      assert.ok(pliReceived > before.pliReceived, "no PLI has reached the browser");
    });
    phone.sendTo(atPhone, { loseOneOf: 5 });
    await eventually(async () => {
      const { video } = await phone.report();
      assert.ok((video.feedback["205/1"] ?? 0) > 0, `the phone got ${JSON.stringify(video)}`);
    });
    await eventually(async () => {
      const { video } = await phone.report();
      assert.ok((video.feedback["206/15"] ?? 0) > 0, `the phone got ${JSON.stringify(video)}`);
    });
  },

  async "ICE restart by Chromium keeps media with a plain phone; no TLS-ID"(stage) {
    await restart(stage, { ...TO_PLAIN, flags: ["no-tls-id"] });
  },

  async "ICE restart by Chromium keeps media with a plain phone"(stage) {
    if (!stage.isOracle) await restart(stage, TO_PLAIN);
    else {say(
        "rtpengine restarts DTLS with ICE without the flag no-tls-id; Chromium does not answer",
      );}
  },

  // meanwhile it checks from its new address with credentials that are half old and half new
  async "ICE restart by Chromium whose answer comes late keeps media"(stage) {
    await restart(stage, { ...TO_PLAIN, flags: ["no-tls-id"] }, { late: 500 });
  },

  async "ICE restart by Chromium without candidates keeps media"(stage) {
    await restart(stage, { ...TO_PLAIN, flags: ["no-tls-id"] }, { trickle: true, late: 300 });
  },

  async "ICE restart by Chromium keeps media while the relay is ICE-lite"(stage) {
    const lite = { "ICE-lite": "backward", flags: ["no-tls-id"] };
    await restart(stage, { ...TO_PLAIN, ...lite }, { late: 300 });
  },

  async "re-offers from both sides keep media with a plain phone"(stage) {
    const peer = await stage.browser("a", { audio: true });
    const phone = await stage.phone();
    await using call = stage.call();
    await callPhone(call, peer, phone, false, TO_PLAIN);
    await assertConnected(peer);
    await assertAudio(peer, phone);
    await callPhone(call, peer, phone, false, TO_PLAIN);
    await assertAudio(peer, phone);
    const atBrowser = await call.offer(phone.describe(), TO_BROWSER, "b");
    phone.sendTo(await call.answer(await peer.answer(atBrowser), { "ICE": "remove" }, "b"));
    await assertAudio(peer, phone);
  },
};
