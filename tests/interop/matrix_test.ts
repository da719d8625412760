/**
 * The call matrix: Kamailio's rtpengine module drives the relay through the kinds of calls there are.
 *
 * @module
 */

import { say } from "../support/mod.ts";
import { interopUnavailable } from "./checks.ts";
import { MatrixStage, ORDINARY } from "./matrix_stage.ts";
import { assertBlocked, assertPasses, assertTalks, wayBack, wayOut } from "./sip_media.ts";

const reason = await interopUnavailable();
if (reason !== undefined) say(`the call matrix is ignored: ${reason}`);

type Scenario = (stage: MatrixStage) => Promise<void>;

/** By what they show. */
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  async "a plain call; the caller hangs up"(stage) {
    const call = await stage.call();
    await assertTalks(call);
    await stage.bye(call);
  },

  async "a plain call; the callee hangs up"(stage) {
    const call = await stage.call();
    await assertTalks(call);
    await stage.bye(call, "b");
  },

  async "hold by sendonly, then inactive, then resume"(stage) {
    const call = await stage.call();
    const held = await stage.reinvite(call, "a", { direction: "sendonly" }, {
      direction: "recvonly",
    });
    await assertPasses(wayOut(held));
    await assertBlocked(wayBack(held));
    const mute = await stage.reinvite(held, "a", { direction: "inactive" }, {
      direction: "inactive",
    });
    await assertBlocked(wayOut(mute));
    await assertBlocked(wayBack(mute));
    const resumed = await stage.reinvite(mute, "a", {});
    await assertTalks(resumed);
    await stage.bye(resumed);
  },

  async "hold by the callee with c=0.0.0.0, then resume"(stage) {
    const call = await stage.call();
    const held = await stage.reinvite(call, "b", { address: "0.0.0.0" });
    await assertBlocked(wayOut(call));
    await assertPasses(wayBack(call));
    const resumed = await stage.reinvite(held, "b", {});
    await assertTalks(resumed);
    await stage.bye(resumed);
  },

  async "rtpengine_manage() does everything"(stage) {
    const headers = { ...ORDINARY, "X-Mode": "manage" };
    const call = await stage.call({ headers });
    await assertTalks(call);
    const again = await stage.reinvite(call, "a", {}, {}, headers);
    await assertTalks(again);
    await stage.bye(again, "a", headers);
  },
};

Deno.test({
  name: "Kamailio's rtpengine module: every kind of call carries media and leaves nothing",
  ignore: reason !== undefined,
  async fn(t) {
    await using stage = await MatrixStage.open();
    for (const [name, play] of Object.entries(SCENARIOS)) {
      await t.step(name, () => stage.scenario(play));
    }
    await t.step("every port can be bound again", () => stage.assertPortsFree());
  },
});
