/**
 * Parties with libsrtp2 on both sides of the relay, each with a suite of its own.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { ADDRESS } from "../interop/rig.ts";
import { run, say } from "../support/mod.ts";
import { sectionsOf } from "./sdp_text.ts";
import { assertArrives, LIBSRTP_SUITES, SrtpPeer } from "./srtp_peer.ts";
import { type Keys, Stage } from "./stage.ts";

const OFF: Keys = { "DTLS": "off", "ICE": "remove" };

async function unavailable(): Promise<string | undefined> {
  const reason = await interopUnavailable();
  if (reason !== undefined) return reason;
  const found = await run(["sh", "-c", "test -e /usr/include/srtp2/srtp.h && command -v cc"]);
  return found.success ? undefined : "libsrtp2-dev and a C compiler are not installed";
}

const reason = await unavailable();
if (reason !== undefined) say(`tests with libsrtp are ignored: ${reason}`);

async function call(stage: Stage, one: string, other: string): Promise<void> {
  const at = (host: string) => ({ host, port: 22_000 });
  await using a = await SrtpPeer.start(stage.place("a").ns, at(ADDRESS.phoneA), one);
  await using b = await SrtpPeer.start(stage.place("b").ns, at(ADDRESS.phoneB), other);
  await using dialogue = stage.call();
  const offered = await dialogue.offer(a.describe(), {
    ...OFF,
    "SDES": [`only-${other}`],
  });
  await b.learn(offered);
  const [atB] = sectionsOf(offered);
  const answered = await dialogue.answer(b.describe(), {});
  await a.learn(answered);
  const [atA] = sectionsOf(answered);
  assert.ok(atA !== undefined && atB !== undefined);
  await assertArrives(a, b, atA);
  await assertArrives(b, a, atB);
  // sequence numbers go on
  await assertArrives(a, b, atA);
}

Deno.test({
  name: "libsrtp: RTP and RTCP arrive under each suite, and nothing is left",
  ignore: reason !== undefined,
  async fn(t) {
    await using stage = await Stage.open();
    const suites = Object.keys(LIBSRTP_SUITES);
    for (const [i, one] of suites.entries()) {
      for (const other of [suites[(i + 1) % suites.length]!, one]) {
        await t.step(
          `${one} calls ${other}`,
          () => stage.scenario((stage) => call(stage, one, other)),
        );
      }
    }
  },
});
