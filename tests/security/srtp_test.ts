/**
 * Attackers who have no key, and one who repeats what was sent, at ports that expect SRTP.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { UNDER_TEST } from "../interop/media_daemon.ts";
import { say } from "../support/mod.ts";
import { type Keys, Stage } from "../webrtc/stage.ts";
import { addAttacker, type KeyExchange, openCall } from "./secure_call.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`tests of attacks on SRTP are ignored: ${reason}`);
if (UNDER_TEST === "rtpengine") say("replay is not tested: rtpengine passes each copy on");

Deno.test({
  name: "the same packets at a port without keys do pass, and bring media back",
  ignore: reason !== undefined,
  async fn() {
    await using stage = await Stage.open();
    await addAttacker(stage);
    await stage.scenario(async (stage) => {
      const keys = { "endpoint learning": "immediate" };
      await using call = await openCall(stage, "none", { keys });
      await call.attack();
      await call.speakBack(6);
      await assert.rejects(call.assertAtB([]), assert.AssertionError);
      await assert.rejects(call.assertNothingBled(), assert.AssertionError);
    });
  },
});

const EXCHANGES: readonly KeyExchange[] = ["SDES", "DTLS"];
const LEARNING = ["heuristic", "immediate", "delayed", "off"];
const SOURCES: readonly (readonly string[])[] = [[], ["strict source"], ["media handover"]];

/** An attack before anybody has spoken, and one after. */
async function spray(stage: Stage, exchange: KeyExchange, keys: Keys): Promise<void> {
  await using call = await openCall(stage, exchange, { keys });
  await call.attack();
  await call.assertAtB([]);
  await call.assertAtA(await call.speakBack(6));
  await call.assertAtB(await call.speak(6));
  await call.attack();
  await call.assertAtB([]);
  await call.assertAtA(await call.speakBack(6));
  await call.assertAtB(await call.speak(6));
}

for (const exchange of EXCHANGES) {
  Deno.test({
    name: `packets without the key at a port with ${exchange}: none passes, none comes back`,
    ignore: reason !== undefined,
    async fn(t) {
      await using stage = await Stage.open();
      await addAttacker(stage);
      for (const learning of LEARNING) {
        for (const flags of SOURCES) {
          const keys = { "endpoint learning": learning, flags };
          await t.step(
            `learning ${learning}, ${flags[0] ?? "no flag"}`,
            () => stage.scenario((stage) => spray(stage, exchange, keys)),
          );
        }
      }
    },
  });

  Deno.test({
    name: `packets sent five times at a port with ${exchange}: each passes once`,
    ignore: reason !== undefined || UNDER_TEST === "rtpengine",
    async fn() {
      await using stage = await Stage.open();
      await addAttacker(stage);
      await stage.scenario(async (stage) => {
        await using call = await openCall(stage, exchange);
        await call.assertAtB(await call.speak(50, 5));
      });
    },
  });
}
