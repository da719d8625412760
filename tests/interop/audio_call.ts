/**
 * A call between two phones that send tones and record what they hear.
 *
 * @module
 */

import assert from "node:assert/strict";
import { ensureOracle } from "../oracle/mod.ts";
import { type Daemon, say, sleep, toneShare } from "../support/mod.ts";
import { type Phone, type PhoneSecurity, startPhone } from "./baresip.ts";
import { callIds, mediaPorts, nothingLeft } from "./checks.ts";
import { ADDRESS, Rig } from "./rig.ts";
import { parseWav, type Recording } from "./wav.ts";

/** Frequencies the phones send, hertz; no multiple of each other. */
const TONE = { a: 400, b: 1000 } as const;
/** Length of the frames that are judged, milliseconds: whole periods of both tones. */
const FRAME = 50;
/** How long the phones talk, milliseconds. */
const TALK = 2500;
/** The same when keys have to be agreed on first: a handshake that is lost is repeated after a second. */
const SECURE_TALK = 3200;

/** Who is between the phones. */
export interface Between {
  /** Starts the media relay. */
  readonly relay: (rig: Rig) => Promise<Daemon>;
  /** Starts the SIP proxy. */
  readonly proxy: (rig: Rig) => Promise<Daemon>;
  /** Phone B has IPv6 only. */
  readonly ipv6?: boolean;
  /** How the phones secure their media; absent: not at all. */
  readonly security?: { readonly a?: PhoneSecurity; readonly b?: PhoneSecurity };
}

/**
 * Share of a recording's frames that are this pure tone. Frames are judged one by one, so that a gap,
 * where a busy machine made the phone skip, costs its own frame only.
 */
function framesWith(tone: number, { rate, samples }: Recording): number {
  const length = rate * FRAME / 1000;
  const count = Math.floor(samples.length / length);
  let heard = 0;
  for (let i = 0; i < count; i++) {
    const frame = samples.subarray(i * length, (i + 1) * length);
    if (toneShare(frame, tone, rate) > 0.95) heard++;
  }
  return heard / count;
}

/** A recording without what was recorded while keys were agreed on: it begins with the tone. */
function fromFirst(tone: number, { rate, samples }: Recording): Recording {
  const length = rate * FRAME / 1000;
  let from = 0;
  while (from < samples.length) {
    const frame = samples.subarray(from, from + length);
    if (toneShare(frame, tone, rate) > 0.95) break;
    from += length;
  }
  return { rate, samples: samples.subarray(from) };
}

/** Asserts that a phone has heard the other one's tone, and not its own. */
async function assertHeard(
  phone: Phone,
  tone: number,
  own: number,
  secured: boolean,
): Promise<void> {
  const whole = parseWav(await Deno.readFile(phone.recording));
  const recording = secured ? fromFirst(tone, whole) : whole;
  const seconds = recording.samples.length / recording.rate;
  assert.ok(seconds > 1, `only ${seconds} seconds were recorded`);
  const share = framesWith(tone, recording);
  assert.ok(share > 0.8, `only ${share} of the frames heard are the ${tone} Hz tone`);
  assert.equal(framesWith(own, recording), 0, "the phone hears itself");
}

/**
 * Makes the call; both must have heard each other, and nothing of it is left.
 *
 * @throws PhoneFault when a phone has died of a fault of its own, so that the call says nothing
 */
export async function audioCall({ relay, proxy, ipv6 = false, security }: Between): Promise<void> {
  await ensureOracle();
  await using rig = await Rig.open();
  const programs: Daemon[] = [];
  const phones: Phone[] = [];
  try {
    programs.push(await relay(rig));
    programs.push(await proxy(rig));
    const [phoneB, coreB] = ipv6
      ? [ADDRESS.phoneB6, ADDRESS.coreB6]
      : [ADDRESS.phoneB, ADDRESS.coreB];
    const b = await startPhone(rig, rig.b, {
      name: "b",
      address: phoneB,
      proxy: coreB,
      tone: TONE.b,
      ...(security?.b === undefined ? {} : { security: security.b }),
    });
    const a = await startPhone(rig, rig.a, {
      name: "a",
      address: ADDRESS.phoneA,
      proxy: ADDRESS.coreA,
      tone: TONE.a,
      ...(security?.a === undefined ? {} : { security: security.a }),
    });
    programs.push(a.program, b.program);
    phones.push(a, b);

    a.dial(`sip:b@${ADDRESS.coreA}`);
    await a.says(/Call established/);
    await b.says(/Call established/);
    const [id, ...others] = await callIds(rig);
    assert.ok(id !== undefined && others.length === 0, "the relay has one call");
    const ports = await mediaPorts(rig, id);
    await sleep(security === undefined ? TALK : SECURE_TALK);

    a.hangup();
    await b.says(/terminated/);
    await nothingLeft(rig, ports);
    await a.program.stop();
    await b.program.stop();
    await assertHeard(a, TONE.b, TONE.a, security !== undefined);
    await assertHeard(b, TONE.a, TONE.b, security !== undefined);
  } catch (error) {
    for (const { fault } of phones) if (fault !== undefined) throw fault;
    for (const program of programs) say(program.tail());
    throw error;
  }
}
