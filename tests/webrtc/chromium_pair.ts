/**
 * Two Chromiums.
 *
 * @module
 */

import assert from "node:assert/strict";
import { ADDRESS } from "../interop/rig.ts";
import { say, sleep } from "../support/mod.ts";
import type { BrowserPeer } from "./browser_peer.ts";
import { assertConnected, assertHears, assertSees, assertUp } from "./judge.ts";
import { attributes, without } from "./sdp_text.ts";
import { type Call, type Keys, type Side, type Stage, TONE } from "./stage.ts";

/** What people say about an offer between browsers. */
const BOTH: Keys = { "ICE": "force", "rtcp-mux": ["offer"], "SDES": ["off"] };
const NO_TLS_ID: Keys = { ...BOTH, flags: ["no-tls-id"] };

/** The relay's addresses towards each side. */
const RELAY = { a: [ADDRESS.coreA as string], b: [ADDRESS.coreB as string, ADDRESS.coreB6] };

interface Pair {
  readonly a: BrowserPeer;
  readonly b: BrowserPeer;
}

async function open(stage: Stage, video: boolean): Promise<Pair> {
  return {
    a: await stage.browser("a", { audio: true, video }),
    b: await stage.browser("b", { audio: true, video }),
  };
}

/** Candidates of a description. They must all be the relay's. */
function assertOnlyRelay(sdp: string, side: Side): void {
  const lines = attributes(sdp, "candidate");
  assert.ok(lines.length > 0, "no candidates");
  for (const line of lines) assert.ok(RELAY[side].includes(line.split(" ")[4] ?? ""), line);
}

/** One offer and its answer. */
async function connect(
  call: Call,
  pair: Pair,
  { by = "a", offer = BOTH, answer = BOTH, restart = false, late = 0 }: {
    by?: Side;
    offer?: Keys;
    answer?: Keys;
    restart?: boolean;
    /** Milliseconds that the answer is on its way. */
    late?: number;
  } = {},
): Promise<void> {
  const [caller, callee] = by === "a" ? [pair.a, pair.b] : [pair.b, pair.a];
  const offered = await call.offer(await caller.offer({ restart }), offer, by);
  assertOnlyRelay(offered, by === "a" ? "b" : "a");
  const answered = await call.answer(await callee.answer(offered), answer, by);
  assertOnlyRelay(answered, by);
  await sleep(late);
  await caller.accept(answered);
}

async function assertMedia({ a, b }: Pair, video: boolean): Promise<void> {
  await assertHears(a, TONE.b);
  await assertHears(b, TONE.a);
  if (!video) return;
  await assertSees(a);
  await assertSees(b);
}

async function assertPair(pair: Pair, video: boolean): Promise<void> {
  await assertConnected(pair.a);
  await assertConnected(pair.b);
  await assertMedia(pair, video);
}

/** A call, then an offer from each side. */
async function reoffers(stage: Stage, keys: Keys, restart = false, late = 0): Promise<void> {
  const pair = await open(stage, true);
  await using call = stage.call();
  const flags = { offer: keys, answer: keys };
  await connect(call, pair, flags);
  await assertPair(pair, true);
  for (const by of ["b", "a"] as const) {
    await connect(call, pair, { by, ...flags, restart, late });
    await assertMedia(pair, true);
    await assertUp(pair.a);
    await assertUp(pair.b);
  }
}

/**
 * Asserts that what a browser sends is asked for again when some of it is lost, which may take a few losses.
 *
 * @param gap milliseconds of media that are lost
 */
async function assertAsked(
  call: Call,
  from: Side,
  peer: BrowserPeer,
  what: "nackReceived" | "pliReceived",
  gap: number,
): Promise<void> {
  const before = await peer.media();
  for (let attempt = 0; attempt < 6; attempt++) {
    await call.command("block media", { "from-tag": from });
    await sleep(gap);
    await call.command("unblock media", { "from-tag": from });
    await sleep(800);
    if ((await peer.media())[what] > before[what]) return;
  }
  assert.fail(`${what} of ${from} stays ${before[what]}`);
}

/** Waits for candidates and hands them to the relay one by one, as signalling does. */
async function trickle(call: Call, peer: BrowserPeer, side: Side, sdp: string): Promise<void> {
  await peer.gathered();
  for (const { line, mid } of await peer.candidates()) {
    const fragment = [
      `a=ice-ufrag:${attributes(sdp, "ice-ufrag")[0]}`,
      `a=ice-pwd:${attributes(sdp, "ice-pwd")[0]}`,
      "m=audio 9 UDP/TLS/RTP/SAVPF 0",
      `a=mid:${mid}`,
      `a=${line}`,
      "",
    ].join("\r\n");
    const reply = await call.trickle(fragment, side);
    assert.equal(reply["result"], "ok", `a fragment got ${JSON.stringify(reply)}`);
  }
}

