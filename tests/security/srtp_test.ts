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
import { addAttacker, FORGERIES, type KeyExchange, openCall } from "./secure_call.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`tests of attacks on SRTP are ignored: ${reason}`);
if (UNDER_TEST === "rtpengine") say("replay is not tested: rtpengine passes each copy on");

for (const kind of ["RTP", "RTCP"] as const) {
  Deno.test({
    name: `the same ${kind} at a port without keys does pass, and brings media back`,
    ignore: reason !== undefined,
    async fn() {
      await using stage = await Stage.open();
      await addAttacker(stage);
      await stage.scenario(async (stage) => {
        const keys = { "endpoint learning": "immediate" };
        await using call = await openCall(stage, "none", { keys });
        await call.attack([kind]);
        await assert.rejects(call.assertUnharmed(), assert.AssertionError);
        await assert.rejects(call.assertNothingBled(), assert.AssertionError);
      });
    },
  });
}

const EXCHANGES: readonly KeyExchange[] = ["SDES", "DTLS"];
const LEARNING = ["heuristic", "immediate", "delayed", "off"];
const SOURCES: readonly (readonly string[])[] = [[], ["strict source"], ["media handover"]];

/** Each forgery before anybody has spoken, and each after, when the relay knows who is who. */
async function spray(stage: Stage, exchange: KeyExchange, keys: Keys): Promise<void> {
  await using call = await openCall(stage, exchange, { keys });
  for (const kind of FORGERIES) {
    await call.attack([kind]);
    await call.assertUnharmed();
  }
  await call.assertAtB(await call.speak(6));
  for (const kind of FORGERIES) {
    await call.attack([kind]);
    await call.assertUnharmed();
  }
  await call.assertAtB(await call.speak(6));
}

for (const exchange of EXCHANGES) {
  Deno.test({
    name: `D2-${
      exchange === "SDES" ? 3 : 4
    } packets without the key at a port with ${exchange}: none passes, none comes back`,
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
    name: `D2-9 packets sent five times at a port with ${exchange}: each passes once`,
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
