/**
 * A caller behind NAT whose description names an address nobody can reach.
 *
 * @module
 */

import assert from "node:assert/strict";
import { buildReceiverReport, fromBytes, until } from "../support/mod.ts";
import { HOME } from "./home.ts";
import { AGAIN, type Scenarios } from "./matrix_stage.ts";
import {
  assertBlocked,
  assertPasses,
  assertTalks,
  nextPort,
  target,
  wayBack,
  wayOut,
} from "./sip_media.ts";
import type { Headers } from "./sip_phone.ts";

const SIDES = "direction=inside direction=outside";

function behindNat(flags: string): Headers {
  return {
    "X-Nat": "yes",
    "X-Offer": `${flags} replace-origin ${SIDES}`,
    "X-Answer": "trust-address replace-origin",
  };
}

/** By what they show. */
export const NAT: Scenarios = {
  async "the private address of the description is left for the one packets come from"(stage) {
    const caller = await stage.home();
    const call = await stage.call({ caller, headers: behindNat("trust-address") });
    assert.ok(!call.atB.includes(HOME.phone), call.atB);
    await assertBlocked(wayBack(call));
    await assertTalks(call);
    await stage.bye(call);
  },

  async "the SIP source address has the wrong port"(stage) {
    const caller = await stage.home();
    const call = await stage.call({ caller, headers: behindNat("SIP-source-address") });
    await assertBlocked(wayBack(call));
    await assertTalks(call);
    await stage.bye(call, "b");
  },

  async "RTCP is learned for itself"(stage) {
    const caller = await stage.home();
    const call = await stage.call({ caller, headers: behindNat("trust-address") });
    const { a, b, atA, atB } = call;
    const report = fromBytes(buildReceiverReport(77));
    for (
      const [from, to, at] of [
        [a.rtcp, target(atA), b.rtcp],
        [b.rtcp, target(atB), a.rtcp],
      ] as const
    ) {
      await from.send(nextPort(to), report);
      await until("RTCP arrives", async () => {
        const [got] = await at.take();
        return got?.data === report ? true : undefined;
      }, 1000);
    }
    await stage.bye(call);
  },

  async "re-INVITEs of both sides"(stage) {
    const caller = await stage.home();
    const headers = behindNat("trust-address");
    const call = await stage.call({ caller, headers });
    await assertTalks(call);
    const held = await stage.reinvite(call, "b", { direction: "inactive" }, {
      direction: "inactive",
    }, { ...AGAIN });
    await assertBlocked(wayOut(held));
    const resumed = await stage.reinvite(held, "b", {});
    await assertTalks(resumed);
    const again = await stage.reinvite(resumed, "a", {}, {}, { ...AGAIN, "X-Nat": "yes" });
    await assertTalks(again);
    await stage.bye(again, "b");
  },

  async "strict source keeps a neighbour behind the same router out"(stage) {
    const caller = await stage.home();
    const flags = "trust-address strict-source endpoint-learning=immediate";
    const call = await stage.call({ caller, headers: behindNat(flags) });
    await assertPasses(wayOut(call));
    await assertBlocked({ from: stage.a.rtp, to: target(call.atA), at: call.b.rtp });
    await assertTalks(call);
    await stage.bye(call);
  },
};
