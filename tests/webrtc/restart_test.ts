/**
 * Calls of browsers over a relay that is killed and started again: ICE goes on with consent, media under the
 * same keys.
 *
 * @module
 */

import assert from "node:assert/strict";
import { interopUnavailable } from "../interop/checks.ts";
import { NG, startRelay } from "../interop/media_daemon.ts";
import { say, sleep } from "../support/mod.ts";
import type { BrowserPeer } from "./browser_peer.ts";
import { chromiumUnavailable } from "./chromium.ts";
import { assertConnected, assertHears, assertSees, assertUp } from "./judge.ts";
import { type Keys, Stage, TONE } from "./stage.ts";

const reason = await interopUnavailable() ?? await chromiumUnavailable();
if (reason !== undefined) say(`browsers over a restart are ignored: ${reason}`);

/** Milliseconds after which a change is in the journal. */
const WRITTEN = 400;
const BOTH: Keys = { "ICE": "force", "rtcp-mux": ["offer"], "SDES": ["off"] };

async function assertMedia(a: BrowserPeer, b: BrowserPeer): Promise<void> {
  for (const [peer, tone] of [[a, TONE.b], [b, TONE.a]] as const) {
    await assertHears(peer, tone);
    await assertSees(peer);
    await assertUp(peer);
  }
}

Deno.test({
  name: "two Chromiums: the call goes on after kill -9, and consent is asked for",
  ignore: reason !== undefined,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "rtpedge-webrtc-" });
    const options = [`--data-dir=${folder}`, "--journal=calls.db", "--log-level=7"];
    try {
      await using stage = await Stage.open("rtpedge", options);
      const a = await stage.browser("a", { audio: true, video: true });
      const b = await stage.browser("b", { audio: true, video: true });
      await using call = stage.call();
      await a.accept(
        await call.answer(await b.answer(await call.offer(await a.offer(), BOTH)), BOTH),
      );
      await assertConnected(a);
      await assertConnected(b);
      await assertMedia(a, b);
      await sleep(WRITTEN);
      Deno.kill(stage.relay.pid, "SIGKILL");
      await stage.relay.status;
      const relay = await startRelay(stage.rig, "rtpedge", options);
      const { result } = await stage.rig.core.agent.ng(NG, {
        command: "query",
        "call-id": call.id,
      });
      assert.equal(result, "ok");
      await assertMedia(a, b);
      // consent of both has been asked for and given, which makes their addresses valid again
      const lines = relay.lines.filter((line) => line.includes("[ice]"));
      const valid = lines.flatMap((line) => / ICE: (\S+) \S+ is valid$/.exec(line)?.[1] ?? []);
      const sections = new Set(["a#1", "a#2", "b#1", "b#2"]);
      assert.deepEqual(new Set(valid), sections, lines.join("\n"));
      assert.ok(!lines.some((line) => /does not answer|nominated/.test(line)), lines.join("\n"));
      const handshakes = relay.lines.filter((line) => /DTLS: .* connected with/.test(line));
      assert.deepEqual(handshakes, [], "nobody shakes hands again");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
