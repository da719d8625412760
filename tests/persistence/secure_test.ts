/**
 * Encrypted calls over a daemon that is killed: keys, indices and endpoints are as they were.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { startRelay } from "../interop/media_daemon.ts";
import { addAttacker, type KeyExchange, openCall } from "../security/secure_call.ts";
import { say, sleep } from "../support/mod.ts";
import { Stage } from "../webrtc/stage.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`encrypted calls over a restart are ignored: ${reason}`);

/** Milliseconds after which a change is in the journal. */
const WRITTEN = 400;

for (const exchange of ["SDES", "DTLS"] as const satisfies readonly KeyExchange[]) {
  Deno.test({
    name: `a call with ${exchange} goes on after kill -9, both ways, without new keys`,
    ignore: reason !== undefined,
    async fn() {
      const folder = await Deno.makeTempDir({ prefix: "rtpedge-secure-" });
      const options = [`--data-dir=${folder}`, "--journal=calls.db"];
      try {
        await using stage = await Stage.open("rtpedge", options);
        await addAttacker(stage);
        await using call = await openCall(stage, exchange);
        await call.assertAtB(await call.speak(20));
        await call.assertAtA(await call.speakBack(20));
        await sleep(WRITTEN);
        Deno.kill(stage.relay.pid, "SIGKILL");
        await stage.relay.status;
        const relay = await startRelay(stage.rig, "rtpedge", options);
        assert.ok(
          relay.lines.some((line) => line.includes("1 calls go on")),
          relay.lines.join("\n"),
        );
        await call.assertAtB(await call.speak(20));
        await call.assertAtA(await call.speakBack(20));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
