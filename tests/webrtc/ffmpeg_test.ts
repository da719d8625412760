/**
 * ffmpeg with SDES through the relay, each way, to and from a plain phone.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { ADDRESS } from "../interop/rig.ts";
import { run, say, sleep, toneShare, until } from "../support/mod.ts";
import { describe, type FfmpegSuite, keyIn, newKey, recordSecured, sendSecured } from "./ffmpeg.ts";
import { assertPhoneHears } from "./judge.ts";
import { sectionsOf } from "./sdp_text.ts";
import { type Keys, Stage, TONE } from "./stage.ts";
import { ensureOracle, oracleFolder } from "../oracle/mod.ts";

/** ffmpeg's RTP port; RTCP is one above. */
const PORT = 21_000;
const OFF: Keys = { "DTLS": "off", "ICE": "remove" };

async function unavailable(): Promise<string | undefined> {
  const reason = await interopUnavailable();
  if (reason !== undefined) return reason;
  const found = await run(["chroot", await ensureOracle(), "ffmpeg", "-version"]);
  return found.success ? undefined : `there is no ffmpeg in ${oracleFolder()}`;
}

const reason = await unavailable();
if (reason !== undefined) say(`tests with ffmpeg are ignored: ${reason}`);

async function ffmpegOffersAndSends(stage: Stage, suite: FfmpegSuite): Promise<void> {
  const phone = await stage.phone();
  const key = newKey(suite);
  await using call = stage.call();
  const offer = describe(ADDRESS.phoneA, PORT, key, "sendrecv");
  const atPhone = await call.offer(offer, { ...OFF, "transport protocol": "RTP/AVP" });
  assert.doesNotMatch(atPhone, /^a=crypto/m);
  const answer = await call.answer(phone.describe(), {});
  const [audio] = sectionsOf(answer);
  assert.equal(keyIn(answer)?.suite, suite);
  assert.ok(audio !== undefined);
  await using _ = sendSecured(stage.rig, stage.place("a"), {
    to: audio.at,
    from: PORT,
    key,
    tone: TONE.a,
  });
  await assertPhoneHears(phone, TONE.a);
}

async function ffmpegAnswersAndSends(stage: Stage, suite: FfmpegSuite): Promise<void> {
  const phone = await stage.phone();
  const key = newKey(suite);
  await using call = stage.call("b");
  const secure = { ...OFF, "transport protocol": "RTP/SAVP", "SDES": [`only-${suite}`] };
  const offered = await call.offer(phone.describe(), secure);
  const [audio] = sectionsOf(offered);
  assert.equal(keyIn(offered)?.suite, suite);
  assert.ok(audio !== undefined);
  await call.answer(describe(ADDRESS.phoneA, PORT, key, "sendrecv"), {});
  await using _ = sendSecured(stage.rig, stage.place("a"), {
    to: audio.at,
    from: PORT,
    key,
    tone: TONE.a,
  });
  await assertPhoneHears(phone, TONE.a);
}

async function ffmpegReceives(stage: Stage, suite: FfmpegSuite): Promise<void> {
  const phone = await stage.phone();
  await using call = stage.call();
  const offer = describe(ADDRESS.phoneA, PORT, newKey(suite), "sendrecv");
  const atPhone = await call.offer(offer, { ...OFF, "transport protocol": "RTP/AVP" });
  const relays = keyIn(await call.answer(phone.describe(), {}));
  assert.ok(relays !== undefined);
  const receiver = describe(ADDRESS.phoneA, PORT, relays, "recvonly");
  const { program, recording } = await recordSecured(stage.rig, stage.place("a"), receiver, 3);
  await sleep(300);
  phone.sendTo(atPhone);
  await until("ffmpeg is done", () => program.ended ? true : undefined, 15_000)
    .catch((error) => {
      throw new Error(`${error.message}\n${program.tail()}`);
    });
  const { rate, samples } = await recording();
  assert.ok(samples.length > 2 * rate, `${samples.length} samples\n${program.tail()}`);
  const share = toneShare(samples.subarray(rate / 2, 2 * rate), TONE.b, rate);
  assert.ok(share > 0.9, `${share} of what ffmpeg hears lies at ${TONE.b} Hz`);
}

const SCENARIOS = {
  "offers and sends": ffmpegOffersAndSends,
  "answers and sends": ffmpegAnswersAndSends,
  "receives": ffmpegReceives,
};

Deno.test({
  name: "ffmpeg with SDES: media passes and nothing is left",
  ignore: reason !== undefined,
  async fn(t) {
    await using stage = await Stage.open();
    for (const suite of ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"] as const) {
      for (const [name, play] of Object.entries(SCENARIOS)) {
        await t.step(`${name}, ${suite}`, () => stage.scenario((stage) => play(stage, suite)));
      }
    }
  },
});
