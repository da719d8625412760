/**
 * Encrypted calls over a daemon that is killed: keys, indices and endpoints are as they were.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { startRelay } from "../interop/media_daemon.ts";
import { addAttacker, type KeyExchange, openCall } from "../security/secure_call.ts";
import { fromBytes, say, sleep } from "../support/mod.ts";
import { Stage } from "../webrtc/stage.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`encrypted calls over a restart are ignored: ${reason}`);

/** Milliseconds after which a change is in the journal. */
const WRITTEN = 400;
/**
 * Where the parties' sequence numbers go on. Each step back is a rollover for SRTP and none for RTP, whose
 * cycles are no help after the restart.
 */
const JUMPS = [40_000, 200, 30_000, 60_000, 300];

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
        for (const sequence of JUMPS) {
          call.jump(sequence);
          await call.assertAtB(await call.speak(5));
          await call.assertAtA(await call.speakBack(5));
        }
        const last = call.next();
        await call.a.send(call.relay.a, fromBytes(last));
        await sleep(WRITTEN);
        await call.b.take();
        Deno.kill(stage.relay.pid, "SIGKILL");
        await stage.relay.status;
        const relay = await startRelay(stage.rig, "rtpedge", options);
        assert.ok(
          relay.lines.some((line) => line.includes("1 calls go on")),
          relay.lines.join("\n"),
        );
        // what was heard before is not heard again
        await call.a.send(call.relay.a, fromBytes(last));
        await call.assertAtB([]);
        await call.assertAtB(await call.speak(20));
        await call.assertAtA(await call.speakBack(20));
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