/** Scenarios by what they show. */
export const CHROMIUM_PAIR: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  async "two Chromiums: audio and video both ways"(stage) {
    const pair = await open(stage, true);
    await using call = stage.call();
    await connect(call, pair);
    await assertPair(pair, true);
    const { ciphers } = await pair.a.media();
    assert.ok(ciphers.length > 0 && ciphers.every((name) => /^(AES_CM_128|SRTP_)/.test(name)));
  },

  async "two Chromiums: the flag WebRTC alone"(stage) {
    const pair = await open(stage, true);
    await using call = stage.call();
    const flags = { flags: ["WebRTC"] };
    await connect(call, pair, { offer: flags, answer: flags });
    await assertPair(pair, true);
  },

  async "two Chromiums: one bundle for each"(stage) {
    const pair = await open(stage, true);
    await using call = stage.call();
    const offer = { flags: ["WebRTC"], bundle: ["accept", "offer", "require"] };
    await connect(call, pair, { offer, answer: { flags: ["WebRTC"] } });
    await assertPair(pair, true);
    for (const peer of [pair.a, pair.b]) assert.equal((await peer.media()).dtls.length, 1);
  },

  async "two Chromiums: the relay is ICE-lite towards both"(stage) {
    const pair = await open(stage, false);
    await using call = stage.call();
    await connect(call, pair, { offer: { ...BOTH, "ICE-lite": "both" } });
    await assertPair(pair, false);
  },

  async "two Chromiums: DTLS is passive towards both"(stage) {
    const pair = await open(stage, false);
    await using call = stage.call();
    const offer = { ...BOTH, "DTLS": "passive", "DTLS-reverse": "passive" };
    await connect(call, pair, { offer, answer: { ...BOTH, "DTLS": "passive" } });
    await assertPair(pair, false);
  },

  async "two Chromiums: fingerprints by SHA-512"(stage) {
    const pair = await open(stage, false);
    await using call = stage.call();
    const hash = { ...BOTH, "DTLS-fingerprint": "sha-512" };
    await connect(call, pair, { offer: hash, answer: hash });
    await assertPair(pair, false);
  },

  async "two Chromiums: ICE restarts from both sides keep media; no TLS-ID"(stage) {
    await reoffers(stage, NO_TLS_ID, true);
  },

  async "two Chromiums: ICE restarts whose answers come late keep media; no TLS-ID"(stage) {
    await reoffers(stage, NO_TLS_ID, true, 500);
  },

  async "two Chromiums: ICE restarts from both sides keep media"(stage) {
    if (!stage.isOracle) await reoffers(stage, BOTH, true);
    else {say(
        "rtpengine restarts DTLS with ICE without the flag no-tls-id; Chromium does not answer",
      );}
  },

  async "two Chromiums: re-offers from both sides keep media; no TLS-ID"(stage) {
    await reoffers(stage, NO_TLS_ID);
  },

  async "two Chromiums: re-offers from both sides keep media"(stage) {
    if (!stage.isOracle) await reoffers(stage, BOTH);
    else {say(
        "rtpengine restarts DTLS with ICE without the flag no-tls-id; Chromium does not answer",
      );}
  },

  async "two Chromiums: NACK and PLI of one reach the other"(stage) {
    const pair = await open(stage, true);
    await using call = stage.call();
    await connect(call, pair);
    await assertPair(pair, true);
    await assertAsked(call, "a", pair.a, "nackReceived", 150);
    await assertAsked(call, "b", pair.b, "nackReceived", 150);
    await assertAsked(call, "a", pair.a, "pliReceived", 3000);
    await assertSees(pair.b);
  },

  async "two Chromiums: one of them over IPv6"(stage) {
    const pair = await open(stage, false);
    await using call = stage.call();
    const six = { ...BOTH, "address family": "IP6" };
    const offered = await call.offer(await pair.a.offer(), six);
    assert.match(offered, /^c=IN IP6 /m);
    const answer = without(
      await pair.b.answer(offered),
      / (?:10\.77\.2\.2|169\.254\.\S+) \d+ typ host/,
    );
    await pair.a.accept(await call.answer(answer, BOTH));
    await assertPair(pair, false);
    assert.deepEqual(new Set(await pair.a.remoteAddresses()), new Set([ADDRESS.coreA]));
    if (!stage.isOracle) {
      assert.deepEqual(new Set(await pair.b.remoteAddresses()), new Set([ADDRESS.coreB6]));
    }
  },

  async "two Chromiums: one begins anew with another connection"(stage) {
    const pair = await open(stage, true);
    await using call = stage.call();
    await connect(call, pair);
    await assertPair(pair, true);
    // another certificate, other credentials, other sources
    const again = { ...pair, a: await stage.browser("a", { audio: true, video: true }) };
    await connect(call, again);
    await assertConnected(again.a);
    await assertMedia(again, true);
    await assertUp(again.b);
  },

  async "two Chromiums: candidates trickle in"(stage) {
    const pair = await open(stage, false);
    await using call = stage.call();
    const keys = { ...BOTH, flags: ["trickle ICE"] };
    const offer = without(await pair.a.offer({ trickle: true }), /^a=candidate/);
    const answer = await pair.b.answer(await call.offer(offer, keys), { trickle: true });
    await pair.a.accept(await call.answer(without(answer, /^a=candidate/), keys));
    await trickle(call, pair.a, "a", offer);
    await trickle(call, pair.b, "b", answer);
    await assertConnected(pair.a);
    await assertConnected(pair.b);
    await assertMedia(pair, false);
  },

  async "a browser that hides its address behind an mDNS name hears the other"(stage) {
    const a = await stage.browser("a", { audio: true });
    const b = await stage.stranger("b");
    await b.listen("audio");
    await using call = stage.call();
    const answered = await b.answer(await call.offer(await a.offer(), BOTH));
    assert.match(answered, /^a=candidate:.*\.local /m);
    await a.accept(await call.answer(answered, BOTH));
    await assertConnected(a);
    await assertConnected(b);
    await assertHears(b, TONE.a);
  },
};
